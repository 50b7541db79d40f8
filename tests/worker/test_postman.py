"""The mail server: its yes and its no, its certificate, and its slowness."""

from pathlib import Path

import pytest

from commentsvc.bootstrap import post_of
from commentsvc.domain.relay import relay
from commentsvc.service import Post
from commentsvc.service.letters import Letter
from commentsvc.worker import knock
from commentsvc.worker.line import Line
from commentsvc.worker.loop import Worker
from commentsvc.worker.postman import Postman
from commentsvc.worker.sender import Answer, Failure
from tests.certificates import made_for
from tests.servers import FakeClock
from tests.worker.correspondence import ask, settled
from tests.worker.post_office import PostOffice, post_office
from tests.worker.scene import Scene, drive, settings

LETTER = Letter(sender="comments@daily.example", to="alice@daily.example", data=b"Subject: x\r\n\r\n.\r\n..\r\n")


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


@pytest.mark.parametrize("where", ["CONNECT", "RCPT", "DATA"])
def test_a_mail_server_that_never_answers_costs_no_longer_than_the_line(where: str) -> None:
    with post_office() as office:
        office.answers[where] = ""
        office.gate.clear()
        server = relay(office.url)
        assert server is not None
        assert Postman(server).send(LETTER, Line(0.3)) == Failure(why="the mail server took too long")


def test_letters_are_written_where_both_settings_are() -> None:
    told = settings(smtp_url="smtp://m.example", mail_from="Daily news <c@daily.example>")
    assert post_of(told) == Post(
        sender="c@daily.example", name="Daily news", public_url="http://127.0.0.1:8000", grace_ms=10_000
    )
    assert post_of(settings()) is None
