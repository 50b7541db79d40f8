"""Turn a Redis URL into a client that fails fast and never runs a write twice by itself."""

from typing import Any, assert_never

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.retry import Retry

from commentsvc.store.address import Address, Scheme, parse
from commentsvc.store.cluster import Cluster
from commentsvc.store.exchange import Client
from commentsvc.store.sentinels import Sentinels

CONNECT_TIMEOUT_S = 0.2
"""A server that is down costs a reader this much, then the 503 that keeps the text."""

ANSWER_TIMEOUT_S = 2.0
"""Longer than a slow fsync on a busy disk, which an acknowledged write has to wait for."""

HEALTH_CHECK_S = 30
"""A connection idle for longer is asked PING before it is used: a firewall may have dropped it without a word."""


class Single(redis.Redis):
    """A client of one master, named or found by sentinels, whose acknowledged writes wait for replicas."""

    wait_replicas = 0


def connect(
    url: str, *, client_name: str = "commentsvc", wait_replicas: int = 0, answer_s: float = ANSWER_TIMEOUT_S
) -> Client:
    """Return a client for `url`; answers are bytes. Only a cluster is asked something already here: its map of slots.

    No command is ever sent twice by the client after a lost answer, because the first may have been carried out: who
    calls decides, with an id. A pooled connection that the server closed (a restart) is noticed before it is used, by a
    look at the socket, and replaced, so the first request after a recovery does not fail. Writes through
    `store/scripts.py` wait until `wait_replicas` replicas have them. Raises AddressError for a URL that cannot work,
    RedisClusterException for a cluster that cannot be reached.
    """
    address = parse(url)
    options: dict[str, Any] = {
        "username": address.username,
        "password": address.password,
        "client_name": client_name,
        # RESP2 and RESP3 take the same time (~105 µs a call); under RESP3 redis-py asks for maintenance notices and
        # then no longer looks whether a pooled connection still lives.
        "protocol": 2,
        "decode_responses": False,
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": answer_s,
        "health_check_interval": HEALTH_CHECK_S,
        "driver_info": None,
    }
    client = _client(address, options)
    client.wait_replicas = wait_replicas
    return client


def _client(address: Address, options: dict[str, Any]) -> Single | Cluster:
    secure = address.scheme.secure
    match address.scheme:
        case Scheme.REDIS | Scheme.REDISS:
            host, port = address.nodes[0]
            return Single(host=host, port=port, db=address.db, ssl=secure, retry=never_twice(), **options)
        case Scheme.UNIX:
            return Single(unix_socket_path=address.path, db=address.db, retry=never_twice(), **options)
        case Scheme.SENTINEL | Scheme.SENTINEL_TLS:
            return _sentinel(address, {**options, "ssl": secure})
        case Scheme.CLUSTER | Scheme.CLUSTER_TLS:
            return _cluster(address, {**options, "ssl": secure})
        case _:
            assert_never(address.scheme)


def never_twice() -> Retry:
    """Return the retry policy that gives up after the first try (redis-py's default tries ten times more)."""
    return Retry(NoBackoff(), 0)


def _sentinel(address: Address, options: dict[str, Any]) -> Single:
    # Without options of their own the questions to the sentinels would wait long and be tried ten times each; one that
    # hangs must not hide from us for long what the others know.
    questions = {
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        "socket_timeout": CONNECT_TIMEOUT_S,
        "protocol": 2,
        "retry": never_twice(),
        "ssl": options["ssl"],
    }
    sentinels = Sentinels(list(address.nodes), questions)
    options |= {"db": address.db, "retry": never_twice()}
    master: Single = sentinels.master_for(address.service, redis_class=Single, **options)  # type: ignore[no-untyped-call]
    return master


def _cluster(address: Address, options: dict[str, Any]) -> Cluster:
    """Return a cluster client that follows redirections and tries nothing else again.

    In redis-py 8.1 `retry` counts how often `execute_command` starts over after ConnectionError, TimeoutError,
    CLUSTERDOWN or an uncovered slot: after a lost answer a write would run twice, so it is 0 here. MOVED, ASK and
    TRYAGAIN are followed inside one such try (`_execute_command`, at most 16 hops), which is safe: a node that
    redirects has not run the command. After a lost connection the map of slots is read anew before the error is raised.

    Trap: the PIPELINE of a cluster client sends each command that met a ConnectionError or TimeoutError once more
    whatever `retry` says, so only reads may go through it.
    """
    nodes = [ClusterNode(host, port) for host, port in address.nodes]  # type: ignore[no-untyped-call]  # redis-py's
    # Threads on the masters that are there are served even while another master is missing.
    return Cluster(startup_nodes=nodes, require_full_coverage=False, retry=never_twice(), **options)
