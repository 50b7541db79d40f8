"""The search index of a site made anew from its comments, while nothing else writes."""

import heapq
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from commentsvc.domain import terms
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import Site
from commentsvc.store import records, signature
from commentsvc.store.comments import Comments
from commentsvc.store.exchange import Client
from commentsvc.store.keys import Partition
from commentsvc.store.merge import partitions
from commentsvc.store.segments import Builder, Built

AT_ONCE = 500


def reindex(client: Client, site: Site) -> int:
    """How many comments are in the index now; a rerun mends what a broken-off one has left."""
    return sum(_partition(client, site, own) for _, own in partitions(site))


def _partition(client: Client, site: Site, own: Partition) -> int:
    old: list[bytes] = list(client.hkeys(own.index))  # type: ignore[arg-type]  # stubs say Awaitable
    client.delete(own.index)  # first: what is half made is not found
    for number in old:
        client.unlink(own.ids(int(number)), own.bits(int(number)))
    builder, entries, count = Builder(), dict[bytes, bytes](), 0
    for id, rows in _rows(client, site, own):
        count += 1
        _write(client, own, builder.add(id, rows), entries)
    _write(client, own, builder.end(), entries)
    if entries:
        mapping: Any = entries
        client.hset(own.index, mapping=mapping)
    return count


def _write(client: Client, own: Partition, built: Built | None, entries: dict[bytes, bytes]) -> None:
    if built is not None:
        client.set(own.ids(built.number), built.ids)
        client.set(own.bits(built.number), built.bits)
        entries[b"%d" % built.number] = built.entry


def _rows(client: Client, site: Site, own: Partition) -> Iterator[tuple[bytes, bytes]]:
    """Each comment of a partition that has a body, in the order of ids, with its rows."""
    listed = heapq.merge(*(_ids(client, own.status(one)) for one in Status if one is not Status.ERASED))
    comments = Comments(client)
    batch: list[CommentId] = []
    for id, _ in groupby(listed):  # a published comment whose edit waits stands among both
        batch.append(CommentId("cmt_" + records.unpacked_ids(id)))
        if len(batch) == AT_ONCE:
            yield from _of(comments, site, batch)
            batch = []
    yield from _of(comments, site, batch)


def _of(comments: Comments, site: Site, batch: list[CommentId]) -> Iterator[tuple[bytes, bytes]]:
    for comment in comments.find_all(site, batch) if batch else ():
        if comment and comment.body:
            rows = signature.rows(terms.of_comment(comment))
            yield records.packed_ids(comment.id[4:]), rows


def _ids(client: Client, key: str) -> Iterator[bytes]:
    after = b"-"
    while found := client.zrangebylex(key, after, b"+", start=0, num=AT_ONCE):
        ids: Any = found
        yield from ids
        after = b"(" + ids[-1]
