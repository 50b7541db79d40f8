"""A real mail server on loopback that keeps what it is given; a few lines of SMTP, with and without TLS."""

import email.policy
import socketserver
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Mail:
    """What the server took: the envelope and the letter."""

    sender: str
    to: str
    data: bytes

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.data, policy=email.policy.default)
        assert isinstance(found, EmailMessage)
        return found

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])


@dataclass
class PostOffice:
    """`answers` replace what is said to a command; `gate` holds the yes to a letter back while it is closed.

    An answer of nothing comes when the gate is opened.
    """

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    mails: deque[Mail] = field(default_factory=deque)
    said: deque[str] = field(default_factory=deque)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}"

    @property
    def subjects(self) -> list[str]:
        return [mail.subject for mail in self.mails]


@contextmanager
def post_office(*, certificate: Path | None = None, tls_first: bool = False) -> Iterator[PostOffice]:
    """A mail server that takes everything until told otherwise."""
    this = PostOffice()
    this.gate.set()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate:
        tls.load_cert_chain(certificate)

    class Handler(socketserver.StreamRequestHandler):
        sender = to = ""

        def handle(self) -> None:
            try:
                if tls_first:
                    self.secure()
                self.talk()
            except (OSError, ValueError):
                return  # the other side was killed, or did not trust us

        def secure(self) -> None:
            self.connection = tls.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", buffering=0)

        def finish(self) -> None:
            self.connection.close()  # TLS has taken over the one that the server closes

        def talk(self) -> None:
            self.say(this.answers.get("CONNECT", "220 here"))
            while line := self.rfile.readline(2_000).decode("ascii").strip():
                this.said.append(line)
                verb = line.split()[0].upper()
                if verb in this.answers:
                    self.say(this.answers[verb])
                elif verb == "DATA":
                    self.take()
                elif verb == "STARTTLS":
                    self.say("220 go on")
                    self.secure()
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.note(verb, line)

        def note(self, verb: str, line: str) -> None:
            address = line[line.find("<") + 1 : line.rfind(">")]
            if verb == "MAIL":
                self.sender = address
            if verb == "RCPT":
                self.to = address
            offers = "250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN" if certificate else "250 here"
            self.say({"EHLO": offers, "AUTH": "235 welcome"}.get(verb, "250 ok"))

        def take(self) -> None:
            self.say("354 go on")
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                if not line:
                    raise OSError("half a letter")
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            this.mails.append(Mail(sender=self.sender, to=self.to, data=b"".join(lines)))
            this.gate.wait(30)
            self.say("250 taken")

        def say(self, line: str) -> None:
            if not line:
                this.gate.wait(30)
            self.wfile.write(line.encode() + b"\r\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        this.port = server.server_address[1]
        yield this
        this.gate.set()
        server.shutdown()
        thread.join()
