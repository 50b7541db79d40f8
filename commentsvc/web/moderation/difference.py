"""A change of a text as a moderator must see it: what is new and what is gone, in one text, nothing hidden."""

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from commentsvc.domain.difference import Piece, pieces
from commentsvc.web.moderation.marks import Span, marked


def changed(old: str, new: str, spans: Iterable[Span] = ()) -> Markup:
    """The newer text, with `<ins>` around what was added and `<del>` around what went; `spans` as in `marked`."""
    return Markup("").join(_shown(new, piece, tuple(spans)) for piece in pieces(old, new))


def _shown(text: str, piece: Piece, spans: Sequence[Span]) -> Markup:
    gone = Markup("<del>%s</del>") % marked(piece.removed) if piece.removed else Markup("")
    there = marked(text[piece.start : piece.end], _inside(piece, spans))
    return gone + (Markup("<ins>%s</ins>") % there if piece.added and there else there)


def _inside(piece: Piece, spans: Sequence[Span]) -> Iterator[Span]:
    for span in spans:
        start, end = max(span.start, piece.start), min(span.end, piece.end)
        if start < end:
            yield Span(start=start - piece.start, end=end - piece.start, label=span.label)
