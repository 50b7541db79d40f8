"""What authors are written, when, and what nobody can bring a letter to do."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import pytest
import redis

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.relay import relay
from commentsvc.domain.wish import About, State, Wish
from commentsvc.service.letters import KEPT_MS, Letter
from commentsvc.service.receipts import Opened
from commentsvc.service.submissions import Receipt
from commentsvc.service.wishes import ASKED_A_DAY, ASKS, LETTERS_A_DAY, Linked
from commentsvc.store.events import Delivery
from commentsvc.worker import knock
from commentsvc.worker.line import Line
from commentsvc.worker.loop import Worker
from commentsvc.worker.postman import Postman
from commentsvc.worker.sender import Answer, Failure
from tests.certificates import made_for
from tests.servers import FakeClock
from tests.worker.post_office import Mail, PostOffice, post_office
from tests.worker.scene import Scene, drive, scene, settings, worker

GRACE_MS = 10_000
BOTH = frozenset(About)
MAX = Actor(id="max", sites=None)
BOB = {"name": "Bob", "email": "bob@daily.example"}


@pytest.fixture
def told(client: redis.Redis, clock: FakeClock) -> Scene:
    return scene(client, clock)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as this:
        yield this


@pytest.fixture
def ours(told: Scene, office: PostOffice) -> Iterator[Worker]:
    with worker(told.service, settings(smtp_url=office.url, mail_from="comments@daily.example")) as this:
        yield this


def opened(told: Scene, receipt: Receipt) -> Opened:
    found = told.service.receipts.open(receipt.token)
    assert isinstance(found, Opened)
    return found


def ask(told: Scene, receipt: Receipt, about: frozenset[About] = BOTH, *, network: str = "192.0.2.7") -> Wish | Refused:
    return told.service.wishes.ask(opened(told, receipt), about, network=network)


def links(mail: Mail) -> list[str]:
    return re.findall(r"/mail/(\w+)", mail.text)


def confirmed(told: Scene, office: PostOffice, ours: Worker, receipt: Receipt) -> str:
    """The link of the letters about this comment, after its address has said yes; the letter that asked is put away."""
    assert isinstance(ask(told, receipt), Wish)
    settled(told, ours)
    (token,) = links(office.mails.pop())
    assert isinstance(told.service.wishes.confirm(token), Linked)
    return token


def settled(told: Scene, ours: Worker) -> None:
    drive(ours, lambda: told.left() == 0, what="the letters")


def decide(told: Scene, clock: FakeClock, id: CommentId, verb: Verb = Verb.APPROVE, **how: object) -> None:
    told.decide(id, verb, **how)  # type: ignore[arg-type]
    clock.advance(ms=GRACE_MS)


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


def test_nothing_that_was_typed_is_in_the_letter_that_asks(told: Scene, office: PostOffice, ours: Worker) -> None:
    by = {"name": "Visit cheap.example", "email": "Victim@daily.example"}
    receipt = told.receipt("Buy at https://cheap.example now", by=by)
    ask(told, receipt)
    settled(told, ours)
    (mail,) = office.mails
    assert mail.to == "Victim@daily.example"
    assert b"cheap" not in mail.data
    assert b"news/42" not in mail.data


def test_no_header_can_be_brought_in(told: Scene) -> None:
    receipt = told.receipt("Well said.")
    ask(told, receipt)
    named = replace(told.site, name="Daily\r\nBcc: all@daily.example\r\n\r\nBuy")
    asks = Delivery(id="evt_1", site=named, webhook="mail", type=ASKS, comment=receipt.id, at_ms=told.clock(), tries=1)
    letter = told.service.outbox.message(named, asks, grace_ms=0)
    assert isinstance(letter, Letter)
    head = letter.data.partition(b"\r\n\r\n")[0]
    assert b"\nBcc:" not in head
    assert b"Buy" in head, "it is part of the name"


def test_long_names_in_any_letters_keep_every_space(told: Scene) -> None:
    receipt = told.receipt("Well said.", language="ar")
    ask(told, receipt)
    name = "صحيفة الأخبار اليومية والثقافة والعلوم في المدينة الكبيرة"
    named = replace(told.site, name=name)
    asks = Delivery(id="evt_1", site=named, webhook="mail", type=ASKS, comment=receipt.id, at_ms=told.clock(), tries=1)
    letter = told.service.outbox.message(named, asks, grace_ms=0)
    assert isinstance(letter, Letter)
    head = message_from_bytes(letter.data)
    shown = {field: str(make_header(decode_header(head[field]))) for field in ("Subject", "From")}
    assert shown["Subject"] == f"يُرجى التأكيد: رسائل عن تعليقك على \u2068{name}\u2069"
    assert shown["From"] == f"{name} <comments@daily.example>"
    assert all(len(line) <= 78 for line in letter.data.partition(b"\r\nList")[0].split(b"\r\n"))


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


def test_who_ends_it_hears_no_more_and_it_cannot_be_begun_again(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    token = confirmed(told, office, ours, receipt)
    told.decide(receipt.id)
    ended = told.service.wishes.end(token)
    assert isinstance(ended, Linked)
    assert ended.wish is not None
    assert ended.wish.state is State.ENDED
    clock.advance(ms=GRACE_MS)
    settled(told, ours)
    assert not office.mails
    assert ask(told, receipt) == Refused(code=Code.LETTERS_ENDED)
    assert told.service.wishes.confirm(token) == Refused(code=Code.EXPIRED)


def test_an_address_that_is_never_to_be_written_to_gets_no_letter_that_asks_either(
    told: Scene, office: PostOffice, ours: Worker
) -> None:
    receipt = told.receipt("Well said.")
    ask(told, receipt)
    settled(told, ours)
    (token,) = links(office.mails.pop())
    never = told.service.wishes.end_all(token)
    assert isinstance(never, Linked)
    assert never.never
    for email in ("alice@daily.example", "ALICE+news@daily.example"):
        other = told.receipt("Another.", by={"name": "Mallory", "email": email})
        assert isinstance(ask(told, other), Wish), "and Mallory does not learn of it"
    settled(told, ours)
    assert not office.mails


def test_letters_to_one_address_are_bounded_by_the_day(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipts = [
        told.receipt(f"Comment {number}.", by={"name": "M", "email": f"alice+{number}@daily.example"})
        for number in range(ASKED_A_DAY + 1)
    ]
    wishes = [ask(told, receipt) for receipt in receipts]
    assert [isinstance(wish, Wish) for wish in wishes] == [True] * ASKED_A_DAY + [False]
    assert wishes[-1] == Refused(code=Code.TOO_MANY_LETTERS)
    assert ask(told, receipts[0]) == wishes[0], "the same wish again is the same one"
    settled(told, ours)
    assert len(office.mails) == ASKED_A_DAY
    first = next(mail for mail in office.mails if mail.to == "alice+0@daily.example")
    told.service.wishes.confirm(links(first)[0])
    office.mails.clear()
    decide(told, clock, receipts[0].id)
    for number in range(LETTERS_A_DAY + 5):
        decide(told, clock, told.receipt(f"Reply {number}.", by=BOB, parent=receipts[0].id).id)
    settled(told, ours)
    assert len(office.mails) == LETTERS_A_DAY


def test_a_withdrawn_comment_takes_its_wish_and_its_letters_with_it(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    token = confirmed(told, office, ours, receipt)
    told.decide(receipt.id)
    told.service.receipts.withdraw(receipt.token)
    clock.advance(ms=GRACE_MS)
    settled(told, ours)
    assert not office.mails
    assert told.client.hget(f"{{daily.0}}:c:{receipt.id[4:]}", "i") is None
    linked = told.service.wishes.open(token)
    assert isinstance(linked, Linked)
    assert linked.wish is None
    assert all(b"alice" not in (told.client.dump(key) or b"") for key in told.client.scan_iter("commentsvc:mailed:*"))


def test_a_link_that_is_too_old_confirms_nothing_and_another_can_be_asked_for(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    ask(told, receipt)
    settled(told, ours)
    (token,) = links(office.mails.pop())
    ask(told, receipt)
    settled(told, ours)
    assert not office.mails, "one letter that asks is enough"
    clock.advance(ms=3 * 24 * 3_600_000)
    assert told.service.wishes.confirm(token) == Refused(code=Code.EXPIRED)
    told.client.delete(*told.client.scan_iter("commentsvc:mailed:*"))  # a day has passed for these, too
    ask(told, receipt)
    settled(told, ours)
    assert len(office.mails) == 1


def test_what_could_not_be_told_for_days_is_told_no_more(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    confirmed(told, office, ours, receipt)
    decide(told, clock, receipt.id)
    clock.advance(ms=KEPT_MS)
    settled(told, ours)
    assert not office.mails


def test_letters_that_nobody_sends_are_swept_in_the_end(told: Scene, clock: FakeClock) -> None:
    ask(told, told.receipt("Well said."))
    clock.advance(ms=KEPT_MS - 1)
    told.service.outbox.sweep()
    assert told.left() == 2, "the letter, and the event of the comment"
    clock.advance(ms=2)
    told.service.outbox.sweep()
    assert told.left() == 1
    assert list(told.client.scan_iter("*:w:*")) == []


def test_a_no_for_good_ends_the_letter_and_names_nobody(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    office.answers["RCPT"] = "550 5.1.1 <alice@daily.example> is unknown"
    ask(told, receipt)
    settled(told, ours)
    (dead,) = told.service.webhooks.list_dead("daily")
    assert dead.delivery.error == "SMTPRecipientsRefused 550 5.1.1"
    office.answers.clear()
    assert told.service.webhooks.retry(dead.delivery.id) == dead.delivery.id
    settled(told, ours)
    assert len(office.mails) == 1


def test_a_no_for_now_is_tried_again(told: Scene, office: PostOffice, ours: Worker, clock: FakeClock) -> None:
    receipt = told.receipt("Well said.")
    office.answers["RCPT"] = "451 4.7.1 come back later"
    ask(told, receipt)
    drive(ours, lambda: told.client.zcount("{daily.0}:due:mail", clock() + 1, clock() + 7_000), what="the second try")
    office.answers.clear()
    clock.advance(ms=7_000)
    settled(told, ours)
    assert len(office.mails) == 1


LETTER = Letter(sender="comments@daily.example", to="alice@daily.example", data=b"Subject: x\r\n\r\n.\r\n..\r\n")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_password_is_said_only_to_a_server_whose_certificate_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    certificate = made_for(tmp_path / "mail.pem", names="DNS:localhost")
    with post_office(certificate=certificate, tls_first=scheme == "smtps") as office:
        server = relay(f"{scheme}://daily:p%40ss@localhost:{office.port}")
        assert server is not None
        stranger = Postman(server).send(LETTER, Line(5.0))
        assert isinstance(stranger, Failure)
        assert not [line for line in office.said if line.startswith("AUTH")]
        told = settings(smtp_url=f"{scheme}://daily:p%40ss@localhost:{office.port}", mail_from="c@daily.example")
        assert "CERTIFICATE_VERIFY_FAILED" in (knock(told) or "")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert Postman(server).send(LETTER, Line(5.0)) == Answer(status=250)
        assert [mail.data for mail in office.mails] == [LETTER.data]
        assert knock(told) is None
        office.answers["AUTH"] = "535 5.7.8 wrong"
        assert knock(told) == "SMTPAuthenticationError 535 5.7.8"
        assert len(office.mails) == 1


def test_a_letter_that_was_taken_is_not_sent_again_because_of_a_bad_goodbye() -> None:
    with post_office() as office:
        office.answers["QUIT"] = "421 gone"
        server = relay(office.url)
        assert server is not None
        assert Postman(server).send(LETTER, Line(5.0)) == Answer(status=250)
