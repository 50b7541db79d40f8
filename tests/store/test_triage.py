"""Rules choose where a submission waits; they decide nothing unless an admin has switched that on."""

from dataclasses import replace

import pytest

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.lane import Lane
from commentsvc.domain.rules import DEFAULT_RULES, Rule, RuleKind, Word
from commentsvc.domain.thread import Article
from commentsvc.service.edits import Rewrite
from commentsvc.service.receipts import Opened
from commentsvc.service.submissions import Receipt
from tests.store.people import ALICE, BOB, MO, Newsroom

WORDS = Rule(id="words", kind=RuleKind.WORDS, lane=Lane.HELD, reason="insult", words=(Word(text="idiot"),))
TRUSTED = Rule(id="trusted", kind=RuleKind.TRUSTED, lane=Lane.NEW, auto=True, number=2)
LONG = "The council said in its report that nobody had asked before whether a bridge of this kind could carry trams."


def ruled(daily: Newsroom, *rules: Rule) -> Newsroom:
    """The newsroom with these rules beside those that a site begins with, which have other ids."""
    ids = {rule.id for rule in rules}
    kept = [rule for rule in DEFAULT_RULES if rule.id not in ids]
    return replace(daily, site=daily.service.sites.change("daily", {"rules": (*kept, *rules)}))


def said(
    daily: Newsroom, text: str, *, by: dict[str, str] = ALICE, after_s: int = 60, article: Article | None = None
) -> Comment:
    """A comment whose form was open for so long."""
    attempt = daily.attempt(text, by=by, article=article, site=daily.site)
    daily.clock.advance(ms=after_s * 1_000)
    receipt = daily.submit(attempt)
    assert isinstance(receipt, Receipt), receipt
    return daily.find(receipt.id)


def test_a_strangers_first_comment_waits_as_such_and_the_second_does_when_the_first_was_published(
    daily: Newsroom,
) -> None:
    first = said(daily, "Well said.")
    assert first.lane is Lane.FIRST_TIME
    daily.made(MO, first.id, Verb.APPROVE)
    assert said(daily, "Quite so.", article=daily.other).lane is Lane.NEW
    assert said(daily, "Indeed.", by=BOB).lane is Lane.FIRST_TIME


def test_an_author_is_known_in_every_partition(daily: Newsroom) -> None:
    articles = daily.articles(9)
    daily.made(MO, said(daily, "Well said.", article=articles[0]).id, Verb.APPROVE)
    lanes = [said(daily, "Quite so.", article=article).lane for article in articles]
    assert set(lanes) == {Lane.NEW}


def test_a_word_of_a_rule_holds_the_comment_and_is_found_in_the_stored_text(daily: Newsroom) -> None:
    found = said(ruled(daily, WORDS), "  You are an idi0t.  ")
    assert found.lane is Lane.HELD
    assert found.body is not None
    (hit,) = [hit for hit in found.hits if hit.kind is RuleKind.WORDS]
    assert (hit.rule, hit.reason, found.body.text[hit.start : hit.end]) == ("words", "insult", "idi0t")
    assert found.status is Status.PENDING


def test_who_sends_at_once_or_says_the_same_again_is_likely_spam(daily: Newsroom) -> None:
    assert said(daily, "Well said.", after_s=1).lane is Lane.LIKELY_SPAM
    assert {said(daily, "Thank you!").lane for _ in range(3)} == {Lane.FIRST_TIME}
    lanes = [said(daily, LONG, by=who, article=daily.other).lane for who in (ALICE, BOB, ALICE)]
    assert lanes == [Lane.FIRST_TIME, Lane.FIRST_TIME, Lane.LIKELY_SPAM]


def test_no_rule_decides_by_itself_unless_it_is_switched_on(daily: Newsroom) -> None:
    room = ruled(daily, WORDS, replace(TRUSTED, auto=False))
    for text in ("One.", "Two.", "Three."):
        daily.made(MO, said(room, text).id, Verb.APPROVE)
    assert said(room, "Four.").status is Status.PENDING
    assert said(room, "Idiot.").status is Status.PENDING


def test_a_switched_on_word_rule_rejects_with_its_reason_in_a_row_of_the_log(daily: Newsroom) -> None:
    found = said(ruled(daily, replace(WORDS, auto=True)), "You idiot.")
    assert (found.status, found.reason, found.decided_by) == (Status.REJECTED, "insult", "rule:words")
    (row,) = daily.log().decisions
    assert (row.by, row.verb, row.comment) == ("rule:words", Verb.REJECT, found.id)
    assert daily.decide(MO, found.id, Verb.APPROVE)


@pytest.mark.parametrize("reason", ["", "gone"])
def test_a_rule_without_a_reason_of_the_sites_rejects_nothing(daily: Newsroom, reason: str) -> None:
    assert said(ruled(daily, replace(WORDS, auto=True, reason=reason)), "You idiot.").status is Status.PENDING


def test_who_is_trusted_is_published_at_once_but_not_what_hits_a_rule(daily: Newsroom) -> None:
    room = ruled(daily, WORDS, TRUSTED)
    articles = daily.articles(4)
    for article in articles[:2]:
        waiting = said(room, "Well said.", article=article)
        assert waiting.status is Status.PENDING
        daily.made(MO, waiting.id, Verb.APPROVE)
    published = said(room, "Once more.", article=articles[2])
    assert (published.status, published.decided_by) == (Status.APPROVED, "rule:trusted")
    assert [comment.id for comment in daily.public(article=articles[2])] == [published.id]
    assert said(room, "Idiot, once more.", article=articles[3]).status is Status.PENDING


def test_what_a_rule_may_decide_it_decides_about_changes_too_but_takes_nothing_published_down(daily: Newsroom) -> None:
    room = ruled(daily, replace(WORDS, auto=True), TRUSTED)
    receipts = [room.comment(text) for text in ("One.", "Two.", "Three.")]
    for receipt in receipts[:2]:
        daily.made(MO, receipt.id, Verb.APPROVE)

    def changed(receipt: Receipt, text: str) -> Comment:
        daily.clock.advance(ms=1)
        values = {"name": ["Alice"], "text": [text]}
        opened = room.service.edits.edit(Rewrite(token=receipt.token, values=values, network="192.0.2.1"))
        assert isinstance(opened, Opened)
        return opened.comment

    bad = changed(receipts[0], "You idiot.")
    assert (bad.status, bad.edit, bad.reason, bad.decided_by) == (Status.APPROVED, None, "insult", "rule:words")
    good = changed(receipts[1], "Two and a half.")
    assert (good.edit, good.body and good.body.text, good.decided_by) == (None, "Two and a half.", "rule:trusted")
    assert changed(receipts[2], "You idiot.").status is Status.REJECTED
