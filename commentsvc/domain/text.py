"""Plain text as a reader typed it, and the safe HTML that is made of it where a page is built."""

import re
import unicodedata
from itertools import islice

from linkify_it import LinkifyIt  # type: ignore[import-untyped]  # ships no types
from markupsafe import escape

LINK_REL = "nofollow ugc noopener"

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
# Categories Cc and Cs, and the noncharacters; but for a newline and a tab in the second.
_CONTROLS = "\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef" + "".join(
    f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000)
)
_CONTROL = re.compile(f"[\x00-\x1f{_CONTROLS}]")
_CONTROL_IN_LINES = re.compile(f"[\x00-\x08\x0b-\x1f{_CONTROLS}]")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")
_PARAGRAPHS = re.compile(r"\n(?:[ \t]*\n)+")
_COMBINING_RUN = 4
_INVISIBLE = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060\u2800\u3164\ufeff\uffa0")
_JOINERS = frozenset("\u200c\u200d")


def _marks_in_a_row(count: int, *, last: int) -> re.Pattern[str]:
    marks = "".join(chr(c) for c in range(last + 1) if unicodedata.combining(chr(c)))
    return re.compile(f"[{marks}]{{{count}}}")


# Unicode's stream-safe bound (UAX #15): no writing needs more, and normalising takes the square of a longer run.
_ENDLESS = _marks_in_a_row(31, last=0xFFFF)
# Twenty times slower, for emoji and ancient scripts; no mark lies beyond Unicode's first two planes.
_ENDLESS_ANYWHERE = _marks_in_a_row(31, last=0x1FFFF)

LINKS = LinkifyIt(options={"fuzzy_email": False, "fuzzy_link": False, "fuzzy_ip": False})
for _schema in ("ftp:", "//", "mailto:"):
    LINKS.add(_schema, None)


def normalised(text: str) -> str:
    """The text as it is stored: Unicode NFC and line ends as `\\n`, nothing else touched.

    What `has_controls` refuses for its endless marks stays as it is.
    """
    lines = _LINE_ENDS.sub("\n", text)
    return lines if lines.isascii() or _endless_marks(lines) else unicodedata.normalize("NFC", lines)


def has_controls(text: str, *, lines: bool) -> bool:
    """Whether no program can work with it: control characters, lone surrogates, noncharacters, endless marks.

    `lines` permits newline and tab.
    """
    control = _CONTROL_IN_LINES if lines else _CONTROL
    return control.search(text) is not None or _endless_marks(text)


def has_tricks(line: str) -> bool:
    """Whether a one-line text hides something: direction overrides, invisible letters, piled-up accents.

    Joiners that Persian, Indic scripts and emoji need are fine between two non-ASCII characters.
    """
    return not line.isascii() and (
        any(c in _INVISIBLE or unicodedata.bidirectional(c) in _DIRECTION_CONTROLS for c in line)
        or any(_joins_nothing(line, at) for at, c in enumerate(line) if c in _JOINERS)
        or _piled_up(line)
    )


_DIRECTION_CONTROLS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def is_visible(text: str, *, characters: int = 1) -> bool:
    """Whether a reader can see at least so many characters of it: spaces, joiners and fillers do not count."""
    visible = (c for c in text if unicodedata.category(c)[0] in "LNPS" and c not in _INVISIBLE)
    return sum(1 for _ in islice(visible, characters)) == characters


def safe_html(text: str) -> str:
    """The text as HTML that cannot run anything: paragraphs, line breaks and http(s) links; all else escaped.

    For example `<p dir="auto">See <a href="https://…" rel="nofollow ugc noopener" target="_blank">https://…</a></p>`.
    """
    paragraphs = _PARAGRAPHS.split(text.strip("\n"))
    return "".join(f'<p dir="auto">{_linked(paragraph)}</p>' for paragraph in paragraphs if paragraph.strip())


def _linked(paragraph: str) -> str:
    pieces: list[str] = []
    done = 0
    # Every address has it, and looking for addresses costs fifty times as much as looking for this.
    for match in (LINKS.match(paragraph) if "://" in paragraph else None) or ():
        if match.schema not in ("http:", "https:") or _misleads(match.text):
            continue
        pieces.append(_lines(paragraph[done : match.index]))
        shown = escape(match.text)
        pieces.append(f'<a href="{escape(match.url)}" rel="{LINK_REL}" target="_blank">{shown}</a>')
        done = match.last_index
    pieces.append(_lines(paragraph[done:]))
    return "".join(pieces)


def _misleads(address: str) -> bool:
    """Whether an address reads as another than it is: turned round by format characters, or a name before an @."""
    host = address.partition("://")[2].partition("/")[0].partition("?")[0].partition("#")[0]
    return "@" in host or any(unicodedata.category(c) == "Cf" for c in address)


def _lines(text: str) -> str:
    return str(escape(text)).replace("\n", "<br>")


def _endless_marks(text: str) -> bool:
    if text.isascii():
        return False
    endless = _ENDLESS_ANYWHERE if _ASTRAL.search(text) else _ENDLESS
    return endless.search(text) is not None


def _joins_nothing(line: str, at: int) -> bool:
    before, after = line[at - 1 : at] if at else "", line[at + 1 : at + 2]
    return not before or not after or before.isascii() or after.isascii() or after in _JOINERS


def _piled_up(line: str) -> bool:
    run = 0
    for c in line:
        run = run + 1 if unicodedata.category(c) in ("Mn", "Me") else 0
        if run > _COMBINING_RUN:
            return True
    return False
