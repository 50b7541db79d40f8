"""The page of a site's rules: a list with switches, a form for each, and what each would have done before."""

import re

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Role
from commentsvc.domain.rules import Rule, RuleKind, Word
from tests.moderation.cast import Cast, Page, Sitting


@pytest.fixture
def lee(cast: Cast) -> Sitting:
    """A lead, who may edit rules."""
    cast.hire("lee", "daily", role=Role.LEAD)
    return cast.sits_down("lee")


@pytest.fixture
def ada(cast: Cast) -> Sitting:
    """An admin."""
    cast.hire("ada", role=Role.ADMIN)
    return cast.sits_down("ada")


def stored(cast: Cast, id: str) -> Rule:
    """A rule of `daily` as it is stored."""
    cast.service.sites.changed()
    site = cast.service.sites.get("daily")
    rule = site.rule(id) if hasattr(site, "rule") else None
    assert rule is not None
    return rule


def opened(sitting: Sitting, rule: str, query: str = "") -> Page:
    return sitting.get(f"/moderation/daily/rules/{rule}{query}")


def test_every_rule_is_listed_with_what_it_looks_for_and_where_that_leads(lee: Sitting) -> None:
    page = lee.get("/moderation/daily/rules")
    assert page.links["Rules"] == "/moderation/daily/rules"
    assert "from 3 links on → Held suggests Advertising" in page.text
    assert "sent within 3 seconds → Likely spam" in page.text
    switches = [got for tag, got in page.tags if got.get("role") == "switch"]
    assert {got["aria-checked"] for got in switches} == {"true", "false"}
    assert all(got["aria-labelledby"] for got in switches)


def test_a_moderator_without_the_right_has_no_such_page(mo: Sitting) -> None:
    assert mo.get("/moderation/daily/rules").status == 403
    assert "Rules" not in mo.get("/moderation/daily/").links


def test_a_list_of_words_is_made_in_one_form_and_switched_on_after_it_was_seen_what_it_does(
    cast: Cast, lee: Sitting
) -> None:
    cast.decided("mo", cast.comment(text="What an 1D10T!"), Verb.APPROVE)
    cast.decided("mo", cast.comment(text="You idiot."), Verb.REJECT, reason="insult")
    cast.comment(text="A calm remark.")
    form = opened(lee, "new-words")
    typed = {"label": "Insults", "lane": "held", "reason": "insult", "words": "idiot\n\n fool "}
    seen = lee.press(form, "Rehearse on the last 1,000 comments", **typed)
    assert "Would have affected 2 of the last 3 comments. Moderators approved 1 of them." in seen.text
    assert '<mark title="Insults">1D10T</mark>' in seen.source
    assert "fool" in seen.source
    assert "Insults" not in lee.get("/moderation/daily/rules").text
    done = lee.press(seen, "Save and switch on", **typed)
    assert "Switched on." in done.text
    assert "2 words" in done.text
    id = re.findall(r"rules/(words_\w+)", done.source)[0]
    rule = stored(cast, id)
    assert [(word.text, word.added_by) for word in rule.words] == [("idiot", "lee"), ("fool", "lee")]
    assert rule.on


def test_words_are_taken_out_by_ticking_them_and_changed_by_adding_them_again(cast: Cast, lee: Sitting) -> None:
    lee.press(opened(lee, "words"), "Save", words="idiot\nfool\ncrook")
    page = opened(lee, "words")
    assert "3 words" in page.text
    assert "Lee" in page.text
    lee.press(page, "Save", drop="fool", words="crook", fragment="1", lasts="7")
    words = {word.text: word for word in stored(cast, "words").words}
    assert set(words) == {"idiot", "crook"}
    assert words["crook"].fragment
    assert words["crook"].expires_ms - words["crook"].added_ms == pytest.approx(7 * 24 * 3_600_000, abs=60_000)
    assert "until 20" in opened(lee, "words").text


def test_a_long_list_is_shown_in_part_and_searched(cast: Cast, lee: Sitting) -> None:
    lee.press(opened(lee, "words"), "Save", words="\n".join(f"word{at:03}" for at in range(300)))
    page = opened(lee, "words")
    assert page.source.count('name="drop"') == 200
    found = opened(lee, "words", "?q=ORD299")
    assert found.source.count('name="drop"') == 1
    assert "word299" in found.text


def test_switching_off_takes_one_button_and_on_one_look(cast: Cast, lee: Sitting) -> None:
    page = lee.get("/moderation/daily/rules")
    form = next(form for form in page.forms if "/rules/links" in form.action)
    assert form.method == "post"
    answer = lee.web.post(form.action, data=form.fields | {"do": "off"})
    assert answer.status_code == 303
    assert not stored(cast, "links").on
    page = lee.get("/moderation/daily/rules")
    form = next(form for form in page.forms if "/rules/links" in form.action)
    assert form.method == "get"
    looked = opened(lee, "links", "?rehearse=1")
    assert "Would have affected 0 of the last 0 comments." in looked.text
    lee.press(looked, "Save and switch on")
    assert stored(cast, "links").on


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(lee: Sitting) -> None:
    page = lee.press(opened(lee, "links"), "Save", number="900", domains="friend.example\nno domain")
    assert page.status == 422
    assert "Choose a number from 1 to 50." in page.text
    assert "no domain: This is no domain, such as example.org." in page.text
    assert 'value="900"' in page.source
    assert [got["name"] for tag, got in page.tags if got.get("aria-invalid")] == ["number", "domains"]


def test_only_an_admin_is_offered_to_let_a_rule_decide_and_sees_what_it_would_have_decided(
    cast: Cast, lee: Sitting, ada: Sitting
) -> None:
    cast.decided("mo", cast.comment(text="idiot"), Verb.APPROVE)
    lee.press(opened(lee, "words"), "Save", words="idiot", reason="insult")
    box = [got for tag, got in opened(lee, "words").tags if got.get("name") == "auto"]
    assert "disabled" in box[0]
    refused = lee.press(opened(lee, "words"), "Save", auto="1", reason="insult")
    assert not stored(cast, "words").auto
    assert "Only an admin" in lee.press(refused, "Switch on, and let it decide", auto="1", reason="insult").text
    seen = ada.press(opened(ada, "words"), "Save", auto="1", reason="insult")
    assert "Would have affected 1 of the last 1 comments. Moderators disagreed with 1." in seen.text
    assert not stored(cast, "words").auto
    ada.press(seen, "Switch on, and let it decide", auto="1", reason="insult")
    assert stored(cast, "words").auto
    locked = opened(lee, "words")
    assert "only an admin changes it" in locked.text
    lee.press(locked, "Switch off")
    assert not stored(cast, "words").on


def test_who_was_slower_is_told_and_nothing_is_lost(cast: Cast, lee: Sitting, ada: Sitting) -> None:
    page = opened(lee, "links")
    ada.press(opened(ada, "links"), "Save", number="9")
    late = lee.press(page, "Save", number="5", label="Too many links")
    assert late.status == 409
    assert "Somebody else has just changed the rules." in late.text
    assert "Too many links" in late.source
    lee.press(late, "Save", number="5", label="Too many links")
    assert stored(cast, "links").number == 5


def test_a_rule_is_removed_and_offered_again(cast: Cast, lee: Sitting) -> None:
    page = lee.press(opened(lee, "speed"), "Remove this rule")
    assert "Removed." in page.text
    assert page.links["Speed"] == "/moderation/daily/rules/new-speed"
    lee.press(opened(lee, "new-speed"), "Save", number="5")
    assert (stored(cast, "speed").number, stored(cast, "speed").on) == (5, False)


@pytest.mark.parametrize("kind", list(RuleKind))
def test_each_kind_has_a_form_that_can_be_rehearsed_as_it_is(cast: Cast, ada: Sitting, kind: RuleKind) -> None:
    cast.service.sites.change("daily", {"rules": ()})
    cast.comment()
    page = ada.press(opened(ada, f"new-{kind}"), "Rehearse on the last 1,000 comments", **DEFAULTS.get(kind, {}))
    assert page.status == 200, page.text
    assert "of the last 1 comments." in page.text


DEFAULTS: dict[RuleKind, dict[str, str]] = {RuleKind.PERSONAL_DATA: {"patterns": "email"}}


def test_hostile_words_and_names_are_text(cast: Cast, lee: Sitting) -> None:
    evil = '"><script>x()</script>'
    cast.service.sites.change(
        "daily", {"rules": (Rule(id="words", kind=RuleKind.WORDS, label=evil, words=(Word(text=evil),)),)}
    )
    cast.comment(text=evil)
    for page in (lee.get("/moderation/daily/rules"), opened(lee, "words", "?rehearse=1")):
        assert page.status == 200
        assert "<script>x()" not in page.source


@pytest.mark.parametrize("name", ["nothing", "new-nothing", "new-", "-", "x" * 64])
def test_what_is_no_rule_is_not_found(lee: Sitting, name: str) -> None:
    assert opened(lee, name).status == 404


def test_the_page_speaks_arabic_from_right_to_left(lee: Sitting) -> None:
    page = lee.get("/moderation/daily/rules?lang=ar")
    assert 'dir="rtl"' in page.source
    assert "من 3 روابط فأكثر" in page.text
