"""The line on which Redis tells whose public face has changed, and the proof of how far it has been heard.

A script publishes the key of a thread or a site while it changes what the public sees. Redis sends what it publishes on
one connection in order, so the answer to a PING proves that every notice from before that PING has been heard: silence
and lateness can be told from peace. Of a cluster every master is listened to, because a notice of another master comes
by the cluster's own bus, which proves nothing.
"""

import math
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from redis.cluster import RedisCluster
from redis.exceptions import ConnectionError, RedisClusterException, RedisError
from redis.sentinel import SentinelConnectionPool

from commentsvc.store import keys
from commentsvc.store.scripts import Client

BEAT_S = 0.1
SILENCE_S = 0.5
"""A beat that is not answered for so long ends the line, and another one is tried."""

PAUSE_S = 0.1
LATE_S = 0.75
"""What is served unchecked is at most this much behind: the rest of the second that was promised is for the answer."""

MASTER_S = 0.3
"""How often sentinels are asked who the master is: the one before it lives on for seconds, and knows nothing of it."""

TOPOLOGY_S = 1.0
SLOTS = 16_384

_THREAD = re.compile(r"\{([a-z0-9-]+)\.\d+\}:t:(\w+)", re.ASCII)
_SITE = re.compile(re.escape(keys.SITES) + r":([a-z0-9-]+)", re.ASCII)

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """A thread of a site has a new public face, or, where there is no `thread`, the site itself has."""

    site: str
    thread: str = ""


Tell = Callable[[Notice | None], None]
"""What is told: a notice, or None when some may have been missed and anything may have changed."""


class Line:
    """Hears notices in threads of its own, from `start` on.

    `up`: nothing is missed just now. `heard_s`: the monotonic time until which everything has been told; it stays when
    the line goes down. `begun_s`: when the line last came up.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tell: Tell = lambda notice: None
        self._lock = threading.Lock()
        self._ears: dict[str, _Ear] = {}
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()
        self._look = threading.Event()
        self.up = False
        self.heard_s = self.begun_s = -math.inf

    def start(self, tell: Tell) -> None:
        """Begins to listen and to `tell`, which must be quick and must not raise."""
        self._tell = tell
        if isinstance(self._client, RedisCluster):
            self._run(self._follow, self._client)
            return
        pool = self._client.connection_pool
        self._listen({"redis": pool})
        if isinstance(pool, SentinelConnectionPool):
            self._run(self._watch, pool)

    def end(self) -> None:
        """Stops listening; the line is down for good."""
        self._ended.set()
        self._look.set()
        self._listen({})
        for thread in self._threads:
            thread.join()

    def current(self) -> bool:
        """Whether everything that was acknowledged until `LATE_S` ago has been told."""
        return self.up and monotonic() - self.heard_s < LATE_S

    def _follow(self, cluster: RedisCluster) -> None:
        """Listens to every master there is, whichever that is by now."""
        while not self._ended.is_set():
            self._look.clear()
            masters = cluster.get_primaries()  # type: ignore[no-untyped-call]  # redis-py's
            pools = {one.name: cluster.get_redis_connection(one).connection_pool for one in masters}
            # A slot without a master is one whose next master is not listened to yet.
            self._listen(pools if len(cluster.nodes_manager.slots_cache) == SLOTS else {})
            self._look.wait(TOPOLOGY_S)
            if self._ended.wait(PAUSE_S):
                return
            try:
                cluster.nodes_manager.initialize(disconnect_startup_nodes_pools=False)
            except (RedisError, RedisClusterException, OSError) as error:
                log.debug("the cluster does not say who its masters are", error=type(error).__name__)

    def _watch(self, pool: SentinelConnectionPool) -> None:
        """Leaves a master as soon as there is another one, with every connection of the pool."""
        while not self._ended.wait(MASTER_S):
            try:
                pool.get_master_address()  # type: ignore[no-untyped-call]  # it drops the pool's connections to another
            except (RedisError, OSError) as error:
                log.debug("no sentinel says who the master is", error=type(error).__name__)

    def _listen(self, pools: dict[str, Any]) -> None:
        with self._lock:
            for name in self._ears.keys() - pools.keys():
                self._ears.pop(name).ended.set()
            new = {name: _Ear(pools[name], self) for name in pools.keys() - self._ears.keys()}
            self._ears |= new
            self._sum_up()
        for ear in new.values():
            self._run(ear.run)

    def _run(self, target: Callable[..., None], *given: Any) -> None:
        thread = threading.Thread(target=target, args=given, name="notices", daemon=True)
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]
        thread.start()

    def note(self, ear: "_Ear", *, heard_s: float | None) -> None:
        """An ear has heard everything until `heard_s`, or (None) hears nothing now."""
        with self._lock:
            ear.up = heard_s is not None
            ear.heard_s = ear.heard_s if heard_s is None else heard_s
            self._sum_up()
        if heard_s is None:
            self._look.set()

    def pass_on(self, notice: Notice | None) -> None:
        """Tells what an ear has heard."""
        self._tell(notice)

    def _sum_up(self) -> None:
        was = self.up
        ears = self._ears.values()
        self.up = bool(ears) and all(ear.up for ear in ears)
        if self.up:
            self.heard_s = min(ear.heard_s for ear in ears)
        if self.up and not was:
            self.begun_s = monotonic()
        if self.up != was:
            log.info("notices are heard" if self.up else "notices are not heard: what is kept is checked each time")


class _Ear:
    """One subscription on one server, made again for as long as it is wanted."""

    def __init__(self, pool: Any, line: Line) -> None:
        self.ended = threading.Event()
        self.up = False
        self.heard_s = -math.inf
        self._pool = pool
        self._line = line

    def run(self) -> None:
        """Listens until it is ended."""
        while not self.ended.is_set():
            try:
                self._hear()
            except (RedisError, RedisClusterException, OSError) as error:
                log.debug("the line of notices is broken", error=type(error).__name__)
            except Exception:
                log.exception("the line of notices failed")  # without a line every hit is checked: slower, and right
            self._line.note(self, heard_s=None)
            self.ended.wait(PAUSE_S)

    def _hear(self) -> None:
        # A bare connection: redis-py's PubSub subscribes again by itself after a break and does not say what it missed.
        connection = self._pool.get_connection()
        try:
            connection.send_command("SUBSCRIBE", keys.NOTICES, check_health=False)
            connection.read_response(push_request=True)  # under RESP3 what is published is pushed, not answered
            self._line.pass_on(None)
            self._beat(connection)
        finally:
            connection.disconnect()
            self._pool.release(connection)

    def _beat(self, connection: Any) -> None:
        asked_s, answered = -math.inf, True
        while not self.ended.is_set():
            if not self._pool.owns_connection(connection):
                raise ConnectionError("there is another master")
            now_s = monotonic()
            if answered and now_s - asked_s >= BEAT_S:
                connection.send_command("PING", check_health=False)
                asked_s, answered = now_s, False
            elif not answered and now_s - asked_s >= SILENCE_S:
                raise TimeoutError("no answer to a beat")
            if connection.can_read(timeout=BEAT_S / 2):
                answer = connection.read_response(push_request=True)
                if answer[0] == b"message":
                    self._pass_on(answer[2])
                else:
                    answered = True
                    self._line.note(self, heard_s=asked_s)

    def _pass_on(self, said: bytes) -> None:
        key = said.decode("ascii", "replace")
        if match := _THREAD.fullmatch(key):
            self._line.pass_on(Notice(site=match[1], thread=match[2]))
        elif match := _SITE.fullmatch(key):
            self._line.pass_on(Notice(site=match[1]))
        else:
            self._line.pass_on(None)  # a newer version's, perhaps: the worst is assumed
