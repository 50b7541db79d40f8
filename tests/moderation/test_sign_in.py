"""Signing in and out: a session is worth what the server says, and `next=` never leads out of the house."""

from dataclasses import replace
from urllib.parse import quote, urljoin, urlsplit

import pytest
import redis

from commentsvc.domain.moderator import Role
from commentsvc.store.sessions import Session, Sessions
from tests.conftest import Corpus
from tests.moderation.cast import PASSWORD, Cast, Page, Sitting, path_of


def test_the_right_name_and_password_lead_to_the_queue(cast: Cast, mo: Sitting) -> None:
    assert mo.get("/moderation/").text.startswith("Waiting")


def test_the_sign_in_name_is_forgiven_its_case_and_spaces(cast: Cast) -> None:
    cast.hire("mo", "daily")
    assert cast.visitor().sign_in(" Mo ").status_code == 303


def test_a_wrong_name_and_a_wrong_password_are_refused_alike(cast: Cast) -> None:
    cast.hire("mo", "daily")
    wrong = [cast.visitor().sign_in(*who) for who in (("mo", "not the password"), ("nobody", PASSWORD))]
    said = [Page(answer).text for answer in wrong]
    assert [answer.status_code for answer in wrong] == [422, 422]
    assert said[0] == said[1]
    assert "Name and password do not belong together" in said[0]


def test_the_name_is_kept_and_the_password_is_not(cast: Cast) -> None:
    answer = cast.visitor().sign_in("someone", "a wrong password")
    assert 'value="someone"' in answer.text
    assert "a wrong password" not in answer.text


def test_after_five_wrong_tries_the_right_password_is_refused_in_the_same_words(cast: Cast) -> None:
    cast.hire("mo", "daily")
    visitor = cast.visitor()
    wrong = [visitor.sign_in("mo", "not the password") for _ in range(5)][-1]
    right = visitor.sign_in("mo")
    assert right.status_code == 422
    assert Page(right).text == Page(wrong).text


def test_a_page_without_its_token_signs_nobody_in(cast: Cast) -> None:
    cast.hire("mo", "daily")
    answer = cast.app.test_client().post("/login", data={"name": "mo", "password": PASSWORD})
    assert answer.status_code == 400
    assert "This page was open for too long" in answer.text
    assert 'value="mo"' in answer.text


def test_another_site_cannot_sign_somebody_in(cast: Cast) -> None:
    cast.hire("mo", "daily")
    visitor = cast.visitor()
    form = visitor.get("/login").form("Sign in")
    data = form.fields | {"name": "mo", "password": PASSWORD}
    answer = visitor.web.post("/login", data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_cookie_planted_before_the_sign_in_is_worth_nothing_after_it(cast: Cast) -> None:
    cast.hire("mo", "daily")
    mallory, mo = cast.visitor(), cast.visitor()
    mallory.get("/login")
    planted = mallory.web.get_cookie("console")
    assert planted is not None
    mo.web.set_cookie("console", planted.value)
    assert mo.sign_in("mo").status_code == 303
    assert mo.web.get("/moderation/daily/").status_code == 200
    mallory.web.set_cookie("console", planted.value)
    assert mallory.web.get("/moderation/daily/").status_code == 303


def test_signing_in_again_ends_the_session_before(cast: Cast, mo: Sitting) -> None:
    before = mo.web.get_cookie("console")
    token = mo.get("/moderation/daily/").form("Sign out").fields["csrf_token"]
    mo.web.post("/login", data={"csrf_token": token, "name": "mo", "password": PASSWORD})
    thief = cast.visitor()
    assert before is not None
    thief.web.set_cookie("console", before.value)
    assert thief.web.get("/moderation/daily/").status_code == 303
    assert mo.web.get("/moderation/daily/").status_code == 200


def test_a_copied_cookie_is_worthless_after_the_sign_out(cast: Cast, mo: Sitting) -> None:
    copied = mo.web.get_cookie("console")
    page = mo.get("/moderation/daily/")
    assert path_of(mo.send(page, "Sign out")) == "/login"
    thief = cast.visitor()
    assert copied is not None
    thief.web.set_cookie("console", copied.value)
    assert thief.web.get("/moderation/daily/").status_code == 303
    assert mo.web.get("/moderation/daily/").status_code == 303


def test_a_session_ended_while_a_page_was_being_made_stays_ended(client: redis.Redis) -> None:
    sessions = Sessions(client)
    session = Session(expires_ms=2_000, idle_ms=1_000)
    sessions.open("mo", "hash", session, now_ms=0)
    assert sessions.renew("mo", "hash", session, replace(session, idle_ms=1_500))
    sessions.close("mo", "hash")
    assert not sessions.renew("mo", "hash", session, replace(session, idle_ms=1_800))
    assert sessions.of("mo") == {}


def test_signing_out_needs_the_button(cast: Cast, mo: Sitting) -> None:
    assert mo.web.get("/logout").status_code == 405
    assert mo.web.post("/logout").status_code == 400
    assert mo.web.get("/moderation/daily/").status_code == 200


def test_a_disabled_moderator_is_out_at_once(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.get("/moderation/daily/")
    cast.service.moderators.disable("mo")
    assert mo.web.get("/moderation/daily/").status_code == 303
    assert mo.send(page, "Approve", id).status_code == 403
    assert cast.stored(id).version == 1
    assert cast.visitor().sign_in("mo").status_code == 422


def test_a_session_ends_after_idle_hours_but_not_while_it_is_used(cast: Cast, mo: Sitting) -> None:
    hour = 3_600_000
    cast.watch.behind_ms = -11 * hour
    assert mo.web.get("/moderation/daily/").status_code == 200
    cast.watch.behind_ms = -22 * hour
    assert mo.web.get("/moderation/daily/").status_code == 200
    cast.watch.behind_ms = -35 * hour
    assert mo.web.get("/moderation/daily/").status_code == 303


def test_who_is_signed_in_needs_no_sign_in_page(cast: Cast, mo: Sitting) -> None:
    assert path_of(mo.web.get("/login?next=/moderation/daily/log")) == "/moderation/daily/log"


@pytest.mark.parametrize("inside", ["/moderation/", "/moderation/daily/", "/moderation/daily/log?before=dec_1"])
def test_next_leads_to_where_one_wanted_to_go(cast: Cast, mo: Sitting, inside: str) -> None:
    assert path_of(mo.web.get(f"/login?next={quote(inside)}")) == inside


def test_next_never_leads_anywhere_else(cast: Cast, mo: Sitting, corpus: Corpus) -> None:
    for row in corpus("redirects"):
        for target in (row["v"], "/moderation/" + row["v"], "/moderation" + row["v"]):
            where = mo.web.get("/login", query_string={"next": target}).location
            ends = urlsplit(urljoin("https://comments.example/login", where))
            assert (ends.scheme, ends.netloc) == ("https", "comments.example"), target
            assert where.startswith("/moderation/"), target
            assert "\\" not in where, target


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(cast: Cast) -> None:
    cast.hire("mo", "daily")
    cookie = cast.visitor().sign_in("mo").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_readers_never_get_a_cookie_even_from_a_moderators_browser(cast: Cast, mo: Sitting) -> None:
    answer = mo.web.get("/embed/daily", query_string={"url": "https://daily.example/news/42"})
    assert "Set-Cookie" not in answer.headers


def test_an_admin_moderates_every_site(cast: Cast) -> None:
    cast.site("weekly")
    cast.hire("priya", role=Role.ADMIN)
    assert {"Daily", "Weekly"} <= cast.sits_down("priya").get("/moderation/").links.keys()


def test_a_moderator_without_a_site_is_told_what_is_missing(cast: Cast) -> None:
    cast.hire("ned")
    assert "No site is yours to moderate yet." in cast.sits_down("ned").get("/moderation/").text
