"""One's own account: where one is signed in, and the password."""

import pytest

from tests.moderation.cast import PASSWORD, Cast, Page, Sitting, path_of

ME = "/moderation/-/me"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML) Version/18 Safari/604.1"


def signed_in_at(cast: Cast, address: str, agent: str) -> Sitting:
    sitting = cast.visitor()
    sitting.web.environ_base |= {"REMOTE_ADDR": address, "HTTP_USER_AGENT": agent}
    assert sitting.sign_in("mo").status_code == 303
    return sitting


def test_each_session_says_on_what_where_and_when_but_no_whole_address(cast: Cast, mo: Sitting) -> None:
    cast.watch.behind_ms = 3_600_000
    signed_in_at(cast, "203.0.113.77", FIREFOX)
    cast.watch.behind_ms = 0
    page = signed_in_at(cast, "2001:db8:5:6::9", IPHONE).get(ME)
    assert "Safari · iPhone · 2001:db8:5::/48" in page.text
    assert "This one" in page.text
    assert "Firefox · Linux · 203.0.113.0/24" in page.text
    assert "signed in 60 min. ago" in page.text
    stored = cast.client.hgetall("commentsvc:{m.mo}:sessions")
    assert b"203.0.113.77" not in repr(stored).encode()


@pytest.mark.parametrize("agent", ["", "curl/8.0", "<script>alert(1)</script>", "x" * 5000, "Firefox/\n evil"])
def test_a_strange_browser_is_named_in_our_words_only(cast: Cast, mo: Sitting, agent: str) -> None:
    visitor = cast.visitor()
    if "\n" not in agent:
        visitor.web.environ_base["HTTP_USER_AGENT"] = agent
    visitor.sign_in("mo")
    page = visitor.get(ME)
    assert "A browser" in page.text
    assert "<script>alert" not in page.source


def test_one_session_is_ended_from_another(cast: Cast, mo: Sitting) -> None:
    lost = signed_in_at(cast, "203.0.113.77", FIREFOX)
    page = mo.press(mo.get(ME), "End it")
    assert "That session has ended." in page.text
    assert lost.web.get("/moderation/daily/").status_code == 303
    assert mo.web.get("/moderation/daily/").status_code == 200


def test_nobody_ends_a_session_of_somebody_else(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    second = cast.sits_down("mo")
    form = second.get(ME).form("End it")
    token = max_.get(ME).form("Sign out").fields["csrf_token"]
    max_.web.post(form.action, data={"csrf_token": token})
    assert mo.web.get("/moderation/daily/").status_code == 200


def test_a_stolen_cookie_is_worthless_after_signing_out_everywhere(cast: Cast, mo: Sitting) -> None:
    stolen = mo.web.get_cookie("console")
    other = cast.sits_down("mo")
    assert path_of(mo.send(mo.get(ME), "Sign out everywhere")) == "/login"
    thief = cast.visitor()
    assert stolen is not None
    thief.web.set_cookie("console", stolen.value)
    for sitting in (thief, other, mo):
        assert sitting.web.get("/moderation/daily/").status_code == 303


def test_a_new_password_ends_every_other_session_and_keeps_this_one(cast: Cast, mo: Sitting) -> None:
    other = cast.sits_down("mo")
    page = mo.press(mo.get(ME), "Change the password", old=PASSWORD, new="quite another one", again="quite another one")
    assert "Your password is changed." in page.text
    assert other.web.get("/moderation/daily/").status_code == 303
    assert mo.web.get("/moderation/daily/").status_code == 200
    assert cast.visitor().sign_in("mo").status_code == 422
    assert cast.visitor().sign_in("mo", "quite another one").status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("not my password", "quite another one", "quite another one", "This is not your password"),
        (PASSWORD, "short", "short", "A password has 10 to 200 characters."),
        (PASSWORD, "x" * 201, "x" * 201, "A password has 10 to 200 characters."),
        (PASSWORD, "quite another one", "quite another two", "The two are not the same."),
    ],
)
def test_a_password_that_cannot_be_changed_so_is_refused_beside_its_field(
    cast: Cast, mo: Sitting, old: str, new: str, again: str, said: str
) -> None:
    answer = Page(mo.send(mo.get(ME), "Change the password", old=old, new=new, again=again))
    assert answer.status == 422
    assert said in answer.text
    assert not any(word in answer.source for word in (PASSWORD, new))
    assert cast.visitor().sign_in("mo").status_code == 303


def test_an_open_session_is_no_way_to_guess_the_password(cast: Cast, mo: Sitting) -> None:
    page = mo.get(ME)
    for guess in range(30):
        mo.send(page, "Change the password", old=f"guess number {guess}", new="x" * 12, again="x" * 12)
    assert mo.send(page, "Change the password", old=PASSWORD, new="x" * 12, again="x" * 12).status_code == 422


def test_sessions_are_bounded_and_the_one_used_least_lately_ends(cast: Cast, mo: Sitting) -> None:
    from commentsvc.store.sessions import MOST, Session, Sessions

    store, now = Sessions(cast.client), cast.watch()
    for number in range(MOST):
        late = now + 10_000_000 + number
        store.open("mo", f"{number:064}", Session(expires_ms=late, idle_ms=late, begun_ms=now), now_ms=now)
    assert len(store.of("mo")) == MOST
    assert f"{0:064}" not in store.of("mo")
    assert mo.web.get("/moderation/daily/").status_code == 200
