"""A master, its replicas and sentinels for tests, quick to notice that the master is away."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import redis

from commentsvc.store import server_binary
from tests.servers import Server, free_ports, launched, short_directory, start_server, wait_until

SERVICE = "comments"
DOWN_AFTER_MS = 500


@dataclass(kw_only=True)
class Sentinels:
    """The servers by port, whichever of them is the master by now, and the sentinels that watch them."""

    directory: Path
    options: tuple[str, ...] = ()
    servers: dict[int, Server] = field(default_factory=dict)
    watchers: list[Server] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where a service finds the master."""
        places = ",".join(f"127.0.0.1:{watcher.url.rpartition(':')[2].partition('/')[0]}" for watcher in self.watchers)
        return f"redis+sentinel://{places}/{SERVICE}/0"

    @property
    def master(self) -> int:
        """The port of the master, as the sentinel says that knows the latest fail-over."""
        states = []
        for watcher in self.watchers:
            with watcher.client() as client:
                states.append(client.sentinel_master(SERVICE))
        return int(max(states, key=lambda state: int(state["config-epoch"]))["port"])

    def start(self, port: int, *more: str) -> Server:
        """Start the server of this port, for the first time or once more."""
        home = self.directory / str(port)
        home.mkdir(exist_ok=True)
        self.servers[port] = start_server(home, "--repl-diskless-sync-delay", "0", *self.options, *more, port=port)
        return self.servers[port]

    def failed_over_from(self, port: int) -> bool:
        """Whether the sentinel says that somebody else is the master, and who that is takes writes."""
        if self.master == port:
            return False
        with contextlib.suppress(redis.ConnectionError), self.servers[self.master].client() as client:
            return bool(client.info("replication")["role"] == "master")
        return False

    def followers(self) -> int:
        """How many replicas the master has that follow it."""
        with self.servers[self.master].client() as client:
            return sum(one["state"] == "online" for key, one in client.info("replication").items() if _is_replica(key))

    def stop(self) -> None:
        """End everything."""
        for server in [*self.watchers, *self.servers.values()]:
            server.stop()


def start_sentinel(directory: Path, *, port: int, master_port: int, quorum: int = 1) -> Server:
    """Start a sentinel that watches the master on `master_port`; `quorum` of them must agree that it is away."""
    configuration = directory / "sentinel.conf"
    configuration.write_text(
        f'port {port}\nbind 127.0.0.1\ndir "{directory}"\n'
        f"sentinel monitor {SERVICE} 127.0.0.1 {master_port} {quorum}\n"
        f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MS}\nsentinel failover-timeout {SERVICE} 5000\n"
    )
    command = [str(server_binary.find().path), str(configuration), "--sentinel"]
    return launched(directory, command, f"redis://127.0.0.1:{port}/0", {})


def start_sentinels(directory: Path, *options: str, replicas: int = 1, watchers: int = 3) -> Sentinels:
    """Start a master, its `replicas` and `watchers`, and return them when everybody knows everybody."""
    made = Sentinels(directory=directory, options=options)
    ports = free_ports(1 + replicas + watchers)
    try:
        made.start(ports[0])
        for port in ports[1 : 1 + replicas]:
            made.start(port, "--replicaof", f"127.0.0.1 {ports[0]}")
        for port in ports[1 + replicas :]:
            home = directory / str(port)
            home.mkdir()
            quorum = watchers // 2 + 1
            made.watchers.append(start_sentinel(home, port=port, master_port=ports[0], quorum=quorum))
        wait_until(lambda: _all_known(made), timeout_s=30, what="sentinels that know each other and the replica")
        wait_until(lambda: made.followers() == replicas, timeout_s=30, what="replicas that follow")
    except BaseException:
        made.stop()
        raise
    return made


@contextlib.contextmanager
def watched_master() -> Iterator[Sentinels]:
    """A master, a replica and three sentinels; what is acknowledged is on the disks."""
    with short_directory() as directory:
        made = start_sentinels(directory, "--appendonly", "yes", "--appendfsync", "always")
        try:
            yield made
        finally:
            made.stop()


def _all_known(made: Sentinels) -> bool:
    for watcher in made.watchers:
        with watcher.client() as client:
            state = client.sentinel_master(SERVICE)
        if state["num-slaves"] != len(made.servers) - 1 or state["num-other-sentinels"] != len(made.watchers) - 1:
            return False
    return True


def _is_replica(key: str) -> bool:
    return key.startswith("slave") and key[5:].isdigit()
