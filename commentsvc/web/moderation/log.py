"""The decision log of a site: append-only, newest first, every row with an address of its own."""

from dataclasses import dataclass

from flask import Response, request, url_for

from commentsvc.domain.ids import DecisionId, decision_id, decode, encode
from commentsvc.web.moderation.door import actor, blueprint, granted, here, sheet
from commentsvc.web.moderation.row import Row, rows
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class LogPage:
    """One page of the log; `more` is the address of older rows, `first` that of the newest where this is another."""

    rows: tuple[Row, ...]
    more: str
    first: str


@blueprint.get("/<site>/log")
def log(site: str) -> Response:
    """Rows older than `before`, or from the row `at` on."""
    before = request.args.get("before", "")
    if at := decision_id(request.args.get("at", "")):
        before = _just_after(at)
    found = granted(service().moderation.log(actor(), here(), cursor=before))
    authors = granted(service().moderation.author_names(actor(), here(), found.decisions))
    page = LogPage(
        rows=rows(here(), found.decisions, authors),
        more=url_for("moderation.log", site=site, before=found.next_cursor) if found.next_cursor else "",
        first=url_for("moderation.log", site=site) if before else "",
    )
    return sheet("moderation/log.html", page)


def _just_after(id: DecisionId) -> str:
    """The cursor whose next row is `id` itself: ids sort as numbers."""
    body = id.removeprefix("dec_")
    return "dec_" + encode(decode(body) + 1)
