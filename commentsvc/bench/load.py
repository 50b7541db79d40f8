"""The load generator: keep-alive connections, requests made beforehand, one at a time on each. Run as a script.

`python -I -S load.py JOB_FILE` prints one JSON object. Only the standard library, and cheap: it shares the machine with
what it measures. Of an answer it reads the status and the length, nothing else; any status but the expected one is an
error. A job: `address` (port or socket path), `protocol` (`http` or `resp`), `connections`, `seconds`, `expect`, `once`
(each request is for one use), `per_s`, `watched`, `requests` (latin-1 text).

With `per_s` 0 every connection asks again as soon as it has its answer. Otherwise so many requests leave each second,
whether or not earlier ones are answered, as long as a connection is free; a latency then begins when its request was
due. A `watched` one of those says when it has begun, and ends early when standard input does.
"""

import itertools
import json
import select
import socket
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from typing import Any

BUFFER = 262_144
DRAIN_S = 10.0
"""What is under way when the time is up is still waited for: every acknowledgement is counted somewhere."""

STARTED = "started"
"""Said on standard error by a watched slice when it begins."""

LENGTH = b"\r\ncontent-length:"
SUBMIT_REPLY = 9
"""Lines of `submit.lua`'s answer: `*4 $8 accepted $26 <id> $3 new $1 0`."""

Reply = Callable[[bytearray, int], tuple[str, int]]


class Connection:
    """A socket, when its request left, and how many bytes of the answer are still to come."""

    __slots__ = ("missing", "sent", "sock", "status")

    def __init__(self, address: int | str) -> None:
        if isinstance(address, int):
            self.sock = socket.create_connection(("127.0.0.1", address), timeout=DRAIN_S)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        else:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(DRAIN_S)
            self.sock.connect(address)
        self.sock.setblocking(True)  # a time-out would cost one more system call for every answer
        self.sent, self.missing, self.status = 0.0, 0, ""

    def send(self, request: bytes) -> None:
        """Sends one request; it is small beside the socket's buffer, so this does not wait."""
        self.sent = time.perf_counter()
        self.sock.sendall(request)

    def take(self, buffer: bytearray, reply: Reply) -> bool:
        """Reads what has come; whether that was the end of the answer (`missing` is then 0, or -1 for a broken one)."""
        size = self.sock.recv_into(buffer)
        if not size:
            self.status, self.missing = "connection closed", -1
        elif self.missing:
            self.missing -= size
        else:
            self.status, self.missing = reply(buffer, size)
        return self.missing <= 0


class Tally:
    """What came of a slice. `latencies` are seconds of answers inside the time, `answered` counts late ones too."""

    def __init__(self, expect: str) -> None:
        self.expect = expect
        self.latencies = array("d")
        self.errors: dict[str, int] = {}
        self.answered = 0
        self.last = 0.0

    def take(self, status: str, now: float, sent: float, end: float) -> None:
        """Counts one complete answer."""
        if status != self.expect:
            self.errors[status] = self.errors.get(status, 0) + 1
            return
        self.answered += 1
        if now <= end:
            self.latencies.append(now - sent)
            self.last = now


class Waiting:
    """The connections that wait for an answer, and the buffer that they all read into."""

    def __init__(self) -> None:
        epoll = hasattr(select, "epoll")
        self._poller: Any = select.epoll() if epoll else select.poll()
        self._unit = 1 if epoll else 1000  # seconds for epoll, milliseconds for poll
        self.buffer = bytearray(BUFFER)
        self.connections: dict[int, Connection] = {}

    def add(self, connection: Connection) -> None:
        """From now on it is looked at."""
        self.connections[connection.sock.fileno()] = connection
        self._poller.register(connection.sock, select.POLLIN)

    def drop(self, number: int) -> None:
        """Nobody looks at it any more."""
        self._poller.unregister(number)
        del self.connections[number]

    def watch(self, number: int) -> None:
        """Something else than a connection to be woken by."""
        self._poller.register(number, select.POLLIN)

    def unwatch(self, number: int) -> None:
        """No longer to be woken by it."""
        self._poller.unregister(number)

    def ready(self, seconds: float) -> list[tuple[int, int]]:
        """Those that can be read, after `seconds` at most."""
        found: list[tuple[int, int]] = self._poller.poll(seconds * self._unit)
        return found


def http_reply(buffer: bytearray, size: int) -> tuple[str, int]:
    """The status and how many bytes are missing, -1 where that cannot be told."""
    end = buffer.find(b"\r\n\r\n", 0, size)
    if end < 0:
        return "a head in pieces", -1
    status = buffer[9:12].decode("latin-1")
    if status in ("304", "204"):
        return status, 0
    at = buffer.find(LENGTH, 0, end)
    if at < 0:  # granian writes names in small letters; others must not
        at = buffer[:end].lower().find(LENGTH)
    if at < 0:
        return f"{status} without Content-Length", -1
    stop = buffer.find(b"\r\n", at + len(LENGTH), end)
    length = int(buffer[at + len(LENGTH) : stop if stop > 0 else end])
    return status, end + 4 + length - size


def resp_reply(buffer: bytearray, size: int) -> tuple[str, int]:
    """The first word of a script's answer and how many bytes are missing; an error's words."""
    if buffer.startswith(b"*4\r\n$8\r\n"):
        return buffer[8:16].decode("latin-1"), 0 if buffer.count(b"\r\n", 0, size) == SUBMIT_REPLY else -1
    return bytes(buffer[: min(size, 60)]).decode("latin-1").split("\r\n")[0], 0


def drive(job: dict[str, Any]) -> dict[str, Any]:
    """The slice, measured: counts, percentiles, errors by word, and the share of its time this process was busy."""
    requests = [text.encode("latin-1") for text in job["requests"]]
    supply = iter(requests) if job["once"] else itertools.cycle(requests)
    connections = [Connection(job["address"]) for _ in range(job["connections"])]
    tally = Tally(job["expect"])
    reply = http_reply if job["protocol"] == "http" else resp_reply
    busy, start = time.process_time(), time.perf_counter()
    if job["per_s"]:
        measured = _paced(connections, supply, tally, reply, start, job)
    else:
        _loop(connections, supply, tally, reply, start + job["seconds"])
        measured = min(max(tally.last, start) - start, job["seconds"])
    wall = time.perf_counter() - start
    busy = time.process_time() - busy
    for connection in connections:
        connection.sock.close()
    return {
        **_figures(tally.latencies, measured),
        "answered": tally.answered,
        "errors": tally.errors,
        "busy": busy / wall,
    }


def _loop(connections: list[Connection], supply: Iterator[bytes], tally: Tally, reply: Reply, end: float) -> None:
    """Each connection asks again as soon as it is answered."""
    waiting = Waiting()
    for connection in connections:
        request = next(supply, None)
        if request is not None:
            connection.send(request)
            waiting.add(connection)
    clock, buffer, asked = time.perf_counter, waiting.buffer, waiting.connections
    while asked:
        ready = waiting.ready(DRAIN_S)
        if not ready:
            tally.errors[f"no answer in {DRAIN_S:.0f} s"] = len(asked)
            return
        for number, _ in ready:
            connection = asked[number]
            if not connection.take(buffer, reply):
                continue
            now = clock()
            tally.take(connection.status, now, connection.sent, end)
            request = next(supply, None) if connection.missing == 0 and now < end else None
            if request is None:
                waiting.drop(number)
            else:
                connection.send(request)


def _paced(
    connections: list[Connection],
    supply: Iterator[bytes],
    tally: Tally,
    reply: Reply,
    start: float,
    job: dict[str, Any],
) -> float:
    """So many requests a second, whatever comes back; the seconds that it took until it was to end."""
    waiting = Waiting()
    if job["watched"]:
        waiting.watch(sys.stdin.fileno())
        print(STARTED, file=sys.stderr, flush=True)
    idle, due = list(connections), start
    end: float = start + job["seconds"]
    while True:
        now = time.perf_counter()
        over = now >= end
        if over and not waiting.connections:
            return end - start
        while not over and idle and due <= now:
            request = next(supply, None)
            if request is None:
                end, over = now, True
                break
            connection = idle.pop()
            connection.send(request)
            connection.sent, due = due, due + 1 / job["per_s"]
            waiting.add(connection)
        patience = DRAIN_S if over else max(min(due if idle else end, end) - now, 0)
        ready = waiting.ready(patience)
        if over and not ready:
            tally.errors[f"no answer in {DRAIN_S:.0f} s"] = len(waiting.connections)
            return end - start
        for number, _ in ready:
            if number not in waiting.connections:  # standard input: the one who started us has seen enough
                end = min(end, time.perf_counter())
                waiting.unwatch(number)
                continue
            connection = waiting.connections[number]
            if connection.take(waiting.buffer, reply):
                waiting.drop(number)
                tally.take(connection.status, time.perf_counter(), connection.sent, end)
                if connection.missing == 0:
                    idle.append(connection)


def _figures(latencies: "array[float]", seconds: float) -> dict[str, Any]:
    if not latencies or seconds <= 0:
        return {"rps": 0.0, "p50_ms": 0.0, "p99_ms": 0.0}
    ordered = sorted(latencies)
    return {
        "rps": len(ordered) / seconds,
        "p50_ms": ordered[len(ordered) // 2] * 1000,
        "p99_ms": ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)] * 1000,
    }


if __name__ == "__main__":
    with open(sys.argv[1], encoding="ascii") as file:
        found = json.load(file)
    print(json.dumps(drive(found)))
