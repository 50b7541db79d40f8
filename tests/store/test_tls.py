"""Sentinels and clusters over TLS: everything that is said is encrypted, and the certificate is verified.

The servers of the tests know no TLS, so each stands behind a front that speaks it, and plainly to their own kind.
"""

import contextlib
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from commentsvc.store.connect import connect
from commentsvc.store.failures import UNREACHABLE
from tests.certificates import made_for
from tests.sentinels import SERVICE, start_sentinel
from tests.servers import FakeClock, free_ports, short_directory, start_server, wait_until
from tests.store.people import newsroom

HANDSHAKE = b"\x16"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine."""
    return made_for(tmp_path_factory.mktemp("tls") / "redis.pem", names="DNS:localhost,IP:127.0.0.1")


class Front:
    """Passes on what comes on `port`, decrypted where it is encrypted; `encrypted` counts such connections."""

    def __init__(self, certificate: Path, port: int, target: int) -> None:
        self.encrypted = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", port))
        self._over, self._end = socket.socketpair()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def stop(self) -> None:
        """End it, with all that goes through it."""
        self._end.close()
        for thread in self._threads:
            thread.join()
        self._listener.close()
        self._over.close()

    def _accept(self) -> None:
        while self._over not in _readable(self._listener, self._over):
            connection, _ = self._listener.accept()
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if self._over in _readable(connection, self._over):
                return
            if connection.recv(1, socket.MSG_PEEK) == HANDSHAKE:
                with self._context.wrap_socket(connection, server_side=True) as decrypted:
                    self.encrypted += 1
                    self._pass_on(decrypted)
            else:
                self._pass_on(connection)

    def _pass_on(self, here: socket.socket) -> None:
        with socket.create_connection(("127.0.0.1", self._target)) as there:
            while self._over not in (ready := _readable(here, there, self._over)):
                for source in ready:
                    data = source.recv(65_536)
                    if not data:
                        return
                    (there if source is here else here).sendall(data)


def _readable(*sockets: socket.socket) -> list[socket.socket]:
    """Those on which something can be read at once; waits for the first."""
    decrypted: list[socket.socket] = [one for one in sockets if isinstance(one, ssl.SSLSocket) and one.pending()]
    return decrypted or select.select(sockets, [], [])[0]


@contextmanager
def behind(certificate: Path, port: int, target: int) -> Iterator[Front]:
    front = Front(certificate, port, target)
    try:
        yield front
    finally:
        front.stop()


@pytest.fixture
def cluster(certificate: Path) -> Iterator[tuple[str, list[Front]]]:
    """A cluster of one node, which tells clients the port of its front."""
    port, public = free_ports(2)
    with short_directory() as home, behind(certificate, public, port) as front:
        options = ("--cluster-enabled", "yes", "--cluster-announce-port", str(public))
        server = start_server(home, *options, port=port)
        with server.client() as client:
            client.cluster("ADDSLOTS", *range(16_384))
            wait_until(lambda: client.cluster("INFO")["cluster_state"] == "ok", what="the cluster")
        yield f"rediss+cluster://localhost:{public}", [front]
        server.stop()


@pytest.fixture
def watched(certificate: Path) -> Iterator[tuple[str, list[Front]]]:
    """A master and a sentinel, each behind its front."""
    port, public, asked, asked_public = free_ports(4)
    with short_directory() as home, ExitStack() as stack:
        fronts = [stack.enter_context(behind(certificate, public, port))]
        fronts.append(stack.enter_context(behind(certificate, asked_public, asked)))
        server = start_server(home, port=port)
        stack.callback(server.stop)
        (home / "sentinel").mkdir()
        sentinel = start_sentinel(home / "sentinel", port=asked, master_port=public)
        stack.callback(sentinel.stop)
        yield f"rediss+sentinel://localhost:{asked_public}/{SERVICE}", fronts


@pytest.mark.parametrize("deployment", ["cluster", "watched"])
def test_comments_are_kept_over_tls_and_a_foreign_certificate_is_refused(
    deployment: str,
    request: pytest.FixtureRequest,
    certificate: Path,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, fronts = request.getfixturevalue(deployment)
    with pytest.raises(UNREACHABLE):
        connect(url).ping()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    before = [front.encrypted for front in fronts]
    client = connect(url)
    daily = newsroom(client, clock, partitions=3)
    id = daily.published()
    assert [comment.id for comment in daily.public()] == [id]
    assert all(front.encrypted > count for front, count in zip(fronts, before, strict=True))
    client.close()
