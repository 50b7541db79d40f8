"""How tests look at safe HTML: what a parser makes of it, and the promise that it holds."""

import re
from html.parser import HTMLParser

from commentsvc.domain.text import LINK_REL, normalised, safe_html

ALLOWED = {"p": {"dir"}, "br": set[str](), "a": {"href", "rel", "target"}}


class Seen(HTMLParser):
    """What a parser finds: `text` with a newline for every `br` and one between paragraphs, `links`, `foreign`."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraphs: list[str] = []
        self.links: list[str] = []
        self.foreign: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        if self._open:
            self.foreign.append(f"not closed: {self._open}")

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if set(given) != ALLOWED.get(tag, {"never"}) or len(given) != len(attrs):
            self.foreign.append(f"<{tag} {attrs}>")
        elif tag == "p":
            self.paragraphs.append("")
            if given != {"dir": "auto"} or self._open:
                self.foreign.append(f"<p {attrs}> in {self._open}")
        elif tag == "br":
            self.paragraphs[-1] += "\n"
        else:
            self._link(given)
        if tag != "br":
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.foreign.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if "p" in self._open:
            self.paragraphs[-1] += data
        else:
            self.foreign.append(f"text outside: {data!r}")

    def handle_comment(self, data: str) -> None:
        self.foreign.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.foreign.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.foreign.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.foreign.append(f"<![{data}]>")

    def _link(self, given: dict[str, str | None]) -> None:
        self.links.append(given["href"] or "")
        if not re.match(r"https?://", self.links[-1], re.IGNORECASE):
            self.foreign.append(f"a link to {self.links[-1]!r}")
        if given["rel"] != LINK_REL or given["target"] != "_blank" or self._open != ["p"]:
            self.foreign.append(f"<a {given}> in {self._open}")


def seen(text: str) -> Seen:
    """What a parser finds in the safe HTML of a submitted text."""
    return Seen(safe_html(normalised(text)))


def lines(text: str) -> list[str]:
    """The lines of a text that show something: empty ones only part paragraphs."""
    return [line for line in normalised(text).split("\n") if line.strip()]


def check_harmless(text: str) -> None:
    """The promise: nothing but paragraphs, breaks and http(s) links, and every character of the text as it was."""
    found = seen(text)
    assert found.foreign == [], text
    assert lines(found.text) == lines(text), text
