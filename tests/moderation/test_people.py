"""Who works here, administered in the console: by admins only, at once, and never by overwriting each other."""

import re
from dataclasses import dataclass

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from commentsvc.domain.moderator import Moderator, Role
from tests.moderation.cast import PASSWORD, Cast, Page, Sitting, path_of

PEOPLE = "/moderation/-/people"


@dataclass(kw_only=True)
class Office:
    """Priya, an admin, at her desk; `weekly` is a second site."""

    cast: Cast
    priya: Sitting

    def posts(self, url: str, *pairs: tuple[str, str], by: Sitting | None = None) -> TestResponse:
        """The answer to a form with these pairs."""
        sitting = by or self.priya
        token = sitting.get("/moderation/-/me").form("Sign out").fields["csrf_token"]
        return sitting.web.post(url, data=MultiDict([("csrf_token", token), *pairs]))

    def person(self, id: str) -> Moderator:
        """The record."""
        found = self.cast.service.moderators.find(id)
        assert found is not None
        return found

    def version(self, id: str) -> tuple[str, str]:
        """What a form opened now carries."""
        return "version", str(self.person(id).version)


@pytest.fixture
def office(cast: Cast) -> Office:
    """Priya has signed in."""
    cast.site("weekly")
    cast.hire("priya", role=Role.ADMIN)
    return Office(cast=cast, priya=cast.sits_down("priya"))


def test_an_admin_sees_who_works_where(office: Office) -> None:
    cast = office.cast
    cast.hire("wanda", "weekly", "daily", role=Role.LEAD)
    cast.hire("ned", "daily")
    cast.service.moderators.disable("ned")
    page = office.priya.get(PEOPLE)
    for shown in (
        "Wanda wanda lead · Weekly, Daily",
        "Ned ned moderator · Daily disabled",
        "Priya priya admin · every site",
    ):
        assert shown in page.text
    assert "argon2" not in page.source


def test_whoever_is_no_admin_does_not(cast: Cast, mo: Sitting) -> None:
    assert mo.get(PEOPLE).status == 404
    assert "People" not in mo.get("/moderation/daily/").links
    assert mo.get("/moderation/daily/settings").status == 403


def test_somebody_is_let_in_with_a_link_that_is_good_once(office: Office) -> None:
    answer = Page(
        office.posts(
            "/moderation/-/new-person", ("id", "Lena"), ("name", "Lena L."), ("role", "lead"), ("site", "daily")
        )
    )
    assert answer.status == 200
    found = re.search(r"http://[^<\s]+(/invitation/[^<\s]+)<", answer.source)
    assert found is not None
    assert (office.person("lena").role, office.person("lena").sites) == (Role.LEAD, ("daily",))
    visitor = office.cast.visitor()
    page = visitor.get(found[1])
    assert "You sign in as \u2068lena\u2069." in page.text
    visitor.get(found[1])
    assert visitor.send(page, "Save and sign in", password="short", again="short").status_code == 422
    assert visitor.send(page, "Save and sign in", password="a fine password", again="another").status_code == 422
    assert (
        path_of(visitor.send(page, "Save and sign in", password="a fine password", again="a fine password")) == "/login"
    )
    assert visitor.sign_in("lena", "a fine password").status_code == 303
    assert office.cast.visitor().get(found[1]).status == 410


def test_before_the_link_is_used_nothing_signs_in_and_it_is_not_in_the_store(office: Office) -> None:
    answer = office.posts("/moderation/-/new-person", ("id", "lena"), ("role", "moderator"), ("site", "daily"))
    secret = re.findall(r"/invitation/lena\.([\w-]+)", answer.text)[0]
    for password in ("", secret, PASSWORD):
        assert office.cast.visitor().sign_in("lena", password).status_code == 422
    assert secret.encode() not in (office.cast.client.dump("commentsvc:{m.lena}") or b"")
    office.cast.watch.behind_ms = -8 * 24 * 3_600_000
    assert office.cast.visitor().get(f"/invitation/lena.{secret}").status == 410


@pytest.mark.parametrize("forged", ["lena.x", "lena." + "x" * 43, "nobody." + "x" * 43, "." + "x" * 43, "lena"])
def test_a_link_that_nobody_made_opens_nothing(office: Office, forged: str) -> None:
    office.posts("/moderation/-/new-person", ("id", "lena"), ("role", "moderator"), ("site", "daily"))
    assert office.cast.visitor().get(f"/invitation/{forged}").status == 410


def test_a_new_link_for_a_forgotten_password_ends_the_old_one_when_it_is_used(office: Office, mo: Sitting) -> None:
    answer = office.posts(f"{PEOPLE}/mo/invite")
    (link,) = re.findall(r"(/invitation/mo\.[\w-]+)", answer.text)
    assert mo.web.get("/moderation/daily/").status_code == 200, "asking for a link shuts nobody out"
    visitor = office.cast.visitor()
    page = visitor.get(link)
    visitor.send(page, "Save and sign in", password="a fine password", again="a fine password")
    assert mo.web.get("/moderation/daily/").status_code == 303
    assert office.cast.visitor().sign_in("mo").status_code == 422


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"id": "mo"}, "There is one of this name already."),
        ({"id": "Not A Name"}, "Please choose one of the list."),
        ({"id": "author"}, "Please choose one of the list."),
        ({"site": "nosuch"}, "Choose at least one site."),
        ({"name": "a\u202eb"}, "invisible or control characters"),
        ({"role": "emperor"}, "Please choose one of the list."),
    ],
)
def test_who_cannot_be_let_in_so_is_said_beside_the_field_and_nothing_typed_is_lost(
    office: Office, mo: Sitting, typed: dict[str, str], said: str
) -> None:
    form = {"id": "lena", "name": "Lena L.", "role": "lead", "site": "daily"} | typed
    page = Page(office.posts("/moderation/-/new-person", *form.items()))
    assert page.status == 422
    assert said in page.text
    for name in ("id", "name"):
        value = form[name].lower() if name == "id" else form[name]
        assert any(got.get("name") == name and got.get("value") == value for tag, got in page.tags if tag == "input")
    assert office.cast.service.moderators.find("lena") is None


def test_another_role_holds_at_once_for_pages_that_are_open(office: Office, mo: Sitting) -> None:
    id = office.cast.comment()
    page = mo.get("/moderation/daily/")
    pairs = (office.version("mo"), ("name", "Mo"), ("role", "auditor"), ("site", "daily"), ("site", "weekly"))
    assert office.posts(f"{PEOPLE}/mo", *pairs).status_code == 303
    assert (office.person("mo").role, set(office.person("mo").sites)) == (Role.AUDITOR, {"daily", "weekly"})
    assert mo.send(page, "Approve", id).status_code == 403


def test_of_two_admins_the_second_is_told_what_it_is_now_and_can_send_theirs_after_all(
    office: Office, mo: Sitting
) -> None:
    seen = office.version("mo")
    office.cast.service.moderators.change("mo", role=Role.LEAD, name="Moritz", by="other")
    typed = (("name", "Mo M."), ("role", "auditor"), ("site", "weekly"))
    page = Page(office.posts(f"{PEOPLE}/mo", seen, *typed))
    assert page.status == 409
    for words in ("Somebody else has changed this", "It is now: Moritz", "It is now: lead", "It is now: daily"):
        assert words in page.text
    assert office.person("mo").role is Role.LEAD
    form = page.form("Save")
    assert form.fields["version"] == office.version("mo")[1]
    assert office.posts(f"{PEOPLE}/mo", ("version", form.fields["version"]), *typed).status_code == 303
    assert office.person("mo").name == "Mo M."


def test_somebody_is_shut_out_and_let_in_again(office: Office, mo: Sitting) -> None:
    assert office.posts(f"{PEOPLE}/mo/disable").status_code == 303
    assert mo.web.get("/moderation/daily/").status_code == 303
    assert office.cast.visitor().sign_in("mo").status_code == 422
    assert "mo" in office.priya.get(PEOPLE).text
    assert office.posts(f"{PEOPLE}/mo/enable").status_code == 303
    assert office.cast.visitor().sign_in("mo").status_code == 303


def test_an_admin_ends_all_sessions_of_somebody(office: Office, mo: Sitting) -> None:
    office.posts(f"{PEOPLE}/mo/sign_out")
    assert mo.web.get("/moderation/daily/").status_code == 303
    assert office.cast.visitor().sign_in("mo").status_code == 303


def test_the_last_admin_stays(office: Office) -> None:
    assert office.posts(f"{PEOPLE}/priya/disable").status_code == 403, "nobody shuts themselves out"
    pairs = (office.version("priya"), ("name", "Priya"), ("role", "lead"), ("site", "daily"))
    page = Page(office.posts(f"{PEOPLE}/priya", *pairs))
    assert (page.status, office.person("priya").role) == (422, Role.ADMIN)
    assert "Somebody must be left who can administer." in page.text
    office.cast.hire("root", role=Role.ADMIN)
    assert office.posts(f"{PEOPLE}/priya", *pairs).status_code == 303
    assert office.priya.get(PEOPLE).status == 404


def test_roles_are_told_to_need_a_second_factor(office: Office, mo: Sitting) -> None:
    page = office.priya.get(PEOPLE)
    version = ("version", page.form("Save").fields["version"])
    assert office.posts("/moderation/-/policy", version, ("role", "moderator"), ("role", "lead")).status_code == 303
    assert path_of(mo.web.get("/moderation/daily/")) == "/moderation/-/me/factor"
    assert office.posts("/moderation/-/policy", version, ("role", "admin")).status_code == 409, (
        "it was seen before that"
    )
    assert office.priya.web.get(PEOPLE).status_code == 200


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD, Role.AUDITOR])
def test_nobody_else_can_send_these_forms(office: Office, role: Role) -> None:
    office.cast.hire("eve", "daily", role=role)
    eve = office.cast.sits_down("eve")
    for url in (
        "/-/new-person",
        "/-/people/eve",
        "/-/people/priya/disable",
        "/-/people/eve/invite",
        "/-/policy",
        "/-/new-site",
    ):
        answer = office.posts("/moderation" + url, ("role", "admin"), ("id", "x"), by=eve)
        assert answer.status_code == 404, url
    assert office.person("eve").role is role
    assert not office.person("priya").disabled


def test_a_form_without_its_token_changes_nobody(office: Office, mo: Sitting) -> None:
    for url in (f"{PEOPLE}/mo", f"{PEOPLE}/mo/disable", f"{PEOPLE}/mo/invite", "/moderation/-/policy"):
        assert office.priya.web.post(url, data={"role": "admin", "version": "1"}).status_code == 400, url
    assert office.person("mo").version == 1
