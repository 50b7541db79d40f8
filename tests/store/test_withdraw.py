"""An author takes a comment back with the receipt: the words go, the replies and the log stay."""

import pytest

from commentsvc.domain.decision import AUTHOR, Stale, Status, Verb
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.receipts import Opened
from tests.store.people import BOB, MO, SECRETS, Newsroom, everything


@pytest.mark.parametrize(
    ("path", "before"),
    [
        ([], Status.PENDING),
        ([Verb.APPROVE], Status.APPROVED),
        ([Verb.REJECT], Status.REJECTED),
        ([Verb.SPAM], Status.SPAM),
    ],
)
def test_whatever_its_status_the_words_go_and_a_tombstone_stays(
    daily: Newsroom, path: list[Verb], before: Status
) -> None:
    receipt = daily.comment("My secret words.", by=BOB)
    for verb in path:
        daily.made(MO, receipt.id, verb)
    assert daily.find(receipt.id).status is before
    daily.clock.advance(ms=1)
    opened = daily.service.receipts.withdraw(receipt.token)
    assert isinstance(opened, Opened)
    assert (opened.comment.status, opened.comment.body, opened.comment.html) == (Status.ERASED, None, "")
    assert opened.comment.decided_by == AUTHOR
    assert daily.public() == []
    assert daily.waiting() == []
    assert daily.counts()[Status.ERASED] == 1
    row = daily.log().decisions[0]
    assert (row.verb, row.before, row.after, row.by) == (Verb.WITHDRAW, before, Status.ERASED, AUTHOR)


def test_nothing_the_author_wrote_is_left_in_the_store(daily: Newsroom) -> None:
    receipt = daily.comment("Unrepeatable.", by={"name": "Robert", "email": "robert@elsewhere.example"})
    daily.made(MO, receipt.id, Verb.APPROVE)
    daily.service.receipts.withdraw(receipt.token)
    store = repr(everything(daily.client))
    assert not any(word in store for word in ("Unrepeatable", "Robert", "robert@", "elsewhere"))


def test_replies_stay_where_they_are(daily: Newsroom) -> None:
    parent = daily.comment("I shall regret this.")
    daily.made(MO, parent.id, Verb.APPROVE)
    reply = daily.published("Re:", by=BOB, parent=parent.id)
    daily.service.receipts.withdraw(parent.token)
    (shown,) = daily.public()
    assert (shown.id, shown.parent, shown.depth) == (reply, parent.id, 1)


def test_a_second_time_changes_nothing(daily: Newsroom) -> None:
    receipt = daily.comment()
    first = daily.service.receipts.withdraw(receipt.token)
    before = everything(daily.client)
    daily.clock.advance(ms=5)
    assert daily.service.receipts.withdraw(receipt.token) == first
    assert everything(daily.client) == before


def test_a_moderator_who_comes_later_is_told_and_brings_nothing_back(daily: Newsroom) -> None:
    receipt = daily.comment()
    made = daily.made(MO, receipt.id, Verb.APPROVE)
    daily.service.receipts.withdraw(receipt.token)
    before = everything(daily.client)
    for outcome in (
        daily.decide(MO, receipt.id, Verb.REJECT, seen=2),
        daily.undo(MO, made.id),
        daily.undo_last(MO),
    ):
        assert isinstance(outcome, Stale)
        assert (outcome.status, outcome.by) == (Status.ERASED, AUTHOR)
    for verb in (Verb.APPROVE, Verb.REJECT, Verb.SPAM, Verb.NOT_SPAM):
        assert daily.decide(MO, receipt.id, verb) == Refused(code=Code.NOT_ALLOWED_NOW)
    assert everything(daily.client) == before


def test_a_withdrawn_comment_cannot_be_answered(daily: Newsroom) -> None:
    receipt = daily.comment()
    daily.made(MO, receipt.id, Verb.APPROVE)
    daily.service.receipts.withdraw(receipt.token)
    answer = daily.submit(daily.attempt(parent=receipt.id))
    assert answer == Refused(code=Code.INVALID_FIELDS, fields={"parent": Code.UNKNOWN_PARENT})


def test_only_the_receipt_can_withdraw(daily: Newsroom) -> None:
    receipt, other = daily.comment(), daily.comment(by=BOB)
    before = everything(daily.client)
    for token in (receipt.token[:26] + other.token[26:], receipt.id, receipt.id[4:], receipt.token[:-1] + "\u00e9", ""):
        assert daily.service.receipts.withdraw(token) == Refused(code=Code.NOT_FOUND)
    assert everything(daily.client) == before


def test_a_receipt_outlives_a_rotated_secret(daily: Newsroom) -> None:
    receipt = daily.comment()
    rotated = daily.under(secrets=("n" * 32, *SECRETS))
    opened = rotated.service.receipts.open(receipt.token)
    assert isinstance(opened, Opened)
    assert opened.comment.id == receipt.id
    assert daily.under(secrets=("n" * 32,)).service.receipts.open(receipt.token) == Refused(code=Code.NOT_FOUND)
