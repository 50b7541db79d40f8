"""The version of the data model in Redis: one that is not ours must not be written to, nor what is half moved in.

The version says nothing of where things lie: how many partitions a site has stands in its record.
"""

from commentsvc.store import keys
from commentsvc.store.records import LAYOUT
from commentsvc.store.scripts import Client


class OtherLayout(Exception):
    """The data was written by a commentsvc with another layout; the message says what to do."""


class UnfinishedMove(Exception):
    """Data is being moved in here, or was; the message says what to do."""


def claim(client: Client) -> None:
    """Marks the data with this version's layout: from now on it writes there.

    Raises OtherLayout where the data is not of this version's layout, UnfinishedMove where not all of it is there yet.
    """
    if client.exists(keys.MOVING):
        raise UnfinishedMove(
            "this Redis is the target of a `commentsvc move` that has not ended: wait for it or run the same again "
            "(docs/moving.md), or use the old Redis, which still holds everything."
        )
    client.set(keys.LAYOUT, LAYOUT, nx=True)
    found = int(client.get(keys.LAYOUT) or LAYOUT)
    if found > LAYOUT:
        raise OtherLayout(
            f"the data in Redis has layout {found}, this commentsvc reads {LAYOUT}: "
            "run the newer version, or restore the backup that was made before its upgrade."
        )
    if found < LAYOUT:
        raise OtherLayout(
            f"the data in Redis has layout {found}, which was never released, and this commentsvc reads {LAYOUT}: "
            "start on an empty Redis, or go on with the version that wrote it."
        )
