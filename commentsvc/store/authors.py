"""Authors without accounts: what became of their comments, the chain that leads through them, notes and restrictions.

What is laid on an author is enforced by a field of the record that each partition has; notes and the rows that say who
restricted whom lie in the site's partition 0. What belongs to a network's key ends 30 days after its last use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from commentsvc.domain.author import Restriction
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import Site
from commentsvc.store import records, scripts
from commentsvc.store.keys import Partition
from commentsvc.store.merge import partitions
from commentsvc.store.scripts import Argument, Client

Start = Mapping[int, bytes]
"""Partition → the author's newest comment there (17 bytes) that is wanted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Author:
    """An author's record: comments counted by status over all partitions, the last one in each, what is laid on it."""

    key: str
    counts: Mapping[Status, int]
    last: Start = field(default_factory=dict)
    restriction: Restriction | None = None
    notes: int = 0


class Authors:
    """The authors of every site."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find(self, site: Site, keys: Sequence[str]) -> list[Author]:
        """The records of these authors, empty ones for those unknown, in one round trip."""
        if not keys:
            return []
        pipe = self._client.pipeline(transaction=False)
        for key in keys:
            pipe.hlen(_first(site).notes(key))
            for _, own in partitions(site):
                pipe.hgetall(own.author(key))
        answers = pipe.execute()
        size = site.partitions + 1
        return [_author(key, *answers[at * size : (at + 1) * size]) for at, key in enumerate(keys)]

    def comments(
        self, site: Site, wanted: Sequence[tuple[str, Start]], *, limit: int
    ) -> list[tuple[list[Comment], Start]]:
        """The newest comments of each author from where it is said, merged over the partitions, and where to go on.

        One round trip for any number of authors.
        """
        asked = [(key, number, start) for key, starts in wanted for number, start in starts.items()]
        calls: list[tuple[list[str], list[Argument]]] = []
        for key, number, start in asked:
            own = Partition(site=site.key, number=number)
            args: list[Argument] = [start, limit, own.comments, own.threads, *records.COMMENT_FIELDS]
            calls.append(([own.author(key)], args))
        answers = iter(scripts.run_all(self._client, "chain", calls))
        return [_merged(site, {number: next(answers) for number in starts}, limit) for _, starts in wanted]


def _author(key: str, notes: int, *rows: Mapping[bytes, bytes]) -> Author:
    until = next((row[b"until"] for row in rows if b"until" in row), None)
    return Author(
        key=key,
        counts={status: sum(int(row.get(status.encode(), 0)) for row in rows) for status in Status},
        last={number: row[b"last"] for number, row in enumerate(rows) if b"last" in row},
        restriction=None if until is None else Restriction(until_ms=0 if until == b"hold" else int(until)),
        notes=notes,
    )


def _merged(site: Site, answers: Mapping[int, Sequence[Any]], limit: int) -> tuple[list[Comment], Start]:
    """The newest of what every partition has answered, and where each goes on."""
    rows = [(bytes(row[0]), number, row) for number, (_, *found) in answers.items() for row in found]
    rows.sort(key=itemgetter(0), reverse=True)
    left = {number: id for _, number, row in reversed(rows[limit:]) if (id := bytes(row[0]))}
    ends = {number: bytes(answer[0]) for number, answer in answers.items() if answer[0]}
    comments = [
        comment
        for id, _, (_, page, *values) in rows[:limit]
        if (comment := records.comment(site.key, _id(id), values, page=page.decode()))
    ]
    return comments, ends | left


def _id(raw: bytes) -> CommentId:
    return CommentId("cmt_" + records.unpacked_ids(raw))


def _first(site: Site) -> Partition:
    return Partition(site=site.key, number=0)
