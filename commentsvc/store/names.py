"""What a key that was found in Redis is: the table of `keys.py` read backwards."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """What lies under a key."""

    HASH = "hash"
    INDEX = "zset"
    SET = "set"
    STRING = "string"
    STREAM = "stream"


OF_PARTITIONS = {
    "c": Type.HASH,
    "t": Type.HASH,
    "approved": Type.INDEX,
    "order": Type.INDEX,
    "waiting": Type.INDEX,
    "liked": Type.INDEX,
    "liking": Type.INDEX,
    "likers": Type.HASH,
    "s": Type.INDEX,
    "l": Type.INDEX,
    "reports": Type.HASH,
    "appeal": Type.HASH,
    "a": Type.HASH,
    "notes": Type.HASH,
    "imposed": Type.HASH,
    "impositions": Type.INDEX,
    "near": Type.INDEX,
    "leases": Type.HASH,
    "later": Type.HASH,
    "fence": Type.STRING,
    "d": Type.HASH,
    "log": Type.INDEX,
    "my": Type.INDEX,
    "bulk": Type.INDEX,
    "index": Type.HASH,
    "ids": Type.STRING,
    "bits": Type.STRING,
    "n": Type.HASH,
    "busy": Type.INDEX,
    "used": Type.STRING,
    "once": Type.HASH,
    "rate": Type.STRING,
    "events": Type.STREAM,
    "w": Type.HASH,
    "due": Type.INDEX,
    "hooks": Type.SET,
    "dead": Type.INDEX,
}
"""kind → type of the keys that lie in a site's partitions."""

OF_ALL = {
    "sites": Type.HASH,
    "site_numbers": Type.STRING,
    "layout": Type.STRING,
    "moderators": Type.SET,
    "moderator": Type.HASH,
    "sessions": Type.HASH,
    "networks": Type.HASH,
    "recovery": Type.SET,
    "changes": Type.INDEX,
    "policy": Type.HASH,
    "tokens": Type.HASH,
    "tries": Type.STRING,
    "mailed": Type.HASH,
    "quiet": Type.SET,
    "worker": Type.STRING,
    "moving": Type.STRING,
}
"""kind → type of the keys that belong to no site."""

_PARTITIONED = re.compile(rb"\{([a-z0-9-]+)\.(\d{1,4})\}:([a-z]+)(?::(.+))?", re.DOTALL)
_MODERATOR = re.compile(rb"commentsvc:\{m\.(.+)\}(?::(sessions|networks|recovery|changes))?", re.DOTALL)
_OTHER = re.compile(rb"commentsvc:([a-z_]+)(?::.+)?", re.DOTALL)
_THREADS = re.compile(r"(\w{26}):(approved|order|waiting|liked)", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A key of ours: its kind, and for a partition's the site, the partition's number and the rest, e.g. an id.

    `tail` is what follows the hash tag, the same in whichever partition: `c:01K9Z3…`.
    """

    key: bytes
    kind: str
    site: str = ""
    number: int = 0
    rest: str = ""

    @property
    def type(self) -> Type:
        """What lies under it."""
        return OF_PARTITIONS[self.kind] if self.site else OF_ALL[self.kind]

    @property
    def tail(self) -> bytes:
        """The key without its hash tag."""
        return self.key.partition(b"}:")[2]


def named(key: bytes) -> Name | None:
    """What a key is, or None for one that is not ours."""
    if found := _PARTITIONED.fullmatch(key):
        return _of_partition(key, found)
    if found := _MODERATOR.fullmatch(key):
        return Name(key=key, kind=found[2].decode() if found[2] else "moderator")
    if found := _OTHER.fullmatch(key):
        kind = found[1].decode()
        return Name(key=key, kind=kind) if kind in OF_ALL else None
    return None


def _of_partition(key: bytes, found: re.Match[bytes]) -> Name | None:
    kind, rest = found[3].decode(), (found[4] or b"").decode()
    if kind == "t" and (index := _THREADS.fullmatch(rest)):
        rest, kind = index[1], index[2]
    if kind not in OF_PARTITIONS:
        return None
    return Name(key=key, kind=kind, site=found[1].decode(), number=int(found[2]), rest=rest)
