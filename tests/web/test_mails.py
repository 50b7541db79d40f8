"""E-mails wished on the form and on the receipt, confirmed and ended on the page of their links."""

import os
import re
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient

from commentsvc.bootstrap import Parts
from commentsvc.domain.refusal import Refused
from commentsvc.domain.wish import State, Wish
from commentsvc.service import Limits, Post, assemble
from commentsvc.settings import Settings
from commentsvc.web import create_app
from tests import servers
from tests.web.conftest import SECRETS, Reader, dump
from tests.web.test_valid_html import VALIDATOR, judged

POST = Post(sender="c@daily.example", name="", public_url="https://comments.daily.example", grace_ms=10_000)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def parts(client: redis.Redis, clock: servers.FakeClock) -> Parts:
    """An installation with a mail server."""
    service = assemble(client, clock=clock, secrets=SECRETS, limits=Limits(), post=POST)
    return Parts(settings=Settings(), secrets=SECRETS, client=client, service=service)


def wish_of(alice: Reader, receipt: str) -> Wish | None:
    """What is wished about the comment behind a receipt."""
    opened = alice.service.receipts.open(receipt)
    assert not isinstance(opened, Refused)
    return alice.service.wishes.of(opened.site, opened.comment.id)


def link_of(alice: Reader, receipt: str) -> str:
    """Where the letters about a comment lead."""
    opened, wish = alice.service.receipts.open(receipt), wish_of(alice, receipt)
    assert not isinstance(opened, Refused)
    assert wish is not None
    return f"/mail/{alice.service.wishes.token(opened.comment.id, wish.address)}"


def asked(alice: Reader) -> tuple[str, str]:
    """A receipt whose author has asked for e-mails, and where these lead."""
    receipt = alice.sent()
    answer = alice.web.post(f"/receipts/{receipt}/mail", data={"outcome": "yes", "replies": "yes"})
    assert (answer.status_code, answer.location) == (303, f"/receipts/{receipt}#comments-mail")
    return receipt, link_of(alice, receipt)


def letters(client: redis.Redis) -> int:
    """How many letters are on their way."""
    return int(client.zcard("{daily.0}:due:mail"))


def test_the_receipt_offers_e_mails_and_says_how_far_they_are(alice: Reader, client: redis.Redis) -> None:
    receipt = alice.sent()
    page = alice.web.get(f"/receipts/{receipt}").text
    assert "Tell me by e-mail" in page
    assert "First a single e-mail goes" in page
    assert letters(client) == 0
    alice.web.post(f"/receipts/{receipt}/mail", data={"outcome": "yes"})
    assert letters(client) == 1
    waiting = alice.web.get(f"/receipts/{receipt}").text
    assert "An e-mail goes to the address" in waiting
    assert 'name="outcome" value="yes" checked' in waiting
    assert 'name="replies" value="yes">' in waiting
    assert "alice@daily.example" not in waiting
    alice.web.post(link_of(alice, receipt), data={"do": "confirm"})
    assert "E-mails go to the address" in alice.web.get(f"/receipts/{receipt}").text


def test_the_box_of_the_form_wishes_both(alice: Reader, client: redis.Redis) -> None:
    page = alice.opens().text
    assert 'name="tell-me"' in page
    assert "not marked optional" in page
    receipt = alice.sent(**{"tell-me": "yes"})
    wish = wish_of(alice, receipt)
    assert wish is not None
    assert (wish.state, sorted(wish.about)) == (State.ASKED, ["outcome", "replies"])
    assert letters(client) == 1
    form = alice.form(**{"tell-me": "yes"})
    alice.send(form)
    alice.send(form)
    assert letters(client) == 2, "a submission that is sent again wishes nothing again"


def test_without_a_tick_nothing_is_wished_and_a_refused_form_keeps_it(alice: Reader, client: redis.Redis) -> None:
    alice.sent()
    assert letters(client) == 0
    refused = alice.send(alice.form(name="", **{"tell-me": "yes"})).text
    assert re.search(r'<input checked[^>]*name="tell-me"', refused)


def test_nothing_ticked_on_the_receipt_wishes_nothing(alice: Reader, client: redis.Redis) -> None:
    receipt = alice.sent()
    unticked = alice.web.post(f"/receipts/{receipt}/mail", content_type="application/x-www-form-urlencoded")
    assert unticked.status_code == 303
    assert wish_of(alice, receipt) is None
    assert letters(client) == 0


def test_the_page_confirms_and_ends_by_buttons_and_following_its_link_changes_nothing(
    alice: Reader, client: redis.Redis
) -> None:
    receipt, link = asked(alice)
    before = dump(client)
    page = alice.web.get(link)
    assert alice.web.head(link).status_code == 200
    assert dump(client) == before
    assert "Do you want e-mails about your comment" in page.text
    assert "A calm remark." not in page.text, "who reads the e-mail need not be who wrote the comment"
    answer = alice.web.post(link, data={"do": "confirm"})
    assert (answer.status_code, answer.location) == (303, link)
    assert "You get e-mails about your comment" in alice.web.get(link).text
    alice.web.post(link, data={"do": "end"})
    assert "You get no e-mails about this comment." in alice.web.get(link).text
    assert "cannot be reversed" in alice.web.get(f"/receipts/{receipt}").text
    again = alice.web.post(f"/receipts/{receipt}/mail", data={"outcome": "yes"})
    assert again.status_code == 409
    assert "cannot be reversed" in again.text


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_mail_program_ends_it_with_one_click(alice: Reader, kind: str) -> None:
    receipt, link = asked(alice)
    alice.web.post(link, data={"do": "confirm"})
    for _ in range(2):
        answer = alice.web.post(link, data=ONE_CLICK, content_type=kind, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 200, "no redirect: mail programs follow none"
    wish = wish_of(alice, receipt)
    assert wish is not None
    assert wish.state is State.ENDED


def test_an_address_can_say_never(alice: Reader, client: redis.Redis) -> None:
    _, link = asked(alice)
    alice.web.post(link, data={"do": "never"})
    page = alice.web.get(link).text
    assert "We do not write to this address any more." in page
    assert "<button" not in page
    asked(alice)
    assert letters(client) == 1, "the one from before, which will not leave"


def test_another_website_confirms_nothing(alice: Reader, client: redis.Redis) -> None:
    receipt, link = asked(alice)
    before = dump(client)
    cross = {"Sec-Fetch-Site": "cross-site"}
    for data in ({"do": "confirm"}, {"do": "never"}):
        assert alice.web.post(link, data=data, headers=cross).status_code == 403
    assert alice.web.post(f"/receipts/{receipt}/mail", data={}, headers=cross).status_code == 403
    assert alice.web.post(link, data={"do": "what"}).status_code == 400
    assert dump(client) == before


def test_only_its_own_link_opens_the_page(alice: Reader) -> None:
    receipt, link = asked(alice)
    other = link[:-1] + ("0" if link[-1] != "0" else "1")
    for wrong in (other, f"/mail/{receipt}", link[:-26], link.lower(), "/mail/x", f"/receipts/{link[6:]}"):
        assert alice.web.get(wrong).status_code == 404
        assert alice.web.post(wrong, data={"do": "confirm"}).status_code == 404


def test_the_page_is_private_and_in_nobodys_frame(alice: Reader) -> None:
    _, link = asked(alice)
    headers = alice.web.get(link).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in headers["X-Robots-Tag"]
    assert headers["Content-Security-Policy"].endswith("frame-ancestors 'none'")
    assert "Set-Cookie" not in headers


def test_a_withdrawn_comment_has_nothing_left_to_send(alice: Reader) -> None:
    receipt, link = asked(alice)
    alice.web.post(f"/receipts/{receipt}", data={"withdraw": "yes"})
    assert "You get no e-mails about this comment." in alice.web.get(link).text
    assert alice.web.post(link, data=ONE_CLICK).status_code == 200
    assert "Tell me by e-mail" not in alice.web.get(f"/receipts/{receipt}").text


def test_without_a_mail_server_nothing_is_offered(client: redis.Redis, clock: servers.FakeClock) -> None:
    service = assemble(client, clock=clock, secrets=SECRETS, limits=Limits())
    parts = Parts(settings=Settings(), secrets=SECRETS, client=client, service=service)
    site = service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
    web: FlaskClient = create_app(parts).test_client(use_cookies=False)
    alice = Reader(web=web, service=service, site=site)
    assert "tell-me" not in alice.opens().text
    receipt = alice.sent(**{"tell-me": "yes"})
    assert "Tell me by e-mail" not in web.get(f"/receipts/{receipt}").text
    assert web.post(f"/receipts/{receipt}/mail", data={"outcome": "yes"}).status_code == 404
    assert wish_of(alice, receipt) is None


def test_each_state_is_valid_html(alice: Reader, tmp_path: Path) -> None:
    if not VALIDATOR.exists():
        assert os.environ.get("CI") != "true", "tools/types installs html-validate"
        pytest.skip("html-validate is not installed: tools/types fetches it")
    receipt, link = asked(alice)
    shown = {"the form": alice.opens().text}
    for state in ("confirm", "end", "never"):
        shown[f"the receipt before {state}"] = alice.web.get(f"/receipts/{receipt}").text
        shown[f"the page before {state}"] = alice.web.get(link).text
        alice.web.post(link, data={"do": state})
    shown["refused"] = alice.web.post(f"/receipts/{receipt}/mail", data={"outcome": "yes"}).text
    shown["never"] = alice.web.get(link).text
    assert judged(shown, tmp_path) == {}
