"""A row of the decision log, ready for the template."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from commentsvc.domain.decision import Decision
from commentsvc.domain.ids import BulkId, CommentId, DecisionId
from commentsvc.domain.site import Site
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.marks import isolated, marked
from commentsvc.web.moderation.words import Moment, moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """Who did what to which comment, when and why. `undo_of` and `undone_by` are the row's counterparts.

    `step` is that in which it was decided together with others.
    """

    id: DecisionId
    comment: CommentId
    author: Markup
    what: Markup
    before: str
    after: str
    status: str
    at: Moment
    reason: str
    note: Markup
    undo_of: DecisionId | None
    undone_by: DecisionId | None
    step: BulkId | None


def rows(site: Site, decisions: Iterable[Decision], authors: Mapping[CommentId, str]) -> tuple[Row, ...]:
    """The rows of these decisions, in their order. `authors` has the names of those comments that were not erased."""
    return tuple(_row(site, decision, authors.get(decision.comment, "")) for decision in decisions)


def _row(site: Site, decision: Decision, author: str) -> Row:
    return Row(
        id=decision.id,
        comment=decision.comment,
        author=isolated(author or gettext("a withdrawn comment")),
        what=words.deed(decision),
        before=words.status_name(decision.before),
        after=words.status_name(decision.after),
        status=decision.after,
        at=moment(decision.at_ms),
        reason=words.reason_label(site, decision.reason) if decision.reason else "",
        note=marked(decision.note),
        undo_of=decision.undo_of,
        undone_by=decision.undone_by,
        step=decision.bulk,
    )
