"""The log of administration: who changed what of whom, newest first. For admins and auditors."""

from dataclasses import dataclass

from flask import Response, request, url_for
from markupsafe import Markup

from commentsvc.domain.change import Change
from commentsvc.domain.moderator import Right
from commentsvc.web.moderation.change_words import sentence
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, sheet
from commentsvc.web.moderation.marks import marked
from commentsvc.web.moderation.words import Moment, moment
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeRow:
    """One row: what was done, when, and each thing with what it was and what it is since."""

    id: str
    what: Markup
    at: Moment
    differences: tuple[tuple[str, Markup, Markup], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangesPage:
    """Some rows, the address of older ones, and that of the newest where this is another page."""

    rows: tuple[ChangeRow, ...]
    more: str
    first: str


@blueprint.get("/-/log")
@asks(Right.AUDIT)
def changes() -> Response:
    """Rows older than `before`."""
    before = request.args.get("before", "")[:26]
    found = granted(service().changes.page(actor(), cursor=before))
    more = url_for("moderation.changes", before=found.next_cursor) if found.next_cursor else ""
    page = ChangesPage(
        rows=tuple(_row(one) for one in found.changes),
        more=more,
        first=url_for("moderation.changes") if before else "",
    )
    return sheet("moderation/changes.html", page)


def _row(change: Change) -> ChangeRow:
    said = tuple((one.what, marked(one.before), marked(one.after)) for one in change.differences)
    return ChangeRow(id=change.id, what=sentence(change), at=moment(change.at_ms), differences=said)
