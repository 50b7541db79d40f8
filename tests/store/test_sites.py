"""Sites: made once, changed by whoever looked last, and strangers to each other's ids."""

from dataclasses import replace

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Field, FieldKind, Site, SlashPolicy
from commentsvc.service.sites import FRESH_MS, BadSite, normal_origins
from commentsvc.store.keys import SITE_NUMBERS
from commentsvc.store.sites import SiteRegistry
from tests.store.people import HOME, MO, PRIYA, Newsroom, everything


@pytest.fixture
def weekly(daily: Newsroom) -> Site:
    """A second site beside the Daily."""
    return daily.service.sites.add(key="weekly", name="Weekly", origins=["https://weekly.example"])


def test_a_site_comes_back_as_it_was_made(daily: Newsroom) -> None:
    field = Field(key="country", kind=FieldKind.TEXT, labels={"en": "Country", "ar": "البلد"}, public=True)
    made = daily.service.sites.add(
        key="weekly", name="", origins=["https://Weekly.example/"], language="ar", fields=(field,), email_required=False
    )
    assert made.name == "weekly"
    assert made.origins == ("https://weekly.example",)
    fresh = daily.under().service.sites
    assert fresh.get("weekly") == made
    assert fresh.by_number(made.number) == made
    assert fresh.all() == [daily.site, made]
    assert daily.service.moderation.sites(PRIYA) == [daily.site, made]
    assert daily.service.moderation.sites(MO) == [daily.site]


def test_every_site_has_its_own_number_and_salt(daily: Newsroom, weekly: Site) -> None:
    assert weekly.number != daily.site.number
    assert weekly.salt != daily.site.salt
    assert len(weekly.salt) == 32


@pytest.mark.parametrize("key", ["nobody", "", "DAILY", "daily ", "daily\0", "{daily.0}", "*", "../daily", "\ud800"])
def test_an_unknown_site_is_refused_by_name(daily: Newsroom, key: str) -> None:
    assert daily.service.sites.get(key) == Refused(code=Code.UNKNOWN_SITE)
    assert daily.service.sites.article(key, f"{HOME}/news/42") == Refused(code=Code.UNKNOWN_SITE)


def test_an_article_elsewhere_is_refused(daily: Newsroom) -> None:
    assert daily.service.sites.article("daily", "https://evil.example/") == Refused(code=Code.ORIGIN_NOT_ALLOWED)
    assert daily.service.sites.article("daily", "javascript:x") == Refused(code=Code.INVALID_URL)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"key": "daily"}, "already"),
        ({"key": "Weekly"}, "site key"),
        ({"key": ""}, "site key"),
        ({"origins": []}, "at least one origin"),
        ({"origins": ["weekly.example"]}, "write it like https://daily.example"),
        ({"origins": ["https://weekly.example/path"]}, "no path"),
        ({"partitions": 0}, "1 to 1024"),
        ({"partitions": 1_025}, "1 to 1024"),
    ],
)
def test_what_cannot_be_a_site_is_refused_in_words_that_help(
    daily: Newsroom, asked: dict[str, object], words: str
) -> None:
    before = everything(daily.client)
    given = {"key": "weekly", "name": "Weekly", "origins": ["https://weekly.example"], **asked}
    with pytest.raises(BadSite, match=words):
        daily.service.sites.add(**given)  # type: ignore[arg-type]
    assert everything(daily.client) == before


def test_there_is_an_end_to_site_numbers_because_ids_carry_them(daily: Newsroom) -> None:
    daily.client.set(SITE_NUMBERS, 65_534)
    last = daily.service.sites.add(key="last", name="", origins=["https://last.example"])
    assert last.number == 65_535
    with pytest.raises(BadSite, match="65535"):
        daily.service.sites.add(key="more", name="", origins=["https://more.example"])
    assert daily.under().service.sites.get("more") == Refused(code=Code.UNKNOWN_SITE)


def test_a_change_holds_at_once_here_and_within_a_second_elsewhere(daily: Newsroom) -> None:
    elsewhere = daily.under().service.sites
    assert elsewhere.get("daily") == daily.site
    changed = daily.service.sites.change("daily", {"name": "The New Daily", "origins": [HOME, "http://Daily.example"]})
    assert (changed.name, changed.version) == ("The New Daily", 2)
    assert changed.origins == (HOME, "http://daily.example")
    assert daily.service.sites.get("daily") == changed
    assert elsewhere.get("daily") == daily.site
    daily.clock.advance(ms=FRESH_MS)
    assert elsewhere.get("daily") == changed


def test_of_two_who_change_a_site_at_once_the_second_is_told(daily: Newsroom) -> None:
    registry = SiteRegistry(daily.client)
    before = registry.all()["daily"]
    change = daily.service.sites._change(before, before, "mo")
    assert registry.put(before, replace(before, name="First"), change=change)
    assert not registry.put(before, replace(before, name="Second"), change=change)
    assert not registry.put(None, replace(before, name="Third"), change=change)
    assert registry.all()["daily"].name == "First"


@pytest.mark.parametrize("changes", [{"partitions": 2}, {"number": 9}, {"key": "other"}, {"salt": ""}, {"version": 1}])
def test_what_every_id_and_hash_is_made_with_cannot_be_changed(daily: Newsroom, changes: dict[str, object]) -> None:
    with pytest.raises(BadSite, match="cannot be changed"):
        daily.service.sites.change("daily", changes)
    assert daily.under().service.sites.get("daily") == daily.site


@pytest.mark.parametrize(
    ("before", "after"), [(SlashPolicy.STRIP, SlashPolicy.KEEP), (SlashPolicy.KEEP, SlashPolicy.ADD)]
)
def test_a_slash_that_would_split_threads_cannot_be_changed(
    daily: Newsroom, before: SlashPolicy, after: SlashPolicy
) -> None:
    sites = daily.service.sites
    sites.add(key="weekly", name="Weekly", origins=["https://weekly.example"], slash=before)
    with pytest.raises(BadSite, match="slash cannot be changed to or from 'keep'"):
        sites.change("weekly", {"slash": after})
    assert sites.change("weekly", {"slash": before, "name": "The Weekly"}).slash is before


def test_a_slash_may_be_added_instead_of_stripped(daily: Newsroom, weekly: Site) -> None:
    assert daily.service.sites.change("weekly", {"slash": SlashPolicy.ADD}).slash is SlashPolicy.ADD


def test_an_unknown_site_cannot_be_changed(daily: Newsroom) -> None:
    with pytest.raises(BadSite, match="no site 'weekly'"):
        daily.service.sites.change("weekly", {"name": "x"})
    with pytest.raises(BadSite, match="not an origin"):
        daily.service.sites.change("daily", {"origins": ["x"]})


def test_an_origin_given_twice_is_one() -> None:
    assert normal_origins([HOME, "https://DAILY.example:443", HOME]) == (HOME,)


def test_one_sites_people_cannot_reach_anothers_comments(daily: Newsroom, weekly: Site) -> None:
    id = daily.comment().id
    made = daily.made(MO, id, Verb.APPROVE)
    lena = Actor(id="lena", sites=frozenset({"weekly"}))
    before = everything(daily.client)
    assert daily.service.moderation.item(lena, id) == Refused(code=Code.NOT_FOUND)
    assert daily.decide(lena, id, Verb.REJECT) == Refused(code=Code.NOT_FOUND)
    assert daily.undo(lena, made.id) == Refused(code=Code.NOT_FOUND)
    found = daily.service.sites.article("weekly", "https://weekly.example/")
    assert not isinstance(found, Refused)
    page = daily.service.reading.page(weekly, found[1], cursor=id)
    assert page == Refused(code=Code.INVALID_CURSOR)
    refused = daily.submit(daily.attempt(site=weekly, article=found[1], parent=id))
    assert refused == Refused(code=Code.INVALID_FIELDS, fields={"parent": Code.UNKNOWN_PARENT})
    assert everything(daily.client) == before


def test_the_same_author_on_two_sites_is_not_known_as_one(daily: Newsroom, weekly: Site) -> None:
    found = daily.service.sites.article("weekly", "https://weekly.example/")
    assert not isinstance(found, Refused)
    here, there = daily.comment(), daily.comment(site=weekly, article=found[1])
    bodies = [daily.find(receipt.id).body for receipt in (here, there)]
    assert bodies[0] is not None
    assert bodies[1] is not None
    assert bodies[0].email == bodies[1].email
    assert bodies[0].author_key != bodies[1].author_key


def test_a_clock_set_back_does_not_freeze_what_is_known_of_a_site(daily: Newsroom) -> None:
    sites = daily.service.sites
    sites.get("daily")
    daily.clock.advance(ms=-3_600_000)
    daily.under().service.sites.change("daily", {"open": False})
    found = sites.get("daily")
    assert isinstance(found, Site)
    assert not found.open
