"""Reporting a comment and appealing against a decision, by plain forms."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis

from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.service import Service
from commentsvc.service.moderation import Wanted
from commentsvc.store.decisions import Made
from tests.web.conftest import Reader, hidden, reject, shows
from tests.web.test_receipts import id_of

MAX = Actor(id="max", sites=None)
WORDS = {
    "why": "It is a threat </textarea><script>alert(1)</script> & more.",
    "name": "Zoë <b>",
    "email": "zoe@a.example",
}


def form_of(alice: Reader, id: str, query: str = "") -> Any:
    """The page of the form."""
    return alice.web.get(f"/report?comment={id}{query}")


def send(alice: Reader, id: str, *, network: str = "198.51.100.1", **values: str) -> Any:
    """The answer to a report."""
    return alice.web.post(f"/report?comment={id}", data=values, environ_base={"REMOTE_ADDR": network})


def written(alice: Reader, id: str, **changes: str) -> dict[str, str]:
    """A complete notice of illegal content with the right code."""
    ticket = hidden(form_of(alice, id).text, "challenge")
    code = alice.service.challenges.answer(ticket)
    assert isinstance(code, str)
    return {"reason": "illegal", "faith": "yes", "challenge": ticket, "code": code, **WORDS, **changes}


def decide(service: Service, id: str, verb: Verb, reason: str = "") -> None:
    """A decision of Max's about the comment as it stands."""
    item = service.moderation.item(MAX, id)
    assert not isinstance(item, Refused)
    made = service.moderation.decide(MAX, Wanted(id=id, version=item.comment.version, verb=verb, reason=reason))
    assert isinstance(made, Made), made


def test_each_published_comment_has_a_quiet_link_to_its_report(alice: Reader) -> None:
    id = alice.published()
    assert f'href="/report?comment={id}"' in alice.opens().text
    dark = alice.opens(theme="dark", lang="ar").text
    assert f'href="/report?lang=ar&amp;theme=dark&amp;comment={id}"' in dark
    list_ = alice.web.get("/embed/daily/list", query_string={"url": alice.url}).text
    assert f'href="http://127.0.0.1:8000/report?top=1&amp;comment={id}"' in list_


def test_a_rule_of_the_house_is_reported_in_one_tap_and_the_receipt_tells_how_it_ended(
    alice: Reader, service: Service
) -> None:
    id = alice.published()
    page = form_of(alice, id).text
    assert '<button name="reason" value="insult"' in page
    answer = send(alice, id, reason="insult")
    assert answer.status_code == 303
    address = urlsplit(answer.location).path
    receipt = alice.web.get(address)
    assert "Your report is waiting" in receipt.text
    assert f"#{id}" in receipt.text
    assert receipt.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in receipt.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in receipt.headers
    decide(service, id, Verb.KEEP)
    assert "stays published" in alice.web.get(address).text
    decide(service, id, Verb.REJECT, "insult")
    later = alice.web.get(address).text
    assert "stays published" in later, "that report was judged; what came later is another decision"
    assert "A calm remark" not in later
    assert alice.url not in later.replace("127.0.0.1", "") or "#cmt" not in later
    assert form_of(alice, id).status_code == 404


def test_a_notice_of_illegal_content_says_what_the_law_asks_for(alice: Reader, service: Service) -> None:
    id = alice.published()
    answer = send(alice, id, **written(alice, id))
    assert answer.status_code == 303, answer.text
    item = service.moderation.item(MAX, id)
    assert not isinstance(item, Refused)
    assert item.case.reports is not None
    (said,) = item.case.reports.statements
    assert (said.why, said.name, said.email) == (WORDS["why"], WORDS["name"], WORDS["email"])
    decide(service, id, Verb.REJECT, "insult")
    assert "was taken down" in alice.web.get(answer.location).text


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"why": ""}, "comments-why-problem"),
        ({"faith": ""}, "comments-faith-problem"),
        ({"code": "wrong"}, "comments-code-problem"),
        ({"challenge": "forged"}, "comments-code-problem"),
        ({"email": "zoe"}, "comments-email-problem"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_every_word_is_kept(
    alice: Reader, changes: dict[str, str], problem: str
) -> None:
    id = alice.published()
    sent = written(alice, id, **changes)
    answer = send(alice, id, **sent)
    assert answer.status_code == 422
    assert f'id="{problem}"' in answer.text
    kept = {name: sent[name] for name in WORDS if sent[name]}
    assert shows(answer.text, kept)
    assert "<script>alert" not in answer.text
    fresh = hidden(answer.text, "challenge")
    assert (fresh != sent["challenge"]) is (problem == "comments-code-problem")


def test_a_network_that_reports_much_types_a_code(alice: Reader, service: Service) -> None:
    ids = [alice.published() for _ in range(4)]
    for id in ids[:3]:
        assert send(alice, id, reason="insult").status_code == 303
    asked = send(alice, ids[3], reason="insult")
    assert asked.status_code == 422
    ticket = hidden(asked.text, "challenge")
    code = service.challenges.answer(ticket)
    assert isinstance(code, str)
    assert send(alice, ids[3], reason=hidden(asked.text, "reason"), challenge=ticket, code=code).status_code == 303


def test_another_website_can_report_nothing_in_a_readers_name(alice: Reader, client: redis.Redis) -> None:
    id = alice.published()
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = alice.web.post(f"/report?comment={id}", data={"reason": "insult"}, headers=headers)
        assert answer.status_code == 403
    assert not client.keys("*:reports:*")


@pytest.mark.parametrize("id", ["", "cmt_" + "0" * 26, "x", "cmt_" + "Z" * 26, "../x"])
def test_what_is_not_public_cannot_be_reported_nor_told_from_nothing(alice: Reader, service: Service, id: str) -> None:
    waiting = id_of(service, alice.sent())
    assert form_of(alice, waiting).status_code == form_of(alice, id).status_code == 404
    assert send(alice, waiting, reason="insult").status_code == 404
    assert alice.web.get(f"/reports/{id or 'x'}").status_code == 404


def test_nobodys_name_or_words_are_in_a_reporters_receipt(alice: Reader) -> None:
    id = alice.published()
    receipt = alice.web.get(send(alice, id, **written(alice, id)).location).text
    assert "Alice" not in receipt
    assert "threat" not in receipt
    assert "zoe@" not in receipt


def test_an_author_appeals_from_the_receipt_once_and_reads_how_it_ended(alice: Reader, service: Service) -> None:
    token = alice.sent()
    address, id = f"/receipts/{token}", id_of(service, token)
    assert "Appeal against" not in alice.web.get(address).text
    reject(service, id, "insult")
    page = alice.web.get(address).text
    assert re.search(rf'action="{address}/appeal', page)
    empty = alice.web.post(f"{address}/appeal", data={"appeal": "  "})
    assert (empty.status_code, "comments-appeal-problem" in empty.text) == (422, True)
    assert (
        alice.web.post(f"{address}/appeal", data={"appeal": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).status_code
        == 403
    )
    sent = alice.web.post(f"{address}/appeal?theme=dark", data={"appeal": "I <b>insulted</b> nobody."})
    assert (sent.status_code, sent.location) == (303, f"{address}?theme=dark")
    waiting = alice.web.get(address).text
    assert "Your appeal is waiting" in waiting
    assert "Appeal against" not in waiting
    decide(service, id, Verb.UPHOLD)
    assert "the decision stands" in alice.web.get(address).text
    again = alice.web.post(f"{address}/appeal", data={"appeal": "And again: I insulted nobody."})
    assert again.status_code == 409
    assert "And again" not in again.text or "comments-appeal-problem" not in again.text


def test_an_appeal_that_was_right_is_told(alice: Reader, service: Service, daily: Site) -> None:
    token = alice.sent()
    id = id_of(service, token)
    reject(service, id, "insult")
    alice.web.post(f"/receipts/{token}/appeal", data={"appeal": "I insulted nobody."})
    decide(service, id, Verb.APPROVE)
    page = alice.web.get(f"/receipts/{token}").text
    assert "Your comment is published" in page
    assert "agreed with you" in page
