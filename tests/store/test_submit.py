"""A submission is accepted once, or refused whole: nothing half-written, no ticket used twice."""

from dataclasses import replace

import pytest

from commentsvc.domain.comment import MAX_DEPTH
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import new_comment_id
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.thread import bucket
from commentsvc.service import Limits
from commentsvc.service.submissions import Receipt
from commentsvc.store.keys import thread_home
from tests.store.people import ALICE, BOB, HOME, MALLORY, MO, PRIYA, Newsroom, everything


def fields(outcome: Receipt | Refused) -> dict[str, Code]:
    """What was wrong with which field."""
    assert isinstance(outcome, Refused), outcome
    assert outcome.code is Code.INVALID_FIELDS
    return dict(outcome.fields)


def test_an_accepted_comment_waits_and_is_not_public(daily: Newsroom) -> None:
    receipt = daily.comment("Well said.")
    assert not receipt.again
    assert daily.waiting() == [receipt.id]
    assert daily.find(receipt.id).status is Status.PENDING
    assert daily.public() == []
    assert daily.page().thread.counts[Status.PENDING] == 1
    found = daily.service.reading.comment(receipt.id)
    assert found == Refused(code=Code.NOT_FOUND)


def test_everything_that_was_sent_is_stored_as_it_was(daily: Newsroom) -> None:
    receipt = daily.comment("  A <b>\r\n\r\n& \u0642 ", title="News & views")
    body = daily.find(receipt.id).body
    assert body is not None
    assert (body.name, body.email, body.text) == ("Alice", "alice@daily.example", "  A <b>\n\n& \u0642 ")
    assert (body.title, body.url, body.thread_key) == ("News & views", f"{HOME}/news/42", f"{HOME}/news/42")
    assert (body.created_ms, body.language) == (daily.clock.now_ms, "en")


def test_the_address_a_comment_came_from_is_nowhere_in_the_store(daily: Newsroom) -> None:
    daily.comment(network="198.51.100.77")
    assert "198.51.100.77" not in repr(everything(daily.client))


def test_a_ticket_is_worth_one_try(daily: Newsroom) -> None:
    ticket = daily.service.challenges.open(daily.site, daily.article).ticket
    first = daily.submit(daily.attempt("First.", ticket=ticket, once="a"))
    assert isinstance(first, Receipt)
    before = everything(daily.client)
    assert fields(daily.submit(daily.attempt("Second.", ticket=ticket, once="b"))) == {"code": Code.USED_CODE}
    assert everything(daily.client) == before


def test_a_wrong_code_spends_its_ticket(daily: Newsroom) -> None:
    ticket = daily.service.challenges.open(daily.site, daily.article).ticket
    assert fields(daily.submit(daily.attempt(ticket=ticket, code="22222 "))) == {"code": Code.WRONG_CODE}
    assert fields(daily.submit(daily.attempt(ticket=ticket))) == {"code": Code.USED_CODE}
    assert daily.waiting() == []


def test_a_wrong_code_leaves_nothing_but_the_used_ticket_and_the_count(daily: Newsroom) -> None:
    before = everything(daily.client)
    daily.submit(daily.attempt(code="22222"))
    kinds = {key.split(b":")[1] for key in everything(daily.client).keys() - before.keys()}
    assert kinds == {b"used", b"rate", b"n"}


def test_the_same_submission_again_gets_the_same_receipt(daily: Newsroom) -> None:
    attempt = daily.attempt(once="form-1")
    first = daily.submit(attempt)
    assert isinstance(first, Receipt)
    before = everything(daily.client)
    daily.clock.advance(ms=60_000)
    assert daily.submit(attempt) == replace(first, again=True)
    assert everything(daily.client) == before


def test_without_a_key_the_ticket_makes_a_retry_the_same_submission(daily: Newsroom) -> None:
    attempt = daily.attempt()
    first, second = daily.submit(attempt), daily.submit(attempt)
    assert isinstance(first, Receipt)
    assert second == replace(first, again=True)
    assert daily.waiting() == [first.id]


@pytest.mark.parametrize("change", [{"text": "Another text."}, {"name": "Bob"}])
def test_a_key_used_for_something_else_is_refused(daily: Newsroom, change: dict[str, str]) -> None:
    attempt = daily.attempt(once="form-1")
    assert isinstance(daily.submit(attempt), Receipt)
    before = everything(daily.client)
    changed = replace(attempt, values={**attempt.values, **{name: [value] for name, value in change.items()}})
    assert daily.submit(changed) == Refused(code=Code.KEY_REUSED)
    assert everything(daily.client) == before


def test_somebody_elses_key_does_not_lead_to_their_receipt(daily: Newsroom) -> None:
    daily.comment("Alice's own text.", once="guessable")
    stolen = daily.submit(daily.attempt("Alice's own text.", once="guessable"))
    assert stolen == Refused(code=Code.KEY_REUSED)


def test_strangers_do_not_use_up_each_others_keys(daily: Newsroom) -> None:
    daily.comment("Mallory numbers his requests.", once="order-1", by=MALLORY)
    daily.comment("So does Alice.", once="order-1", by=ALICE)
    assert len(daily.waiting()) == 2


def test_a_refused_try_does_not_use_up_its_key(daily: Newsroom) -> None:
    assert fields(daily.submit(daily.attempt(once="form-1", code="22222"))) == {"code": Code.WRONG_CODE}
    assert isinstance(daily.submit(daily.attempt(once="form-1")), Receipt)


def test_a_retry_is_known_however_late_it_comes(daily: Newsroom) -> None:
    attempt = daily.attempt(once="form-1")
    first = daily.submit(attempt)
    assert isinstance(first, Receipt)
    daily.clock.advance(ms=Limits().ticket_ms * 2)
    assert daily.submit(attempt) == replace(first, again=True)


def test_a_retry_is_known_although_the_thread_was_closed_in_between(daily: Newsroom) -> None:
    attempt = daily.attempt()
    first = daily.submit(attempt)
    assert isinstance(first, Receipt)
    daily.service.moderation.open_thread(PRIYA, daily.site, daily.article, open=False)
    assert daily.submit(attempt) == replace(first, again=True)


def test_fields_are_judged_before_the_code_so_a_right_code_stays_good(daily: Newsroom) -> None:
    ticket = daily.service.challenges.open(daily.site, daily.article).ticket
    before = everything(daily.client)
    assert fields(daily.submit(daily.attempt("", ticket=ticket))) == {"text": Code.REQUIRED}
    assert fields(daily.submit(daily.attempt("", ticket=ticket, code="22222"))) == {"text": Code.REQUIRED}
    assert everything(daily.client) == before
    assert isinstance(daily.submit(daily.attempt(ticket=ticket)), Receipt)


def test_nothing_is_written_when_anything_is_refused(daily: Newsroom) -> None:
    daily.published("Something to answer.")
    elsewhere = daily.published("Another article.", article=daily.other)
    expired = daily.attempt()
    daily.clock.advance(ms=Limits().ticket_ms)
    foreign = daily.service.challenges.open(daily.site, daily.other).ticket
    daily.service.moderation.open_thread(PRIYA, daily.site, daily.other, open=False)
    before = everything(daily.client)
    assert fields(daily.submit(expired)) == {"code": Code.EXPIRED_CODE}
    assert fields(daily.submit(daily.attempt(ticket=foreign))) == {"code": Code.INVALID_CHALLENGE}
    assert fields(daily.submit(daily.attempt(ticket="forged"))) == {"code": Code.INVALID_CHALLENGE}
    assert fields(daily.submit(daily.attempt(ticket="forged", text=""))) == {
        "text": Code.REQUIRED,
        "code": Code.INVALID_CHALLENGE,
    }
    assert fields(daily.submit(daily.attempt(once="k" * 101))) == {"submission": Code.TOO_LONG}
    assert fields(daily.submit(daily.attempt(parent=elsewhere))) == {"parent": Code.UNKNOWN_PARENT}
    assert fields(daily.submit(daily.attempt(by={**MALLORY, "name": "Mal\nlory"}))) == {"name": Code.INVALID_CHARACTERS}
    assert daily.submit(daily.attempt(article=daily.other)) == Refused(code=Code.THREAD_CLOSED)
    assert everything(daily.client) == before


def test_a_closed_thread_leaves_the_ticket_for_when_it_opens_again(daily: Newsroom) -> None:
    moderation = daily.service.moderation
    assert moderation.open_thread(MO, daily.site, daily.article, open=False) is True
    assert moderation.open_thread(MO, daily.site, daily.article, open=False) is False
    attempt = daily.attempt()
    assert daily.submit(attempt) == Refused(code=Code.THREAD_CLOSED)
    assert daily.page().thread.open is False
    assert moderation.open_thread(MO, daily.site, daily.article, open=True) is True
    assert isinstance(daily.submit(attempt), Receipt)


def test_a_site_that_is_closed_takes_nothing(daily: Newsroom) -> None:
    closed = daily.service.sites.change("daily", {"open": False})
    assert daily.submit(daily.attempt(site=closed)) == Refused(code=Code.THREAD_CLOSED)


def test_the_code_counts_as_typed_by_people(daily: Newsroom) -> None:
    ticket = daily.service.challenges.open(daily.site, daily.article).ticket
    typed = " ".join(daily.code(ticket).lower())
    assert isinstance(daily.submit(daily.attempt(ticket=ticket, code=f" {typed}\n")), Receipt)


def test_only_a_published_comment_of_the_same_article_can_be_answered(daily: Newsroom) -> None:
    waiting = daily.comment("Not yet public.").id
    other = daily.published("On sports.", article=daily.other)
    gone = daily.published("Soon taken down.")
    daily.made(MO, gone, Verb.REJECT)
    place = {"site_number": daily.site.number, "bucket": bucket(daily.article.id)}
    invented = new_comment_id(now_ms=daily.clock.now_ms, **place)
    foreign = new_comment_id(now_ms=daily.clock.now_ms, site_number=daily.site.number + 1, bucket=0)
    for parent in (waiting, other, gone, invented, foreign):
        before = everything(daily.client)
        assert fields(daily.submit(daily.attempt(by=BOB, parent=parent))) == {"parent": Code.UNKNOWN_PARENT}
        assert everything(daily.client) == before


def test_a_reply_hangs_under_its_parent_at_most_six_deep(daily: Newsroom) -> None:
    parent = ""
    depths = []
    for _ in range(MAX_DEPTH + 3):
        child = daily.published("Re:", parent=parent)
        found = daily.find(child)
        assert found.parent == (parent or None)
        depths.append(found.depth)
        parent = child
    assert depths == [0, 1, 2, 3, 4, 5, 6, 6, 6]


def test_too_many_from_one_network_wait_and_are_told_how_long(daily: Newsroom) -> None:
    strict = Limits(submissions_per_minute=3)
    service = daily.under(strict)
    for code in ("22222", None, None):
        service.submit(service.attempt(code=code))
    attempt = service.attempt()
    before = everything(daily.client)
    refused = service.submit(attempt)
    assert isinstance(refused, Refused)
    assert refused.code is Code.TOO_MANY
    assert refused.retry_after_s is not None
    assert 1 <= refused.retry_after_s <= 60
    assert everything(daily.client) == before
    assert isinstance(service.submit(service.attempt(by=BOB, network="203.0.113.9")), Receipt)


def test_a_retry_is_never_one_too_many(daily: Newsroom) -> None:
    service = daily.under(Limits(submissions_per_minute=1))
    attempt = service.attempt()
    first = service.submit(attempt)
    assert isinstance(first, Receipt)
    assert service.submit(attempt) == replace(first, again=True)


def test_one_author_is_known_by_address_whatever_its_case(daily: Newsroom) -> None:
    daily.comment(by={"name": "Alice", "email": "Alice@Daily.example"})
    daily.published(by=ALICE)
    daily.published(by=MALLORY)
    author = daily.item(daily.comment(by=ALICE, article=daily.other).id).author
    assert (author[Status.PENDING], author[Status.APPROVED]) == (2, 1)


def test_an_author_without_an_address_is_a_network_that_is_forgotten(daily: Newsroom) -> None:
    lenient = daily.service.sites.change("daily", {"email_required": False})
    receipt = daily.comment(by={"name": "Bob"}, site=lenient, network="198.51.100.7")
    body = daily.find(receipt.id).body
    assert body is not None
    assert body.author_key.startswith("n")
    keys = thread_home(daily.site, daily.article.id)
    left_ms = daily.client.pttl(keys.author(body.author_key))
    assert 0 < int(left_ms) <= 30 * 24 * 3_600_000
    # Forgotten is forgotten: a late decision does not bring the record back.
    daily.client.delete(keys.author(body.author_key))
    daily.made(MO, receipt.id, Verb.APPROVE)
    assert not daily.client.exists(keys.author(body.author_key))


def test_the_receipts_key_opens_its_own_comment_only(daily: Newsroom) -> None:
    alice, bob = daily.comment(by=ALICE), daily.comment(by=BOB)
    opened = daily.service.receipts.open(alice.token)
    assert not isinstance(opened, Refused)
    assert opened.comment.id == alice.id
    assert len(alice.token) == 52
    forged = [alice.token[:26] + bob.token[26:], alice.token[:-1], alice.token + "0", alice.id, "", alice.token.lower()]
    for token in forged:
        assert daily.service.receipts.open(token) == Refused(code=Code.NOT_FOUND)


def test_a_stranger_who_knows_name_and_address_learns_nothing(daily: Newsroom) -> None:
    daily.comment("A secret opinion.", by=ALICE)
    daily.published("Mine.", by=ALICE, network="203.0.113.1")
    assert [comment.body and comment.body.text for comment in daily.public()] == ["Mine."]
