"""The certificate is verified for the name that the operator wrote."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from commentsvc.worker.sender import Answer, Failure, Sender
from tests.certificates import made_for
from tests.worker.wire import loopback, raw_server, send


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for receiver.example."""
    return made_for(tmp_path_factory.mktemp("tls") / "receiver.pem", names="DNS:receiver.example")


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
