"""What moderators lay on authors and write down about them: rows in the site's partition 0, enforced in every one."""

from collections.abc import Sequence

import msgspec

from commentsvc.domain.author import Imposed, Note, Restriction
from commentsvc.domain.ids import CommentId, made_ms
from commentsvc.domain.site import Site
from commentsvc.store import records, scripts
from commentsvc.store.keys import Partition
from commentsvc.store.merge import partitions
from commentsvc.store.scripts import Argument, Client

NOTES_MAX = 100
"""On one author; the oldest goes when another is added."""

_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(list[str]).decode


class Standing:
    """Notes on authors, and restrictions with the rows that say who imposed them."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def note(self, site: Site, author: str, note: Note, *, kept_ms: int) -> None:
        """Writes a note down."""
        args: list[Argument] = [note.id, _pack([note.by, note.text]), NOTES_MAX, kept_ms]
        scripts.run(self._client, "note", [_first(site).notes(author)], args)

    def notes(self, site: Site, author: str) -> list[Note]:
        """The notes on an author, newest first."""
        rows: dict[bytes, bytes] = self._client.hgetall(_first(site).notes(author))  # type: ignore[assignment]
        found = []
        for id, raw in rows.items():
            by, text = _unpack(raw)
            found.append(Note(id=id.decode(), by=by, at_ms=_made_ms(id), text=text))
        return sorted(found, key=lambda note: note.id, reverse=True)

    def forget_notes(self, site: Site, author: str) -> None:
        """Takes all notes on an author away."""
        scripts.write(self._client, "DEL", _first(site).notes(author))

    def impose(self, site: Site, imposed: Imposed, *, kept_ms: int) -> None:
        """Restricts an author in every partition, or lifts what was imposed, and writes down who did.

        One round trip to each server: when it could not reach all of them it raises, and is to be sent again.
        """
        restriction = imposed.restriction
        until = "" if restriction is None else "hold" if restriction.holds else str(restriction.until_ms)
        row = _pack([imposed.by, until, imposed.note])
        member = records.packed_ids(imposed.id) + imposed.author.encode()
        args: list[Argument] = [until, kept_ms, imposed.id, row, member]
        calls: list[tuple[list[str], list[Argument]]] = []
        for number, own in partitions(site):
            rows = [own.imposed(imposed.author), own.impositions] if number == 0 else []
            calls.append(([own.author(imposed.author), *rows], args))
        scripts.run_all(self._client, "impose", calls)

    def imposed(self, site: Site, author: str) -> list[Imposed]:
        """What was imposed on an author and lifted, newest first."""
        rows: dict[bytes, bytes] = self._client.hgetall(_first(site).imposed(author))  # type: ignore[assignment]
        return sorted((_imposed(author, id, raw) for id, raw in rows.items()), key=lambda row: row.id, reverse=True)

    def latest(self, site: Site, *, before: str, limit: int) -> tuple[list[Imposed], str]:
        """What was imposed on the site's authors, newest first, before an id (26), and the id to go on before, or ''.

        Two round trips. Rows about a network end with its key: then they are left out.
        """
        own = _first(site)
        start = b"(" + records.packed_ids(before) if before else "+"
        members: Sequence[bytes] = self._client.zrevrangebylex(own.impositions, start, "-", start=0, num=limit)  # type: ignore[assignment]
        pairs = [(records.unpacked_ids(raw[: records.ID_BYTES]), raw[records.ID_BYTES :].decode()) for raw in members]
        pipe = self._client.pipeline(transaction=False)
        for id, author in pairs:
            pipe.hget(own.imposed(author), id)
        rows = [
            _imposed(author, id.encode(), raw)
            for (id, author), raw in zip(pairs, pipe.execute() if pairs else [], strict=True)
            if raw
        ]
        return rows, pairs[-1][0] if len(pairs) == limit else ""


def _imposed(author: str, id: bytes, raw: bytes) -> Imposed:
    by, until, note = _unpack(raw)
    restriction = Restriction(until_ms=0 if until == "hold" else int(until)) if until else None
    return Imposed(id=id.decode(), author=author, by=by, at_ms=_made_ms(id), restriction=restriction, note=note)


def _made_ms(id: bytes) -> int:
    return made_ms(CommentId("cmt_" + id.decode()))


def _first(site: Site) -> Partition:
    return Partition(site=site.key, number=0)
