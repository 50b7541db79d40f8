"""The decision log of a site: append-only, newest first, filtered in the address; every row has an address too."""

from dataclasses import dataclass

from flask import Response, request

from commentsvc.domain.ids import DecisionId, decision_id, decode, encode
from commentsvc.domain.moderator import Right
from commentsvc.web.moderation import words
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.log_filter import Asked, Chip, asked, chips, options
from commentsvc.web.moderation.row import Row, rows
from commentsvc.web.moderation.words import Moment
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class LogPage:
    """One page of the log; `more` is the address of older rows, `first` that of the newest where this is another.

    `back_to` is how far the search has come where it stopped for its length: `more` goes on from there.
    """

    rows: tuple[Row, ...]
    asked: Asked
    options: dict[str, tuple[tuple[str, str], ...]]
    chips: tuple[Chip, ...]
    more: str
    first: str
    back_to: Moment | None
    files: tuple[tuple[str, str], ...]


@blueprint.get("/<site>/log")
@asks(Right.READ)
def log(site: str) -> Response:
    """The rows that the filters want, older than `before` or from the row `at` on."""
    wish = asked(here(), request.args)
    before = request.args.get("before", "")
    if at := decision_id(request.args.get("at", "")):
        before = _just_after(at)
    if wish.problems:
        return sheet("moderation/log.html", _page(wish), 422)
    found = granted(service().log.page(actor(), here(), wish.filter, cursor=before))
    authors = granted(service().moderation.author_names(actor(), here(), found.decisions))
    page = _page(
        wish,
        rows=rows(here(), found.decisions, authors),
        more=wish.address(here(), before=found.next_cursor) if found.next_cursor else "",
        first=wish.address(here()) if before else "",
        back_to=words.moment(found.back_to_ms) if found.back_to_ms else None,
    )
    return sheet("moderation/log.html", page)


def _page(
    wish: Asked, *, rows: tuple[Row, ...] = (), more: str = "", first: str = "", back_to: Moment | None = None
) -> LogPage:
    return LogPage(
        rows=rows,
        asked=wish,
        options=options(here(), wish),
        chips=chips(here(), wish),
        more=more,
        first=first,
        back_to=back_to,
        files=(
            ("CSV", wish.address(here(), "moderation.log_csv")),
            ("JSON Lines", wish.address(here(), "moderation.log_lines")),
        ),
    )


def _just_after(id: DecisionId) -> str:
    """The cursor whose next row is `id` itself: ids sort as numbers."""
    body = id.removeprefix("dec_")
    return "dec_" + encode(decode(body) + 1)
