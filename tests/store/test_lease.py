"""A lease informs: who is looking at what, until when. It never blocks, and it expires by the clock."""

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Refused
from commentsvc.store.decisions import Made
from commentsvc.store.keys import thread_home
from commentsvc.store.queue import LEASE_MS, Lease
from tests.store.people import MAX, MO, Newsroom, everything


def lease(daily: Newsroom, who: Actor, *ids: CommentId) -> dict[CommentId, Lease]:
    leases = daily.service.moderation.lease(who, daily.site, ids)
    assert not isinstance(leases, Refused)
    return dict(leases)


def release(daily: Newsroom, who: Actor, leases: dict[CommentId, int]) -> int:
    released = daily.service.moderation.release(who, daily.site, leases)
    assert not isinstance(released, Refused)
    return released


def test_who_is_first_holds_and_the_colleague_is_told_until_when(daily: Newsroom) -> None:
    id = daily.comment().id
    held = lease(daily, MO, id)[id]
    assert (held.holder, held.until_ms) == ("mo", daily.clock.now_ms + LEASE_MS)
    daily.clock.advance(ms=30_000)
    assert lease(daily, MAX, id) == {id: held}
    assert daily.item(id).lease == held


def test_leasing_again_renews_and_keeps_the_token(daily: Newsroom) -> None:
    id = daily.comment().id
    first = lease(daily, MO, id)[id]
    daily.clock.advance(ms=LEASE_MS - 1)
    again = lease(daily, MO, id)[id]
    assert again.token == first.token
    assert again.until_ms == first.until_ms + LEASE_MS - 1


def test_a_lease_ends_by_the_clock_and_the_next_one_has_a_higher_token(daily: Newsroom) -> None:
    id = daily.comment().id
    first = lease(daily, MO, id)[id]
    daily.clock.advance(ms=LEASE_MS)
    assert daily.item(id).lease is None
    second = lease(daily, MAX, id)[id]
    assert second.holder == "max"
    assert second.token > first.token
    assert release(daily, MO, {id: first.token}) == 0
    assert daily.item(id).lease == second


def test_a_lease_blocks_nobody_and_ends_with_the_decision(daily: Newsroom) -> None:
    id = daily.comment().id
    lease(daily, MO, id)
    assert isinstance(daily.decide(MAX, id, Verb.SPAM), Made)
    assert daily.item(id).lease is None
    daily.made(MAX, id, Verb.NOT_SPAM)
    assert daily.item(id).lease is None


def test_an_item_keeps_its_place_in_the_queue_whoever_looks_at_it(daily: Newsroom) -> None:
    ids = [daily.comment(article=article).id for article in daily.articles(6)]
    lease(daily, MO, ids[1], ids[4])
    assert daily.waiting() == ids
    daily.clock.advance(ms=LEASE_MS)
    assert daily.waiting() == ids


def test_many_are_leased_at_once_over_all_partitions(daily: Newsroom) -> None:
    ids = [daily.comment(article=article).id for article in daily.articles(20)]
    mine = lease(daily, MO, *ids[:15])
    both = lease(daily, MAX, *ids)
    assert {id for id, held in both.items() if held.holder == "mo"} == set(mine) == set(ids[:15])
    assert {id for id, held in both.items() if held.holder == "max"} == set(ids[15:])
    shown = {item.comment.id: item.lease for item in daily.listed(limit=20).items}
    assert shown == both
    assert release(daily, MO, {id: held.token for id, held in both.items()}) == 15
    assert {item.comment.id for item in daily.listed(limit=20).items if item.lease} == set(ids[15:])


def test_what_no_longer_waits_cannot_be_leased(daily: Newsroom) -> None:
    done, waiting = daily.published(), daily.comment().id
    assert set(lease(daily, MO, done, waiting)) == {waiting}
    assert lease(daily, MO) == {}


def test_a_release_needs_the_token_and_the_holder(daily: Newsroom) -> None:
    id = daily.comment().id
    held = lease(daily, MO, id)[id]
    before = everything(daily.client)
    assert release(daily, MAX, {id: held.token}) == 0
    assert release(daily, MO, {id: held.token + 1}) == 0
    assert release(daily, MO, {}) == 0
    assert everything(daily.client) == before
    assert release(daily, MO, {id: held.token}) == 1
    assert daily.item(id).lease is None


def test_leases_of_decided_comments_leave_nothing_behind(daily: Newsroom) -> None:
    id = daily.comment().id
    lease(daily, MO, id)
    daily.made(MO, id, Verb.REJECT)
    keys = thread_home(daily.site, daily.article.id)
    assert not daily.client.exists(keys.leases)
