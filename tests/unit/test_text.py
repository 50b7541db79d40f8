"""Text as readers typed it: kept as it was, and shown so that it cannot run anything."""

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain.text import LINKS, has_controls, has_tricks, is_visible, normalised, safe_html
from tests.unit.safe_html import check_harmless, lines, seen

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "'-alert(1)-'",
    "</p></div><iframe src=//evil.example>",
    "<!--<p title='--><img src=x onerror=alert(1)>'>",
    "<![CDATA[<b>]]><?php x?><!DOCTYPE html>",
    "&lt;script&gt; &amp;amp; &#60;b&#62; &notanentity;",
    "javascript:alert(1) data:text/html,<b> vbscript:x",
    'https://a.example/"onmouseover="alert(1)',
    "https://a.example/'onmouseover='alert(1)",
    "https://a.example/<img/src=x>",
    "http://a.example/&quot;onload=&quot;x",
    "[a](javascript:alert(1)) <https://a.example> <javascript:alert(1)>",
    "//evil.example ftp://evil.example mailto:a@daily.example a@daily.example evil.example",
    "${7*7} {{7*7}} {% raw %} <%= 7*7 %>",
    "\u202e<b>\u202c\u0000",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_mallory_types_is_only_text(text: str) -> None:
    check_harmless(text)


@given(st.text(alphabet="<>\"'&/=;:ahtps. \n\t()[]!-#x0123\u00e9\u200d\u202e", max_size=200))
def test_nothing_that_can_be_typed_becomes_markup(text: str) -> None:
    check_harmless(text)


@given(st.text(max_size=60).map(lambda tail: f"see https://daily.example/{tail} and more"))
def test_nothing_that_can_stand_in_a_link_breaks_out_of_it(text: str) -> None:
    check_harmless(text)


def test_the_html_of_a_comment_is_exactly_this() -> None:
    assert safe_html("Tom & <Jerry>\nsee https://daily.example/a?b=1&c=2.\n\n\nBye") == (
        '<p dir="auto">Tom &amp; &lt;Jerry&gt;<br>see '
        '<a href="https://daily.example/a?b=1&amp;c=2" rel="nofollow ugc noopener" target="_blank">'
        'https://daily.example/a?b=1&amp;c=2</a>.</p><p dir="auto">Bye</p>'
    )


@pytest.mark.parametrize(
    "link", ["http://daily.example", "https://daily.example/x_(y)?z=1#w", "HTTPS://DAILY.EXAMPLE/"]
)
def test_addresses_become_links(link: str) -> None:
    found = seen(f"look: {link} there")
    assert [one.lower() for one in found.links] == [link.lower()]
    assert found.text == f"look: {link} there"


@pytest.mark.parametrize(
    "text",
    [
        "daily.example",
        "www.daily.example",
        "a@daily.example",
        "mailto:a@daily.example",
        "//daily.example",
        "192.0.2.1",
        "ftp://daily.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://",
        "http:/x",
        "tel:123",
    ],
)
def test_everything_else_does_not(text: str) -> None:
    assert seen(f"look: {text} there").links == []


def test_spaces_at_the_beginning_of_a_line_are_kept() -> None:
    assert seen("  a\n    b\n\n  c").paragraphs == ["  a\n    b", "  c"]


def test_empty_lines_part_paragraphs_however_many_they_are() -> None:
    assert seen("\n\na\n \t\n\n\nb\nc\n\n").paragraphs == ["a", "b\nc"]


@pytest.mark.parametrize("text", ["", "\n", " \n\t\n ", "\n\n\n"])
def test_nothing_makes_no_paragraph(text: str) -> None:
    assert safe_html(text) == ""


@given(st.text(max_size=100))
def test_normalised_text_is_nfc_with_one_kind_of_line_end_and_stays_as_it_is(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert not set(once) & set("\r\v\f\x85\u2028\u2029")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_every_kind_of_line_end_is_a_line_end(end: str) -> None:
    assert normalised(f"a{end}b") == "a\nb"


def test_normalising_touches_nothing_else() -> None:
    text = " \tA\u00a0b  c \u200f\u202eـ\u200cـ ﬁ ２ \u2126 "
    assert normalised(text) == unicodedata.normalize("NFC", text)
    assert normalised("ﬁ ２") == "ﬁ ２"


def test_more_marks_on_one_letter_than_any_writing_needs_are_refused_before_they_cost_anything() -> None:
    most, endless = "a" + "\u0316\u0301" * 15, "a" + "\u0301\u0316" * 25_000
    assert not has_controls(most, lines=True)
    assert has_controls(endless, lines=True)
    assert has_controls("\U0001f642" + endless, lines=True)
    start = time.perf_counter()
    normalised(endless)
    assert time.perf_counter() - start < 0.2  # the square of 50,000 marks took seconds


@pytest.mark.parametrize(
    "character", ["\0", "\x01", "\x1b", "\x7f", "\x9b", "\ud800", "\ufffe", "\U0010ffff", "\ufdd0"]
)
def test_characters_no_program_can_work_with_are_told(character: str) -> None:
    assert has_controls(f"a{character}b", lines=True)
    assert has_controls(f"a{character}b", lines=False)


@pytest.mark.parametrize("character", ["\n", "\t"])
def test_newline_and_tab_belong_into_texts_only(character: str) -> None:
    assert not has_controls(f"a{character}b", lines=True)
    assert has_controls(f"a{character}b", lines=False)


HONEST_NAMES = [
    "Alice",
    "Anne-Marie O'Neill",
    "Łukasz Żółć",
    "محمد علي",
    "می\u200cخواهم",
    "क्\u200dष",
    "ශ්\u200dරී",
    "👩\u200d👩\u200d👧",
    "🏳️\u200d🌈",
    "❤️",
    "Nguyễn Văn Ánh",
    "ยิ่งลักษณ์",
    "שָׁלוֹם",
    "李小龍",
    "김민준",
    "Tom & Jerry <3",
]


@pytest.mark.parametrize("name", HONEST_NAMES)
def test_real_names_hide_nothing(name: str) -> None:
    assert not has_tricks(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    "name",
    [
        "Alice\u202e",
        "\u202dBob",
        "a\u2066b\u2069",
        "Al\u200bice",
        "\ufeffAlice",
        "Alice\u2060",
        "A\u00adlice",
        "\u3164",
        "\u115f",
        "Al\u200dice",
        "Al\u200cice",
        "\u200cم",
        "م\u200c",
        "م\u200c\u200cم",
        "⠀",
        "Z" + "\u0321" * 5,
        "a" + "\u0489" * 6,
    ],
)
def test_names_that_pretend_are_told(name: str) -> None:
    assert has_tricks(unicodedata.normalize("NFC", name))


@pytest.mark.parametrize(
    ("text", "length"), [("", 0), ("  \n\t", 0), ("a b", 2), ("\u200b\u200d\u3164\u2800\u00ad", 0), ("👍", 1), ("م", 1)]
)
def test_only_what_can_be_seen_counts(text: str, length: int) -> None:
    assert is_visible(text, characters=length)
    assert not is_visible(text, characters=length + 1)


@pytest.mark.parametrize(
    "unit", ["<", "&#", "http://", "http://a.", "https://a/(", "[a](", "\n", " \n", "a@", "\u0301"]
)
def test_no_text_of_the_greatest_length_takes_long(unit: str) -> None:
    text = (unit * 5_000)[:5_000]
    start = time.perf_counter()
    html = safe_html(normalised(text))
    assert time.perf_counter() - start < 1.0  # seconds, where a quadratic parser would take minutes
    assert lines(text) == [] or html


def test_a_long_text_keeps_every_line() -> None:
    text = "\n".join(f"{number} <b> https://daily.example/{number}" for number in range(200))
    found = seen(text)
    assert lines(found.text) == lines(text)
    assert len(found.links) == 200


@pytest.mark.parametrize(
    "address",
    [
        "https://\u202egro.elpmaxe/",
        "https://exa\u200bmple.org/x",
        "http://daily.example@evil.example/",
        "https://a:b@evil.example",
    ],
)
def test_an_address_that_reads_as_another_is_not_made_a_link(address: str) -> None:
    assert "<a " not in safe_html(f"See {address} now")


def test_an_at_sign_behind_the_host_stays_a_link() -> None:
    assert 'href="https://daily.example/@mo"' in safe_html("See https://daily.example/@mo now")


def test_controls_are_what_unicode_calls_so_and_its_noncharacters() -> None:
    def is_control(c: str) -> bool:
        return unicodedata.category(c) in ("Cc", "Cs") or ord(c) & 0xFFFE == 0xFFFE or "\ufdd0" <= c <= "\ufdef"

    characters = [chr(number) for number in range(sys.maxunicode + 1)]
    assert [c for c in characters if has_controls(c, lines=False)] == [c for c in characters if is_control(c)]
    permitted = {c for c in characters if has_controls(c, lines=False) and not has_controls(c, lines=True)}
    assert permitted == {"\n", "\t"}


@given(
    st.lists(
        st.sampled_from(["http", "HTTPS", ":", "/", "\\", "//", "www.", "d.example", "\u017f", " ", "\n", "mailto:"])
    )
)
def test_where_no_address_is_looked_for_none_would_be_found(pieces: list[str]) -> None:
    text = "".join(pieces)
    found = {match.schema for match in LINKS.match(text) or ()}
    assert "://" in text or not found & {"http:", "https:"}


def test_no_mark_lies_beyond_the_planes_that_are_searched_for_them() -> None:
    assert not any(unicodedata.combining(chr(c)) for c in range(0x20000, sys.maxunicode + 1))
