"""How long a receiver may take, and how much it may say."""

import socket
import threading
import time
from collections.abc import Sequence

import pytest

from commentsvc.worker.sender import Answer, Failure, Sender
from tests.worker.wire import raw_server, send


def test_an_unknown_name_is_a_failure_with_a_reason() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    outcome = send(Sender(allow_private=True, resolve=unknown), "http://nowhere.example/")
    assert outcome == Failure(why=f"gaierror: [Errno {socket.EAI_NONAME}] Name or service not known")


def test_a_name_server_that_never_answers_costs_one_timeout() -> None:
    over = threading.Event()

    def stuck(host: str, port: int) -> Sequence[str]:
        over.wait(30)
        return []

    before = time.monotonic()
    outcome = send(Sender(allow_private=True, resolve=stuck), "http://stuck.example/", seconds=0.2)
    over.set()
    assert outcome == Failure(why="no answer in time")
    assert time.monotonic() - before < 5


@pytest.mark.parametrize(
    "drip", [b"", b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 60, b"HTTP/1.1 100 Continue\r\n\r\n" * 999]
)
def test_a_receiver_that_drips_its_headers_costs_one_timeout(drip: bytes) -> None:
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        for byte in drip:
            connection.sendall(bytes([byte]))
            if over.wait(0.01):
                return
        over.wait(10)

    before = time.monotonic()
    with raw_server(talk) as port:
        outcome = send(Sender(allow_private=True), f"http://127.0.0.1:{port}/", seconds=0.5)
        over.set()
    assert outcome == Failure(why="no answer in time")
    assert time.monotonic() - before < 5


def test_a_receiver_that_never_finishes_the_tls_handshake_costs_one_timeout() -> None:
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        over.wait(10)

    before = time.monotonic()
    with raw_server(talk) as port:
        outcome = send(Sender(allow_private=True), f"https://127.0.0.1:{port}/", seconds=0.3)
        over.set()
    assert outcome == Failure(why="no answer in time")
    assert time.monotonic() - before < 5


def test_headers_without_end_are_read_to_64_kib_only() -> None:
    sent: list[int] = []

    def talk(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        line = b"x: " + b"y" * 4000 + b"\r\n"
        while sum(sent) < 64_000_000:
            sent.append(connection.send(line))

    with raw_server(talk) as port:
        outcome = send(Sender(allow_private=True), f"http://127.0.0.1:{port}/")
    assert isinstance(outcome, Failure)
    assert "64 KiB" in outcome.why
    assert sum(sent) < 10_000_000


def test_a_body_without_end_is_not_read() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    with raw_server(talk) as port:
        assert send(Sender(allow_private=True), f"http://127.0.0.1:{port}/") == Answer(status=200)


@pytest.mark.parametrize(
    "nonsense", [b"", b"\x00\xff\r\n\r\n", b"SSH-2.0-x\r\n", b"HTTP/1.1 abc\r\n\r\n", b"HTTP/1.1 -1 x\r\n\r\n"]
)
def test_an_answer_that_is_not_http_is_a_failure(nonsense: bytes) -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(nonsense)

    with raw_server(talk) as port:
        assert isinstance(send(Sender(allow_private=True), f"http://127.0.0.1:{port}/"), Failure)


def test_nobody_listening_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    outcome = send(Sender(allow_private=True), f"http://127.0.0.1:{port}/")
    assert isinstance(outcome, Failure)
    assert "refused" in outcome.why
