"""The log of administration: append-only, written in the slot of what it is about, read as one."""

import heapq
from collections.abc import Sequence
from itertools import islice

from commentsvc.domain.change import Change
from commentsvc.store import keys, records
from commentsvc.store.scripts import Client

OF_ALL = (keys.SITES, keys.TOKENS, keys.POLICY)


def row(change: Change | None) -> bytes:
    """A change as it is written by the script that makes it; nothing for None."""
    return change.id.encode() + b" " + records.as_json(change) if change else b""


class Changes:
    """Everything that was administered."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def before(self, id: str, *, people: Sequence[str], limit: int) -> list[Change]:
        """Changes older than `id` ('' for the newest), newest first, of all sites and these people; one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for key in (*map(keys.changes, OF_ALL), *map(keys.changes_of, people)):
            pipe.zrevrangebylex(key, f"({id}" if id else "+", "-", start=0, num=limit)
        newest = islice(heapq.merge(*pipe.execute(), reverse=True), limit)
        return [records.from_json(raw.partition(b" ")[2], Change) for raw in newest]
