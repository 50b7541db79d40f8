"""A site's indexes are split over its partitions; here they are read as one, in id order."""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from commentsvc.domain.site import Site
from commentsvc.store import records
from commentsvc.store.keys import Partition
from commentsvc.store.scripts import Client


def partitions(site: Site) -> Iterator[tuple[int, Partition]]:
    """Every partition of a site with its number."""
    for number in range(site.partitions):
        yield number, Partition(site=site.key, number=number)


def oldest(client: Client, keys: Mapping[int, str], *, after: str, limit: int) -> list[str]:
    """The first `limit` ids after `after` (26 characters or '') over all the indexes, in one round trip."""
    pipe = client.pipeline(transaction=False)
    for key in keys.values():
        pipe.zrangebylex(key, b"(" + records.packed_ids(after) if after else "-", "+", start=0, num=limit)
    return _first(heapq.merge(*pipe.execute()), limit)


def newest(client: Client, keys: Mapping[int, str], *, before: str, limit: int) -> list[str]:
    """The last `limit` ids before `before` over all the indexes, newest first, in one round trip."""
    pipe = client.pipeline(transaction=False)
    for key in keys.values():
        pipe.zrevrangebylex(key, b"(" + records.packed_ids(before) if before else "+", "-", start=0, num=limit)
    return _first(heapq.merge(*pipe.execute(), reverse=True), limit)


def _first(found: Iterable[bytes], limit: int) -> list[str]:
    return [records.unpacked_ids(raw) for raw in islice(found, limit)]
