"""The console is locked as a whole: by who asks, by where a form was sent from, by which site it is about."""

import time

import itsdangerous
import pytest

from commentsvc.domain.decision import Status, Verb
from tests.moderation.cast import Cast, Page, Sitting, path_of
from tests.moderation.routes import OF_A_SITE, address, methods, rules


@pytest.fixture
def values(cast: Cast) -> dict[str, str]:
    """What the addresses of `daily` are made of."""
    id = cast.comment(text="A word that only moderators of daily may see.")
    other = cast.comment()
    decision = cast.decided("mo", other, Verb.APPROVE)
    return {"site": "daily", "comment": id, "decision": decision.id, "status": "approved"}


def test_nobody_gets_in_without_signing_in(cast: Cast, values: dict[str, str]) -> None:
    web = cast.app.test_client()
    asked = 0
    for rule in rules(cast.app):
        for method in methods(rule):
            url = address(cast.app, rule, values)
            answer = web.open(url, method=method)
            asked += 1
            if "/desk/" in url:
                assert (answer.status_code, (answer.json or {}).get("code")) == (403, "signed_out"), url
            elif method == "GET":
                assert answer.status_code == 303, url
                assert answer.location.startswith("/login?next=/moderation/"), url
            else:
                assert answer.status_code == 403, url
                assert "You are signed out. Nothing was changed." in answer.text
            assert "moderators of daily" not in answer.text
    assert asked >= 9


def test_a_moderator_of_another_site_gets_nothing_by_any_address(cast: Cast, values: dict[str, str]) -> None:
    cast.site("weekly")
    cast.hire("wanda", "weekly")
    wanda = cast.sits_down("wanda")
    cast.comment("weekly", text="Something to press a button on.")
    token = wanda.get("/moderation/weekly/").form("Approve").fields["csrf_token"]
    form = {"csrf_token": token, "version": "1", "decision": "approve", "thread": "close", "comment": values["comment"]}
    for rule in rules(cast.app):
        if not rule.arguments & OF_A_SITE:
            continue
        for method in methods(rule):
            url = address(cast.app, rule, values)
            answer = wanda.web.open(url, method=method, data=form if method == "POST" else None)
            assert answer.status_code == 404, url
            assert "There is nothing here." in answer.text
            assert "moderators of daily" not in answer.text
    assert cast.stored(values["comment"]).status is Status.PENDING
    assert cast.item(values["comment"]).thread.open


def test_another_sites_id_looks_like_one_that_does_not_exist(cast: Cast, values: dict[str, str]) -> None:
    cast.site("weekly")
    cast.hire("wanda", "weekly")
    wanda = cast.sits_down("wanda")
    there, nowhere = (
        wanda.get(f"/moderation/comments/{values['comment']}"),
        wanda.get(f"/moderation/comments/{'x' * 30}"),
    )
    assert (there.status, there.source) == (nowhere.status, nowhere.source)
    site, none = wanda.get("/moderation/daily/"), wanda.get("/moderation/nosuch/")
    assert (site.status, site.source) == (none.status, none.source)


def test_a_moderator_sees_no_site_but_their_own(cast: Cast) -> None:
    cast.site("weekly")
    cast.site("secret")
    cast.hire("ana", "daily", "weekly")
    page = cast.sits_down("ana").get("/moderation/")
    assert {"Daily", "Weekly"} <= page.links.keys()
    assert "Secret" not in page.text


def test_a_decision_without_the_sessions_token_is_refused(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    form = mo.get("/moderation/daily/").form("Approve", id)
    for token in ("", "nonsense"):
        data = form.fields | {"csrf_token": token, "decision": "approve", "note": "my careful note"}
        answer = mo.web.post(form.action, data=data)
        assert answer.status_code == 400
        assert "This page was open for too long" in answer.text
        assert "my careful note" in answer.text
    assert cast.stored(id).status is Status.PENDING


def test_a_token_of_another_session_is_refused(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id = cast.comment()
    token = max_.get("/moderation/daily/").form("Approve", id).fields["csrf_token"]
    page = mo.get("/moderation/daily/")
    assert mo.send(page, "Approve", id, csrf_token=token).status_code == 400
    assert cast.stored(id).status is Status.PENDING


def test_a_console_left_open_for_ten_hours_still_works(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.hire("mo", "daily")
    id = cast.comment()
    ten_hours = 36_000
    with monkeypatch.context() as earlier:
        earlier.setattr(itsdangerous.TimestampSigner, "get_timestamp", lambda self: int(time.time()) - ten_hours)
        mo = cast.sits_down("mo")
        page = mo.get("/moderation/daily/")
    cast.watch.behind_ms = -ten_hours * 1000
    assert "Approved Maria K." in mo.press(page, "Approve", id).text


@pytest.mark.parametrize("origin", ["cross-site", "same-site"])
def test_a_form_sent_from_elsewhere_is_refused(cast: Cast, mo: Sitting, origin: str) -> None:
    id = cast.comment()
    form = mo.get("/moderation/daily/").form("Approve", id)
    data = form.fields | {"decision": "approve"}
    answer = mo.web.post(form.action, data=data, headers={"Sec-Fetch-Site": origin})
    assert answer.status_code == 403
    assert cast.stored(id).status is Status.PENDING
    assert mo.web.post(form.action, data=data, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


@pytest.mark.parametrize(
    "url", ["/login", "/moderation/", "/moderation/daily/", "/moderation/nosuch/", "/moderation/daily/log"]
)
def test_every_page_stays_out_of_frames_caches_and_indexes(cast: Cast, mo: Sitting, url: str) -> None:
    headers = mo.web.get(url).headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"] or mo.web.get(url).status_code == 303
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]


def test_nothing_changes_by_looking(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    for url in (f"/moderation/comments/{id}/decision?decision=approve&version=1", f"/moderation/comments/{id}/thread"):
        assert mo.web.get(url).status_code == 405
    assert cast.stored(id).status is Status.PENDING


def test_who_is_sent_to_the_sign_in_comes_back_to_the_page(cast: Cast) -> None:
    cast.hire("mo", "daily")
    visitor = cast.visitor()
    answer = visitor.web.get("/moderation/daily/log?before=x")
    assert answer.location == "/login?next=/moderation/daily/log%3Fbefore%3Dx"
    page = Page(visitor.web.get(answer.location))
    typed = page.form("Sign in").fields | {"name": "mo", "password": "a password of these tests"}
    assert path_of(visitor.web.post(answer.location, data=typed)) == "/moderation/daily/log?before=x"


def test_a_store_that_is_away_is_said_in_words_and_the_note_is_kept(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.get("/moderation/daily/")
    with cast.store_away():
        answer = mo.send(page, "Reject", id, reason="insult", note="my careful note")
    assert answer.status_code == 503
    assert "a decision sent twice is made once" in answer.text
    assert "my careful note" in answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert "Rejected Maria K." in mo.press(page, "Reject", id, reason="insult", note="my careful note").text
