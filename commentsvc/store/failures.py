"""What it looks like when Redis cannot be used just now: one handler in the web turns all of it into 503."""

from redis.exceptions import (
    BusyLoadingError,
    ClusterDownError,
    ClusterError,
    ConnectionError,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    ResponseError,
    TimeoutError,
    TryAgainError,
)


class NotNow(ConnectionError):
    """The server cannot do this at present, and said so: nothing was written."""


class TooFewCopies(ConnectionError):
    """It was written, but fewer replicas than `wait_replicas` have confirmed it in time: the outcome is unknown."""


UNREACHABLE: tuple[type[Exception], ...] = (
    BusyLoadingError,
    ClusterDownError,
    ClusterError,
    ConnectionError,
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    TimeoutError,
    TryAgainError,
)

_WORDS = (
    "BUSY ",
    "CLUSTERDOWN",
    "MASTERDOWN",
    "MISCONF",
    "NOREPLICAS",
    "READONLY",
    # A key that a script finds in an index has moved to another master already, while its slot is on the move.
    "attempted to access a non local key",
    "while the cluster is down",
)
"""Of errors that a script meets; Redis 6.2 wraps them, so that redis-py cannot tell their kind."""


def is_not_now(error: ResponseError) -> bool:
    """Whether the same will work again in a while, as it is."""
    return any(word in str(error) for word in _WORDS)
