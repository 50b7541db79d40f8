"""What may become of a comment: the table of the console's design, and nothing besides."""

import pytest

from commentsvc.domain.decision import (
    FEATURING,
    MODERATORS_VERBS,
    TRANSITIONS,
    Status,
    Verb,
    allowed,
    featuring,
    leads_to,
)

DESIGNED = {
    "pending": {"approve": "approved", "reject": "rejected", "spam": "spam"},
    "approved": {"reject": "rejected"},
    "rejected": {"approve": "approved"},
    "spam": {"not_spam": "pending"},
    "erased": {},
}


@pytest.mark.parametrize("status", list(Status))
def test_a_moderator_may_do_what_the_design_says_and_nothing_else(status: Status) -> None:
    table = {verb: after for (of, verb), after in TRANSITIONS.items() if of is status and verb in MODERATORS_VERBS}
    assert table == DESIGNED[status]
    assert set(allowed(status)) == set(DESIGNED[status])


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.ERASED])
def test_an_author_can_take_back_a_comment_in_whatever_status(status: Status) -> None:
    assert TRANSITIONS[status, Verb.WITHDRAW] is Status.ERASED


def test_nothing_comes_back_from_erased() -> None:
    assert not any(of is Status.ERASED for of, _ in TRANSITIONS)


def test_only_a_moderators_decision_makes_anything_public() -> None:
    publishing = {verb for (_, verb), after in TRANSITIONS.items() if after is Status.APPROVED}
    assert publishing == {Verb.APPROVE, Verb.FEATURE}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("featured", [False, True])
def test_what_is_public_or_could_be_is_featured_and_only_what_is_can_be_so_no_longer(
    status: Status, featured: bool
) -> None:
    possible = {verb for verb in FEATURING if leads_to(status, verb, featured=featured)}
    assert possible == set(featuring(status, edited=False, featured=featured))
    if status is Status.APPROVED:
        assert possible == {Verb.UNFEATURE if featured else Verb.FEATURE}
    else:
        assert possible == ({Verb.FEATURE} if status is Status.PENDING else set())


@pytest.mark.parametrize("featured", [False, True])
def test_nothing_is_featured_while_an_edit_waits(featured: bool) -> None:
    assert [leads_to(Status.APPROVED, verb, edited=True, featured=featured) for verb in FEATURING] == [None, None]
    assert featuring(Status.APPROVED, edited=True, featured=featured) == ()


def test_a_verb_always_leads_to_the_same_status() -> None:
    aims = {(verb, after) for (_, verb), after in TRANSITIONS.items()}
    assert len(aims) == len({verb for verb, _ in aims})


def test_undo_is_no_verb_of_the_table_but_a_compensating_row() -> None:
    assert Verb.UNDO not in MODERATORS_VERBS
    assert not any(verb is Verb.UNDO for _, verb in TRANSITIONS)
