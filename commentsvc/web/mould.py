"""HTML with gaps: what is the same for many readers is made once, each reader's own values are put in at the end."""

import re
import secrets
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from markupsafe import Markup, escape

_TOKEN = secrets.token_hex(16)
"""Made anew in every process: nobody can write a comment with a gap in it."""

_GAP = re.compile(f"{_TOKEN}([a-z]+)x")

V = TypeVar("V")


def gap(name: str) -> str:
    """What stands in the HTML where `name` will be put; no escaping changes it."""
    return f"{_TOKEN}{name}x"


class Mould:
    """HTML that was rendered with gaps."""

    __slots__ = ("_names", "_pieces")

    def __init__(self, html: str) -> None:
        self._pieces = _GAP.split(html)
        self._names = tuple(enumerate(self._pieces))[1::2]

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return sum(map(sys.getsizeof, self._pieces))

    def filled(self, **values: str) -> Markup:
        """The HTML with these values, escaped, in its gaps."""
        safe = {name: str(escape(value)) for name, value in values.items()}
        pieces = self._pieces.copy()
        for at, name in self._names:
            pieces[at] = safe[name]
        return Markup("".join(pieces))  # noqa: S704  # a template's own output, and values that were escaped


class Memory(Generic[V]):
    """What was made lately, by key: so many bytes in all, each for `seconds` at most; one serves all threads."""

    def __init__(self, *, size: int, seconds: float) -> None:
        self._size, self._seconds = size, seconds
        self._lock = threading.Lock()
        self._held = 0
        self._kept: OrderedDict[Hashable, tuple[float, int, V]] = OrderedDict()

    def get(self, key: Hashable, *, within_s: float | None = None) -> V | None:
        """What was put there, unless that is too long ago or it had to make room."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or time.monotonic() - found[0] > (self._seconds if within_s is None else within_s):
                return None
            self._kept.move_to_end(key)
            return found[2]

    def put(self, key: Hashable, value: V, *, size: int) -> V:
        """The value, from now on remembered; what was not asked for the longest makes room for it."""
        with self._lock:
            self._held += size - self._kept.pop(key, (0.0, 0, value))[1]
            self._kept[key] = time.monotonic(), size, value
            while self._held > self._size:
                self._held -= self._kept.popitem(last=False)[1][1]
        return value
