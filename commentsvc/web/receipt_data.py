"""What is held of one comment, for its author to take away: all that was given, and all that was decided about it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from flask import Response

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import AUTHOR, OWN_WORDS, Decision
from commentsvc.domain.ids import made_ms
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.service.receipts import Opened
from commentsvc.web.catalogue import said
from commentsvc.web.errors import Refusal
from commentsvc.web.headers import private
from commentsvc.web.parts import service
from commentsvc.web.receipts import speak_as_its_author


def download(token: str) -> Response:
    """`GET /receipts/<token>/data`: a JSON file."""
    found = service().receipts.history(token)
    if isinstance(found, Refused):
        raise Refusal(found)
    opened, rows = found
    speak_as_its_author(opened.comment)
    response = Response(msgspec.json.format(msgspec.json.encode(_held(opened, rows))), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{opened.comment.id}.json"'
    return private(response)


def _held(opened: Opened, rows: tuple[Decision, ...]) -> dict[str, Any]:
    comment, site = opened.comment, opened.site
    texts = {
        "comment": comment.body,
        "change_that_waits": comment.edit.body if comment.edit else None,
        "text_put_away": comment.shelved,
    }
    return {
        "site": site.key,
        "id": comment.id,
        "status": comment.status,
        "sent": rfc3339(made_ms(comment.id)),
        "reply_to": comment.parent,
        "public_replies": comment.replies,
        "featured": comment.featured,
        **{name: _given(text) for name, text in texts.items() if text or name == "comment"},
        "e_mails": _wished(opened),
        "decisions": [_told(site, comment, row) for row in rows],
    }


def _wished(opened: Opened) -> dict[str, Any] | None:
    """What the author wishes to be told by e-mail, and how far that has come."""
    wish = service().wishes.shown(opened)
    return {"about": sorted(wish.about), "state": wish.state, "asked": rfc3339(wish.at_ms)} if wish else None


def _given(body: Body | None) -> dict[str, Any] | None:
    """What the author gave; the hash that stands for who it is, says nothing to anybody and is left out."""
    if body is None:
        return None
    return {
        "name": body.name,
        "email": body.email,
        "text": body.text,
        "fields": dict(body.fields),
        "language": body.language,
        "page": {"url": body.url, "title": body.title, "thread": body.thread_key},
        "form_open_seconds": body.seconds,
        "changed": rfc3339(body.edited_ms) if body.edited_ms else None,
    }


def _told(site: Site, comment: Comment, row: Decision) -> dict[str, Any]:
    """A decision without the name of who made it, and without notes that colleagues left each other."""
    return {
        "at": rfc3339(row.at_ms),
        "by": _kind_of(row.by),
        "decision": row.verb,
        "status": row.after,
        "reason": _reason(site, row),
    }


def _kind_of(by: str) -> str:
    if by == AUTHOR:
        return "author"
    kind, colon, _ = by.partition(":")
    return {"rule": "rule", "token": "program"}.get(kind, "moderator") if colon else "moderator"


def _reason(site: Site, row: Decision) -> Mapping[str, str] | None:
    if not row.reason:
        return None
    if row.reason == OWN_WORDS:  # a note that is written to the author
        return {"code": row.reason, "words": row.note}
    known = site.reason(row.reason)
    code = {"code": row.reason}
    return code | {"name": said(known.labels), "rule": said(known.rules)} if known else code
