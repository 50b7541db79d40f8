"""A reader's words as a moderator must see them: nothing hidden, nothing that turns the line around."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

_LETTERS_NOBODY_SEES = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2028\u2029\u2800\u3164\uffa0")
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_JOINERS = frozenset("\u200c\u200d")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """What of a text a rule found, and what the rule is called."""

    start: int
    end: int
    label: str


def marked(text: str, spans: Iterable[Span] = ()) -> Markup:
    """The text as HTML: escaped, addresses set off but not clickable, what is invisible shown as ⟦U+202E⟧.

    A mark takes the place of the character, so a direction override overrides nothing. Joiners between two non-ASCII
    characters are left alone: Persian, Indic scripts and emoji need them. `spans` are set off as `<mark>`, with the
    label of their rule for who points at them.
    """
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    pieces: list[Markup] = []
    done = 0
    for span in _apart(text, spans):
        pieces.append(_with_addresses(text, done, span.start, addresses))
        inside = _with_addresses(text, span.start, span.end, addresses)
        pieces.append(Markup('<mark title="%s">%s</mark>') % (span.label, inside))
        done = span.end
    return Markup("").join([*pieces, _with_addresses(text, done, len(text), addresses)])


def isolated(name: str, spans: Iterable[Span] = ()) -> Markup:
    """A name for use inside a sentence: it cannot change the direction of the words around it."""
    return Markup("<bdi>%s</bdi>") % marked(name, spans)


def _apart(text: str, spans: Iterable[Span]) -> list[Span]:
    """The spans in their order, those that overlap as one; what lies outside of the text is nothing's place."""
    apart: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if not 0 <= span.start < span.end <= len(text):
            continue
        last = apart[-1] if apart else None
        if last is None or span.start >= last.end:
            apart.append(span)
        else:
            labels = dict.fromkeys([*last.label.split(" · "), span.label])
            apart[-1] = Span(start=last.start, end=max(last.end, span.end), label=" · ".join(labels))
    return apart


def _with_addresses(text: str, start: int, end: int, addresses: Sequence[tuple[int, int]]) -> Markup:
    pieces: list[Markup] = []
    done = start
    for first, last in addresses:
        first, last = max(first, start), min(last, end)
        if first < last:
            pieces.append(_shown(text, done, first))
            pieces.append(Markup('<span class="address">%s</span>') % _shown(text, first, last))
            done = last
    return Markup("").join([*pieces, _shown(text, done, end)])


def _shown(text: str, start: int, end: int) -> Markup:
    pieces: list[Markup] = []
    plain = start
    for at in range(start, end):
        if _is_hidden(text, at):
            pieces += [escape(text[plain:at]), Markup('<span class="mark">⟦U+%s⟧</span>') % f"{ord(text[at]):04X}"]
            plain = at + 1
    return Markup("").join([*pieces, escape(text[plain:end])])


def _is_hidden(text: str, at: int) -> bool:
    c = text[at]
    if c.isascii():
        return not c.isprintable() and c not in "\n\t"
    if c in _JOINERS:
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        return not (before and after) or before.isascii() or after.isascii()
    if c in _LETTERS_NOBODY_SEES:
        return True
    return unicodedata.category(c) in ("Cf", "Cc", "Cs", "Co", "Cn") and c not in _VISIBLE_FORMATS
