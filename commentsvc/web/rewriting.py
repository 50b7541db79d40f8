"""The form in which an author changes a comment, as a part of the private page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import request

from commentsvc.domain.comment import Body
from commentsvc.domain.decision import EDITABLE, Status
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.service.receipts import Opened
from commentsvc.web.catalogue import gettext
from commentsvc.web.forms import EditForm, edit_form, is_required
from commentsvc.web.pages import sentences
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class EditPart:
    """The form in which an author writes a comment anew; `live` where readers see the comment already."""

    site: Site
    form: EditForm
    action: str
    live: bool
    text_max: int
    problems: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""

    def required(self, name: str) -> bool:
        """Whether the field must be filled in."""
        return is_required(self.site, name)


def edit_part(
    token: str, opened: Opened, *, sent: Mapping[str, Sequence[str]] | None = None, refused: Refused | None = None
) -> EditPart | None:
    """The form with what would stand there, or with what was sent; None for what can no longer be changed."""
    comment, site = opened.comment, opened.site
    body = comment.edit.body if comment.edit else comment.body
    if body is None or comment.status not in EDITABLE or not site.open:
        return None
    return EditPart(
        site=site,
        form=edit_form(site, sent or _as_sent(body)),
        action=with_query(f"/receipts/{token}/edit"),
        live=comment.status is Status.APPROVED,
        text_max=service().submissions.limits.text_max,
        problems=sentences(refused.fields) if refused else {},
        summary=gettext(refused.sentence) if refused else "",
    )


def with_query(path: str) -> str:
    """A path of this receipt with what the page was asked for: its language, its look."""
    query = request.query_string.decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def _as_sent(body: Body) -> dict[str, list[str]]:
    return {name: [value] for name, value in {**body.fields, "name": body.name, "text": body.text}.items()}
