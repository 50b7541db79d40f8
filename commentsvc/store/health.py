"""Can this server keep what it acknowledges? Asked at start-up, by /readyz and by `doctor`."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import redis
from redis.cluster import ClusterNode, RedisCluster

from commentsvc.store import scripts
from commentsvc.store.exchange import Client
from commentsvc.store.server_binary import MINIMUM

Info = Mapping[str, Any]
"""What redis-py makes of INFO: numbers are int, words str."""

MIB = 1 << 20
MEMORY_WARNING = 0.9
"""The share of maxmemory from which on somebody should know."""


class Severity(StrEnum):
    """`error`: do not serve. `warning`: serve, but somebody should know."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing that is wrong: a stable `code`, how bad it is, and a sentence that says what to do."""

    code: str
    severity: Severity
    sentence: str


def check(client: Client, *, data_dir: Path | None = None, min_free_bytes: int = 0) -> tuple[Problem, ...]:
    """Return all problems of the server, or of every master of a cluster, the worst first; empty means healthy.

    With `data_dir`, the embedded server's, nothing less than `appendfsync always` will do, and `min_free_bytes` must be
    free on its disk. An unreachable server is a problem too, not an exception.
    """
    found = list(_disk(data_dir, min_free_bytes)) if data_dir else []
    copies = scripts.copies_of(client)
    if isinstance(client, RedisCluster):
        found.extend(_cluster(client, copies))
    else:
        found.extend(_server(client, "The Redis server", copies, of_cluster=False, ours=data_dir is not None))
    return tuple(sorted(found, key=lambda problem: problem.severity is not Severity.ERROR))


def _cluster(client: RedisCluster, copies: int) -> Iterator[Problem]:
    """Every master's problems. One that is away is a warning: the threads on the others are served."""
    masters: list[ClusterNode] = client.get_primaries()  # type: ignore[no-untyped-call]  # redis-py's
    found = {
        node.name: list(
            _server(client.get_redis_connection(node), f"Master {node.name}", copies, of_cluster=True, ours=False)
        )
        for node in masters
    }
    away = {name for name, problems in found.items() if any(one.code in ("unreachable", "loading") for one in problems)}
    for name, problems in found.items():
        if name in away and len(away) < len(found):
            yield _warning(
                "master_away",
                f"Master {name} is away: its threads, and what looks at all threads, get 503 until it or its replica "
                "serves. Start it, or look why no replica takes over.",
            )
        else:
            yield from problems


def _server(client: redis.Redis, name: str, copies: int, *, of_cluster: bool, ours: bool) -> Iterator[Problem]:
    try:
        info = client.info()
        if info.get("loading"):  # INFO is answered all the same; the PING before it, on a new connection, is not
            raise redis.BusyLoadingError
        yield from _kind(info, name, of_cluster=of_cluster)
        yield from _memory(info, name)
        yield from _persistence(info, name)
        if info.get("aof_enabled"):
            yield from _fsync(client, name, ours=ours)
        yield from _replicas(info, name, copies)
        if of_cluster:
            yield from _coverage(client, name)
    except redis.BusyLoadingError:
        yield _error("loading", f"{name} is still loading its data. Wait; it serves as soon as it has finished.")
    except redis.AuthenticationError as refusal:
        yield _error("refused", f"{name} refuses the user name or password ({refusal}). Correct them in the Redis URL.")
    except redis.exceptions.NoPermissionError as refusal:
        yield _error("refused", f"{name} does not let this user ask about its state ({refusal}). Allow it INFO.")
    except redis.RedisError as fault:
        yield _error("unreachable", f"{name} cannot be reached ({fault}). Start it, or correct the Redis URL.")


def _kind(info: Info, name: str, *, of_cluster: bool) -> Iterator[Problem]:
    version = tuple(int(part) for part in str(info["redis_version"]).split(".")[:2])
    if version < MINIMUM:
        yield _error("too_old", f"{name} is version {info['redis_version']}. Upgrade it to 6.2 or later, or to Valkey.")
    mode = info.get("redis_mode", info.get("server_mode"))
    if mode == "sentinel":
        yield _error("wrong_scheme", f"{name} is a sentinel. Write the URL as redis+sentinel://host:port/service/0.")
    if mode == "cluster" and not of_cluster:
        yield _error(
            "wrong_scheme", f"{name} belongs to a cluster. Write the URL as redis+cluster://host:port,host:port."
        )
    if info.get("role") == "slave":
        master = f"{info.get('master_host')}:{info.get('master_port')}"
        yield _error(
            "replica", f"{name} is a replica and takes no writes. Point the Redis URL at its master, {master}."
        )


def _memory(info: Info, name: str) -> Iterator[Problem]:
    policy, limit = info.get("maxmemory_policy", "noeviction"), int(info.get("maxmemory", 0))
    if policy != "noeviction":
        yield Problem(
            code="evicts",
            severity=Severity.ERROR if limit else Severity.WARNING,
            sentence=f"{name} throws data away when its memory is full (maxmemory-policy {policy}). "
            "Set maxmemory-policy noeviction.",
        )
    if limit and int(info["used_memory"]) > limit * MEMORY_WARNING:
        share = 100 * int(info["used_memory"]) // limit
        yield _warning(
            "memory_low", f"{name} uses {share} % of its maxmemory. Raise maxmemory before it refuses writes."
        )


def _persistence(info: Info, name: str) -> Iterator[Problem]:
    if not info.get("aof_enabled"):
        yield _error(
            "no_aof",
            f"{name} keeps no append-only file, so a restart loses comments. Set appendonly yes.",
        )
    if info.get("aof_last_write_status", "ok") != "ok":
        yield _error("write_failed", f"{name} could not write its append-only file. Look at its disk and its log.")
    if info.get("aof_last_bgrewrite_status", "ok") != "ok":
        yield _warning(
            "rewrite_failed",
            f"{name} could not rewrite its append-only file, which therefore grows. Look at its memory, disk and log.",
        )
    if info.get("rdb_last_bgsave_status", "ok") != "ok":
        yield _warning(
            "snapshot_failed",
            f"{name} could not write its snapshot and may refuse writes for that. Look at its memory, disk and log.",
        )


def _replicas(info: Info, name: str, copies: int) -> Iterator[Problem]:
    online = sum(one["state"] == "online" for key, one in info.items() if key.startswith("slave") and key[5:].isdigit())
    if online < copies:
        yield _warning(
            "few_replicas",
            f"{name} has {online} replicas, and wait_replicas is {copies}: nothing can be acknowledged (503). "
            "Start the missing replicas, or lower wait_replicas.",
        )


def _coverage(client: redis.Redis, name: str) -> Iterator[Problem]:
    if _configured(client, "cluster-require-full-coverage") == "yes":
        yield _warning(
            "full_coverage",
            f"{name} stops serving while any other master is away. Set cluster-require-full-coverage no.",
        )


def _configured(client: redis.Redis, name: str) -> str | None:
    """A setting of the server's; None where it is unknown, renamed or forbidden, as on managed servers."""
    try:
        value: str | None = client.config_get(name).get(name)
    except redis.ResponseError:
        return None
    return value


def _fsync(client: redis.Redis, name: str, *, ours: bool) -> Iterator[Problem]:
    mode = _configured(client, "appendfsync")
    if mode is None:
        yield _warning(
            "fsync_unknown",
            f"{name} does not say how often it writes to disk (CONFIG is forbidden). Make sure that it is appendfsync "
            "always: with everysec, comments acknowledged in the last second are lost in a power cut.",
        )
    elif mode == "everysec" and not ours:
        yield _warning(
            "fsync_everysec",
            f"{name} writes to disk once a second: a comment is acknowledged up to a second before it is safe from a "
            "power cut (a crash of the server alone loses nothing). Set appendfsync always.",
        )
    elif mode != "always":
        yield _error(
            "fsync_off", f"{name} is set to appendfsync {mode}: acknowledged comments are not on disk. Set always."
        )


def _disk(data_dir: Path, min_free_bytes: int) -> Iterator[Problem]:
    free = shutil.disk_usage(data_dir).free
    if free < min_free_bytes:
        yield _error(
            "disk_low",
            f"Only {free // MIB} MiB are free for {data_dir}, and {min_free_bytes // MIB} MiB are wanted: a full disk "
            "would end the server. Make room; nothing new is accepted before.",
        )


def _error(code: str, sentence: str) -> Problem:
    return Problem(code=code, severity=Severity.ERROR, sentence=sentence)


def _warning(code: str, sentence: str) -> Problem:
    return Problem(code=code, severity=Severity.WARNING, sentence=sentence)
