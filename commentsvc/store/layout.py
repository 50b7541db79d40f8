"""The version of the data model in Redis: a newer one than ours must not be written to."""

from commentsvc.store import keys
from commentsvc.store.records import LAYOUT
from commentsvc.store.scripts import Client


class NewerLayout(Exception):
    """The data was written by a newer commentsvc; the message says what to do."""


def claim(client: Client) -> None:
    """Marks empty data with this version's layout; raises NewerLayout where the data is ahead of this version."""
    client.set(keys.LAYOUT, LAYOUT, nx=True)
    found = int(client.get(keys.LAYOUT) or LAYOUT)
    if found > LAYOUT:
        raise NewerLayout(
            f"the data in Redis has layout {found}, this commentsvc reads {LAYOUT}: "
            "run the newer version, or restore the backup that was made before its upgrade."
        )
