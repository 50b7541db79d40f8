"""One letter to the mail server: handed over in bounded time, or why not in words that name nobody."""

import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Sequence
from typing import Any

from commentsvc.domain.relay import Relay, relay, sender
from commentsvc.service.letters import Letter
from commentsvc.settings import Settings
from commentsvc.worker.line import Line
from commentsvc.worker.sender import Answer, Failure

OK, READY = 250, 220
_DETAIL = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?![\d.])")

MAIL_TIMEOUT_S = 30.0
"""Mail servers look many things up before they answer, and a letter that is given up too early may come twice."""


KNOCK_S = 10.0


class Postman:
    """Hands letters over; the same object may be used by several threads."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._tls = ssl.create_default_context()

    def send(self, letter: Letter, line: Line) -> Answer | Failure:
        """The mail server's yes, or why there is none; nothing that it does raises or lasts beyond `line`.

        A no for good (5xx) to the letter or its address is final; one to us is the operator's to mend, and tried again.
        """
        return self._visited(letter.sender, letter, line)

    def knock(self, ours: str, line: Line) -> Answer | Failure:
        """Whether the mail server would take letters from `ours`, as far as can be told without sending one."""
        return self._visited(ours, None, line)

    def _visited(self, ours: str, letter: Letter | None, line: Line) -> Answer | Failure:
        server = _Held(line=line, relay=self._relay, tls=self._tls, ours=ours.rpartition("@")[2])
        try:
            server.greet()
            if letter:
                server.sendmail(letter.sender, [letter.to], letter.data)
            else:
                server.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return Failure(why="the mail server took too long") if line.cut_off else _failure(error)
        else:
            with contextlib.suppress(smtplib.SMTPException, OSError):  # it has the letter, whatever it says now
                server.quit()
            return Answer(status=OK)
        finally:
            server.close()
            line.done()


def knock(settings: Settings) -> str | None:
    """Why the configured mail server does not let us in, or None where it does."""
    server, known = relay(settings.smtp_url or ""), sender(settings.mail_from or "")
    if server is None or known is None:
        return "smtp_url and mail_from are not both set"
    found = Postman(server).knock(known[1], Line(KNOCK_S))
    return found.why if isinstance(found, Failure) else None


class _Held(smtplib.SMTP):
    """A connection that ends with its line."""

    def __init__(self, *, line: Line, relay: Relay, tls: ssl.SSLContext, ours: str) -> None:
        self._line = line
        self._relay = relay
        self._tls = tls
        # The line is what ends the try; the timeout is for a machine that sleeps.
        super().__init__(local_hostname=ours, timeout=line.left_s() + 1.0)
        self._host = relay.host  # the name that starttls() has verified; smtplib knows it only if it connects at once

    def greet(self) -> None:
        """Connects, as safely as the relay's scheme says, and signs in; raises where that fails."""
        code, said = self.connect(self._relay.host, self._relay.port)
        if code != READY:
            raise smtplib.SMTPConnectError(code, said)
        if self._relay.scheme == "smtp":
            self.starttls(context=self._tls)
        if self._relay.user:
            self.login(self._relay.user, self._relay.password)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        found = self._line.within(lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        connected = _connected([str(address[0]) for *_, address in found], port, timeout)
        self._line.hold_socket(connected)
        return self._tls.wrap_socket(connected, server_hostname=host) if self._relay.scheme == "smtps" else connected


def _connected(addresses: Sequence[str], port: int, timeout: float) -> socket.socket:
    for address in addresses[:-1]:
        with contextlib.suppress(OSError):  # often of a kind that this network cannot reach: the next
            return socket.create_connection((address, port), timeout)
    return socket.create_connection((addresses[-1], port), timeout)


def _failure(error: Exception) -> Failure:
    """What failed, by the server's numbers: its words often name the address."""
    answer: tuple[int, Any] | None = None
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answer = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        answer = (error.smtp_code, error.smtp_error)
    if answer is None:
        return Failure(why=type(error).__name__ if isinstance(error, smtplib.SMTPException) else f"{error}")
    code, said = answer
    detail = _DETAIL.search(said if isinstance(said, bytes) else str(said).encode())
    final = isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) and 500 <= code < 600
    return Failure(why=f"{type(error).__name__} {code}{' ' + detail[0].decode() if detail else ''}", final=final)
