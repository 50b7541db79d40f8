"""Many decisions at once: each made or refused for itself, in two round trips, and all of them one step to undo."""

from collections.abc import Sequence

from commentsvc.domain.decision import Stale, Status, Verb
from commentsvc.domain.ids import BulkId, CommentId, new_bulk_id
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.bulk import Chosen, Outcome, Swept, Undone
from commentsvc.service.moderation import Wanted
from commentsvc.store.decisions import BULK_KEPT_MS, Made
from commentsvc.store.merge import partitions
from tests.store.people import MAX, MO, Newsroom, everything

READER = Actor(id="read", sites=None, rights=frozenset({Right.READ}))


def step(daily: Newsroom) -> BulkId:
    """The id of a new step."""
    return new_bulk_id(now_ms=daily.clock.now_ms, site_number=daily.site.number)


def queue(daily: Newsroom, count: int) -> list[CommentId]:
    """So many waiting comments over all partitions."""
    return [daily.comment(article=article).id for article in daily.articles(count)]


def decide(
    daily: Newsroom,
    who: Actor,
    ids: Sequence[str],
    verb: Verb = Verb.SPAM,
    *,
    seen: int = 1,
    bulk: BulkId | None = None,
    reason: str = "",
) -> list[Outcome]:
    """What comes of the same decision about each of these."""
    daily.clock.advance(ms=1)
    wanted = [Wanted(id=id, version=seen, verb=verb, reason=reason) for id in ids]
    outcomes = daily.service.bulks.decide_all(who, daily.site, wanted, bulk=bulk)
    assert not isinstance(outcomes, Refused)
    return outcomes


def undone(daily: Newsroom, who: Actor, bulk: BulkId) -> dict[CommentId, Outcome]:
    """What comes of the undo of a step."""
    daily.clock.advance(ms=1)
    found = daily.service.bulks.undo(who, daily.site, bulk)
    assert isinstance(found, Undone)
    assert not found.more
    return dict(found.outcomes)


def test_each_is_decided_or_refused_for_itself_in_its_place(daily: Newsroom) -> None:
    ids = queue(daily, 6)
    daily.made(MAX, ids[2], Verb.REJECT)
    wanted = [
        Wanted(id=ids[0], version=1, verb=Verb.APPROVE),
        Wanted(id="cmt_nonsense", version=1, verb=Verb.APPROVE),
        Wanted(id=ids[2], version=1, verb=Verb.APPROVE),
        Wanted(id=ids[3], version=1, verb=Verb.REJECT, reason="unheard of"),
        Wanted(id=ids[4], version=1, verb=Verb.NOT_SPAM),
        Wanted(id=ids[5], version=1, verb=Verb.REJECT, reason="hate", note="Really."),
    ]
    outcomes = daily.service.bulks.decide_all(MO, daily.site, wanted)
    assert isinstance(outcomes, list)
    first, no_id, late, no_reason, not_now, last = outcomes
    assert isinstance(first, Made)
    assert isinstance(last, Made)
    assert no_id == Refused(code=Code.NOT_FOUND)
    assert isinstance(late, Stale)
    assert late.by == "max"
    assert isinstance(no_reason, Refused)
    assert no_reason.fields == {"reason": Code.UNKNOWN_REASON}
    assert not_now == Refused(code=Code.NOT_ALLOWED_NOW)
    assert daily.counts()[Status.PENDING] == 3
    before = everything(daily.client)
    assert daily.service.bulks.decide_all(MO, daily.site, wanted) == outcomes
    assert everything(daily.client) == before


def test_a_second_decision_about_the_same_comment_sees_the_first(daily: Newsroom) -> None:
    (id,) = queue(daily, 1)
    wanted = [
        Wanted(id=id, version=1, verb=Verb.APPROVE),
        Wanted(id=id, version=2, verb=Verb.REJECT, reason="hate"),
        Wanted(id=id, version=3, verb=Verb.APPROVE),
    ]
    outcomes = daily.service.bulks.decide_all(MO, daily.site, wanted)
    assert isinstance(outcomes, list)
    assert [one.version for one in outcomes if isinstance(one, Made)] == [2, 3, 4]


def test_a_step_is_undone_as_one_over_all_partitions(daily: Newsroom) -> None:
    ids = queue(daily, 9)
    lanes = [daily.find(id).lane for id in ids]
    decide(daily, MO, ids, bulk=step(daily))
    assert daily.counts()[Status.SPAM] == 9
    found = daily.undo_last(MO)
    assert isinstance(found, Undone)
    assert {id for id, outcome in found.outcomes if isinstance(outcome, Made)} == set(ids)
    assert daily.waiting() == ids
    assert [daily.find(id).lane for id in ids] == lanes
    assert len(daily.log().decisions) == 18
    assert daily.undo_last(MO) == Refused(code=Code.NOTHING_TO_UNDO)


def test_a_step_can_be_undone_after_others_came_and_they_stay(daily: Newsroom) -> None:
    ids = queue(daily, 5)
    bulk = step(daily)
    decide(daily, MO, ids[:3], bulk=bulk)
    later = daily.made(MO, ids[3], Verb.APPROVE)
    assert set(undone(daily, MO, bulk)) == set(ids[:3])
    assert daily.waiting() == [*ids[:3], ids[4]]
    assert [row.id for row in daily.service.moderation.undoable(MO, daily.site)] == [later.id]


def test_what_a_colleague_decided_since_stays_and_the_step_is_over(daily: Newsroom) -> None:
    ids = queue(daily, 4)
    bulk = step(daily)
    decide(daily, MO, ids, Verb.REJECT, bulk=bulk, reason="hate")
    daily.made(MAX, ids[0], Verb.APPROVE)
    daily.made(MAX, ids[2], Verb.APPROVE)
    found = undone(daily, MO, bulk)
    assert {id for id, outcome in found.items() if isinstance(outcome, Stale)} == {ids[0], ids[2]}
    assert daily.waiting() == [ids[1], ids[3]]
    assert daily.undo_last(MO) == Refused(code=Code.NOTHING_TO_UNDO)
    assert undone(daily, MO, bulk) == {}


def test_a_step_is_one_of_the_fifty_and_what_is_added_later_belongs_to_it(daily: Newsroom) -> None:
    ids = queue(daily, 12)
    first = daily.made(MO, ids[0], Verb.APPROVE)
    bulk = step(daily)
    decide(daily, MO, ids[1:6], bulk=bulk)
    decide(daily, MO, ids[6:], bulk=bulk)
    rows = daily.service.moderation.undoable(MO, daily.site, limit=50)
    assert len(rows) <= 1 + daily.site.partitions
    assert {row.bulk for row in rows} == {None, bulk}
    assert daily.service.bulks.sizes(MO, daily.site, [bulk]) == [11]
    assert set(undone(daily, MO, bulk)) == set(ids[1:])
    assert [row.id for row in daily.service.moderation.undoable(MO, daily.site)] == [first.id]


def test_one_row_of_a_step_can_be_undone_and_the_others_with_it_later(daily: Newsroom) -> None:
    ids = queue(daily, 4)
    bulk = step(daily)
    made = [one for one in decide(daily, MO, ids, bulk=bulk) if isinstance(one, Made)]
    for one in made[:2]:
        assert isinstance(daily.undo(MO, one.id), Made)
    assert daily.waiting() == ids[:2]
    found = daily.undo_last(MO)
    assert isinstance(found, Undone)
    assert {id for id, _ in found.outcomes} == set(ids[2:])
    assert daily.waiting() == ids


def test_nobody_undoes_a_colleagues_step(daily: Newsroom) -> None:
    ids = queue(daily, 2)
    bulk = step(daily)
    decide(daily, MO, ids[:1], bulk=bulk)
    decide(daily, MAX, ids[1:], bulk=bulk)
    assert set(undone(daily, MAX, bulk)) == {ids[1]}
    assert set(undone(daily, MO, bulk)) == {ids[0]}


def test_a_step_that_is_too_old_is_passed_over(daily: Newsroom) -> None:
    ids = queue(daily, 3)
    first = daily.made(MO, ids[0], Verb.APPROVE)
    bulk = step(daily)
    decide(daily, MO, ids[1:], bulk=bulk)
    for _, keys in partitions(daily.site):
        key = keys.bulk("mo", bulk[4:])
        assert daily.client.pttl(key) <= BULK_KEPT_MS
        daily.client.delete(key)
    assert isinstance(daily.undo_last(MO), Made)
    assert daily.find(ids[0]).status is Status.PENDING
    assert daily.log().decisions[0].undo_of == first.id


def test_a_whole_filter_is_decided_up_to_the_time_at_which_it_was_counted(daily: Newsroom) -> None:
    ids = queue(daily, 7)
    daily.clock.advance(ms=1)
    before_ms = daily.clock.now_ms
    late = daily.comment(article=daily.other).id
    wish = Wanted(id="", version=0, verb=Verb.REJECT, reason="advertising")
    bulk = step(daily)
    chosen = Chosen(lane=daily.find(ids[0]).lane, before_ms=before_ms)
    swept = daily.service.bulks.decide_filter(MO, daily.site, chosen, wish, bulk=bulk)
    assert isinstance(swept, Swept)
    assert ([id for id, _ in swept.outcomes], swept.next_cursor) == (ids, "")
    assert daily.waiting() == [late]
    empty = daily.service.bulks.decide_filter(
        MO, daily.site, Chosen(lane=Lane.HELD, before_ms=before_ms), wish, bulk=bulk
    )
    assert empty == Swept(outcomes=(), next_cursor="")
    again = Wanted(id="", version=0, verb=Verb.APPROVE)
    turned = daily.service.bulks.decide_filter(
        MO, daily.site, Chosen(status=Status.REJECTED, before_ms=before_ms), again, bulk=step(daily)
    )
    assert isinstance(turned, Swept)
    assert all(isinstance(outcome, Made) for _, outcome in turned.outcomes)
    assert daily.counts()[Status.APPROVED] == 7


def test_only_who_may_decide_does(daily: Newsroom) -> None:
    (id,) = queue(daily, 1)
    bulks, forbidden, bulk = daily.service.bulks, Refused(code=Code.FORBIDDEN), step(daily)
    wish = Wanted(id=id, version=1, verb=Verb.SPAM)
    before = everything(daily.client)
    assert bulks.decide_all(READER, daily.site, [wish]) == forbidden
    assert bulks.decide_today(READER, daily.site, [id], wish) == forbidden
    assert bulks.decide_filter(READER, daily.site, Chosen(before_ms=2**50), wish, bulk=bulk) == forbidden
    assert bulks.undo(READER, daily.site, bulk) == bulks.undo_last(READER, daily.site) == forbidden
    assert everything(daily.client) == before
