"""The masters of a store one by one: whole key spaces are read and written there, and nothing is ever sent twice."""

from collections.abc import Iterable, Iterator
from typing import Any

from redis import Redis
from redis.cluster import RedisCluster

from commentsvc.store.exchange import Client
from commentsvc.store.names import Name, named

SCANNED = 500
"""Keys looked at in one step."""

Command = tuple[Any, ...]


class Masters:
    """One Redis, or every master of a cluster, with the slots as they are now.

    A cluster client's own pipeline sends writes again after a lost answer; these pipelines do not. When a slot moves
    meanwhile, the answer is an error.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def all(self) -> list[Redis]:
        """A connection to each."""
        if not isinstance(self._client, RedisCluster):
            return [self._client]
        nodes = self._client.get_primaries()  # type: ignore[no-untyped-call]  # redis-py's
        return [self._client.get_redis_connection(node) for node in nodes]

    def of(self, key: bytes) -> Redis:
        """The one that holds a key."""
        if not isinstance(self._client, RedisCluster):
            return self._client
        node = self._client.get_node_from_key(key)  # type: ignore[no-untyped-call]  # redis-py's
        return self._client.get_redis_connection(node)

    def ask(self, commands: Iterable[Command]) -> list[Any]:
        """The answers to commands, whose second word is the key, in order; one round trip to each master concerned."""
        pipes: dict[int, Any] = {}
        turns: list[tuple[int, int]] = []
        for command in commands:
            master = self.of(command[1])
            pipe = pipes.setdefault(id(master), master.pipeline(transaction=False))
            turns.append((id(master), len(pipe)))
            pipe.execute_command(*command)
        answers = {of: pipe.execute() for of, pipe in pipes.items()}
        return [answers[of][turn] for of, turn in turns]

    def names(self) -> Iterator[list[Name]]:
        """All keys of ours, some hundred at a time; none is missed, but SCAN may show one twice."""
        for keys in self._scanned():
            yield [name for name in map(named, keys) if name is not None]

    def foreign(self) -> bytes | None:
        """A key that is not ours, or None."""
        return next((key for keys in self._scanned() for key in keys if named(key) is None), None)

    def _scanned(self) -> Iterator[list[bytes]]:
        for master in self.all():
            cursor = 0
            while True:
                answer: Any = master.scan(cursor, count=SCANNED)
                cursor, keys = answer
                yield keys
                if cursor == 0:
                    break
