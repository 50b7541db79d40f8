"""People who go on doing the same, each in a thread of their own, from the beginning of a block to its end."""

import threading
from collections.abc import Callable, Sequence
from typing import Self


class Crowd:
    """Starts everybody's `work` at the beginning of the block; at its end `_over` is set, and they are waited for."""

    def __init__(self, work: Sequence[Callable[[], None]]) -> None:
        self._over = threading.Event()
        self._threads = [threading.Thread(target=one) for one in work]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "somebody does not come to an end"
