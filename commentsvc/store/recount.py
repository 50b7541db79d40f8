"""Every number of a store counted anew from its comments and decisions, and what is wrong by that."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis import Redis

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, DecisionId
from commentsvc.domain.lane import Lane
from commentsvc.domain.site import Site
from commentsvc.store import records, segments
from commentsvc.store.census import Census, Row
from commentsvc.store.exchange import Client
from commentsvc.store.keys import Partition, home
from commentsvc.store.masters import Command, Masters
from commentsvc.store.names import Name

NAMED = 20
"""How many wrong numbers are told of."""


@dataclass(kw_only=True)
class Recount:
    """How many comments have each status, how many other records there are, and what is wrong, in words."""

    comments: dict[str, int] = field(default_factory=dict)
    decisions: int = 0
    threads: int = 0
    looked_at: int = 0
    wrong: int = 0
    sentences: list[str] = field(default_factory=list)

    def differ(self, sentence: str) -> None:
        """Notes one wrong thing more."""
        self.wrong += 1
        if len(self.sentences) < NAMED:
            self.sentences.append(sentence)


def recount(client: Client, sites: Sequence[Site]) -> Recount:
    """The recount of a store on which nothing changes meanwhile; nothing is written.

    An author known by a network only is not counted: such a record ends, and begins anew, without the older comments.
    """
    found = Recount()
    known = {site.key: site for site in sites}
    with Census() as census:
        for master in Masters(client).all():
            for names in Masters(master).names():
                ours = [name for name in names if name.site in known]
                found.looked_at += len(ours)
                _Look(master, known, census, found).at(ours)
        census.count()
        for key, kind, written, counted in census.wrong():
            found.differ(f"{key} {kind}: {written} is written there, a recount gives {counted}")
        found.comments = census.sizes()
        found.decisions, found.threads = census.decisions(), census.threads()
    return found


@dataclass(frozen=True, slots=True)
class _Look:
    """What one master holds, some hundred keys at a time."""

    master: Redis
    sites: Mapping[str, Site]
    census: Census
    found: Recount

    def at(self, names: Sequence[Name]) -> None:
        """Takes these keys into the recount."""
        kinds: dict[str, list[Name]] = {}
        for name in names:
            kinds.setdefault(name.kind, []).append(name)
        self._comments(kinds.get("c", []))
        self._decisions(kinds.get("d", []))
        self._cases(kinds.get("reports", []) + kinds.get("appeal", []))
        self._threads(kinds.get("t", []))
        self._authors(kinds.get("a", []))
        self._deliveries(kinds.get("w", []))
        self._searched(kinds.get("index", []))
        indexes = [name for kind in ("s", "l", "log", "approved", "order", "waiting") for name in kinds.get(kind, [])]
        sizes = self._ask([("ZCARD", name.key) for name in indexes])
        self.census.found((name.key.decode(), "members", size) for name, size in zip(indexes, sizes, strict=True))

    def _comments(self, names: Sequence[Name]) -> None:
        fields = self._ask([("HMGET", name.key, *records.COMMENT_FIELDS) for name in names])
        rows: list[Row] = []
        listed: list[tuple[str, str]] = []
        replies: list[tuple[str, str, int]] = []
        for name, values in zip(names, fields, strict=True):
            own, id = _own(name), CommentId("cmt_" + name.rest)
            comment = records.comment(name.site, id, values)
            if comment is None:
                self.found.differ(f"{name.key.decode()} is no whole comment")
                continue
            if own != home(self.sites[name.site], id):
                self.found.differ(f"{name.key.decode()} lies in another partition than its id says")
            row = Row(
                id=name.rest,
                home=own.tag,
                thread=comment.thread,
                author=comment.body.author_key if comment.body else "",
                status=comment.status,
                parent=comment.parent[4:] if comment.parent else "",
                lane=comment.lane,
                edited=comment.edit.lane if comment.edit else "",
            )
            rows.append(row)
            replies.append((name.key.decode(), "replies", comment.replies))
            listed.append((own.status(comment.status), name.rest))
            if comment.waiting:
                listed.append((own.status(Status.PENDING), name.rest))
                listed.append((own.lane(comment.waiting.lane), name.rest))
            if comment.status is Status.PENDING:
                listed.append((own.waiting(row.thread), comment.path))
            if comment.edit and comment.status is not Status.APPROVED:
                self.found.differ(f"{name.key.decode()} has an edit that waits, and is not published")
            if comment.featured and comment.status is not Status.APPROVED:
                self.found.differ(f"{name.key.decode()} is featured, and is not published")
            if comment.status is Status.APPROVED:
                listed.append((own.approved(row.thread), name.rest))
                listed.append((own.order(row.thread), comment.path))
        self._missing(listed)
        self.census.add(rows)
        self.census.found(row for row in replies if row[2])

    def _decisions(self, names: Sequence[Name]) -> None:
        rows = self._ask([("HGETALL", name.key) for name in names])
        of = [
            _own(name).comment(records.decision(DecisionId("dec_" + name.rest), row).comment[4:])
            for name, row in zip(names, rows, strict=True)
        ]
        for name, there in zip(names, self._ask([("EXISTS", key) for key in of]), strict=True):
            if not there:
                self.found.differ(f"{name.key.decode()} is about a comment that is not there")
        self._missing([(_own(name).log, name.rest) for name in names])
        self.census.add_decisions((name.rest, _own(name).tag) for name in names)

    def _cases(self, names: Sequence[Name]) -> None:
        """What waits to be judged stands in the lane of notices, but for a reported comment that waits itself."""
        waits = self._ask([("HEXISTS", name.key, "open") for name in names])
        statuses = self._ask([("HGET", _own(name).comment(name.rest), "s") for name in names])
        in_lane = []
        for name, open, status in zip(names, waits, statuses, strict=True):
            if status is None:
                self.found.differ(f"{name.key.decode()} is about a comment that is not there")
            elif open and status != Status.PENDING.encode():
                in_lane.append(name)
        self._missing([(_own(name).lane(Lane.NOTICES), name.rest) for name in in_lane])
        self.census.add_cases((name.rest, _own(name).tag) for name in in_lane)

    def _threads(self, names: Sequence[Name]) -> None:
        rows = self._ask([("HMGET", name.key, *Status) for name in names])
        self.census.found(_counters(names, rows, Status))
        self.census.add_threads(name.key.decode() for name in names)

    def _authors(self, names: Sequence[Name]) -> None:
        ends = self._ask([("PTTL", name.key) for name in names])
        lasting = [name for name, ttl_ms in zip(names, ends, strict=True) if ttl_ms == -1]
        counted = [status for status in Status if status is not Status.ERASED]  # an erased comment names nobody
        self.census.found(_counters(lasting, self._ask([("HMGET", name.key, *counted) for name in lasting]), counted))

    def _searched(self, names: Sequence[Name]) -> None:
        """How many comments the search index of each partition has, by its directory and its ids."""
        for name in names:
            own, (directory,) = _own(name), self._ask([("HGETALL", name.key)])
            found = 0
            for number, entry in directory.items():
                (ids,) = self._ask([("GET", own.ids(int(number)))])
                rows = int(entry[2 * records.ID_BYTES :])
                found += sum(1 for _ in segments.comments((ids or b"")[: rows * records.ID_BYTES]))
            self.census.found([(name.key.decode(), "comments", found)])

    def _deliveries(self, names: Sequence[Name]) -> None:
        due = self._ask([("ZSCORE", _own(name).due(name.rest.rpartition("_")[2]), name.rest) for name in names])
        dead = self._ask([("ZSCORE", _own(name).dead, name.rest) for name in names])
        for name, *scores in zip(names, due, dead, strict=True):
            if scores == [None, None]:
                self.found.differ(f"{name.key.decode()} is neither due nor dead")

    def _missing(self, listed: Sequence[tuple[str, str]]) -> None:
        """Notes each index in which an id or path does not stand."""
        scores = self._ask([("ZSCORE", key, records.packed_ids(ids)) for key, ids in listed])
        for (key, ids), score in zip(listed, scores, strict=True):
            if score is None:
                self.found.differ(f"{key} lacks {ids}")

    def _ask(self, commands: Sequence[Command]) -> list[Any]:
        pipe = self.master.pipeline(transaction=False)
        for command in commands:
            pipe.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py's
        answers: list[Any] = pipe.execute() if commands else []
        return answers


def _own(name: Name) -> Partition:
    return Partition(site=name.site, number=name.number)


def _counters(
    names: Sequence[Name], rows: Sequence[Sequence[bytes | None]], fields: Iterable[Status]
) -> Iterator[tuple[str, str, int]]:
    for name, row in zip(names, rows, strict=True):
        for status, count in zip(fields, row, strict=True):
            yield name.key.decode(), status, int(count or 0)
