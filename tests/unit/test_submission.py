"""The one judge: every problem at once, each beside its field, and nothing of the text lost."""

import unicodedata
from dataclasses import replace

import pytest

from commentsvc.domain.ids import CommentId
from commentsvc.domain.refusal import Code
from commentsvc.domain.site import Choice, Field, FieldKind, Site
from commentsvc.domain.submission import Problems, Submission, check
from tests.unit.test_text import HONEST_NAMES

DAILY = Site(key="daily", number=1, name="Daily", origins=("https://daily.example",), salt="pepper")
COUNTRY = Field(
    key="country",
    kind=FieldKind.CHOICE,
    labels={"en": "Country"},
    choices=(Choice(value="ie", labels={"en": "Ireland"}), Choice(value="eg", labels={"en": "Egypt"})),
)
CITY = Field(key="city", kind=FieldKind.TEXT, labels={"en": "City"}, required=False)
RULES = Field(key="rules", kind=FieldKind.CHECKBOX, labels={"en": "I know the rules"})
ASKING = replace(DAILY, fields=(COUNTRY, CITY, RULES))
PARENT = CommentId("cmt_06EAHNSD0400200BFCRN42Q8VX")  # fixed: it is in the names of tests
GOOD = {"name": "Alice", "email": "alice@daily.example", "text": "Well said.", "code": "K7XWM"}


def judged(site: Site = DAILY, /, **changes: str | list[str]) -> Submission | Problems:
    values = {**GOOD, **changes}
    sent = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return check(site, sent, text_max=5_000)


def accepted(site: Site = DAILY, /, **changes: str | list[str]) -> Submission:
    found = judged(site, **changes)
    assert isinstance(found, Submission), found
    return found


def test_a_good_submission_is_what_was_sent() -> None:
    assert accepted(title="News & views", parent=PARENT) == Submission(
        name="Alice",
        email="alice@daily.example",
        text="Well said.",
        fields={},
        parent=PARENT,
        title="News & views",
    )


def test_every_problem_is_told_at_once() -> None:
    assert check(ASKING, {}, text_max=5_000) == {
        "name": Code.REQUIRED,
        "email": Code.REQUIRED,
        "text": Code.REQUIRED,
        "code": Code.REQUIRED,
        "country": Code.REQUIRED,
        "rules": Code.REQUIRED,
    }


@pytest.mark.parametrize("empty", [[], [""], [" "], ["\t \n"], ["\u00a0"]])
@pytest.mark.parametrize("field", ["name", "email", "text", "code"])
def test_a_required_field_cannot_be_filled_with_nothing(field: str, empty: list[str]) -> None:
    assert judged(**{field: empty}) == {field: Code.REQUIRED}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", "a" * 81, Code.TOO_LONG),
        ("name", "Alice\0", Code.INVALID_CHARACTERS),
        ("name", "Bob\nBcc: victim@daily.example", Code.INVALID_CHARACTERS),
        ("name", "Bob\r\nBcc: victim@daily.example", Code.INVALID_CHARACTERS),
        ("name", "Bob\u2028Bcc", Code.INVALID_CHARACTERS),
        ("name", "Bob\tB", Code.INVALID_CHARACTERS),
        ("name", "Alice\u202e", Code.INVALID_CHARACTERS),
        ("name", "Al\u200bice", Code.INVALID_CHARACTERS),
        ("name", "\u200d", Code.INVALID_CHARACTERS),
        ("name", "\u3164", Code.INVALID_CHARACTERS),
        ("name", "\ud800", Code.INVALID_CHARACTERS),
        ("email", "alice", Code.INVALID_EMAIL),
        ("email", "alice@", Code.INVALID_EMAIL),
        ("email", "@daily.example", Code.INVALID_EMAIL),
        ("email", "a@b", Code.INVALID_EMAIL),
        ("email", "a b@daily.example", Code.INVALID_EMAIL),
        ("email", "a@daily.example,b@daily.example", Code.INVALID_EMAIL),
        ("email", "Alice <alice@daily.example>", Code.INVALID_EMAIL),
        ("email", "a@-daily.example", Code.INVALID_EMAIL),
        ("email", "a@daily.example\nBcc: b@daily.example", Code.INVALID_CHARACTERS),
        ("email", "a\u202e@daily.example", Code.INVALID_CHARACTERS),
        ("email", "a\ud800@daily.example", Code.INVALID_CHARACTERS),
        ("email", "a" * 300 + "@daily.example", Code.TOO_LONG),
        ("text", "a", Code.TOO_SHORT),
        ("text", "a \u200b\u200d", Code.TOO_SHORT),
        ("text", "a" * 5_001, Code.TOO_LONG),
        ("text", "Well\0said", Code.INVALID_CHARACTERS),
        ("text", "Well\x1b[31m", Code.INVALID_CHARACTERS),
        ("text", "Well \ud800", Code.INVALID_CHARACTERS),
        ("text", "a" + "\u0301\u0316" * 20, Code.INVALID_CHARACTERS),
        ("parent", "x", Code.UNKNOWN_PARENT),
        ("parent", PARENT.lower(), Code.UNKNOWN_PARENT),
        ("parent", "dec" + PARENT[3:], Code.UNKNOWN_PARENT),
        ("title", "t" * 301, Code.TOO_LONG),
        ("title", "a\nb", Code.INVALID_CHARACTERS),
    ],
)
def test_each_fault_has_its_own_word(field: str, value: str, code: Code) -> None:
    assert judged(**{field: value}) == {field: code}


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "a" * 80), ("name", "X"), ("text", "👍👍"), ("text", "لا"), ("text", "a" * 5_000), ("title", "t" * 300)],
)
def test_what_is_just_within_the_limits_is_accepted(field: str, value: str) -> None:
    assert getattr(accepted(**{field: value}), field) == value


@pytest.mark.parametrize(
    "email", ["a@daily.example", "a.b+c@news.daily.example", "ünïcode@daily.example", "a@bücher.example"]
)
def test_addresses_of_all_kinds_are_kept_as_typed(email: str) -> None:
    assert accepted(email=email).email == email


def test_an_address_is_needed_unless_the_site_says_otherwise_and_even_then_must_be_one() -> None:
    lenient = replace(DAILY, email_required=False)
    assert accepted(lenient, email="").email == ""
    assert judged(lenient, email="alice") == {"email": Code.INVALID_EMAIL}


@pytest.mark.parametrize("field", ["name", "email", "text", "code", "title", "parent", "anything"])
def test_a_field_sent_twice_is_told_even_when_both_agree(field: str) -> None:
    value = {**GOOD, "parent": PARENT}.get(field, "x")
    assert judged(**{field: [value, value]}) == {field: Code.REPEATED}


def test_fields_that_nobody_asked_for_are_left_out() -> None:
    assert accepted(website="https://evil.example", status="approved").fields == {}


def test_the_sites_own_fields_are_judged_like_the_built_in_ones() -> None:
    assert accepted(ASKING, country="eg", rules="yes").fields == {"country": "eg", "rules": "yes"}
    assert accepted(ASKING, country="eg", rules="yes", city=" Cairo ").fields["city"] == "Cairo"
    assert judged(ASKING, rules="yes") == {"country": Code.REQUIRED}
    assert judged(ASKING, country="fr", rules="yes") == {"country": Code.INVALID_CHOICE}
    assert judged(ASKING, country="EG", rules="yes") == {"country": Code.INVALID_CHOICE}
    assert judged(ASKING, country="eg") == {"rules": Code.REQUIRED}
    assert judged(ASKING, country="eg", rules="on") == {"rules": Code.INVALID_CHOICE}
    assert judged(ASKING, country="eg", rules="yes", city="c" * 201) == {"city": Code.TOO_LONG}
    assert judged(ASKING, country="eg", rules="yes", city="Ca\u202eiro") == {"city": Code.INVALID_CHARACTERS}
    assert judged(ASKING, country=["eg", "ie"], rules="yes") == {"country": Code.REPEATED}


def test_not_a_character_of_the_text_is_trimmed() -> None:
    text = "  four spaces\n\n\n\ttab\u00a0 \n"
    assert accepted(text=text).text == text


def test_names_and_addresses_are_trimmed() -> None:
    assert accepted(name="  Alice ", email=" alice@daily.example\u00a0").name == "Alice"
    assert accepted(email=" alice@daily.example\n").email == "alice@daily.example"


def test_text_is_kept_in_nfc_with_one_kind_of_line_end() -> None:
    assert accepted(text="cafe\u0301\r\nau\rlait").text == "caf\u00e9\nau\nlait"
    assert accepted(name="Ze\u0301").name == "Z\u00e9"


def test_length_is_counted_after_composition() -> None:
    assert accepted(name="e\u0301" * 80).name == "\u00e9" * 80


@pytest.mark.parametrize("name", HONEST_NAMES)
def test_real_names_are_accepted_in_every_script(name: str) -> None:
    assert accepted(name=name).name == unicodedata.normalize("NFC", name)


def test_markup_is_nothing_special_before_it_is_shown() -> None:
    text = "<b>Tom &amp; Jerry</b> <script>"
    assert accepted(text=text, name="<b>Tom</b>").text == text


def test_what_nobody_could_type_is_no_fault() -> None:
    hostile = ["\ud800", "\0", "\u202e", "a" * 70_000, "\u0301\u0316" * 30_000, "%00", "{{7*7}}"]
    for value in hostile:
        found = check(
            ASKING, {name: [value] for name in [*GOOD, "parent", "title", "country", "rules"]}, text_max=5_000
        )
        assert not isinstance(found, Submission)
