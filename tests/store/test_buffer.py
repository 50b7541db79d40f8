"""A buffer is one's own for a while: nobody else gets it, it comes again to who has it, and returns to its place."""

from dataclasses import replace
from random import Random
from string import ascii_lowercase

from commentsvc.domain.decision import Stale, Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.items import Item
from commentsvc.service.queue import LATER_MAX_MS
from commentsvc.store.decisions import Made
from commentsvc.store.queue import LEASE_MS
from tests.store.people import ALICE, BOB, MALLORY, MAX, MO, Newsroom

SPAM = "Visit the best casino of the town, win a lot of money today and come again tomorrow, number {}!"
WORDS = (
    "The bridge was built in the year in which my mother was born.",
    "Nobody has asked those who take the tram every morning.",
    "I was there and saw something else than what the mayor says.",
    "How much of this will be paid by the readers of your newspaper?",
    "A wonderful picture, I have hung it up beside my kitchen door.",
    "Please tell the council that bicycles need a lane of their own.",
)
OUTSIDER = Actor(id="else", sites=frozenset({"weekly"}))


def buffer(
    daily: Newsroom, who: Actor = MO, *, lane: Lane | None = None, limit: int = 15, have: tuple[CommentId, ...] = ()
) -> tuple[Item, ...]:
    """What somebody gets next."""
    found = daily.service.queue.buffer(who, daily.site, lane=lane, limit=limit, have=have)
    assert not isinstance(found, Refused)
    return found.items


def ids(items: tuple[Item, ...]) -> list[CommentId]:
    """The comments of these items."""
    return [item.comment.id for item in items]


def queue(daily: Newsroom, count: int) -> list[CommentId]:
    """So many waiting comments that say different things, over all partitions."""
    return [daily.comment(gibberish(at), article=article).id for at, article in enumerate(daily.articles(count))]


def gibberish(seed: int) -> str:
    """Ten words that no other seed gives."""
    dice = Random(seed)  # not for a secret
    return " ".join("".join(dice.choices(ascii_lowercase, k=6)) for _ in range(10))


def test_two_moderators_never_get_the_same_item(daily: Newsroom) -> None:
    waiting = queue(daily, 12)
    first, second, third = buffer(daily, MO, limit=5), buffer(daily, MAX, limit=5), buffer(daily, MO, limit=15)
    assert (ids(first), ids(second)) == (waiting[:5], waiting[5:10])
    assert ids(third) == [*waiting[:5], *waiting[10:]]
    assert ids(buffer(daily, MAX, limit=15)) == waiting[5:10]


def test_ones_own_come_again_with_their_tokens_and_a_refill_leaves_out_what_one_has(daily: Newsroom) -> None:
    waiting = queue(daily, 8)
    first = buffer(daily, limit=4)
    again = buffer(daily, limit=4)
    assert [item.lease.token for item in first if item.lease] == [item.lease.token for item in again if item.lease]
    assert ids(again) == waiting[:4]
    assert ids(buffer(daily, limit=4, have=tuple(waiting[:2]))) == waiting[2:6]


def test_an_expired_lease_returns_to_its_old_place(daily: Newsroom) -> None:
    waiting = queue(daily, 6)
    buffer(daily, MO, limit=3)
    daily.clock.advance(ms=LEASE_MS - 1)
    assert ids(buffer(daily, MAX, limit=1)) == waiting[3:4]
    daily.clock.advance(ms=1)
    assert ids(buffer(daily, MAX, limit=15)) == waiting


def test_a_released_item_goes_to_the_next_who_asks(daily: Newsroom) -> None:
    waiting = queue(daily, 3)
    held = {item.comment.id: item.lease.token for item in buffer(daily, MO) if item.lease}
    assert buffer(daily, MAX) == ()
    assert daily.service.queue.release(MO, daily.site, {waiting[1]: held[waiting[1]]}) == 1
    assert ids(buffer(daily, MAX)) == [waiting[1]]


def test_a_lane_hands_out_its_own_only(daily: Newsroom) -> None:
    first = daily.comment(WORDS[0]).id
    daily.clock.advance(ms=60_000)
    attempt = daily.attempt(WORDS[1], by=BOB)
    daily.clock.advance(ms=60_000)
    daily.submit(attempt)
    lanes = daily.service.queue.lanes(MO, daily.site)
    assert not isinstance(lanes, Refused)
    assert {lane: count for lane, count in lanes.items() if count} == {Lane.LIKELY_SPAM: 1, Lane.FIRST_TIME: 1}
    assert ids(buffer(daily, lane=Lane.LIKELY_SPAM)) == [first]
    (item,) = buffer(daily, lane=Lane.FIRST_TIME)
    assert item.comment.lane is Lane.FIRST_TIME
    assert buffer(daily, lane=Lane.HELD) == ()


def test_a_whole_item_has_everything_that_a_card_shows(daily: Newsroom) -> None:
    parent = daily.published(WORDS[0], by=ALICE, title="The article")
    older = [daily.published(f"{WORDS[at]} {at}", by=BOB, article=daily.articles(6)[at]) for at in range(6)]
    rejected = daily.comment(WORDS[5], by=BOB, article=daily.other).id
    daily.made(MO, rejected, Verb.REJECT)
    reply = daily.comment(WORDS[1], by=BOB, parent=parent).id
    (item,) = buffer(daily)
    assert item.comment.id == reply
    assert item.parent is not None
    assert (item.parent.id, item.thread.title) == (parent, "The article")
    assert (item.author[Status.APPROVED], item.author[Status.REJECTED], item.author[Status.PENDING]) == (6, 1, 1)
    assert [comment.id for comment in item.strip] == [rejected, *older[:1:-1]][:5]
    assert {comment.body.url for comment in item.strip if comment.body} > {daily.other.url}
    assert item.lease is not None
    assert item.lease.holder == "mo"
    assert (item.notes, item.restriction, item.asked, item.near) == (0, None, None, ())


def test_near_identical_comments_come_once_under_the_oldest_and_are_leased_together(daily: Newsroom) -> None:
    spam = [
        daily.comment(SPAM.format(at), by=(ALICE, BOB, MALLORY)[at % 3], article=article).id
        for at, article in enumerate(daily.articles(7))
    ]
    other = daily.comment(WORDS[0]).id
    first, second = buffer(daily)
    assert (first.comment.id, [one.id for one in first.near]) == (spam[0], spam[1:])
    assert {one.version for one in first.near} == {1}
    assert (second.comment.id, second.near) == (other, ())
    assert buffer(daily, MAX) == ()
    assert ids(buffer(daily, have=(spam[0],))) == [other]


def test_a_cluster_is_of_those_that_still_wait(daily: Newsroom) -> None:
    spam = [daily.comment(SPAM.format(at), article=article).id for at, article in enumerate(daily.articles(4))]
    daily.made(MAX, spam[2], Verb.SPAM)
    daily.service.moderation.lease(MAX, daily.site, [spam[3]])
    (item,) = buffer(daily)
    assert [one.id for one in item.near] == [spam[1]]


def test_a_large_cluster_hides_nothing_behind_it(daily: Newsroom) -> None:
    for at, article in enumerate(daily.articles(5)):
        for number in range(12):
            daily.comment(SPAM.format(at * 12 + number), article=article)
    last = daily.comment(WORDS[0]).id
    assert [len(item.near) for item in buffer(daily, limit=2)] == [59, 0]
    assert ids(buffer(daily, limit=2))[-1] == last


def test_what_others_hold_is_gone_past(daily: Newsroom) -> None:
    waiting = queue(daily, 26)
    daily.service.moderation.lease(MAX, daily.site, waiting[:24])
    assert ids(buffer(daily, limit=2)) == waiting[24:]


def test_what_is_put_off_comes_to_nobody_until_then_and_keeps_its_place(daily: Newsroom) -> None:
    waiting = queue(daily, 3)
    until_ms = daily.clock.now_ms + 60_000
    assert daily.service.queue.later(MO, daily.site, [waiting[0]], until_ms=until_ms) == 1
    assert ids(buffer(daily)) == waiting[1:]
    assert daily.waiting() == waiting
    daily.clock.advance(ms=60_000)
    assert ids(buffer(daily)) == waiting


def test_putting_off_can_be_taken_back_and_ends_with_a_decision(daily: Newsroom) -> None:
    waiting = queue(daily, 2)
    later = replace(daily).service.queue.later
    assert later(MO, daily.site, waiting, until_ms=daily.clock.now_ms + 1_000) == 2
    assert later(MO, daily.site, waiting[:1], until_ms=0) == 1
    assert ids(buffer(daily)) == waiting[:1]
    made = daily.made(MO, waiting[1], Verb.REJECT)
    assert later(MO, daily.site, waiting[1:], until_ms=daily.clock.now_ms + 1_000) == 0
    daily.undo(MO, made.id)
    assert ids(buffer(daily)) == waiting


def test_nothing_is_put_off_for_ever(daily: Newsroom) -> None:
    waiting = queue(daily, 1)
    for until_ms in (daily.clock.now_ms, daily.clock.now_ms + LATER_MAX_MS + 1, -5):
        refused = daily.service.queue.later(MO, daily.site, waiting, until_ms=until_ms)
        assert isinstance(refused, Refused)
        assert refused.fields == {"until": Code.INVALID_CHOICE}


def test_a_question_puts_the_comment_into_the_lane_of_colleagues_and_stands_in_the_log(daily: Newsroom) -> None:
    (id,) = queue(daily, 1)
    made = daily.service.queue.ask(MO, id, version=1, note="Is this about the mayor?")
    assert isinstance(made, Made)
    (item,) = buffer(daily, MAX, lane=Lane.COLLEAGUE)
    assert (item.comment.id, item.comment.version, item.comment.status) == (id, 2, Status.PENDING)
    assert item.asked is not None
    assert (item.asked.by, item.asked.note) == ("mo", "Is this about the mayor?")
    (row,) = daily.log().decisions
    assert (row.verb, row.before, row.after) == (Verb.ASK, Status.PENDING, Status.PENDING)
    assert daily.service.queue.ask(MO, id, version=1, note="Is this about the mayor?") == made
    assert isinstance(daily.decide(MAX, id, Verb.APPROVE, seen=2), Made)


def test_an_undone_question_puts_it_back_into_its_lane(daily: Newsroom) -> None:
    (id,) = queue(daily, 1)
    before = daily.find(id).lane
    assert isinstance(daily.service.queue.ask(MO, id, version=1, note=""), Made)
    assert isinstance(daily.undo_last(MO), Made)
    assert daily.find(id).lane is before
    assert ids(buffer(daily, lane=before)) == [id]
    assert buffer(daily, MAX, lane=Lane.COLLEAGUE) == ()


def test_who_was_late_is_told_that_somebody_asked(daily: Newsroom) -> None:
    (id,) = queue(daily, 1)
    daily.service.queue.ask(MO, id, version=1, note="?")
    stale = daily.decide(MAX, id, Verb.APPROVE, seen=1)
    assert isinstance(stale, Stale)
    assert (stale.status, stale.by, stale.asked) == (Status.PENDING, "mo", True)


def test_only_who_may_decide_gets_anything(daily: Newsroom) -> None:
    (id,) = queue(daily, 1)
    work, forbidden = daily.service.queue, Refused(code=Code.FORBIDDEN)
    assert work.buffer(OUTSIDER, daily.site, lane=None) == forbidden
    assert work.lanes(OUTSIDER, daily.site) == forbidden
    assert work.later(OUTSIDER, daily.site, [id], until_ms=0) == forbidden
    assert work.renew(OUTSIDER, daily.site, [id]) == work.release(OUTSIDER, daily.site, {id: 1}) == forbidden
    assert work.holders(OUTSIDER, daily.site, [id]) == forbidden
    assert work.ask(OUTSIDER, id, version=1, note="") == Refused(code=Code.NOT_FOUND)


def test_what_an_author_took_back_is_in_no_strip(daily: Newsroom) -> None:
    kept = daily.comment(WORDS[0], by=BOB).id
    for at in range(3):
        daily.service.receipts.withdraw(daily.comment(f"{WORDS[at]} {at}", by=BOB).token)
    latest = daily.comment(WORDS[1], by=BOB).id
    assert {item.comment.id: [comment.id for comment in item.strip] for item in buffer(daily)} == {
        kept: [latest],
        latest: [kept],
    }
