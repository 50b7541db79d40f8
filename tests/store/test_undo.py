"""Everything can be undone by who did it, in order, and the undo is a row in the log like any other."""

import pytest

from commentsvc.domain.decision import Stale, Status, Verb
from commentsvc.domain.refusal import Code, Refused
from commentsvc.store.decisions import Made
from tests.store.people import BOB, MAX, MO, PRIYA, Newsroom, everything


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.REJECT, Verb.SPAM])
def test_an_undone_comment_returns_to_its_old_place_in_the_queue(daily: Newsroom, verb: Verb) -> None:
    ids = [daily.comment(article=article).id for article in daily.articles(5)]
    made = daily.made(MO, ids[2], verb)
    undone = daily.undo(MO, made.id)
    assert isinstance(undone, Made)
    assert undone.version == 3
    assert daily.waiting() == ids
    assert daily.find(ids[2]).html == ""
    assert daily.public(article=daily.articles(5)[2]) == []


def test_an_undo_is_a_row_and_the_undone_one_stays(daily: Newsroom) -> None:
    made = daily.made(MO, daily.comment().id, Verb.REJECT, reason="hate")
    undone = daily.undo(MO, made.id)
    assert isinstance(undone, Made)
    latest, first = daily.log().decisions
    assert (first.id, first.undone_by) == (made.id, undone.id)
    assert (latest.id, latest.undo_of, latest.verb) == (undone.id, made.id, Verb.UNDO)
    assert (latest.before, latest.after) == (Status.REJECTED, Status.PENDING)


def test_undoing_a_take_down_publishes_the_same_html_again(daily: Newsroom) -> None:
    id = daily.published("A <b> & https://daily.example")
    reply = daily.published("Re:", by=BOB, parent=id)
    before = daily.public()
    made = daily.made(MO, id, Verb.REJECT)
    assert [comment.id for comment in daily.public()] == [reply]
    daily.undo(MO, made.id)
    assert daily.public() == before


def test_undo_gives_back_the_reason_from_before(daily: Newsroom) -> None:
    id = daily.comment().id
    daily.made(MO, id, Verb.REJECT, reason="hate")
    made = daily.made(MO, id, Verb.APPROVE)
    assert daily.find(id).reason == ""
    daily.undo(MO, made.id)
    assert (daily.find(id).status, daily.find(id).reason) == (Status.REJECTED, "hate")


def test_a_retried_undo_gets_the_first_answer(daily: Newsroom) -> None:
    made = daily.made(MO, daily.comment().id, Verb.APPROVE)
    first = daily.undo(MO, made.id)
    before = everything(daily.client)
    assert daily.undo(MO, made.id) == first
    assert everything(daily.client) == before


def test_only_ones_own_decisions_can_be_undone(daily: Newsroom) -> None:
    made = daily.made(MO, daily.comment().id, Verb.APPROVE)
    before = everything(daily.client)
    assert daily.undo(MAX, made.id) == Refused(code=Code.FORBIDDEN)
    assert daily.undo(PRIYA, made.id) == Refused(code=Code.FORBIDDEN)
    assert daily.undo_last(MAX) == Refused(code=Code.NOTHING_TO_UNDO)
    assert everything(daily.client) == before


def test_undo_stops_where_somebody_acted_in_between_and_says_who(daily: Newsroom) -> None:
    id = daily.comment().id
    made = daily.made(MO, id, Verb.APPROVE)
    daily.made(MAX, id, Verb.REJECT)
    at_ms = daily.clock.now_ms
    before = everything(daily.client)
    stale = Stale(comment=daily.find(id).id, version=3, status=Status.REJECTED, by="max", at_ms=at_ms, verb=Verb.REJECT)
    assert daily.undo(MO, made.id) == stale
    assert daily.undo_last(MO) == stale
    assert everything(daily.client) == before


def test_an_undo_cannot_be_undone(daily: Newsroom) -> None:
    made = daily.made(MO, daily.comment().id, Verb.APPROVE)
    undone = daily.undo(MO, made.id)
    assert isinstance(undone, Made)
    assert daily.undo(MO, undone.id) == Refused(code=Code.NOTHING_TO_UNDO)
    assert daily.undo_last(MO) == Refused(code=Code.NOTHING_TO_UNDO)


@pytest.mark.parametrize("id", ["", "dec_", "dec_" + "0" * 26, "x" * 30, "cmt_" + "0" * 26])
def test_what_never_was_cannot_be_undone(daily: Newsroom, id: str) -> None:
    assert daily.undo(MO, id) == Refused(code=Code.NOT_FOUND)


def test_z_goes_back_step_by_step_over_all_articles(daily: Newsroom) -> None:
    articles = daily.articles(6)
    ids = [daily.comment(article=article).id for article in articles]
    for id in ids:
        daily.made(MO, id, Verb.APPROVE)
    for back in range(1, len(ids) + 1):
        assert isinstance(daily.undo_last(MO), Made)
        assert daily.waiting() == ids[-back:]
    assert daily.undo_last(MO) == Refused(code=Code.NOTHING_TO_UNDO)


def test_z_goes_back_through_ones_own_decisions_about_one_comment(daily: Newsroom) -> None:
    id = daily.comment().id
    path = [Verb.SPAM, Verb.NOT_SPAM, Verb.REJECT, Verb.APPROVE, Verb.REJECT]
    statuses = [daily.find(id).status]
    for verb in path:
        daily.made(MO, id, verb)
        statuses.append(daily.find(id).status)
    for status in reversed(statuses[:-1]):
        outcome = daily.undo_last(MO)
        assert isinstance(outcome, Made), outcome
        assert daily.find(id).status is status
    assert len(daily.log().decisions) == 2 * len(path)


def test_what_a_colleague_did_and_took_back_does_not_stand_in_the_way(daily: Newsroom) -> None:
    id = daily.comment().id
    mine = daily.made(MO, id, Verb.APPROVE)
    theirs = daily.made(MAX, id, Verb.REJECT)
    assert isinstance(daily.undo(MAX, theirs.id), Made)
    undone = daily.undo(MO, mine.id)
    assert isinstance(undone, Made)
    assert undone.version == 5
    assert daily.undo(MO, mine.id) == undone
    assert daily.waiting() == [id]


def test_after_an_undo_a_new_decision_can_be_undone_too(daily: Newsroom) -> None:
    id = daily.comment().id
    daily.undo(MO, daily.made(MO, id, Verb.APPROVE).id)
    again = daily.made(MO, id, Verb.REJECT)
    assert isinstance(daily.undo(MO, again.id), Made)
    assert daily.waiting() == [id]


def test_fifty_decisions_can_be_undone(daily: Newsroom) -> None:
    ids = [daily.comment().id for _ in range(52)]
    for id in ids:
        daily.made(MO, id, Verb.REJECT)
    undone = 0
    while isinstance(daily.undo_last(MO), Made):
        undone += 1
    assert undone == 50
    assert daily.waiting() == ids[2:]


def test_what_can_be_undone_is_shown_newest_first(daily: Newsroom) -> None:
    made = [daily.made(MO, daily.comment(article=article).id, Verb.APPROVE).id for article in daily.articles(7)]
    assert [row.id for row in daily.service.moderation.undoable(MO, daily.site)] == made[:1:-1]
    assert daily.service.moderation.undoable(MAX, daily.site) == []
