"""Every waiting comment is in exactly one lane, the one that the strongest of its hits chose, and comes back to it."""

from itertools import count
from typing import cast

import pytest

from commentsvc.domain.comment import Body
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.rules import WHOLE_ARTICLE, Hit, RuleKind, Where
from commentsvc.domain.thread import Article
from commentsvc.store import near, records
from commentsvc.store.comments import Comments
from commentsvc.store.entry import Entry, Submitted, Triage, Verdict, Watch
from commentsvc.store.keys import home, thread_home
from commentsvc.store.merge import partitions
from tests.store.people import MO, Newsroom

INSULT = Hit(rule="words", kind=RuleKind.WORDS, lane=Lane.HELD, reason="insult", start=5, end=10)
NAMED = Hit(rule="data", kind=RuleKind.PERSONAL_DATA, lane=Lane.HELD, where=Where.NAME, what="phone", start=0, end=9)
FAST = Hit(rule="speed", kind=RuleKind.SPEED, lane=Lane.LIKELY_SPAM)
FIRST = Hit(rule="first_time", kind=RuleKind.FIRST_TIME, lane=Lane.FIRST_TIME)
AGAIN = Hit(rule="repeat", kind=RuleKind.REPEAT, lane=Lane.LIKELY_SPAM)
BANDS = ("0a", "1b", "2c", "3d")
_numbers = count()


def submit(daily: Newsroom, triage: Triage, *, article: Article | None = None, right: bool = True) -> Submitted:
    """What becomes of a submission by one and the same author that was judged as said."""
    daily.clock.advance(ms=1)
    article, number = article or daily.article, str(next(_numbers))
    body = Body(
        name="Bob",
        email="bob@daily.example",
        text="Well said.",
        url=article.url,
        thread_key=article.key,
        author_key="e" + "0b" * 10,
        created_ms=daily.clock.now_ms,
    )
    entry = Entry(
        article=article,
        body=body,
        parent=None,
        code_right=right,
        nonce=number,
        use_kept_ms=60_000,
        once=number,
        digest=number,
        once_kept_ms=60_000,
        network="192.0.2.1",
        tries=1_000,
        window_ms=60_000,
        author_kept_ms=0,
        triage=triage,
    )
    return Comments(daily.client).submit(daily.site, entry)


def accepted(daily: Newsroom, triage: Triage, *, article: Article | None = None) -> CommentId:
    """The comment that was made of it."""
    made = submit(daily, triage, article=article)
    assert made.verdict is Verdict.ACCEPTED
    assert made.id is not None
    return made.id


def lanes(daily: Newsroom) -> dict[CommentId, list[Lane]]:
    """In which lanes each comment stands."""
    found: dict[CommentId, list[Lane]] = {}
    for _, keys in partitions(daily.site):
        for lane in Lane:
            for raw in cast(list[bytes], daily.client.zrange(keys.lane(lane), 0, -1)):
                found.setdefault(CommentId("cmt_" + records.unpacked_ids(raw)), []).append(lane)
    return found


def test_what_hits_no_rule_is_new(daily: Newsroom) -> None:
    id = accepted(daily, Triage())
    assert lanes(daily) == {id: [Lane.NEW]}
    assert (daily.find(id).lane, daily.find(id).hits) == (Lane.NEW, ())


def test_a_comment_knows_its_hits_and_waits_in_their_lane(daily: Newsroom) -> None:
    id = accepted(daily, Triage(hits=(INSULT, NAMED), lane=Lane.HELD))
    assert lanes(daily) == {id: [Lane.HELD]}
    assert (daily.find(id).lane, daily.find(id).hits) == (Lane.HELD, (INSULT, NAMED))


@pytest.mark.parametrize(
    ("hits", "lane", "expected"),
    [((), Lane.NEW, Lane.FIRST_TIME), ((INSULT,), Lane.HELD, Lane.HELD), ((FAST,), Lane.LIKELY_SPAM, Lane.LIKELY_SPAM)],
)
def test_the_strongest_hit_chooses(daily: Newsroom, hits: tuple[Hit, ...], lane: Lane, expected: Lane) -> None:
    triage = Triage(hits=hits, lane=lane, first_time=Watch(number=1, hit=FIRST))
    assert submit(daily, triage).lane is expected
    (id,) = lanes(daily)
    assert daily.find(id).hits == (*hits, FIRST)


def test_a_first_time_author_is_one_without_enough_published_comments_in_any_partition(daily: Newsroom) -> None:
    first_time = Watch(number=2, hit=FIRST)
    here, there = Triage(first_time=first_time), Triage(first_time=first_time, approved_elsewhere=1)
    first, second = accepted(daily, here), accepted(daily, there)
    daily.made(MO, first, Verb.APPROVE)
    assert submit(daily, here).lane is Lane.FIRST_TIME
    third = submit(daily, there)
    assert (third.lane, third.approved) == (Lane.NEW, 1)
    assert lanes(daily)[second] == [Lane.FIRST_TIME]


def test_what_was_said_before_is_told_by_two_marks_not_by_one(daily: Newsroom) -> None:
    repeat = Watch(number=2, hit=AGAIN)
    said = [submit(daily, Triage(repeat=repeat, bands=BANDS)).lane for _ in range(3)]
    assert said == [Lane.NEW, Lane.NEW, Lane.LIKELY_SPAM]
    assert submit(daily, Triage(repeat=repeat, bands=("0a", "1x", "2y", "3z"))).lane is Lane.NEW
    assert submit(daily, Triage(repeat=repeat, bands=("0a", "1b", "2y", "3z"))).lane is Lane.LIKELY_SPAM
    assert submit(daily, Triage(repeat=repeat, bands=("0n", "1n", "2n", "3n", "0a", "1b"))).lane is Lane.NEW


def test_a_decided_comment_leaves_its_lane_and_an_undone_one_returns_to_its_old_place(daily: Newsroom) -> None:
    held = Triage(hits=(INSULT,), lane=Lane.HELD)
    ids = [accepted(daily, held, article=article) for article in daily.articles(4)]
    made = daily.made(MO, ids[1], Verb.REJECT)
    assert set(lanes(daily)) == {ids[0], ids[2], ids[3]}
    daily.undo(MO, made.id)
    daily.made(MO, ids[2], Verb.SPAM)
    daily.made(MO, ids[2], Verb.NOT_SPAM)
    assert lanes(daily) == {id: [Lane.HELD] for id in ids}
    assert daily.waiting() == ids
    assert daily.find(ids[1]).hits == (INSULT,)


def test_a_thread_knows_what_waits_in_it(daily: Newsroom) -> None:
    parent = daily.published()
    reply = daily.comment("I disagree.", parent=parent).id
    keys = thread_home(daily.site, daily.article.id)

    def waiting() -> list[str]:
        paths = cast(list[bytes], daily.client.zrange(keys.waiting(daily.article.id), 0, -1))
        return [records.unpacked_ids(raw) for raw in paths]

    assert waiting() == [parent[4:] + reply[4:]]
    daily.made(MO, reply, Verb.REJECT)
    assert waiting() == []


def test_an_authors_comments_are_a_chain(daily: Newsroom) -> None:
    ids = [accepted(daily, Triage()) for _ in range(3)]
    keys = home(daily.site, ids[0])
    before = [daily.client.hget(keys.comment(id[4:]), "p") for id in ids]
    assert before == [None, records.packed_ids(ids[0][4:]), records.packed_ids(ids[1][4:])]
    assert daily.client.hget(keys.author("e" + "0b" * 10), "last") == records.packed_ids(ids[2][4:])


def test_marks_are_bounded_and_end(daily: Newsroom) -> None:
    for _ in range(80):
        submit(daily, Triage(bands=("0a",)))
    (key,) = [key for key in daily.client.scan_iter(count=1_000) if b"}:near:" in key]
    assert 64 <= daily.client.zcard(key) < 64 + 8
    assert 0 < daily.client.pttl(key) <= near.KEPT_MS


def test_what_was_said_a_week_ago_is_no_repeat(daily: Newsroom) -> None:
    triage = Triage(repeat=Watch(number=2, hit=AGAIN), bands=BANDS)
    for _ in range(2):
        submit(daily, triage)
    daily.clock.advance(ms=near.KEPT_MS - 10)
    assert submit(daily, triage).lane is Lane.LIKELY_SPAM
    daily.clock.advance(ms=20)
    assert submit(daily, triage).lane is Lane.NEW


def test_a_restricted_author_is_told_until_when_and_the_code_is_spent(daily: Newsroom) -> None:
    keys = thread_home(daily.site, daily.article.id)
    until_ms = daily.clock.now_ms + 60_000
    daily.client.hset(keys.author("e" + "0b" * 10), "until", until_ms)
    assert submit(daily, Triage(), right=False).verdict is Verdict.WRONG
    refused = submit(daily, Triage())
    assert (refused.verdict, refused.until_ms) == (Verdict.RESTRICTED, until_ms)
    assert daily.counts()[Status.PENDING] == 0
    daily.clock.advance(ms=60_000)
    accepted(daily, Triage())


def test_an_author_who_is_always_held_waits_in_held(daily: Newsroom) -> None:
    keys = thread_home(daily.site, daily.article.id)
    daily.client.hset(keys.author("e" + "0b" * 10), "until", "hold")
    found = daily.find(accepted(daily, Triage()))
    assert found.lane is Lane.HELD
    assert [hit.kind for hit in found.hits] == [RuleKind.AUTHOR]


def test_on_an_article_that_is_held_everything_waits_in_held_until_it_is_open_again(daily: Newsroom) -> None:
    moderation = daily.service.moderation
    assert moderation.open_thread(MO, daily.site, daily.article, open=True, hold=True) is True
    assert moderation.open_thread(MO, daily.site, daily.article, open=True, hold=True) is False
    found = daily.find(accepted(daily, Triage()))
    assert (found.lane, [hit.rule for hit in found.hits]) == (Lane.HELD, [WHOLE_ARTICLE])
    assert moderation.open_thread(MO, daily.site, daily.article, open=True) is True
    assert daily.find(accepted(daily, Triage())).lane is not Lane.HELD
