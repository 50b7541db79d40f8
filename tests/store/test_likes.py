"""Likes: one for each person, seen once a minute, and the best first however long the thread is."""

import pytest
import redis

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.likes import BOUNDS, Liked
from commentsvc.store.comments import Sort
from commentsvc.store.keys import home
from tests.servers import FakeClock
from tests.store.people import MAX, MO, Newsroom, newsroom


@pytest.fixture
def alone(client: redis.Redis, clock: FakeClock) -> Newsroom:
    """A newsroom on one server whose readers may like."""
    room = newsroom(client, clock, partitions=1)
    room.site = room.service.sites.change("daily", {"likes": True})
    return room


def like(room: Newsroom, id: str, who: int = 0, browser: str = "Firefox") -> Liked | Refused:
    """The like of one of many people on networks of their own."""
    network = f"192.0.{who // 250}.{who % 250}"
    return room.service.likes.like(room.site, room.article, id, network=network, browser=browser)


def likes(room: Newsroom, sort: Sort = Sort.BEST) -> list[tuple[CommentId, int]]:
    """All comments as the public sees them."""
    return [(one.id, one.likes) for one in room.public(sort=sort)]


def test_a_person_likes_a_comment_once_and_pages_show_it_at_their_own_pace(daily: Newsroom) -> None:
    first, second = daily.published(), daily.published()
    assert like(daily, first) == Refused(code=Code.NOT_FOUND)
    daily.site = daily.service.sites.change("daily", {"likes": True})
    revision = daily.page().thread.revision

    assert like(daily, second) == Liked(likes=1, again=False)
    assert like(daily, second) == Liked(likes=1, again=True)
    assert like(daily, second, who=1) == Liked(likes=2, again=False)
    assert [like(daily, second, browser=str(n)) for n in range(9)][-1] == Liked(likes=1 + BOUNDS.browsers, again=True)
    assert daily.page().thread.revision == revision
    assert daily.service.outbox.show_likes() == 1
    assert daily.service.outbox.show_likes() == 0
    assert daily.page().thread.revision > revision
    assert likes(daily) == [(second, 6), (first, 0)]

    waits = daily.comment("Waits.")
    assert like(daily, waits.id) == Refused(code=Code.NOT_FOUND)
    daily.made(MAX, second, Verb.REJECT)
    assert like(daily, second, who=2) == Refused(code=Code.NOT_FOUND)
    assert likes(daily) == [(first, 0)]
    daily.undo_last(MAX)
    assert likes(daily) == [(second, 6), (first, 0)]
    likers = home(daily.site, second).likers(second[4:])
    assert 0 < daily.client.pttl(likers) <= BOUNDS.kept_ms
    assert sum(map(len, daily.client.hgetall(likers).values())) == 4 * 6

    daily.service.receipts.withdraw(daily.service.receipts.token(second))
    assert daily.client.exists(likers) == 0
    assert daily.client.zcard(home(daily.site, second).liked(daily.article.id)) == 0


def test_replies_have_their_likes_in_every_order(alone: Newsroom) -> None:
    first = alone.published()
    reply = alone.published(parent=first)
    like(alone, reply)
    for sort in Sort:
        assert sorted(likes(alone, sort)) == sorted([(first, 0), (reply, 1)]), sort


def test_one_network_cannot_like_without_end(alone: Newsroom) -> None:
    ids = [alone.published() for _ in range(3)]
    tried = [like(alone, ids[n % 3], browser=str(n)) for n in range(BOUNDS.tries + 1)]
    assert isinstance(tried[-1], Refused)
    assert tried[-1].code is Code.TOO_MANY
    assert 0 < (tried[-1].retry_after_s or 0) <= 60
    assert sum(count for _, count in likes(alone)) == 3 * BOUNDS.browsers


def test_the_best_come_first_and_every_comment_once_page_by_page(alone: Newsroom) -> None:
    ids = [alone.published() for _ in range(23)]
    for at, many in ((4, 3), (9, 1), (15, 1), (20, 5), (2, 2)):
        for who in range(many):
            like(alone, ids[at], who=who)
    alone.made(MO, ids[15], Verb.REJECT)
    wanted = [ids[at] for at in (20, 4, 2, 9)] + [id for at, id in enumerate(ids) if at not in (20, 4, 2, 9, 15)]
    for limit in (1, 3, 4, 5, 22, 50):
        assert [one.id for one in alone.public(sort=Sort.BEST, limit=limit)] == wanted, limit
