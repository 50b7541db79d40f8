"""The load generator: keep-alive connections, requests made beforehand, one at a time on each. Run as a script.

`python -I -S load.py JOB_FILE` prints one JSON object. Only the standard library, and cheap: it shares the machine with
what it measures. Of an answer it reads the status and the length, nothing else; any status but the expected one is an
error. A job: `address` (port or socket path), `protocol` (`http` or `resp`), `connections`, `seconds`, `expect`, `once`
(each request is for one use), `requests` (latin-1 text).
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

SUBMIT_REPLY = 51
"""Bytes of `submit.lua`'s answer: `*2 $8 accepted $26 <id>`."""

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


def http_reply(buffer: bytearray, size: int) -> tuple[str, int]:
    """The status and how many bytes are missing, -1 where that cannot be told."""
    end = buffer.find(b"\r\n\r\n", 0, size)
    if end < 0:
        return "a head in pieces", -1
    status = buffer[9:12].decode("latin-1")
    if status in ("304", "204"):
        return status, 0
    head = buffer[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        return f"{status} without Content-Length", -1
    stop = head.find(b"\r\n", at + 2)
    length = int(head[at + 17 : stop if stop > 0 else end])
    return status, end + 4 + length - size


def resp_reply(buffer: bytearray, size: int) -> tuple[str, int]:
    """The first word of a script's answer and how many bytes are missing; an error's words."""
    if buffer.startswith(b"*2\r\n$8\r\n"):
        return buffer[8:16].decode("latin-1"), SUBMIT_REPLY - size
    return bytes(buffer[: min(size, 60)]).decode("latin-1").split("\r\n")[0], 0


def drive(job: dict[str, Any]) -> dict[str, Any]:
    """The slice, measured: counts, percentiles, errors by word, and the share of its time this process was busy."""
    requests = [text.encode("latin-1") for text in job["requests"]]
    supply = iter(requests) if job["once"] else itertools.cycle(requests)
    connections = [Connection(job["address"]) for _ in range(job["connections"])]
    tally = Tally(job["expect"])
    reply = http_reply if job["protocol"] == "http" else resp_reply
    busy, start = time.process_time(), time.perf_counter()
    end = start + job["seconds"]
    _loop(connections, supply, tally, reply, end)
    wall = time.perf_counter() - start
    busy = time.process_time() - busy
    for connection in connections:
        connection.sock.close()
    measured = min(max(tally.last, start) - start, job["seconds"])
    return {
        **_figures(tally.latencies, measured),
        "answered": tally.answered,
        "errors": tally.errors,
        "busy": busy / wall,
    }


def _loop(connections: list[Connection], supply: Iterator[bytes], tally: Tally, reply: Reply, end: float) -> None:
    epoll = hasattr(select, "epoll")
    poller = select.epoll() if epoll else select.poll()
    patience = DRAIN_S if epoll else DRAIN_S * 1000  # seconds for epoll, milliseconds for poll
    buffer = bytearray(BUFFER)
    waiting: dict[int, Connection] = {}
    for connection in connections:
        request = next(supply, None)
        if request is not None:
            connection.send(request)
            waiting[connection.sock.fileno()] = connection
            poller.register(connection.sock, select.POLLIN)
    clock = time.perf_counter
    while waiting:
        ready = poller.poll(patience)
        if not ready:
            tally.errors[f"no answer in {DRAIN_S:.0f} s"] = len(waiting)
            return
        for number, _ in ready:
            connection = waiting[number]
            size = connection.sock.recv_into(buffer)
            if not size:
                connection.status, connection.missing = "connection closed", -1
            elif connection.missing:
                connection.missing -= size
            else:
                connection.status, connection.missing = reply(buffer, size)
            if connection.missing > 0:
                continue
            now = clock()
            tally.take(connection.status, now, connection.sent, end)
            request = next(supply, None) if connection.missing == 0 and now < end else None
            if request is None:
                poller.unregister(number)
                del waiting[number]
            else:
                connection.send(request)


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
