"""The author's private page."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import redis

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.refusal import Refused
from commentsvc.service import Service
from commentsvc.service.moderation import Wanted
from tests.web.conftest import MO, Reader, approve, dump, reject


def id_of(service: Service, token: str) -> str:
    """The comment behind a receipt."""
    opened = service.receipts.open(token)
    assert not isinstance(opened, Refused)
    return opened.comment.id


def status_of(service: Service, token: str) -> Status:
    """Where it stands."""
    opened = service.receipts.open(token)
    assert not isinstance(opened, Refused)
    return opened.comment.status


def test_a_receipt_says_waiting_then_published_with_a_link(alice: Reader, service: Service) -> None:
    token = alice.sent()
    assert "Your comment is waiting." in alice.web.get(f"/receipts/{token}").text
    id = id_of(service, token)
    approve(service, id)
    page = alice.web.get(f"/receipts/{token}").text
    assert "Your comment is published." in page
    assert f'href="https://daily.example/news/42#{id}" target="_top"' in page


def own_link(page: str, token: str) -> bool:
    """Whether a page shows the receipt's whole address, as a link out of the frame that hides it."""
    address = f"http://127.0.0.1:8000/receipts/{token}"
    return f'<a href="{address}" target="_blank" rel="noopener noreferrer" dir="ltr">{address}</a>' in page


def test_a_receipt_in_a_frame_shows_its_own_address_whatever_became_of_the_comment(
    alice: Reader, service: Service
) -> None:
    token, refused = alice.sent(), alice.sent()
    address = f"/receipts/{token}"
    assert own_link(alice.web.get(address).text, token)
    assert "احتفظ بهذا العنوان" in alice.web.get(f"{address}?lang=ar").text
    approve(service, id_of(service, token))
    assert own_link(alice.web.get(address).text, token)
    alice.web.post(address, data={"withdraw": "yes"})
    assert own_link(alice.web.get(address).text, token)
    reject(service, id_of(service, refused), "insult")
    assert own_link(alice.web.get(f"/receipts/{refused}").text, refused)


def test_a_receipt_says_why_a_comment_was_not_published(alice: Reader, service: Service) -> None:
    token = alice.sent()
    reject(service, id_of(service, token), "insult")
    page = alice.web.get(f"/receipts/{token}").text
    assert "was not published" in page
    assert "Insult" in page
    assert "Criticise what was said" in page
    arabic = alice.web.get(f"/receipts/{token}?lang=ar").text
    assert "إهانة" in arabic
    assert "انتقد الفكرة" in arabic


def test_a_moderators_own_words_are_read_by_the_author_and_nobody_else(alice: Reader, service: Service) -> None:
    token = alice.sent()
    id = id_of(service, token)
    approve(service, id)
    words = "Please leave <b>her</b> family out of it."
    service.moderation.decide(MO, Wanted(id=id, version=2, verb=Verb.REJECT, reason="own", note=words))
    page = alice.web.get(f"/receipts/{token}").text
    assert "in a moderator's own words" in page
    assert html.escape(words) in page
    service.moderation.decide(MO, Wanted(id=id, version=3, verb=Verb.APPROVE, note="Between us: he is right."))
    service.moderation.decide(MO, Wanted(id=id, version=4, verb=Verb.REJECT, reason="insult", note="Between us."))
    assert "Between us" not in alice.web.get(f"/receipts/{token}").text


def test_spam_is_said_politely(alice: Reader, service: Service) -> None:
    token = alice.sent()
    service.moderation.decide(MO, Wanted(id=id_of(service, token), version=1, verb=Verb.SPAM))
    assert "unwanted advertising" in alice.web.get(f"/receipts/{token}").text


def test_a_receipt_is_private(alice: Reader) -> None:
    answer = alice.web.get(f"/receipts/{alice.sent()}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Content-Security-Policy"].endswith("frame-ancestors https://daily.example")
    assert "alice@daily.example" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1] + "0", lambda t: t[:26], lambda t: t + "0", lambda t: "Z" * 52, lambda t: t.lower()]
)
def test_no_other_token_opens_a_receipt(alice: Reader, change: object) -> None:
    token = alice.sent()
    other = change(token)  # type: ignore[operator]
    if other == token:
        other = token[:-1] + "1"
    for answer in (alice.web.get(f"/receipts/{other}"), alice.web.post(f"/receipts/{other}", data={"withdraw": "yes"})):
        assert answer.status_code == 404
        assert "A calm remark." not in answer.text


def test_the_author_takes_the_comment_back_after_saying_so_twice(alice: Reader, service: Service) -> None:
    token = alice.sent()
    address = f"/receipts/{token}"
    unsure = alice.web.post(address, data={"withdraw": ""})
    assert unsure.status_code == 422
    assert "tick the box" in unsure.text
    assert status_of(service, token) is Status.PENDING
    sure = alice.web.post(
        address, data={"withdraw": "yes"}, headers={"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    )
    assert sure.status_code == 303
    assert sure.location.startswith(f"{address}?")
    page = alice.web.get(sure.location).text
    assert "was taken back" in page
    assert "A calm remark." not in page
    assert status_of(service, token) is Status.ERASED


def test_a_published_comment_can_be_taken_back(alice: Reader, service: Service) -> None:
    token = alice.sent()
    approve(service, id_of(service, token))
    alice.web.post(f"/receipts/{token}", data={"withdraw": "yes"})
    assert "A calm remark." not in alice.opens().text
    assert alice.web.post(f"/receipts/{token}", data={"withdraw": "yes"}).status_code in (303, 409)


def test_following_the_link_changes_nothing(alice: Reader, client: redis.Redis) -> None:
    token = alice.sent()
    before = dump(client)
    for query in ("", "?withdraw=yes", "?lang=ar&theme=dark"):
        assert alice.web.get(f"/receipts/{token}{query}").status_code == 200
        assert alice.web.head(f"/receipts/{token}{query}").status_code == 200
    assert dump(client) == before


def test_another_website_cannot_take_a_comment_back(alice: Reader, client: redis.Redis) -> None:
    token = alice.sent()
    before = dump(client)
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert alice.web.post(f"/receipts/{token}", data={"withdraw": "yes"}, headers=cross).status_code == 403
    assert dump(client) == before


def test_what_was_typed_is_text_on_the_receipt(alice: Reader) -> None:
    token = alice.sent(name="<i>Bob</i>", text="<script>alert(1)</script>\n\nnext")
    page = alice.web.get(f"/receipts/{token}").text
    assert "<script>alert" not in page
    assert "<i>Bob" not in page


def test_the_way_back_leads_to_the_same_thread(alice: Reader) -> None:
    page = alice.web.get(f"/receipts/{alice.sent()}?theme=dark").text
    assert "/embed/daily?url=https%3A%2F%2Fdaily.example%2Fnews%2F42" in page
    assert "theme=dark" in page


@pytest.mark.parametrize("thread", ["", "story-42"])
def test_the_way_back_is_still_there_once_the_comment_is_taken_back(alice: Reader, thread: str) -> None:
    found = alice.service.sites.article("daily", alice.url, thread)
    assert isinstance(found, tuple)
    ticket = alice.service.challenges.open(*found).ticket
    address = f"/receipts/{alice.sent(challenge=ticket, thread=thread)}?theme=dark&lang=ar"
    answer = alice.web.post(address, data={"withdraw": "yes"})
    again = alice.web.post(answer.location, data={"withdraw": "yes"})
    for location in (answer.location, again.location):
        page = alice.web.get(location).text
        back = re.search(r'href="(/embed/daily[^"]*)"', page)
        assert back is not None
        assert 'lang="ar"' in page
        asked = parse_qs(urlsplit(html.unescape(back[1])).query)
        assert asked.pop("thread", [""]) == [thread]
        assert asked == {"url": [alice.url], "title": ["The article"], "theme": ["dark"], "lang": ["ar"]}


def test_an_address_cannot_send_an_author_to_another_article(alice: Reader) -> None:
    token = alice.sent()
    alice.web.post(f"/receipts/{token}", data={"withdraw": "yes"})
    for url in ("https://daily.example/news/43", "https://evil.example/news/42", "javascript:alert(1)", ""):
        page = alice.web.get(f"/receipts/{token}", query_string={"url": url})
        assert page.status_code == 200
        assert "Back to the comments" not in page.text
