"""A cluster for tests: three masters, with a replica each where a test needs them, and one more node where it grows."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.crc import key_slot
from redis.retry import Retry

from tests.servers import Server, free_ports, no_retry, short_directory, start_server, wait_until

MASTERS = 3
AS_RECOMMENDED = ("--cluster-require-full-coverage", "no")
"""Other masters go on serving while one is away: what docs/redis.md tells operators to set."""


@dataclass(kw_only=True)
class Cluster:
    """Three masters on loopback that share all slots; `nodes` are the masters, their replicas, and who came later."""

    directory: Path
    options: tuple[str, ...]
    nodes: dict[int, Server] = field(default_factory=dict)
    ports: list[int] = field(default_factory=list)

    @property
    def masters(self) -> list[Server]:
        """Who were the masters at the start."""
        return [self.nodes[port] for port in self.ports[:MASTERS]]

    @property
    def url(self) -> str:
        """Where a service finds it."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{port}" for port in self.ports)

    def client(self) -> RedisCluster:
        """Return a new cluster client; the caller closes it. It follows MOVED and ASK, nothing else is tried again."""
        nodes = [ClusterNode("127.0.0.1", port) for port in self.ports]  # type: ignore[no-untyped-call]  # redis-py's
        return RedisCluster(startup_nodes=nodes, decode_responses=False, retry=Retry(NoBackoff(), 3))

    def flush(self) -> None:
        """Empty all masters, and their replicas with them."""
        for server in self.nodes.values():
            with contextlib.suppress(redis.ReadOnlyError), server.client() as client:
                client.flushall()

    def start(self, port: int) -> Server:
        """Start the node of this port, for the first time or once more."""
        home = self.directory / str(port)
        home.mkdir(exist_ok=True)
        self.nodes[port] = start_server(home, "--cluster-enabled", "yes", *self.options, port=port)
        return self.nodes[port]

    def grow(self) -> int:
        """Start one more master, without a slot, and return its port when everybody knows it."""
        port = free_ports(1)[0]
        with self.start(port).client() as client:
            client.execute_command("CLUSTER MEET", "127.0.0.1", self.ports[0])
        self.ports.append(port)
        wait_until(lambda: self.agrees(), timeout_s=30, what="a cluster that knows its new master")
        return port

    def port_of(self, key: str) -> int:
        """The port of the master that holds a key's slot, as most of the others see it."""
        slot, seen = key_slot(key.encode()), list[int]()
        for server in self.nodes.values():
            with contextlib.suppress(redis.RedisError):
                seen += [row[2][1] for row in _view(server) if row[0] <= slot <= row[1]]
        return max(seen, key=seen.count)

    def id_of(self, port: int) -> str:
        """The name of a node within the cluster."""
        with self.nodes[port].client() as client:
            return str(client.execute_command("CLUSTER MYID").decode())

    def configure(self, name: str, value: str) -> None:
        """Change a setting of every node that is there."""
        for server in self.nodes.values():
            with contextlib.suppress(redis.ConnectionError), server.client() as client:
                client.config_set(name, value)

    def replica_of(self, port: int) -> int:
        """The port of a replica of this master."""
        for other, server in self.nodes.items():
            with server.client() as client:
                info = client.info("replication")
            if info["role"] == "slave" and info["master_port"] == port:
                return other
        raise AssertionError(f"{port} has no replica")

    def is_followed(self) -> bool:
        """Whether each of the nodes is a master with a replica, or a replica that has everything."""
        infos = []
        for server in self.nodes.values():
            with server.client() as client:
                infos.append(client.info("replication"))
        return all(
            one["connected_slaves"] > 0 if one["role"] == "master" else one["master_link_status"] == "up"
            for one in infos
        )

    def agrees(self) -> bool:
        """Whether every node knows every other one and finds the cluster whole."""
        return all(_agrees(server, len(self.nodes)) for server in self.nodes.values())

    def stop(self) -> None:
        """End all nodes."""
        for server in self.nodes.values():
            server.stop()


def start_cluster(directory: Path, *options: str, replicas: int = 0, node_timeout_ms: int = 5000) -> Cluster:
    """Start three masters and `replicas` of each under `directory`, and return them when every node finds it whole."""
    options = ("--cluster-node-timeout", str(node_timeout_ms), "--repl-diskless-sync-delay", "0", *options)
    cluster = Cluster(directory=directory, options=options, ports=free_ports(MASTERS * (1 + replicas)))
    try:
        for port in cluster.ports:
            cluster.start(port)
        _join(cluster)
        _replicate(cluster)
    except BaseException:
        cluster.stop()
        raise
    return cluster


@contextlib.contextmanager
def replicated_cluster() -> Iterator[Cluster]:
    """Three masters with a replica each, quick to notice that one is away; what is acknowledged is on their disks."""
    with short_directory() as directory:
        # DEBUG is how a test cuts a node off from the others but not from its clients.
        safe = (
            "--enable-debug-command",
            "yes",
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--cluster-replica-validity-factor",
            "0",
        )
        cluster = start_cluster(directory, *safe, *AS_RECOMMENDED, replicas=1, node_timeout_ms=1000)
        try:
            yield cluster
        finally:
            cluster.stop()


def _join(cluster: Cluster) -> None:
    bounds = [0, 5461, 10923, 16384]
    for index, port in enumerate(cluster.ports):
        with cluster.nodes[port].client() as client:
            client.execute_command("CLUSTER SET-CONFIG-EPOCH", index + 1)
            if index < MASTERS:  # ADDSLOTSRANGE came with 7.0 only.
                client.execute_command("CLUSTER ADDSLOTS", *range(bounds[index], bounds[index + 1]))
            for other in cluster.ports[:index]:
                client.execute_command("CLUSTER MEET", "127.0.0.1", other)
    wait_until(cluster.agrees, timeout_s=30, what="cluster_state:ok")


def _replicate(cluster: Cluster) -> None:
    for index, port in enumerate(cluster.ports[MASTERS:]):
        with cluster.nodes[port].client() as client:
            client.execute_command("CLUSTER REPLICATE", cluster.id_of(cluster.ports[index % MASTERS]))
    replicas = [cluster.nodes[port] for port in cluster.ports[MASTERS:]]
    wait_until(lambda: all(map(is_replica, replicas)), timeout_s=30, what="replicas that have it all")
    known = len(replicas) // MASTERS
    wait_until(
        lambda: all(len(row) == 3 + known for server in cluster.nodes.values() for row in _view(server)),
        timeout_s=30,
        what="a cluster that knows its replicas",
    )


def is_replica(server: Server) -> bool:
    """Whether the server follows a master and has everything that it had."""
    with server.client() as client:
        info = client.info("replication")
    return bool(info["role"] == "slave" and info["master_link_status"] == "up")


def _agrees(server: Server, nodes: int) -> bool:
    with server.client() as client:
        info = client.execute_command("CLUSTER INFO")
    if isinstance(info, bytes):
        info = dict(line.split(":", 1) for line in info.decode().split())
    return bool(info["cluster_state"] == "ok" and info["cluster_known_nodes"] == str(nodes))


def _view(server: Server) -> list[Any]:
    """Who holds which slots, as this node sees it: rows of first slot, last slot, master, its replicas."""
    with redis.Redis.from_url(server.url, retry=no_retry(), socket_timeout=0.2) as client:
        rows: list[Any] = client.execute_command("CLUSTER SLOTS")
        return rows
