"""A card says why it waits where it waits, and shows in the text what a rule found there."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.rules import DEFAULT_RULES, Rule, RuleKind, Word
from commentsvc.web.moderation.marks import Span, marked
from tests.moderation.cast import Cast, Page, Sitting

INSULTS = Rule(id="insults", kind=RuleKind.WORDS, label="Insults", reason="insult", words=(Word(text="idiot"),))


@pytest.fixture
def page(cast: Cast, mo: Sitting) -> Page:
    """The page of a comment in which rules found something."""
    cast.service.sites.change("daily", {"rules": (INSULTS, *DEFAULT_RULES)})
    return mo.get(f"/moderation/comments/{cast.comment(text='You 1D10T <b>, call +49 170 1234567!')}")


def test_one_line_says_what_was_found_by_which_rule(page: Page) -> None:
    said = "Why here: contains ⁨1d10t⁩ (rule ⁨Insults⁩) · first comment"
    assert said.translate({0x2068: None, 0x2069: None}) in page.text
    assert "contains a telephone number" in page.text


def test_what_was_found_is_marked_in_the_text_as_it_is_written_there(page: Page) -> None:
    assert '<mark title="Insults">1D10T</mark> &lt;b&gt;' in page.source
    assert '<mark title="Personal data">+49 170 1234567</mark>!' in page.source


def test_the_reason_that_a_rule_suggests_is_on_the_card_while_it_waits(cast: Cast, mo: Sitting, page: Page) -> None:
    id = CommentId(page.ids()[0])
    assert 'data-suggested="insult"' in page.source
    cast.decided("mo", id, Verb.APPROVE)
    assert "data-suggested" not in mo.get(f"/moderation/comments/{id}").source


def test_a_rule_that_is_gone_since_is_called_by_its_kind(cast: Cast, mo: Sitting, page: Page) -> None:
    cast.service.sites.change("daily", {"rules": ()})
    assert '<mark title="Words">1D10T</mark>' in mo.get(f"/moderation/comments/{page.ids()[0]}").source


def test_a_comment_in_which_nothing_was_found_says_nothing(cast: Cast, mo: Sitting) -> None:
    cast.service.sites.change("daily", {"rules": tuple(replace(rule, on=False) for rule in DEFAULT_RULES)})
    assert "Why here" not in mo.get(f"/moderation/comments/{cast.comment()}").text


@pytest.mark.parametrize(
    ("text", "spans", "html"),
    [
        ("an idiot", [(3, 8, "A")], 'an <mark title="A">idiot</mark>'),
        ("a<b>c", [(1, 4, "A")], 'a<mark title="A">&lt;b&gt;</mark>c'),
        ("abcd", [(0, 2, "A"), (1, 3, "B")], '<mark title="A · B">abc</mark>d'),
        ("abcd", [(2, 3, "B"), (0, 2, "A")], '<mark title="A">ab</mark><mark title="B">c</mark>d'),
        ("i\u202ed", [(0, 3, "A")], '<mark title="A">i<span class="mark">⟦U+202E⟧</span>d</mark>'),
        (
            "http://a.example/x",
            [(7, 8, 'A"')],
            '<span class="address">http://</span><mark title="A&#34;"><span class="address">a</span></mark>'
            '<span class="address">.example/x</span>',
        ),
        ("short", [(3, 9, "A"), (4, 4, "B"), (-1, 2, "C")], "short"),
    ],
)
def test_marks_stand_around_what_was_found(text: str, spans: list[tuple[int, int, str]], html: str) -> None:
    assert marked(text, [Span(start=start, end=end, label=label) for start, end, label in spans]) == html


@given(
    st.text(alphabet="ab <&http://.\u200b\n", max_size=40),
    st.lists(st.tuples(st.integers(-1, 45), st.integers(-1, 45)), max_size=5),
)
def test_marks_change_nothing_of_what_is_read(text: str, places: list[tuple[int, int]]) -> None:
    html = marked(text, [Span(start=start, end=end, label="A") for start, end in places])
    assert html.count("<mark") == html.count("</mark>")
    assert Markup(html).striptags() == marked(text).striptags()
