"""A code of an app after the password: each good once, guessed by nobody, lost by nobody for ever."""

import re
from base64 import b32decode
from dataclasses import dataclass

import pytest

from commentsvc.domain import totp
from commentsvc.domain.moderator import Role
from commentsvc.service import tries
from tests.moderation.cast import PASSWORD, Cast, Page, Sitting, path_of

ME, FACTOR = "/moderation/-/me", "/moderation/-/me/factor"


@dataclass(kw_only=True)
class Phone:
    """An authenticator app."""

    cast: Cast
    secret: bytes
    codes: tuple[str, ...] = ()

    def code(self, *, ahead: int = 0) -> str:
        """What it shows now, or some half minutes from now."""
        return totp.code_at(self.secret, totp.step_at(self.cast.watch()) + ahead)

    def wait(self, steps: int = 1) -> None:
        """Half a minute passes, or several."""
        self.cast.watch.behind_ms -= steps * totp.STEP_MS


def protect(cast: Cast, sitting: Sitting) -> Phone:
    """Sets a second factor up, as a person does."""
    page = sitting.press(sitting.get(ME), "Set it up")
    assert page.url == FACTOR
    found = re.search(r'class="secret" dir="ltr">([A-Z2-7 ]+)<', page.source)
    assert found is not None
    phone = Phone(cast=cast, secret=b32decode(found[1].replace(" ", "")))
    done = sitting.press(page, "Turn it on", code=phone.code(), password=PASSWORD)
    assert "The second factor is on" in done.text
    phone.codes = tuple(re.findall(r"<code>([0-9a-z-]{19})</code>", done.source))
    assert len(phone.codes) == 10
    return phone


def half_in(cast: Cast, *, next: str = "") -> Sitting:
    """Somebody who knows Mo's password."""
    sitting = cast.visitor()
    assert path_of(sitting.sign_in("mo", next=next)).startswith("/login/code")
    return sitting


def typed(sitting: Sitting, code: str) -> Page:
    """What follows when a code is typed at the door."""
    return sitting.press(sitting.get("/login/code"), "Sign in", code=code)


def test_a_code_is_asked_for_after_the_password_and_leads_to_where_one_wanted_to_go(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    phone.wait()
    sitting = half_in(cast, next="/moderation/daily/log")
    assert sitting.web.get("/moderation/daily/").status_code == 303
    page = sitting.get("/login/code?next=/moderation/daily/log")
    answer = sitting.web.post(
        "/login/code?next=/moderation/daily/log", data=page.form("Sign in").fields | {"code": phone.code()}
    )
    assert path_of(answer) == "/moderation/daily/log"
    assert sitting.web.get("/moderation/daily/").status_code == 200


def test_the_password_alone_opens_nothing(cast: Cast, mo: Sitting) -> None:
    protect(cast, mo)
    sitting = half_in(cast)
    for url in ("/moderation/", "/moderation/daily/", ME, FACTOR, "/moderation/-/me/factor.svg"):
        assert sitting.web.get(url).status_code == 303, url
    with sitting.web.session_transaction("/login") as session:
        session["signed_in"] = session["half_in"]
    assert sitting.web.get("/moderation/daily/").status_code == 303


def test_a_code_is_good_once(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    assert "was used already" in typed(half_in(cast), phone.code()).text, "the one that turned it on"
    phone.wait()
    code = phone.code()
    assert typed(half_in(cast), code).url == "/moderation/daily/"
    assert "was used already" in typed(half_in(cast), code).text
    assert "was used already" in typed(half_in(cast), phone.code(ahead=-1)).text, "one before the last that was used"


def test_a_recovery_code_is_good_once_and_says_how_many_are_left(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    sitting = half_in(cast)
    assert typed(sitting, f" {phone.codes[3].upper()} ").url == "/moderation/daily/"
    assert "9 recovery codes left" in sitting.get(ME).text
    assert "was used already" in typed(half_in(cast), phone.codes[3]).text
    assert typed(half_in(cast), phone.codes[4]).url == "/moderation/daily/"


def test_the_half_way_cookie_is_worth_nothing_after_the_code(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    phone.wait()
    sitting = half_in(cast)
    copied = sitting.web.get_cookie("console")
    assert copied is not None
    assert typed(sitting, phone.code()).url == "/moderation/daily/"
    thief = cast.visitor()
    thief.web.set_cookie("console", copied.value)
    assert path_of(thief.web.get("/login/code")) == "/login"
    assert thief.web.get("/moderation/daily/").status_code == 303


def test_ten_minutes_after_the_password_one_begins_again(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    sitting = half_in(cast)
    page = sitting.get("/login/code")
    phone.wait(steps=20)
    assert path_of(sitting.send(page, "Sign in", code=phone.code())) == "/login"


def test_who_guesses_codes_is_stopped_and_the_owner_elsewhere_is_not(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    phone.wait()
    thief = half_in(cast)
    thief.web.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    for guess in range(tries.CODES_PAIR):
        assert "too many tries" in typed(thief, f"{guess:06}").text
    assert "too many tries" in typed(thief, phone.code()).text, "a right code comes too late"
    assert typed(half_in(cast), phone.code()).url == "/moderation/daily/"


def test_guesses_from_everywhere_shut_strangers_out_and_not_the_owners_network(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    phone.wait()
    thief = half_in(cast)
    for guess in range(tries.CODES_ACCOUNT_DAY):
        thief.web.environ_base["REMOTE_ADDR"] = f"203.0.113.{guess}"
        typed(thief, f"{guess:06}")
    thief.web.environ_base["REMOTE_ADDR"] = "198.51.100.7"
    assert "too many tries" in typed(thief, phone.code()).text
    assert typed(half_in(cast), phone.code()).url == "/moderation/daily/"


def test_neither_the_secret_nor_a_recovery_code_lies_in_the_store(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    dump = b""
    for key in cast.client.scan_iter():
        dump += cast.client.dump(key) or b""
    assert phone.secret not in dump
    assert phone.secret.hex().encode() not in dump
    assert not any(code.encode() in dump or code.upper().replace("-", "").encode() in dump for code in phone.codes)


def test_the_secret_is_shown_while_it_is_set_up_and_never_again(cast: Cast, mo: Sitting) -> None:
    assert mo.web.get(f"{FACTOR}.svg").status_code == 410
    page = mo.press(mo.get(ME), "Set it up")
    image = mo.web.get(f"{FACTOR}.svg")
    assert (image.status_code, image.content_type) == (200, "image/svg+xml")
    assert image.headers["Cache-Control"] == "no-store"
    assert "style=" not in image.text
    assert "data:" not in page.source
    assert mo.get(FACTOR).source.count('class="secret"') == 1
    mo.press(page, "Not now")
    assert mo.web.get(f"{FACTOR}.svg").status_code == 410
    protect(cast, mo)
    assert mo.web.get(f"{FACTOR}.svg").status_code == 410
    assert path_of(mo.web.get(FACTOR)) == ME
    assert 'class="secret"' not in mo.get(ME).source


def test_a_wrong_code_or_password_turns_nothing_on_and_keeps_the_secret(cast: Cast, mo: Sitting) -> None:
    page = mo.press(mo.get(ME), "Set it up")
    before = re.findall(r'class="secret" dir="ltr">([A-Z2-7 ]+)<', page.source)
    secret = b32decode(before[0].replace(" ", ""))
    code = totp.code_at(secret, totp.step_at(cast.watch()))
    for wrong in ({"code": "000000", "password": PASSWORD}, {"code": code, "password": "not the password"}):
        again = mo.press(page, "Turn it on", **wrong)
        assert again.status == 422
        assert re.findall(r'class="secret" dir="ltr">([A-Z2-7 ]+)<', again.source) == before
    assert cast.visitor().sign_in("mo").location == "/moderation/"


def test_turning_it_on_ends_every_other_session(cast: Cast, mo: Sitting) -> None:
    other = cast.sits_down("mo")
    protect(cast, mo)
    assert other.web.get("/moderation/daily/").status_code == 303
    assert mo.web.get("/moderation/daily/").status_code == 200


def test_turning_it_off_asks_for_the_password_and_a_code(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    phone.wait()
    page = mo.get(ME)
    assert mo.press(page, "Turn off", end_password="wrong password", end_code=phone.code()).status == 422
    assert mo.press(page, "Turn off", end_password=PASSWORD, end_code="000000").status == 422
    assert path_of(cast.visitor().sign_in("mo")) == "/login/code"
    assert "The second factor is off." in mo.press(page, "Turn off", end_password=PASSWORD, end_code=phone.code()).text
    assert path_of(cast.visitor().sign_in("mo")) == "/moderation/"


def test_new_recovery_codes_make_the_old_ones_worthless(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    assert mo.press(mo.get(ME), "Show new codes", codes_password="wrong password").status == 422
    page = mo.press(mo.get(ME), "Show new codes", codes_password=PASSWORD)
    fresh = re.findall(r"<code>([0-9a-z-]{19})</code>", page.source)
    assert not set(fresh) & set(phone.codes)
    assert "was used already" in typed(half_in(cast), phone.codes[0]).text
    assert typed(half_in(cast), fresh[0]).url == "/moderation/daily/"


def test_a_new_installation_secret_does_not_shut_anybody_out(cast: Cast, mo: Sitting) -> None:
    phone = protect(cast, mo)
    sign_ins = cast.service.sign_ins
    old = list(sign_ins._keys)
    sign_ins._keys = ["a new secret of these tests, long enough", *old]
    phone.wait()
    assert typed(half_in(cast), phone.code()).url == "/moderation/daily/"
    sign_ins._keys = sign_ins._keys[:1]
    phone.wait()
    assert typed(half_in(cast), phone.code()).url == "/moderation/daily/", "it was sealed again with the new one"


def test_a_role_can_need_it_and_then_nothing_else_opens(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    page = mo.get("/moderation/daily/")
    cast.service.moderators.require_factor([Role.MODERATOR])
    assert path_of(mo.web.get("/moderation/daily/")) == FACTOR
    answer = mo.send(page, "Approve")
    assert answer.status_code == 403
    assert "Your role needs a second factor." in answer.text
    asked = mo.get("/moderation/daily/")
    assert "opens as soon as it is set up" in asked.text
    protect(cast, mo)
    assert mo.web.get("/moderation/daily/").status_code == 200


def test_an_admin_can_take_it_away_from_who_lost_everything(cast: Cast, mo: Sitting) -> None:
    protect(cast, mo)
    cast.service.moderators.reset_factor("mo")
    assert mo.web.get("/moderation/daily/").status_code == 303
    assert path_of(cast.visitor().sign_in("mo")) == "/moderation/"


@pytest.mark.parametrize("url", ["/login/code", "/invitation/mo.nothing-of-that-kind"])
def test_the_pages_before_the_door_stay_out_of_frames_and_caches(cast: Cast, mo: Sitting, url: str) -> None:
    protect(cast, mo)
    answer = half_in(cast).web.get(url)
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
