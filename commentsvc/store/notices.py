"""The line on which Redis tells whose public face has changed, and the proof of how far it has been heard.

A script publishes the key of a thread or a site while it changes what the public sees. Redis sends what it publishes on
one connection in order, so the answer to a PING proves that every notice from before that PING has been heard: silence
and lateness can be told from peace. Of a cluster every master is listened to, because a notice of another master comes
by the cluster's own bus, which proves nothing.
"""

import math
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from redis import Redis
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
"""How often it is asked who the masters are: one that was replaced may live on, answer, and know nothing of it."""

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

    `up`: nothing is missed just now. `heard_s`: the monotonic time until which everything has been told, by servers
    that were known to be the masters then; it stays when the line goes down. `begun_s`: when the line last came up.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._tell: Tell = lambda notice: None
        self._lock = threading.Lock()
        self._ears: dict[str, _Ear] = {}
        self._threads: list[threading.Thread] = []
        self._ended = threading.Event()
        self._look = threading.Event()
        self._confirmed_s = math.inf  # nobody can take the place of a single server
        self.up = False
        self.heard_s = self.begun_s = -math.inf

    def start(self, tell: Tell) -> None:
        """Begins to listen and to `tell`, which must be quick and must not raise."""
        self._tell = tell
        if isinstance(self._client, RedisCluster):
            self._confirmed_s = -math.inf
            self._run(self._repeat, self._follow, self._client)
            return
        pool = self._client.connection_pool
        if isinstance(pool, SentinelConnectionPool):
            self._confirmed_s = -math.inf
            self._run(self._repeat, self._watch, pool)
        self._listen({"redis": pool})

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

    def _repeat(self, ask: Callable[[Any], None], whom: Any) -> None:
        """Asks again and again who the masters are; without an answer the line is soon not current any more."""
        while not self._ended.is_set():
            self._look.clear()
            try:
                ask(whom)
            except (RedisError, RedisClusterException, OSError) as error:
                log.debug("nobody says who the masters are", error=type(error).__name__)
            except Exception:
                log.exception("the question who the masters are failed")
            self._look.wait(MASTER_S - PAUSE_S)
            self._ended.wait(PAUSE_S)

    def _watch(self, pool: SentinelConnectionPool) -> None:
        """Leaves a master as soon as there is another one, with every connection of the pool."""
        began_s = monotonic()
        pool.get_master_address()  # type: ignore[no-untyped-call]  # it drops the pool's connections to another
        self._confirmed_s = began_s

    def _follow(self, cluster: RedisCluster) -> None:
        """Listens to every master there is, and believes that they are as long as all of them say so."""
        began_s = monotonic()
        nodes = cluster.get_primaries()  # type: ignore[no-untyped-call]  # redis-py's
        connections = {node.name: cluster.get_redis_connection(node) for node in nodes}
        # A slot without a master is one whose next master is not listened to yet.
        whole = len(cluster.nodes_manager.slots_cache) == SLOTS
        self._listen({name: one.connection_pool for name, one in connections.items()} if whole else {})
        doubtful = _doubtful(connections) if whole else next(iter(connections), None)
        if doubtful is None:
            self._confirmed_s = began_s
        else:
            cluster.nodes_manager.initialize(disconnect_startup_nodes_pools=False, last_failed_node_name=doubtful)

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
            self.heard_s = min(self._confirmed_s, *(ear.heard_s for ear in ears))
        if self.up and not was:
            self.begun_s = monotonic()
        if self.up != was:
            log.info("notices are heard" if self.up else "notices are not heard: what is kept is checked each time")


_QUESTIONS = (("CLUSTER", "MYID"), ("CLUSTER", "SLOTS"))


def _doubtful(masters: Mapping[str, Redis]) -> str | None:
    """Who does not see what most masters see, or is none of those they see; None where all agree on all.

    A master that the others cannot reach goes on believing in itself, and its clients with it.
    """
    ids, views = dict[str, bytes](), dict[str, frozenset[Any]]()
    for name, master in masters.items():
        try:
            ids[name], rows = (master.execute_command(*one) for one in _QUESTIONS)  # type: ignore[no-untyped-call]
        except (RedisError, OSError):
            return name
        views[name] = frozenset((first, last, owner[2]) for first, last, owner, *_ in rows)
    common = Counter(views.values()).most_common(1)[0][0]
    owners = {owner for _, _, owner in common}
    return next((name for name, view in views.items() if view != common or ids[name] not in owners), None)


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
