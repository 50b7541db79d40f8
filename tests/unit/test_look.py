"""A site's look: values with a grammar, colours that can be told apart, and CSS that can hold nothing else."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain import look
from commentsvc.domain.refusal import Code

CSS = Path(__file__).parents[2] / "commentsvc/web/static/embed.css"
DECLARATION = re.compile(
    r"--comments-[a-z-]+: (?:light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\)|\d+px|"
    r'(?:"[A-Za-z0-9 -]+"|[a-z-]+)(?:, (?:"[A-Za-z0-9 -]+"|[a-z-]+))*)'
)


def test_our_own_values_are_those_of_the_stylesheet() -> None:
    css = CSS.read_text()
    for name, (light, dark) in look.COLOURS.items():
        assert f"--comments-{name.replace('_', '-')}: light-dark({light}, {dark});" in css
    for name, (_, _, ours) in look.LENGTHS.items():
        assert f"--comments-{name.replace('_', '-')}: {ours}px;" in css
    assert all(f"--comments-{name}: " in css for name in look.FONTS)


def test_what_is_written_loosely_has_one_form() -> None:
    typed = {"light.accent": " #A2B ", "serif": "'Iowan  Old Style',Georgia ,SERIF,", "radius": "8 px", "space": " "}
    assert look.normal(typed) == {"light.accent": "#aa22bb", "serif": "Iowan Old Style, Georgia, serif", "radius": "8"}


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("light.accent", "red", Code.INVALID_COLOUR),
        ("light.accent", "#1f5c6", Code.INVALID_COLOUR),
        ("light.accent", "#1f5c66}", Code.INVALID_COLOUR),
        ("light.accent", "#1f5\n66", Code.INVALID_COLOUR),
        ("dark.paper", "url(https://evil.example)", Code.INVALID_COLOUR),
        ("dark.paper", "#٠٠٠٠٠٠", Code.INVALID_COLOUR),
        ("serif", 'x"; } body { display: none', Code.INVALID_CHARACTERS),
        ("serif", "a\\62", Code.INVALID_CHARACTERS),
        ("sans", "x" * 41, Code.INVALID_CHARACTERS),
        ("sans", ", ".join(["Inter"] * 9), Code.INVALID_CHARACTERS),
        ("radius", "25", Code.INVALID_CHOICE),
        ("radius", "-1", Code.INVALID_CHOICE),
        ("radius", "1em", Code.INVALID_CHOICE),
        ("text_size", "13", Code.INVALID_CHOICE),
        ("width", "٧٠٠", Code.INVALID_CHOICE),
        ("light.nothing", "#000000", Code.UNKNOWN_FIELD),
        ("--comments-ink", "red", Code.UNKNOWN_FIELD),
    ],
)
def test_what_is_no_value_is_refused_and_never_in_the_css(name: str, value: str, code: Code) -> None:
    assert look.wrong(look.normal({name: value})) == {name: code}
    assert list(look.declarations({name: value})) == []


HOSTILE = st.text("#019afAZg,;:{}()'\"\\/*@! -\n\u0660", max_size=12)


@given(st.dictionaries(st.sampled_from(list(look.names())), HOSTILE | st.sampled_from(["#a1b2c3", "18", "Inter"])))
def test_nothing_gets_into_the_css_but_values(typed: dict[str, str]) -> None:
    for own in (typed, look.normal(typed)):
        assert all(DECLARATION.fullmatch(one) for one in look.declarations(own))
        if not look.wrong(own):
            assert look.normal(own) == own


def test_contrast_is_that_of_wcag() -> None:
    pairs = look.contrasts({"light.ink": "#777777", "light.paper": "#ffffff"})
    found = {(one.scheme, one.front, one.back): one for one in pairs}
    grey = found["light", "ink", "paper"]
    assert (grey.shown, grey.is_enough) == ("4.47", False)
    assert found["light", "ink", "tint"].ratio < grey.ratio
    assert all(one.is_enough for one in look.contrasts({}))


def test_colours_that_cannot_be_told_apart_are_refused_at_the_one_that_was_chosen() -> None:
    assert look.wrong({"light.accent": "#7fb2ba"}) == {"light.accent": Code.LOW_CONTRAST}
    assert look.wrong({"dark.paper": "#7b766d"}) == {"dark.paper": Code.LOW_CONTRAST}
    assert look.wrong({"light.on_accent": "#224455"}) == {"light.on_accent": Code.LOW_CONTRAST}
    assert look.wrong({"light.edge": "#e0e0e0"}) == {"light.edge": Code.LOW_CONTRAST}
    assert look.wrong({"light.line": "#fbfaf7"}) == {}


@pytest.mark.parametrize("name", look.EXAMPLES)
def test_the_examples_are_looks(name: str) -> None:
    example = look.EXAMPLES[name]
    assert look.normal(example) == example
    assert look.wrong(example) == {}


def test_a_list_of_fonts_ends_with_a_kind() -> None:
    assert list(look.declarations({"serif": "Source Serif 4", "sans": "Inter, ui-rounded"})) == [
        '--comments-serif: "Source Serif 4", serif',
        '--comments-sans: "Inter", ui-rounded',
    ]
