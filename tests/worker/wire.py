"""A sender at one end, a server that behaves as told at the other."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from commentsvc.service.outbox import Message
from commentsvc.worker.line import Line
from commentsvc.worker.sender import Answer, Failure, Sender


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


def loopback(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]
