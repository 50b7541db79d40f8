"""An author's data taken out, as a file, and taken away, for good."""

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec
from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.bootstrap import now_ms
from commentsvc.domain.comment import Body
from commentsvc.domain.moderator import Right
from commentsvc.service.authors import Exported, Profile
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import many_words
from commentsvc.web.moderation.bulk import BulkPage
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.files import streamed
from commentsvc.web.moderation.person import address
from commentsvc.web.moderation.way import Way
from commentsvc.web.parts import service


@blueprint.get("/<site>/authors/<key>/export.json")
@asks(Right.EXPORT)
def person_export(site: str, key: str) -> Response:
    """All that is kept of this author: comments with the decisions about them, notes, restrictions; one JSON object."""
    profile = granted(service().authors.profile(actor(), here(), key))
    parts = granted(service().authors.export(actor(), here(), key))
    return streamed(_document(profile, parts), "application/json", f"{here().key}-author-{key[:8]}.json")


@blueprint.post("/<site>/authors/<key>/erase")
@asks(Right.ADMIN)
def person_erase(site: str, key: str) -> BaseResponse:
    """Erases everything when the word is typed, in parts where it is much; each answer says how far it is."""
    profile = granted(service().authors.profile(actor(), here(), key))
    total = sum(n for status, n in profile.counts.items() if status != "erased")
    cursor, done, word = request.form.get("cursor", ""), _number("made"), gettext("Erase")
    typed = request.form.get("word", "").strip()
    if not cursor and _plain(typed) != _plain(word):
        return sheet("moderation/bulk.html", _asked(key, total, word, wrong=bool(typed)), 422 if typed else 200)
    erased = granted(service().authors.erase(actor(), here(), key, cursor=cursor))
    done += erased.number
    if erased.next_cursor:
        return sheet("moderation/bulk.html", _under_way(key, done, done + total - erased.number, erased.next_cursor))
    return Way(list="author", page=address(key)).back("", said="erased")


def _asked(key: str, total: int, word: str, *, wrong: bool) -> BulkPage:
    return BulkPage(
        sentence=many_words.erase_question(total),
        explained=gettext(
            "Texts, names and addresses go, and notes; nobody can bring them back. Replies of others stay."
        ),
        word=word,
        wrong=wrong,
        done=0,
        total=total,
        fields=(),
        action=_action(key),
        button=word,
        way=Way(list="author", page=address(key)),
    )


def _under_way(key: str, done: int, total: int, cursor: str) -> BulkPage:
    return BulkPage(
        sentence=gettext("Erasing"),
        word="",
        wrong=False,
        done=done,
        total=total,
        fields=(("made", str(done)), ("cursor", cursor)),
        action=_action(key),
        button=gettext("Go on"),
        way=Way(list="author", page=address(key)),
    )


def _action(key: str) -> str:
    return address(key) + "/erase"


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _document(profile: Profile, parts: Iterator[Sequence[Exported]]) -> Iterator[str]:
    """The JSON object, a part at a time."""
    head = {
        "author": profile.key,
        "kind": profile.kind,
        "made": _time(now_ms()),
        "counts": profile.counts,
        "restriction": _until(profile.restriction.until_ms) if profile.restriction else None,
        "restrictions": [
            {
                "time": _time(one.at_ms),
                "by": one.by,
                "until": _until(one.restriction.until_ms) if one.restriction else None,
                "note": one.note,
            }
            for one in profile.imposed
        ],
        "notes": [{"time": _time(note.at_ms), "by": note.by, "text": note.text} for note in profile.notes],
    }
    yield msgspec.json.encode(head).decode()[:-1] + ',"comments":['
    between = ""
    for part in parts:
        for one in part:
            yield between + msgspec.json.encode(_comment(one)).decode()
            between = ","
    yield "]}\n"


def _comment(one: Exported) -> dict[str, object]:
    comment, body = one.comment, one.comment.body
    written = (
        {
            "name": body.name,
            "email": body.email,
            "text": body.text,
            "fields": dict(body.fields),
            "url": body.url,
            "title": body.title,
            "language": body.language,
            "created": _time(body.created_ms),
        }
        if body
        else {}
    )
    decisions = [
        {
            "id": row.id,
            "time": _time(row.at_ms),
            "by": row.by,
            "verb": row.verb,
            "after": row.after,
            "reason": row.reason,
            "note": row.note,
        }
        for row in one.decisions
    ]
    others = {"edit_that_waits": comment.edit.body if comment.edit else None, "text_put_away": comment.shelved}
    changes = {name: _changed(text) for name, text in others.items() if text}
    return {
        "id": comment.id,
        "status": comment.status,
        "reason": comment.reason,
        **written,
        **changes,
        "decisions": decisions,
    }


def _changed(body: Body) -> dict[str, object]:
    """Words that the author would have had, or had, in the place of those that stand."""
    return {"name": body.name, "text": body.text, "fields": dict(body.fields), "written": _time(body.edited_ms)}


def _time(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _until(until_ms: int) -> str:
    return _time(until_ms) if until_ms else "hold"
