"""How records look in Redis, and back.

A comment is a hash: `s` status, `v` version, `t` thread, `b` body (as its author left it), `u` address and title of the
page it was sent from (not while it is approved in a thread of the same name), `o` its ancestors' ids joined (replies
only), `q` parent (where it is not the last ancestor), `n` public replies, `r` reason, `m` who decided last, `x` that
decision, `f` the decision in force, the one an undo may reverse (where it is not the last), `l` lane (where it is not
`new`), `h` the rules that it hit (a msgpack array of arrays), `p` the same author's comment before it here, `i` what
its author wishes to be told by e-mail (`store/wishes.py`), `c` 1 while it is featured: chosen, and published. Only of
one that was edited while it was published: `e` the newer body that waits, `w` its lane (where it is not `new`), `g` the
rules that it hit; then `z` and `y`, the body and hits that the decision about the edit has put away. Ids in it, but `f`
and in `i`, are 17 bytes, as in the indexes.

A body is a byte each for the layout and the length of the author key that follows (hex digits as bytes, because they do
not compress), then msgpack in raw deflate. A decision is a hash: `b`, the msgpack array of ROW, `undone_by` and
`undone_version` once it was reversed, `l`, the lane in which the comment was before a question, `e`, what became of an
edit that waited (`adopt`, `drop`), `c`, whether the comment was featured before (1 or 0, where that changed), and `k`,
the bulk that it was part of. Sites, moderators and tokens are JSON: an operator can read them.
"""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from commentsvc.domain.comment import Body, Comment, Edit, Thread
from commentsvc.domain.decision import Decision, Status, Verb
from commentsvc.domain.ids import BODY_LENGTH, BulkId, CommentId, DecisionId, decode, encode, made_ms
from commentsvc.domain.lane import Lane
from commentsvc.domain.rules import Hit, RuleKind, Where
from commentsvc.domain.thread import ThreadId
from commentsvc.store.dictionary import DICTIONARY, WINDOW

LAYOUT = 2
"""The version of this data model; it stands first in every body, so that old ones can still be told."""

COMMENT_FIELDS = ("s", "v", "t", "b", "u", "q", "o", "n", "r", "m", "x", "l", "h", "f", "e", "w", "g", "z", "c")

PAGE_FIELDS = ("url", "title")

ID_BYTES = 17
"""An id of 130 bits in an index or a comment's hash; bytes sort as the characters do."""

ROW = ("comment", "verb", "before", "after", "by", "version", "reason", "note", "prior", "previous", "over", "undo_of")
"""What a decision's packed array holds, as in `move.lua`. Its time is in its id."""

Pairs = Mapping[bytes, bytes]
T = TypeVar("T")

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[Any]).decode
_json = msgspec.json.Encoder().encode


def packed(body: Body) -> bytes:
    """A body as it is stored; its time of birth is in the comment's id, its page beside it."""
    thread_key = "" if body.thread_key == body.url else body.thread_key
    what: list[Any] = [body.name, body.email, body.text, dict(body.fields), thread_key, body.language]
    if body.edited_ms:
        what += [body.seconds, body.edited_ms]
    elif body.seconds is not None:
        what.append(body.seconds)
    author = body.author_key[:1].encode() + bytes.fromhex(body.author_key[1:])
    deflate = zlib.compressobj(wbits=WINDOW, zdict=DICTIONARY)
    return b"%c%c%b%b%b" % (LAYOUT, len(author), author, deflate.compress(_pack(what)), deflate.flush())


def packed_hit(hit: Hit) -> bytes:
    """A hit as it is stored, one after the other; the script that stores them counts them."""
    where = [hit.where, hit.what] if hit.what or hit.where is not Where.TEXT else []
    return _pack([hit.rule, hit.kind, hit.lane, hit.reason, hit.start, hit.end, *where])


def hits(raw: bytes) -> tuple[Hit, ...]:
    """The hits of a comment read back."""
    return tuple(map(_hit, _unpack(raw)))


def _hit(row: Sequence[Any]) -> Hit:
    rule, kind, lane, reason, start, end, *rest = row
    where, what = rest or (Where.TEXT, "")
    return Hit(
        rule=rule,
        kind=RuleKind(kind),
        lane=Lane(lane),
        reason=reason,
        start=start,
        end=end,
        where=Where(where),
        what=what,
    )


def page(body: Body) -> str:
    """The page that a comment was sent from, as it is stored."""
    return f"{body.url}\n{body.title}"


def packed_ids(text: str) -> bytes:
    """An id without prefix, several of them in a row, or none, as they stand in indexes: 17 bytes each."""
    starts = range(0, len(text), BODY_LENGTH)
    return b"".join(decode(text[at : at + BODY_LENGTH]).to_bytes(ID_BYTES, "big") for at in starts)


def lowest_id(made_ms: int) -> bytes:
    """The lowest id that is made in this millisecond, as in indexes: all that was made before is below it."""
    return (min(made_ms, (1 << 48) - 1) << 82).to_bytes(ID_BYTES, "big")


def unpacked_ids(raw: bytes) -> str:
    """The same ids in letters: 26 characters each."""
    starts = range(0, len(raw), ID_BYTES)
    return "".join(encode(int.from_bytes(raw[at : at + ID_BYTES], "big")) for at in starts)


def unpacked(raw: bytes, *, page: str, made_ms: int) -> Body:
    """A body read back; ValueError for a layout this version does not know."""
    if raw[0] != LAYOUT:
        raise ValueError(f"a comment has layout {raw[0]}, this version reads {LAYOUT}: upgrade commentsvc")
    url, _, title = page.partition("\n")
    start = 2 + raw[1]
    author_key = raw[2:3].decode() + raw[3:start].hex()
    inflate = zlib.decompressobj(wbits=WINDOW, zdict=DICTIONARY)
    name, email, text, fields, thread_key, language, *rest = _unpack(inflate.decompress(raw[start:]))
    return Body(
        name=name,
        email=email,
        text=text,
        fields=fields,
        url=url,
        title=title,
        thread_key=thread_key or url,
        author_key=author_key,
        created_ms=made_ms,
        language=language,
        seconds=rest[0] if rest else None,
        edited_ms=rest[1] if len(rest) > 1 else 0,
    )


def comment(site: str, id: CommentId, values: Sequence[bytes | None], *, page: str = "") -> Comment | None:
    """The comment from the values of `COMMENT_FIELDS`, or None where there is none.

    `page` is its thread's, for one that has none of its own (see `named_by_thread`).
    """
    status, version, thread, body, own_page, parent, above, replies, reason, by, last, lane, hit, force = values[:14]
    *edit, shelved, chosen = values[14:]
    if status is None or version is None or thread is None:
        return None
    path, parent_id = _lineage(id, above or b"", parent or b"")
    decision = DecisionId("dec_" + unpacked_ids(last)) if last else None
    page = page if own_page is None else own_page.decode()
    return Comment(
        id=id,
        site=site,
        thread=ThreadId(unpacked_ids(thread)),
        status=Status(status.decode()),
        version=int(version),
        body=unpacked(body, page=page, made_ms=made_ms(id)) if body else None,
        parent=parent_id,
        path=path,
        replies=int(replies or 0),
        reason=reason.decode() if reason else "",
        decided_by=by.decode() if by else "",
        decided_ms=made_ms(decision) if decision else 0,
        decision=decision,
        in_force=DecisionId("dec_" + force.decode()) if force else decision if force is None else None,
        lane=Lane(lane.decode()) if lane else Lane.NEW,
        hits=hits(hit) if hit else (),
        edit=_edit(id, *edit, page=page),
        shelved=unpacked(shelved, page=page, made_ms=made_ms(id)) if shelved else None,
        featured=chosen is not None,
    )


def _edit(id: CommentId, body: bytes | None, lane: bytes | None, hit: bytes | None, *, page: str) -> Edit | None:
    if body is None:
        return None
    return Edit(
        body=unpacked(body, page=page, made_ms=made_ms(id)),
        lane=Lane(lane.decode()) if lane else Lane.NEW,
        hits=hits(hit) if hit else (),
    )


def named_by_thread(values: Sequence[bytes | None]) -> ThreadId | None:
    """The thread whose name the comment of these values bears, or None where its page is stored with it."""
    thread, body, own_page = values[2:5]
    return ThreadId(unpacked_ids(thread)) if thread and body and own_page is None else None


def public_comment(site: str, thread: ThreadId, row: Sequence[bytes], *, page: str) -> Comment:
    """An approved comment from a row of `page.lua`; `page` is the thread's."""
    raw_id, body, own_page, parent, above, replies, chosen, likes = row
    id = CommentId("cmt_" + raw_id.decode())
    path, parent_id = _lineage(id, above, parent)
    return Comment(
        id=id,
        site=site,
        thread=thread,
        status=Status.APPROVED,
        version=0,
        body=unpacked(body, page=own_page.decode() or page, made_ms=made_ms(id)),
        parent=parent_id,
        path=path,
        replies=int(replies),
        likes=int(likes),
        featured=bool(chosen),
    )


def _lineage(id: CommentId, above: bytes, parent: bytes) -> tuple[str, CommentId | None]:
    """A comment's path and its parent."""
    ancestors = unpacked_ids(above)
    last = unpacked_ids(parent) or ancestors[-BODY_LENGTH:]
    return ancestors + id[4:], CommentId("cmt_" + last) if last else None


def page_of_thread(values: Sequence[bytes | None]) -> str:
    """The page that a thread takes its name from, as it would be stored with a comment, from its PAGE_FIELDS."""
    return "\n".join((value or b"").decode() for value in values)


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
        held=pairs.get(b"open") == b"h",
    )


def decision(id: DecisionId, pairs: Pairs) -> Decision:
    """A row of the log from its hash."""
    row = dict(zip(ROW, _unpack(pairs[b"b"]), strict=True))
    undo_of, undone_by, bulk = row["undo_of"], pairs.get(b"undone_by"), pairs.get(b"k")
    previous, over = row["previous"], row["over"]
    return Decision(
        id=id,
        comment=CommentId("cmt_" + row["comment"]),
        verb=Verb(row["verb"]),
        before=Status(row["before"]),
        after=Status(row["after"]),
        by=row["by"],
        at_ms=made_ms(id),
        version=int(row["version"]),
        reason=row["reason"],
        note=row["note"],
        undo_of=DecisionId("dec_" + undo_of) if undo_of else None,
        undone_by=DecisionId("dec_" + undone_by.decode()) if undone_by else None,
        previous=DecisionId("dec_" + previous) if previous else None,
        over=DecisionId("dec_" + over) if over else None,
        bulk=BulkId("blk_" + bulk.decode()) if bulk else None,
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
