"""Sites, their form fields and their reasons, edited in the console: nothing typed is lost, nobody is overwritten."""

import re

from commentsvc.domain.moderator import Role
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from tests.moderation.cast import Cast, Page, Sitting
from tests.moderation.test_people import Office, office

__all__ = ["office"]

SETTINGS = {
    "name": "The Daily",
    "origins": "https://daily.example\nhttps://www.daily.example",
    "language": "ar",
    "open": "yes",
    "likes": "yes",
    "cache_seconds": "30",
    "slash": "add",
}


def stored(cast: Cast, key: str = "daily") -> Site:
    site = cast.service.sites.newest(key)
    assert site is not None
    return site


def version(office: Office) -> tuple[str, str]:
    return "version", str(stored(office.cast).version)


def test_a_site_is_changed_and_says_so_in_the_log(office: Office) -> None:
    answer = office.posts("/moderation/daily/settings", version(office), *SETTINGS.items())
    assert answer.status_code == 303
    site = stored(office.cast)
    assert (site.name, site.language, site.open, site.email_required, site.cache_seconds, site.slash) == (
        *("The Daily", "ar", True, False),
        *(30, "add"),
    )
    assert site.origins == ("https://daily.example", "https://www.daily.example")
    assert site.likes
    log = office.priya.get("/moderation/-/log").text
    assert "Priya changed the site daily" in log
    assert "cache_seconds 0 30" in log


def test_what_a_site_cannot_be_is_said_beside_the_field_and_nothing_is_lost(office: Office) -> None:
    for changed, said in (
        ({"origins": "daily.example/news"}, "Each line is like https://daily.example"),
        ({"origins": ""}, "Each line is like https://daily.example"),
        ({"name": "x" * 81}, "This is too long."),
        ({"language": "xx"}, "Please choose one of the list."),
        ({"cache_seconds": "a while"}, "A number of seconds, up to a day."),
        ({"cache_seconds": "99999"}, "A number of seconds, up to a day."),
        ({"slash": "keep"}, "This would lose comments from sight"),
    ):
        typed = SETTINGS | changed
        page = Page(office.posts("/moderation/daily/settings", version(office), *typed.items()))
        assert page.status == 422, changed
        assert said in page.text
        assert typed["name"] in page.source
        assert all(line in page.source for line in typed["origins"].split())
    assert stored(office.cast).version == 1


def test_of_two_who_change_a_site_the_second_is_told_what_it_is_now(office: Office) -> None:
    seen = version(office)
    office.cast.service.sites.change("daily", {"name": "Theirs", "open": False}, by="other")
    page = Page(office.posts("/moderation/daily/settings", seen, *SETTINGS.items()))
    assert page.status == 409
    assert "Somebody else has changed this" in page.text
    assert "It is now: Theirs" in page.text
    assert 'value="The Daily"' in page.source
    assert stored(office.cast).name == "Theirs"
    again = ("version", page.form("Save").fields["version"])
    assert office.posts("/moderation/daily/settings", again, *SETTINGS.items()).status_code == 303
    assert stored(office.cast).name == "The Daily"


def test_a_site_is_made(office: Office) -> None:
    answer = office.posts("/moderation/-/new-site", ("key", "monthly"), *SETTINGS.items())
    assert answer.status_code == 303
    assert stored(office.cast, "monthly").name == "The Daily"
    for key, said in (("monthly", "no other site"), ("Not a key", "1 to 32 of a-z"), ("-x", "1 to 32 of a-z")):
        page = Page(office.posts("/moderation/-/new-site", ("key", key), *SETTINGS.items()))
        assert page.status == 422, key
        assert said in page.text


def field(at: int, **typed: str) -> list[tuple[str, str]]:
    return [(f"{at}.{name.replace('__', '.')}", value) for name, value in typed.items()]


def test_a_field_is_added_put_in_order_and_taken_out(office: Office) -> None:
    url = "/moderation/daily/fields"
    country = field(
        0, key="country", kind="choice", labels__en="Country", labels__ar="البلد", required="yes", public="yes"
    ) + field(0, choices__en="EG: Egypt\nFR", choices__ar="EG: مصر")
    assert office.posts(url, version(office), ("count", "1"), *country).status_code == 303
    (made,) = stored(office.cast).fields
    assert (made.key, made.required, made.public, made.labels) == (
        "country",
        True,
        True,
        {"en": "Country", "ar": "البلد"},
    )
    assert [(choice.value, choice.labels) for choice in made.choices] == [
        ("EG", {"en": "Egypt", "ar": "مصر"}),
        ("FR", {"en": "FR"}),
    ]
    page = office.priya.get(url)
    assert "EG: Egypt" in page.source
    town = field(1, key="town", kind="text", labels__en="Town", place="1")
    later = field(0, place="2")
    answer = office.posts(url, version(office), ("count", "2"), *country, *later, *town)
    assert answer.status_code == 303
    assert [(one.key, one.required) for one in stored(office.cast).fields] == [("town", False), ("country", True)]
    kept = field(0, key="town", kind="text", labels__en="Town")
    gone = field(1, key="country", kind="choice", labels__en="Country", choices__en="EG: Egypt", drop="yes")
    assert office.posts(url, version(office), ("count", "2"), *kept, *gone).status_code == 303
    assert [one.key for one in stored(office.cast).fields] == ["town"]


def test_what_a_field_cannot_be_is_said_beside_it_and_nothing_is_lost(office: Office) -> None:
    for typed, said in (
        ({"key": "email", "labels.en": "Mail"}, "There is one of this name already."),
        ({"key": "Bad Key", "labels.en": "Bad"}, "invisible or control characters"),
        ({"key": "town"}, "Please fill in this field."),
        ({"key": "town", "labels.en": "a\u202eb"}, "invisible or control characters"),
        ({"key": "town", "labels.en": "x" * 81}, "This is too long."),
        ({"key": "town", "labels.en": "Town", "kind": "choice"}, "Please fill in this field."),
        ({"key": "town", "labels.en": "Town", "kind": "choice", "choices.en": "x" * 201}, "This is too long."),
    ):
        pairs = [(f"0.{name}", value) for name, value in typed.items()]
        page = Page(office.posts("/moderation/daily/fields", version(office), ("count", "1"), *pairs))
        assert (page.status, stored(office.cast).fields) == (422, ()), typed
        assert said in page.text, typed
        assert all(value in page.source for value in typed.values() if value != "choice")


def test_fields_that_somebody_else_changed_are_not_overwritten(office: Office) -> None:
    seen = version(office)
    office.cast.service.sites.change("daily", {"name": "Theirs"}, by="other")
    town = field(0, key="town", kind="text", labels__en="Town")
    page = Page(office.posts("/moderation/daily/fields", seen, ("count", "1"), *town))
    assert page.status == 409
    assert "Somebody else has changed this" in page.text
    assert 'value="Town"' in page.source
    assert stored(office.cast).fields == ()


def reasons(cast: Cast) -> list[tuple[str, str]]:
    pairs = [("count", str(len(stored(cast).reasons) + 1))]
    for at, one in enumerate(stored(cast).reasons):
        pairs.append((f"{at}.code", one.code))
        pairs += [(f"{at}.labels.{code}", text) for code, text in one.labels.items()]
        pairs += [(f"{at}.rules.{code}", text) for code, text in one.rules.items()]
    return pairs


def test_a_lead_adds_a_reason_puts_it_first_and_readers_see_the_rule(cast: Cast) -> None:
    cast.hire("lena", "daily", role=Role.LEAD)
    lena = cast.sits_down("lena")
    office = Office(cast=cast, priya=lena)
    before = [one.code for one in stored(cast).reasons]
    at = len(before)
    new = [
        (f"{at}.code", "shouting"),
        (f"{at}.labels.en", "Shouting"),
        (f"{at}.rules.en", "Do not shout."),
        (f"{at}.place", "1"),
    ]
    places = [(f"{n}.place", str(n + 2)) for n in range(at)]
    answer = office.posts("/moderation/daily/reasons", version(office), *reasons(cast), *new, *places)
    assert answer.status_code == 303, answer.text
    assert [one.code for one in stored(cast).reasons] == ["shouting", *before]
    assert "Do not shout." in lena.web.get("/rules/daily", headers={"Accept": "text/html"}).text
    assert lena.get("/moderation/daily/settings").status == 403


def test_a_reason_is_taken_out_unless_a_rule_suggests_it(office: Office) -> None:
    site = stored(office.cast)
    suggested = next((one.reason for one in site.rules if one.reason), "")
    free = next(one.code for one in site.reasons if one.code not in {rule.reason for rule in site.rules})
    codes = [one.code for one in site.reasons]
    drop = (f"{codes.index(free)}.drop", "yes")
    assert office.posts("/moderation/daily/reasons", version(office), *reasons(office.cast), drop).status_code == 303
    assert free not in [one.code for one in stored(office.cast).reasons]
    if suggested:
        at = [one.code for one in stored(office.cast).reasons].index(suggested)
        drop = (f"{at}.drop", "yes")
        page = Page(office.posts("/moderation/daily/reasons", version(office), *reasons(office.cast), drop))
        assert page.status == 422
        assert "A rule suggests this reason." in page.text


def test_what_a_reason_cannot_be_is_said_beside_it(office: Office) -> None:
    at = len(stored(office.cast).reasons)
    for typed, said in (
        ({"code": "insult", "labels.en": "I", "rules.en": "R"}, "This field was sent more than once."),
        ({"code": "new one", "labels.en": "I", "rules.en": "R"}, "invisible or control characters"),
        ({"code": "new_one", "labels.en": "", "rules.en": "My careful rule."}, "Please fill in this field."),
        ({"code": "new_one", "labels.en": "Label", "rules.en": "x" * 501}, "This is too long."),
    ):
        new = [(f"{at}.{name}", value) for name, value in typed.items()]
        page = Page(office.posts("/moderation/daily/reasons", version(office), *reasons(office.cast), *new))
        assert page.status == 422, typed
        assert said in page.text, typed
        assert typed["rules.en"] in page.source
    assert stored(office.cast).version == 1


def test_the_menu_leads_to_what_one_may(office: Office, mo: Sitting) -> None:
    links = office.priya.get("/moderation/daily/").links
    assert {"Your account", "People", "Sites", "Who administered what", "Reasons"} <= links.keys()
    assert not {"People", "Sites", "Who administered what", "Reasons"} & mo.get("/moderation/daily/").links.keys()
    assert isinstance(office.cast.service.sites.get("nosuch"), Refused)


def test_a_look_is_shown_before_it_is_saved(office: Office) -> None:
    typed = (("light.accent", "#8A2B16"), ("serif", "Georgia"), ("radius", "0px"))
    page = Page(office.posts("/moderation/daily/look", version(office), *typed, ("show", "1")))
    assert page.status == 200
    assert stored(office.cast).look == {}
    sample = re.findall(r'id="sample" href="([^"]+)"', page.source)[0].replace("&amp;", "&")
    css = office.priya.web.get(sample)
    assert css.headers["Content-Type"] == "text/css; charset=utf-8"
    assert 'light-dark(#8a2b16, #8cc8d2);--comments-serif: "Georgia", serif;--comments-radius: 0px' in css.text

    assert office.posts("/moderation/daily/look", version(office), *typed).status_code == 303
    assert stored(office.cast).look == {"light.accent": "#8a2b16", "serif": "Georgia", "radius": "0"}
    log = office.priya.get("/moderation/-/log").text
    assert "look.light.accent" in log
    assert 'value="#8a2b16"' in office.priya.get("/moderation/daily/look").source


def test_a_look_that_cannot_be_read_is_refused_with_the_figures(office: Office) -> None:
    wrong = (("light.accent", "#7fb2ba"), ("dark.paper", "#7b766d"))
    page = Page(office.posts("/moderation/daily/look", version(office), *wrong))
    assert page.status == 422
    assert "Links, main button on Ground: 2.24, at least 4.5" in page.text
    assert "Edges of fields on Ground: 1.00, at least 3.0" in page.text
    assert 'value="#7fb2ba"' in page.source
    for name, value, said in (
        ("serif", "x; } body { color: red", "Names of fonts in Latin letters"),
        ("text_size", "99", "A number from 14 to 24."),
        ("dark.ink", "white", "Write a colour with six digits"),
    ):
        page = Page(office.posts("/moderation/daily/look", version(office), (name, value)))
        assert (page.status, said in page.text) == (422, True), name
        assert f'value="{value}"' in page.source
    assert stored(office.cast).look == {}


def test_an_example_fills_the_form_and_saves_nothing(office: Office) -> None:
    page = Page(office.posts("/moderation/daily/look", version(office), ("radius", "3"), ("example", "orchard")))
    form = page.form("Save").fields
    assert (form["light.accent"], form["radius"]) == ("#3f6212", "20")
    assert stored(office.cast).look == {}


def test_of_two_who_change_a_look_the_second_is_told(office: Office) -> None:
    seen = version(office)
    office.cast.service.sites.change("daily", {"look": {"radius": "8"}}, by="other")
    page = Page(office.posts("/moderation/daily/look", seen, ("radius", "0")))
    assert page.status == 409
    assert "Somebody else has changed this" in page.text
    assert "It is now: 8" in page.text
    assert page.form("Save").fields["radius"] == "0"
    assert stored(office.cast).look == {"radius": "8"}
