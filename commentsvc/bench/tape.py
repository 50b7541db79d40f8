"""Script calls kept on a tape and sent together: so a store is loaded quickly, and by the service's own scripts."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, cast

from commentsvc.store import scripts
from commentsvc.store.scripts import Client

Call = tuple[Any, ...]
"""A command, e.g. `("EVALSHA", digest, 1, key, argument)`."""


class Tape:
    """Stands where the client, its pool and its connection stand: it keeps each script call, to be sent later.

    It answers what success answers.
    """

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.connection_pool = self

    def get_connection(self) -> "Tape":
        """Itself."""
        return self

    def release(self, connection: "Tape") -> None:
        """Nothing was borrowed."""

    def disconnect(self) -> None:
        """Nothing was connected."""

    def pack_commands(self, commands: Sequence[Call]) -> Sequence[Call]:
        """The calls as they are."""
        return commands

    def send_packed_command(self, commands: Sequence[Call]) -> None:
        """Keeps the calls."""
        self.calls += commands

    def read_response(self) -> list[bytes]:
        """What the last call answers where nothing is wrong."""
        _, digest, _, *rest = self.calls[-1]
        if digest == scripts.digest("submit"):
            return [b"accepted", rest[3][-26:].encode()]  # of the comment's key
        return [b"ok", b"2"]

    @property
    def client(self) -> Client:
        """The tape in the place of a client."""
        return cast(Client, self)


@contextmanager
def playing(client: Client) -> Iterator[Callable[[Tape], None]]:
    """A function that sends a tape while the next one is made; at the end of the block everything is in the store."""
    for name in ("submit", "decide"):
        client.script_load(scripts.source(name))
    sent: list[Future[None]] = []
    with ThreadPoolExecutor(1) as sender:

        def play(tape: Tape) -> None:
            if sent:
                sent.pop().result()
            sent.append(sender.submit(_send, client, tape))

        yield play
        for last in sent:
            last.result()


def _send(client: Client, tape: Tape) -> None:
    """Sends the tape in one pipeline; RuntimeError for the first script that did not do as the tape said."""
    pipe = client.pipeline(transaction=False)
    for call in tape.calls:
        pipe.execute_command(*call)
    for answer in pipe.execute():
        if answer[0] not in (b"accepted", b"ok"):
            raise RuntimeError(f"loading failed: the store answered {answer!r}")


def resp(command: Call) -> bytes:
    """A command as it goes over the wire."""
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
