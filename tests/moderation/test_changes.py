"""The log of administration: everything is in it, no secret is, and an auditor reads what concerns their sites."""

from commentsvc.domain.change import OPERATOR, Change, Deed
from commentsvc.domain.moderator import Actor, Right, Role, Scope
from commentsvc.service.changes import Administered
from tests.moderation.cast import PASSWORD, Cast, Sitting
from tests.moderation.test_people import Office, office
from tests.moderation.test_second_factor import protect

__all__ = ["office"]

LOG = "/moderation/-/log"


def everything(cast: Cast, *, sites: frozenset[str] | None = None) -> list[Change]:
    actor = Actor(id="witness", sites=sites, rights=frozenset({Right.AUDIT}))
    rows: list[Change] = []
    cursor = ""
    while True:
        page = cast.service.changes.page(actor, cursor=cursor, limit=2)
        assert isinstance(page, Administered)
        rows += page.changes
        cursor = page.next_cursor
        if not cursor:
            return rows


def test_each_change_is_a_row_with_who_what_and_from_what_to_what(office: Office, mo: Sitting) -> None:
    cast = office.cast
    pairs = (office.version("mo"), ("name", "Mo"), ("role", "lead"), ("site", "daily"))
    office.posts("/moderation/-/people/mo", *pairs)
    row = everything(cast)[0]
    assert (row.by, row.subject, row.name, row.deed) == ("priya", "person", "mo", Deed.CHANGED)
    assert [(one.what, one.before, one.after) for one in row.differences] == [("role", "moderator", "lead")]
    page = office.priya.get(LOG)
    assert "Priya changed Mo" in page.text
    assert "role moderator lead" in page.text


def test_the_command_line_and_programs_are_named_too(cast: Cast) -> None:
    token = cast.service.tokens.create(site="daily", scope=Scope.ADMIN, label="robot")
    answer = cast.app.test_client().patch(
        "/api/v1/sites/daily", json={"name": "By robot"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == 200
    id = token.split("_")[1]
    assert [(row.by, row.deed) for row in everything(cast)] == [
        (f"token:{id}", Deed.CHANGED),
        (OPERATOR, Deed.ADDED),
        (OPERATOR, Deed.ADDED),
    ]


def test_no_secret_is_ever_in_it(office: Office, mo: Sitting) -> None:
    cast = office.cast
    phone = protect(cast, mo)
    office.posts("/moderation/-/people/mo/invite")
    cast.service.webhooks.add("daily", "https://receiver.example/services/T0/SECRETPATH", by="priya")
    mo.press(
        mo.get("/moderation/-/me"), "Change the password", old=PASSWORD, new="a new password", again="a new password"
    )
    written = repr(everything(cast))
    (hook,) = cast.service.webhooks.list("daily")
    site = cast.service.sites.newest("daily")
    assert site is not None
    for secret in (PASSWORD, "a new password", "argon2", "SECRETPATH", hook.secret, site.salt, *phone.codes):
        assert secret not in written
    assert "receiver.example" in written
    deeds = [row.deed for row in everything(cast) if row.name == "mo"]
    assert deeds == [Deed.PASSWORD, Deed.INVITED, Deed.FACTOR_ON, Deed.ADDED]


def test_an_auditor_reads_what_concerns_their_sites_and_learns_of_no_other(office: Office) -> None:
    cast = office.cast
    cast.hire("ada", "daily", role=Role.AUDITOR)
    cast.hire("both", "daily", "weekly")
    cast.hire("wanda", "weekly")
    cast.service.sites.change("weekly", {"name": "Secret plans"}, by="priya")
    page = cast.sits_down("ada").get(LOG)
    assert "let Both in" in page.text
    assert "let Priya in" in page.text, "an admin is one on every site"
    assert "weekly" not in page.text.lower()
    assert "wanda" not in page.text.lower()
    assert "Secret plans" not in page.text
    assert "Secret plans" in office.priya.get(LOG).text


def test_moderators_and_leads_do_not_read_it(cast: Cast, mo: Sitting) -> None:
    cast.hire("lena", "daily", role=Role.LEAD)
    assert mo.get(LOG).status == 404
    assert cast.sits_down("lena").get(LOG).status == 404


def test_it_comes_in_pages_newest_first_without_a_row_lost_or_twice(cast: Cast) -> None:
    for number in range(7):
        cast.service.sites.change("daily", {"name": f"Name {number}"}, by="priya")
    cast.hire("mo", "daily")
    rows = everything(cast)
    assert len(rows) == len({row.id for row in rows}) == 9
    assert [row.id for row in rows] == sorted((row.id for row in rows), reverse=True)
    few = everything(cast, sites=frozenset({"weekly"}))
    assert few == []


def test_a_change_that_did_not_happen_is_not_in_it(office: Office, mo: Sitting) -> None:
    before = len(everything(office.cast))
    pairs = (("version", "99"), ("name", "Mo"), ("role", "lead"), ("site", "daily"))
    assert office.posts("/moderation/-/people/mo", *pairs).status_code == 409
    office.posts("/moderation/daily/settings", ("version", "99"), ("name", "x"), ("origins", "https://daily.example"))
    assert len(everything(office.cast)) == before
