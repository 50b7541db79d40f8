"""What readers type is text: it runs nothing, opens nothing, hides nothing, turns nothing around."""

import re
from collections.abc import Mapping

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.site import Field, FieldKind
from commentsvc.web.assets import asset_url
from commentsvc.web.moderation.marks import marked
from tests.conftest import Corpus
from tests.moderation.cast import Cast, Page, Sitting

LIVE = {"script", "style", "iframe", "object", "embed", "svg", "math", "img", "base", "template"}
OWN_SCRIPTS = ("console.js", "list.js", "everywhere.js")
ADDRESSES = ("href", "src", "action", "formaction", "cite")


def harm(page: Page) -> list[tuple[str, Mapping[str, str | None]]]:
    """Every tag of the page that could run or fetch anything, but the console's own scripts."""
    found = [(tag, got) for tag, got in page.tags if tag in LIVE or any(map(_acts, got.items()))]
    ours = [("script", {"type": "module", "src": asset_url(name)}) for name in OWN_SCRIPTS]
    return [one for one in found if one not in ours]


def _acts(attribute: tuple[str, str | None]) -> bool:
    name, value = attribute[0], (attribute[1] or "").strip().lower()
    return (
        name.startswith("on")
        or name == "style"
        or (name in ADDRESSES and not value.startswith(("/", "?", "#", "https://daily.example/")) and value != "")
    )


def test_hostile_names_texts_titles_fields_and_notes_run_nothing_on_any_page(
    cast: Cast, mo: Sitting, corpus: Corpus
) -> None:
    quote = Field(key="quote", kind=FieldKind.TEXT, labels={"en": "Quote <b>"}, required=False)
    cast.service.sites.change("daily", {"fields": (quote,)})
    shown = 0
    for row in corpus("xss_fields"):
        parent = cast.comment(text=_acceptable(row["v"])["text"])
        cast.decided("mo", parent, Verb.APPROVE)
        id = cast.comment(parent=parent, typed=_acceptable(row["v"]))
        pages = [mo.get("/moderation/daily/"), mo.get(f"/moderation/comments/{id}")]
        pages.append(mo.press(pages[0], "Reject", id, reason="insult", note=_acceptable(row["v"])["text"]))
        pages.append(mo.get("/moderation/daily/log"))
        pages.append(mo.get("/moderation/daily/rejected"))
        for page in pages:
            assert harm(page) == [], (row, page.url)
        shown += 1
    assert shown > 30


def _acceptable(value: str) -> dict[str, str]:
    """The value in every field that takes it: control characters are refused, so nobody ever sees them here."""
    text = "".join(c for c in value if c.isprintable() or c in "\n\t\u2028")
    line = value.strip()
    return {"text": text} | ({"name": line[:80], "title": line, "quote": line[:200]} if line.isprintable() else {})


def test_an_address_in_a_comment_is_shown_and_not_clickable(cast: Cast, mo: Sitting) -> None:
    cast.comment(text="Go to https://evil.example/login?a=1&b=2 now")
    page = mo.get("/moderation/daily/")
    assert "Go to https://evil.example/login?a=1&b=2 now" in page.text
    assert not any("evil.example" in href for href in page.links.values())


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a\u202egnp.exe\u202c", 'a<span class="mark">⟦U+202E⟧</span>gnp.exe<span class="mark">⟦U+202C⟧</span>'),
        ("in\u200bvisible", 'in<span class="mark">⟦U+200B⟧</span>visible'),
        (
            "\u2066\u2069\u061c\ufeff",
            "".join(f'<span class="mark">⟦U+{c}⟧</span>' for c in ("2066", "2069", "061C", "FEFF")),
        ),
        ("a\u200db", 'a<span class="mark">⟦U+200D⟧</span>b'),
        ("\U000e0041", '<span class="mark">⟦U+E0041⟧</span>'),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("line\n\ttab", "line\n\ttab"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("see www.x.example!", 'see <span class="address">www.x.example!</span>'),
        ("https://a\u202eb", '<span class="address">https://a<span class="mark">⟦U+202E⟧</span>b</span>'),
        ("", ""),
    ],
)
def test_what_is_hidden_is_shown_and_what_needs_joiners_keeps_them(text: str, html: str) -> None:
    assert str(marked(text)) == html


def test_the_real_languages_of_readers_are_left_alone(corpus: Corpus) -> None:
    formats = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
    plain = [row["text"] for row in corpus("multiscript") if not formats.search(row["text"])]
    assert len(plain) > 50
    assert [text for text in plain if '<span class="mark">' in marked(text)] == []


def test_a_long_comment_does_not_cost_the_square_of_its_length() -> None:
    assert len(marked("\u202e" * 20_000)) == 20_000 * len('<span class="mark">⟦U+202E⟧</span>')
