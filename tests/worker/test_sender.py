"""Where a webhook may go, and how long and how much it may take."""

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from commentsvc.domain.webhook import may_go_to, target
from commentsvc.service.outbox import Message
from commentsvc.worker.line import Line
from commentsvc.worker.sender import Answer, Failure, Sender
from tests.conftest import Corpus
from tests.worker.scene import receiver

PUBLIC = "93.184.216.34"


def message(url: str) -> Message:
    return Message(url=url, headers={"webhook-id": "evt_1"}, body=b"{}")


def send(sender: Sender, url: str, *, seconds: float = 5.0) -> Answer | Failure:
    return sender.send(message(url), Line(seconds))


@contextmanager
def raw_server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server on loopback that talks to one connection as told, and gives its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            try:
                connection, _ = listening.accept()
            except OSError:
                return  # the test is over and nobody came
            with connection:
                try:
                    talk(connection)
                except OSError:
                    return  # the sender hung up, as it should

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
        "168.63.129.16",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:5db8:d822::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%lo",
        "2606:4700::1111%lo",
        "fec0::1",
        "ff02::1",
        "not an address",
        "127.1",
    ],
)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not may_go_to(address, private=False)


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_what_is_public_is_allowed(address: str) -> None:
    assert may_go_to(address, private=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "192.168.0.1", "100.64.0.1", "::1", "fc00::1"])
def test_an_intranet_can_be_opened(address: str) -> None:
    assert may_go_to(address, private=True)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "0.0.0.0",
        "224.0.0.1",
        "fd00:ec2::254",
        "100.100.100.200",
        "::ffff:169.254.169.254",
    ],
)
def test_where_clouds_keep_credentials_stays_closed_in_an_intranet_too(address: str) -> None:
    assert not may_go_to(address, private=True)


def test_no_hostile_address_of_the_corpus_is_ever_connected_to(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names resolve to where an attacker's would: numbers in any notation as the system reads them, the rest inside."""
    connected: list[object] = []

    def connect(self: object, address: object) -> None:
        connected.append(address)
        raise OSError("connected")

    rows = [row["v"] for row in corpus("ssrf")]
    assert len(rows) > 100
    monkeypatch.setattr(socket.socket, "connect", connect)
    sender = Sender(allow_private=False, resolve=inside)
    for url in rows:
        assert isinstance(send(sender, url), Failure), url
    assert connected == []


def inside(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return ["10.0.0.1"]
    address = str(found[0][4][0])
    return [address] if not may_go_to(address, private=False) else ["10.0.0.1"]


@pytest.mark.parametrize("notation", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "127.0.0.1"])
def test_loopback_is_refused_however_it_is_written(notation: str) -> None:
    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        outcome = send(Sender(allow_private=False), f"http://{notation}:{port}/")
    assert isinstance(outcome, Failure)
    assert "not a public address" in outcome.why
    assert not there.requests


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    sender = Sender(allow_private=False, resolve=lambda host, port: [PUBLIC, "10.0.0.1"])
    outcome = send(sender, "http://mixed.example/")
    assert isinstance(outcome, Failure)
    assert "10.0.0.1" in outcome.why


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_judged() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        sender = Sender(allow_private=True, resolve=rebinding)
        assert send(sender, f"http://rebind.example:{port}/x?y=1") == Answer(status=200)
    assert asked == ["rebind.example"]
    assert there.requests[0].headers["host"] == f"rebind.example:{port}"
    assert there.requests[0].path == "/x?y=1"


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        sender = Sender(allow_private=True, resolve=lambda host, port: ["::1", "127.0.0.1"])
        assert send(sender, f"http://both.example:{port}/") == Answer(status=200)


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for receiver.example with its key in one file, and its own authority."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl on PATH to make a certificate with")
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    key = path.with_suffix(".key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=receiver.example", "-addext", "subjectAltName=DNS:receiver.example"]
    made = [*command, *names, "-days", "30", "-keyout", str(key), "-out", str(path)]
    subprocess.run(made, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


@contextmanager
def tls_server(certificate: Path, names: list[str | None]) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda connection, name, own: names.append(name)

    def talk(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            asked = b""
            while not asked.endswith(b"{}"):  # a connection closed on unread bytes is reset
                asked += secure.recv(1000) or b"{}"
            secure.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")

    with raw_server(talk) as port:
        yield port


def loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


def test_tls_is_verified_for_the_name_and_not_for_the_address(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    names: list[str | None] = []
    with tls_server(certificate, names) as port:
        sender = Sender(allow_private=True, resolve=loopback)
        assert send(sender, f"https://receiver.example:{port}/") == Answer(status=200)
    assert names == ["receiver.example"]


@pytest.mark.parametrize(
    ("name", "trusted"), [("other.example", True), ("127.0.0.1", True), ("receiver.example", False)]
)
def test_a_certificate_of_another_name_or_of_nobody_is_refused(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, name: str, trusted: bool
) -> None:
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with tls_server(certificate, []) as port:
        outcome = send(Sender(allow_private=True, resolve=loopback), f"https://{name}:{port}/")
    assert isinstance(outcome, Failure)
    assert "CERTIFICATE_VERIFY_FAILED" in outcome.why


@pytest.mark.parametrize(
    ("url", "host", "authority", "path"),
    [
        ("https://Receiver.Example", "receiver.example", "receiver.example", "/"),
        ("https://receiver.example:443/a?b=c#d", "receiver.example", "receiver.example", "/a?b=c"),
        ("http://receiver.example:8080/", "receiver.example", "receiver.example:8080", "/"),
        ("https://bücher.example/ü?q=ü", "xn--bcher-kva.example", "xn--bcher-kva.example", "/%C3%BC?q=%C3%BC"),
        ("http://[2606:4700::1111]:8080/", "2606:4700::1111", "[2606:4700::1111]:8080", "/"),
    ],
)
def test_an_address_is_read_as_receivers_write_it(url: str, host: str, authority: str, path: str) -> None:
    read = target(url)
    assert read is not None
    assert (read.host, read.authority, read.path) == (host, authority, path)
