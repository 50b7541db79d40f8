"""Asks the sentinels who the master is, and believes the one who knows the latest fail-over."""

import time
from typing import Any

from redis.exceptions import RedisError
from redis.sentinel import MasterNotFoundError, Sentinel

REST_S = 1.0
"""A sentinel that did not answer is left alone for so long, while others do: each new connection asks them all."""


class Sentinels(Sentinel):
    """redis-py takes the first answer there is.

    For some seconds after a fail-over that may be a sentinel's who has not heard of it; when the old master is back by
    then, clients would read old pages there, and write what is thrown away as soon as it is told to follow.
    """

    def __init__(self, nodes: list[tuple[str, int]], options: dict[str, Any]) -> None:
        super().__init__(nodes, sentinel_kwargs=options)  # type: ignore[no-untyped-call]  # redis-py's
        self._resting: dict[int, float] = {}

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """The master's host and port; raises MasterNotFoundError, a ConnectionError, while there is none."""
        known = self._states(service_name, rested_only=True) or self._states(service_name, rested_only=False)
        latest = max(known, key=lambda state: int(state["config-epoch"]), default=None)
        if latest is None or not self.check_master_state(latest, service_name):  # type: ignore[no-untyped-call]
            raise MasterNotFoundError(f"no sentinel knows a master {service_name!r} that is there")
        return latest["ip"], latest["port"]

    def _states(self, service_name: str, *, rested_only: bool) -> list[dict[str, Any]]:
        found = []
        for number, sentinel in enumerate(self.sentinels):
            if rested_only and self._resting.get(number, 0) > time.monotonic():
                continue
            try:
                masters: Any = sentinel.sentinel_masters()
            except RedisError:
                self._resting[number] = time.monotonic() + REST_S
                continue
            if state := masters.get(service_name):
                found.append(state)
        return found
