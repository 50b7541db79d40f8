"""A reader's words as a moderator must see them: nothing hidden, nothing that turns the line around."""

import re
import unicodedata

from markupsafe import Markup, escape

_LETTERS_NOBODY_SEES = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u2028\u2029\u2800\u3164\uffa0")
_VISIBLE_FORMATS = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_JOINERS = frozenset("\u200c\u200d")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]+", re.IGNORECASE)


def marked(text: str) -> Markup:
    """The text as HTML: escaped, addresses set off but not clickable, what is invisible shown as ⟦U+202E⟧.

    A mark takes the place of the character, so a direction override overrides nothing. Joiners between two non-ASCII
    characters are left alone: Persian, Indic scripts and emoji need them.
    """
    pieces: list[Markup] = []
    done = 0
    for match in _ADDRESS.finditer(text):
        pieces.append(_shown(text, done, match.start()))
        pieces.append(Markup('<span class="address">%s</span>') % _shown(text, match.start(), match.end()))
        done = match.end()
    return Markup("").join([*pieces, _shown(text, done, len(text))])


def isolated(name: str) -> Markup:
    """A name for use inside a sentence: it cannot change the direction of the words around it."""
    return Markup("<bdi>%s</bdi>") % marked(name)


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
