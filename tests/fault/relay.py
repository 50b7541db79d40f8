"""A relay before Redis that can hold back what is published, while everything else goes through."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Relay:
    """Passes connections on to a server; while `held`, nothing more arrives on those that have subscribed."""

    def __init__(self, port: int, server: int) -> None:
        self._server = server
        self._flowing = threading.Event()
        self._flowing.set()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._accept, daemon=True).start()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Subscribers hear nothing, on connections that stay open, until the block ends; then they hear it all."""
        self._flowing.clear()
        try:
            yield
        finally:
            self._flowing.set()

    def close(self) -> None:
        """Ends every connection."""
        self._flowing.set()
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server))
                self._open += [client, server]
                subscribed = threading.Event()
                for pump in (self._ask, self._answer):
                    threading.Thread(target=pump, args=(client, server, subscribed), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, subscribed: threading.Event) -> None:
        with suppress(OSError):
            while sent := client.recv(65_536):
                if b"SUBSCRIBE" in sent:
                    subscribed.set()
                server.sendall(sent)
            server.shutdown(socket.SHUT_WR)

    def _answer(self, client: socket.socket, server: socket.socket, subscribed: threading.Event) -> None:
        with suppress(OSError):
            while sent := server.recv(65_536):
                if subscribed.is_set():
                    self._flowing.wait()
                client.sendall(sent)
            client.shutdown(socket.SHUT_WR)
