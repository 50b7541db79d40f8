"""How records look in Redis, and back.

A comment is a hash: `s` status, `v` version, `t` thread, `b` body (msgpack, written once), `q` parent, `o` path
(replies only), `n` public replies, `h` HTML (while approved), `r` reason, `m` who decided last, `d` when, `x` that
decision, `f` the decision in force (the one an undo may reverse). A decision is a hash with whole words. Sites,
moderators and tokens are JSON: an operator can read them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from commentsvc.domain.comment import Body, Comment, Thread
from commentsvc.domain.decision import Decision, Status, Verb
from commentsvc.domain.ids import CommentId, DecisionId, Place, place
from commentsvc.domain.thread import ThreadId

LAYOUT = 1
"""The version of this data model; it stands first in every body, so that old ones can still be told."""

COMMENT_FIELDS = ("s", "v", "t", "b", "q", "o", "n", "h", "r", "m", "d", "x")

Pairs = Mapping[bytes, bytes]
T = TypeVar("T")

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Any]).decode
_json = msgspec.json.Encoder().encode


def packed(body: Body) -> bytes:
    """A body as it is stored; its time of birth is in the comment's id."""
    thread_key = "" if body.thread_key == body.url else body.thread_key
    who = [body.name, body.email, body.text, dict(body.fields)]
    return _pack([LAYOUT, *who, body.url, body.title, thread_key, body.author_key, body.language])


def unpacked(raw: bytes, of: Place) -> Body:
    """A body read back; ValueError for a layout this version does not know."""
    layout, name, email, text, fields, url, title, thread_key, author_key, language = _unpack(raw)
    if layout != LAYOUT:
        raise ValueError(f"a comment has layout {layout}, this version reads {LAYOUT}: upgrade commentsvc")
    return Body(
        name=name,
        email=email,
        text=text,
        fields=fields,
        url=url,
        title=title,
        thread_key=thread_key or url,
        author_key=author_key,
        created_ms=of.made_ms,
        language=language,
    )


def comment(site: str, id: CommentId, values: Sequence[bytes | None]) -> Comment | None:
    """The comment from the values of `COMMENT_FIELDS`, or None where there is none."""
    status, version, thread, body, parent, path, replies, html, reason, by, at, decision = values
    if status is None or version is None or thread is None:
        return None
    return Comment(
        id=id,
        site=site,
        thread=ThreadId(thread.decode()),
        status=Status(status.decode()),
        version=int(version),
        body=unpacked(body, place(id)) if body else None,
        parent=CommentId("cmt_" + parent.decode()) if parent else None,
        path=path.decode() if path else id[4:],
        html=html.decode() if html else "",
        replies=int(replies or 0),
        reason=reason.decode() if reason else "",
        decided_by=by.decode() if by else "",
        decided_ms=int(at or 0),
        decision=DecisionId("dec_" + decision.decode()) if decision else None,
    )


def public_comment(site: str, thread: ThreadId, row: Sequence[bytes]) -> Comment:
    """An approved comment from a row of `page.lua`."""
    raw_id, body, html, parent, path, replies = row
    id = CommentId("cmt_" + raw_id.decode())
    return Comment(
        id=id,
        site=site,
        thread=thread,
        status=Status.APPROVED,
        version=0,
        body=unpacked(body, place(id)),
        parent=CommentId("cmt_" + parent.decode()) if parent else None,
        path=path.decode(),
        html=html.decode(),
        replies=int(replies),
    )


def thread(id: ThreadId, pairs: Pairs, *, key: str = "", url: str = "") -> Thread:
    """The thread from its hash; one that nobody has written in yet is open and empty."""
    known = key or pairs.get(b"key", b"").decode()
    named = pairs.get(b"url", b"").decode()
    return Thread(
        id=id,
        key=known,
        # An article known by its address is shown at the one it has today, whatever it was when it was first named.
        url=known if known == url else named or url or (known if known.startswith(("https://", "http://")) else ""),
        title=pairs.get(b"title", b"").decode(),
        open=pairs.get(b"open") != b"0",
        revision=int(pairs.get(b"rev", 0)),
        counts={status: int(pairs.get(status.encode(), 0)) for status in Status},
    )


def decision(id: DecisionId, pairs: Pairs) -> Decision:
    """A row of the log from its hash."""
    undo_of, undone_by = pairs.get(b"undo_of"), pairs.get(b"undone_by")
    previous = pairs.get(b"previous")
    return Decision(
        id=id,
        comment=CommentId("cmt_" + pairs[b"comment"].decode()),
        verb=Verb(pairs[b"verb"].decode()),
        before=Status(pairs[b"before"].decode()),
        after=Status(pairs[b"after"].decode()),
        by=pairs[b"by"].decode(),
        at_ms=int(pairs[b"at"]),
        version=int(pairs[b"version"]),
        reason=pairs.get(b"reason", b"").decode(),
        note=pairs.get(b"note", b"").decode(),
        undo_of=DecisionId("dec_" + undo_of.decode()) if undo_of else None,
        undone_by=DecisionId("dec_" + undone_by.decode()) if undone_by else None,
        previous=DecisionId("dec_" + previous.decode()) if previous else None,
    )


def pairs(flat: Sequence[bytes]) -> dict[bytes, bytes]:
    """A hash from the flat list that a script answers with."""
    return dict(zip(flat[::2], flat[1::2], strict=True))


def as_json(record: object) -> bytes:
    """A record of an operator's kind, as JSON."""
    return _json(record)


def from_json(raw: bytes, kind: type[T]) -> T:
    """A record of an operator's kind, checked against its type."""
    return msgspec.json.decode(raw, type=kind)
