"""One request to one receiver: to an address that was looked at, in bounded time, with bounded reading."""

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from commentsvc.domain.webhook import Target, may_go_to, target
from commentsvc.service.outbox import Message
from commentsvc.worker.line import Line

READ_MAX = 64 * 1024

Resolver = Callable[[str, int], Sequence[str]]
"""All addresses of a name, for a port; raises OSError where there are none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What the receiver said: the HTTP status."""

    status: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why there was no answer, in words for the operator; a `final` one will be the same at every try."""

    why: str
    final: bool = False


class Forbidden(Exception):
    """The receiver's name leads to an address that webhooks must not go to."""


class TooMuch(Exception):
    """The receiver said more than 64 KiB without coming to an end of its headers."""


def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of `host`, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Sender:
    """Sends messages; the same object may be used by several threads."""

    def __init__(self, *, allow_private: bool, resolve: Resolver = resolve) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._tls = ssl.create_default_context()

    def send(self, message: Message, line: Line) -> Answer | Failure:
        """The receiver's status, or why there is none; nothing that a receiver does raises or lasts beyond `line`.

        The name is looked up once, every address found is judged, and the connection goes to one of exactly these, with
        the name verified. Redirects are not followed. The answer's body is not read: only the status counts.
        """
        where = target(message.url)
        if where is None:
            return Failure(why="this address cannot receive webhooks")
        try:
            addresses = line.within(lambda: self._resolve(where.host, where.port))
            self._judge(where, addresses)
            return self._sent(where, addresses, message, line)
        except (Forbidden, TooMuch, HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            # UnicodeError of a strange name is a ValueError, ssl.SSLError and timeouts are OSErrors.
            if line.cut_off:
                return Failure(why="no answer in time")
            return Failure(why=f"{type(error).__name__}: {error}")
        finally:
            line.done()

    def _judge(self, where: Target, addresses: Sequence[str]) -> None:
        if not addresses:
            raise Forbidden(f"{where.host} has no address")
        for address in addresses:
            if not may_go_to(address, private=self._allow_private):
                raise Forbidden(f"{where.host} is {address}: not a public address (see allow_private_webhooks)")

    def _sent(self, where: Target, addresses: Sequence[str], message: Message, line: Line) -> Answer:
        connection = self._connected(where, addresses, line)
        try:
            headers = {**message.headers, "Host": where.authority, "Connection": "close"}
            connection.request("POST", where.path, body=message.body, headers=headers, preload_content=False)
            response = connection.getresponse()
            response.close()
            if line.cut_off:  # http.client takes headers that break off for all of them
                raise TimeoutError
            return Answer(status=response.status)
        finally:
            connection.close()

    def _connected(self, where: Target, addresses: Sequence[str], line: Line) -> HTTPConnection:
        for address in addresses[:-1]:
            connection = self._connection(where, address, line)
            try:
                connection.connect()
            except (HTTPError, OSError):
                connection.close()  # a name often has an address of a kind that this network cannot reach: the next
                continue
            return connection
        last = self._connection(where, addresses[-1], line)
        last.connect()
        return last

    def _connection(self, where: Target, address: str, line: Line) -> HTTPConnection:
        timeout_s = line.left_s() + 1.0  # the line is the one that ends the try; this is for a machine that sleeps
        if where.scheme == "http":
            return _Plain(address, where.port, line=line, timeout=timeout_s)
        return _Secure(
            address,
            where.port,
            line=line,
            timeout=timeout_s,
            ssl_context=self._tls,
            server_hostname=where.host,  # urllib3 has the TLS library verify this name, not the address
        )


class _Held(HTTPConnection):
    """A connection that ends with its line and reads at most 64 KiB."""

    def __init__(self, *args: Any, line: Line, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = line
        self.response_class = _Bounded

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        self._line.hold_socket(connected)
        return connected


class _Plain(_Held):
    pass


class _Secure(_Held, HTTPSConnection):
    pass


class _Bounded(http.client.HTTPResponse):
    """http.client bounds a header line and their number, 6 MB in all; this bounds all of it together."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp = io.BufferedReader(_Counted(self.fp.detach()))


class _Counted(io.RawIOBase):
    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw
        self._left = READ_MAX

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._left <= 0:
            raise TooMuch(f"more than {READ_MAX // 1024} KiB of headers")
        count: int | None = self._raw.readinto(memoryview(buffer)[: self._left])
        self._left -= count or 0
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()
