"""What authors are written, when, and in which words."""

import re

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.service.edits import Rewrite
from commentsvc.service.receipts import Opened
from commentsvc.service.wishes import Linked
from commentsvc.worker.loop import Worker
from tests.servers import FakeClock
from tests.worker.correspondence import BOB, GRACE_MS, MAX, ask, confirmed, decide, links, opened, settled
from tests.worker.post_office import PostOffice
from tests.worker.scene import Scene


def test_an_author_confirms_and_hears_that_the_comment_is_published(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    ask(told, receipt)
    settled(told, ours)
    (asking,) = office.mails
    assert (asking.sender, asking.to) == ("comments@daily.example", "alice@daily.example")
    assert asking.subject == "Please confirm: e-mails about your comment on Daily"
    decide(told, clock, receipt.id)
    settled(told, ours)
    assert len(office.mails) == 1, "nothing else is sent before the address has said yes"
    assert isinstance(told.service.wishes.confirm(links(asking)[0]), Linked)
    settled(told, ours)
    mail = office.mails[1]
    assert mail.subject == "Your comment on Daily is published"
    assert f"https://daily.example/news/42#{receipt.id}" in mail.text
    assert f"https://comments.daily.example/receipts/{receipt.token}" in mail.text
    assert links(mail) == links(asking)


def test_a_letter_is_plain_text_to_one_address_with_one_click_to_end_it(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    token = confirmed(told, office, ours, receipt)
    decide(told, clock, receipt.id, Verb.REJECT, reason="insult")
    settled(told, ours)
    (mail,) = office.mails
    head = mail.message
    assert head.get_content_type() == "text/plain"
    assert (str(head["From"]), str(head["To"])) == ("Daily <comments@daily.example>", "alice@daily.example")
    assert f"List-Unsubscribe: <https://comments.daily.example/mail/{token}>\r\n".encode() in mail.data
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in mail.data
    assert head["Auto-Submitted"] == "auto-generated"
    assert head["Content-Language"] == "en"
    assert re.fullmatch(r"<evt_\w{26}_\d+-\d+_mail@daily\.example>", head["Message-ID"])
    assert head["Date"] == "Sun, 01 Mar 2026 10:00:10 +0000"
    assert all(len(line) <= 998 and line.isascii() for line in mail.data.split(b"\r\n"))
    assert "The reason: Insult\n\nThe rule of the house: Criticise what was said" in mail.text


def test_a_decision_undone_within_the_grace_sends_nothing(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    confirmed(told, office, ours, receipt)
    decision = told.decide(receipt.id, Verb.SPAM)
    clock.advance(ms=GRACE_MS - 1)
    told.undo(decision)
    clock.advance(ms=GRACE_MS)
    settled(told, ours)
    assert not office.mails
    told.decide(receipt.id, Verb.REJECT, version=3, reason="insult")
    clock.advance(ms=3_000)
    told.decide(receipt.id, Verb.APPROVE, version=4)
    clock.advance(ms=GRACE_MS)
    settled(told, ours)
    assert office.subjects == ["Your comment on Daily is published"], "of two decisions the one that stands"


def test_each_decision_is_told_once_whether_it_came_before_the_yes_or_after(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    ask(told, receipt)
    settled(told, ours)
    (token,) = links(office.mails.pop())
    told.decide(receipt.id)  # its event is still in the stream when the address says yes
    told.service.wishes.confirm(token)
    told.service.wishes.confirm(token)
    clock.advance(ms=GRACE_MS)
    settled(told, ours)
    assert office.subjects == ["Your comment on Daily is published"]
    decide(told, clock, receipt.id, Verb.REJECT, version=2, reason="insult")
    settled(told, ours)
    assert office.subjects[1:] == ["Your comment on Daily was not published"]


def test_what_stands_after_an_undo_is_told_once_whoever_came_in_between(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    confirmed(told, office, ours, receipt)
    told.decide(receipt.id)
    clock.advance(ms=2_000)
    second = told.decide(receipt.id, Verb.REJECT, version=2, reason="insult")
    clock.advance(ms=3_000)
    told.undo(second)
    clock.advance(ms=GRACE_MS)
    settled(told, ours)
    assert office.subjects == ["Your comment on Daily is published"]
    third = told.decide(receipt.id, Verb.REJECT, version=4, reason="insult")
    clock.advance(ms=GRACE_MS)
    told.undo(third)
    clock.advance(ms=GRACE_MS)
    settled(told, ours)  # the worker was away for both
    assert office.subjects[1:] == ["Your comment on Daily is published"]


def test_who_appealed_hears_what_came_of_it_and_what_a_moderator_wrote(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    confirmed(told, office, ours, receipt)
    decide(told, clock, receipt.id, Verb.REJECT, reason="own", note="Too long ago.\nSorry.")
    assert isinstance(told.service.appeals.appeal(receipt.token, {"appeal": ["It was yesterday."]}), Opened)
    settled(told, ours)
    version = opened(told, receipt).comment.version
    decide(told, clock, receipt.id, Verb.UPHOLD, version=version, by=MAX)
    settled(told, ours)
    first, second = office.mails
    assert "The reason, in a moderator's own words:\n\n> Too long ago.\n> Sorry.\n" in first.text
    assert second.text.startswith("Another moderator has looked at your appeal: the decision stands.\n\nThe reason,")
    assert "max" not in second.text


def test_only_approved_replies_are_quoted_as_they_are_when_the_letter_leaves(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    confirmed(told, office, ours, receipt)
    decide(told, clock, receipt.id)
    settled(told, ours)
    office.mails.clear()
    reply = told.receipt("I agree.\n\n\u202eAnd more.", by=BOB, parent=receipt.id)
    hidden, own = told.receipt("Buy!", by=BOB, parent=receipt.id), told.receipt("Me again.", parent=receipt.id)
    settled(told, ours)
    assert not office.mails, "what waits is nobody's to read"
    for id in (reply.id, own.id):
        decide(told, clock, id)
    told.decide(hidden.id)
    clock.advance(ms=GRACE_MS)
    told.service.receipts.withdraw(hidden.token)
    settled(told, ours)
    (mail,) = office.mails
    assert mail.subject == "A reply to your comment on Daily"
    assert "Bob replied to your comment:\n\n> I agree.\n> \n> And more.\n" in mail.text
    assert f"https://daily.example/news/42#{reply.id}" in mail.text
    assert "bob@" not in mail.text
    told.decide(reply.id, Verb.REJECT, version=2, reason="insult")
    decide(told, clock, reply.id, version=3)
    settled(told, ours)
    assert len(office.mails) == 1, "published once more, and told of before"


@pytest.mark.parametrize("language", ["ar", "fr"])
def test_a_letter_speaks_the_language_of_the_comment_in_its_direction(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock, language: str
) -> None:
    receipt = told.receipt("Well said.", language=language)
    confirmed(told, office, ours, receipt)
    decide(told, clock, receipt.id, Verb.REJECT, reason="insult")
    settled(told, ours)
    (mail,) = office.mails
    assert mail.message["Content-Language"] == language
    paragraphs = mail.text.split("\n\n")
    if language == "ar":
        assert "\u2068Daily\u2069" in mail.subject
        assert all(paragraph.startswith("\u200f") for paragraph in paragraphs)
        assert "إهانة" in mail.text
    else:
        assert "Votre commentaire n’a pas été publié." in mail.text
        assert "\u200f" not in mail.text


def test_who_changed_what_is_published_hears_what_became_of_it(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    confirmed(told, office, ours, receipt)
    decide(told, clock, receipt.id)
    for text, verb in (("Well written.", Verb.TURN_DOWN), ("Well done.", Verb.APPROVE)):
        values = {"name": ["Alice"], "text": [text]}
        told.service.edits.edit(Rewrite(token=receipt.token, values=values, network="192.0.2.7"))
        version, reason = opened(told, receipt).comment.version, "insult" if verb is Verb.TURN_DOWN else ""
        decide(told, clock, receipt.id, verb, version=version, reason=reason)
    settled(told, ours)
    assert office.subjects == ["Your comment on Daily is published", *["The change of your comment on Daily"] * 2]
    said = sorted(mail.text.partition("\n")[0] for mail in list(office.mails)[1:])
    assert said == ["Your change is published.", "Your last change was not published; what was there before stays."]
    assert sum("The reason: Insult" in mail.text for mail in office.mails) == 1
    assert not any("Well" in mail.text for mail in office.mails)
