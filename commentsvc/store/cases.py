"""Reports and appeals in Redis: what was brought against a comment, until somebody judges it and for half a year after.

A case is a hash beside the comment. Both kinds have `open` while they wait, `at`, `due` and `last` (ms), `judged`, the
decision that answered last, `version`, the comment's after that, and `o:<ms>` for each time that they were judged: how.
Reports have `c`, a msgpack map from reason to number, `w`, an array of written notices ([reason, why, name, email]),
and `by`, hashes of 6 bytes each of who said what. An appeal has `of`, the decision it is against, `first`, who made
that, and `text`. What waits is in the lane of notices, by when it is due.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from commentsvc.domain.case import STATEMENTS, Appeal, Case, Ending, Reports, Statement
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Decision
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.site import Site
from commentsvc.store import records, scripts
from commentsvc.store.keys import home
from commentsvc.store.merge import partitions
from commentsvc.store.scripts import Client

TIES = 50
"""Cases that may be due in the same millisecond and still be told apart by their ids."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A report on its way in. `who` are 6 bytes of hash of who says what; `code` is '', `right` or `wrong`."""

    statement: Statement
    due_ms: int
    who: bytes
    network: str
    code: str = ""
    nonce: str = ""
    use_kept_ms: int = 1
    free_tries: int
    tries: int
    window_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What the store says: `ok`, `again`, `unpublished`, `too_many`, `code`, `used` or `wrong`.

    `at_ms` is when the report counts as made, `wait_ms` when it can be tried again.
    """

    verdict: str
    at_ms: int = 0
    wait_ms: int = 0


class Cases:
    """What waits to be judged anew, and what became of it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def report(self, site: Site, id: CommentId, word: Word, *, now_ms: int) -> Told:
        """The report counted, kept where it is a written one, and the comment put into the lane of notices."""
        keys, said = home(site, id), word.statement
        notice = msgspec.msgpack.encode([said.reason, said.why, said.name, said.email]) if said.written else b""
        verdict, *more = scripts.run(
            self._client,
            "report",
            [
                keys.comment(id[4:]),
                keys.reports(id[4:]),
                keys.lane(Lane.NOTICES),
                keys.rate(f"report:{word.network}"),
                keys.used(word.nonce or "none"),
            ],
            [
                now_ms,
                records.packed_ids(id[4:]),
                said.reason,
                word.due_ms,
                word.who,
                notice,
                word.code,
                word.use_kept_ms,
                word.free_tries,
                word.tries,
                word.window_ms,
                STATEMENTS,
            ],
        )
        number = int(more[0]) if more else 0
        if verdict == b"too_many":
            return Told(verdict="too_many", wait_ms=number)
        return Told(verdict=verdict.decode(), at_ms=number)

    def appeal(self, site: Site, comment: Comment, verdict: Decision, text: str, *, due_ms: int, now_ms: int) -> str:
        """`ok`, `again` for the very same, `appealed`, `moved` where the comment is not what was read, or `unknown`."""
        keys = home(site, comment.id)
        answer = scripts.run(
            self._client,
            "appeal",
            [keys.comment(comment.id[4:]), keys.appeal(comment.id[4:]), keys.lane(Lane.NOTICES)],
            [
                now_ms,
                records.packed_ids(comment.id[4:]),
                comment.version,
                verdict.id[4:],
                verdict.by,
                text,
                due_ms,
            ],
        )
        word: str = answer[0].decode()
        return word

    def find_all(self, site: Site, ids: Sequence[CommentId]) -> list[Case]:
        """What was brought against each of these comments, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for id in ids:
            keys = home(site, id)
            pipe.hgetall(keys.reports(id[4:]))
            pipe.hgetall(keys.appeal(id[4:]))
        rows: list[Mapping[bytes, bytes]] = pipe.execute() if ids else []
        return [Case(reports=_reports(rows[at]), appeal=_appeal(rows[at + 1])) for at in range(0, len(rows), 2)]

    def waiting(self, site: Site, *, after: CommentId | None, limit: int) -> list[CommentId]:
        """The comments of the lane of notices after this one, what is due first before the rest; two round trips."""
        start = self._due(site, after) if after else "-inf"
        pipe = self._client.pipeline(transaction=False)
        for _, keys in partitions(site):
            pipe.zrange(
                keys.lane(Lane.NOTICES),
                start,
                "+inf",
                byscore=True,
                offset=0,
                num=limit + TIES,
                withscores=True,
            )
        found = sorted((score, raw) for rows in pipe.execute() for raw, score in rows)
        if after:
            found = [one for one in found if one > (float(start), records.packed_ids(after[4:]))]
        return [CommentId("cmt_" + records.unpacked_ids(raw)) for _, raw in found[:limit]]

    def _due(self, site: Site, id: CommentId) -> str:
        """When a case was due, also one that is judged by now."""
        keys, pipe = home(site, id), self._client.pipeline(transaction=False)
        pipe.hmget(keys.reports(id[4:]), ["due", "last"])
        pipe.hmget(keys.appeal(id[4:]), ["due", "last"])
        # The later of the two is the one that a list has just shown.
        known = sorted((int(last), due) for due, last in pipe.execute() if due and last)
        return known[-1][1].decode() if known else "-inf"


def _reports(pairs: Mapping[bytes, bytes]) -> Reports | None:
    if b"c" not in pairs:
        return None
    return Reports(
        waiting=b"open" in pairs,
        since_ms=int(pairs[b"at"]),
        due_ms=int(pairs[b"due"]),
        counts=msgspec.msgpack.decode(pairs[b"c"], type=dict[str, int]),
        statements=tuple(_statement(row) for row in msgspec.msgpack.decode(pairs.get(b"w", b"\x90"))),
        endings=_endings(pairs),
    )


def _statement(row: Any) -> Statement:
    reason, why, name, email = row
    return Statement(reason=reason, why=why, name=name, email=email)


def _appeal(pairs: Mapping[bytes, bytes]) -> Appeal | None:
    if b"of" not in pairs:
        return None
    endings = _endings(pairs)
    return Appeal(
        waiting=b"open" in pairs,
        at_ms=int(pairs[b"at"]),
        due_ms=int(pairs[b"due"]),
        of=pairs[b"of"].decode(),
        first=pairs[b"first"].decode(),
        text=pairs.get(b"text", b"").decode(),
        judged=pairs.get(b"judged", b"").decode(),
        ending=endings[-1][1] if endings else None,
    )


def _endings(pairs: Mapping[bytes, bytes]) -> tuple[tuple[int, Ending], ...]:
    return tuple(sorted((int(name[2:]), Ending(how.decode())) for name, how in pairs.items() if name.startswith(b"o:")))
