"""Confirmation codes: opened for nothing, judged once."""

import secrets as random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from commentsvc.domain import challenge
from commentsvc.domain.challenge import Ticket
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article
from commentsvc.picture import BoothBusy, Format, SoundBooth, draw


@lru_cache(maxsize=256)  # half a megabyte: who asks again, or goes back a page, is not drawn for twice
def _drawn(answer: str, seed: bytes, fmt: Format) -> bytes:
    return draw(answer, seed, fmt=fmt)


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """A code to be shown: its ticket and when it ends; nothing of the answer but its length."""

    ticket: str
    expires_ms: int
    length: int = challenge.LENGTH


class Challenges:
    """Tickets of this installation."""

    def __init__(self, *, secrets: Sequence[str], clock: Callable[[], int], ticket_ms: int, booth: SoundBooth) -> None:
        self._secrets = tuple(secrets)
        self._clock = clock
        self._ticket_ms = ticket_ms
        self._booth = booth

    def open(self, site: Site, article: Article) -> Challenge:
        """A new code for one form of this thread; stores nothing."""
        expires_ms = self._clock() + self._ticket_ms
        ticket = challenge.new_ticket(
            self._secrets[0],
            site=site.key,
            thread=article.id,
            expires_ms=expires_ms,
            nonce=random.token_bytes(challenge.NONCE_BYTES),
        )
        return Challenge(ticket=ticket, expires_ms=expires_ms)

    def read(self, text: str) -> Ticket | Refused:
        """The ticket, to draw or to speak: `not_found` for a forged one, `expired` for one past its time."""
        ticket = challenge.read_ticket(self._secrets, text)
        if ticket is None:
            return Refused(code=Code.NOT_FOUND)
        return Refused(code=Code.EXPIRED) if ticket.expired(self._clock()) else ticket

    def image(self, text: str, fmt: Format) -> bytes | Refused:
        """The code as an image, the same for the same ticket every time."""
        ticket = self.read(text)
        return ticket if isinstance(ticket, Refused) else _drawn(ticket.answer, ticket.seed, fmt)

    def sound(self, text: str, *, network: str) -> bytes | Refused:
        """The code as a WAV, the same for the same ticket; `busy` when all, or `network`, have had enough for now."""
        ticket = self.read(text)
        if isinstance(ticket, Refused):
            return ticket
        spoken = self._booth.sound(ticket.answer, ticket.seed, network=network, now_s=time.monotonic())
        if isinstance(spoken, BoothBusy):
            return Refused(code=Code.BUSY, retry_after_s=spoken.retry_after_s)
        return spoken

    def signed(self, text: str) -> Ticket | None:
        """The ticket if this installation signed it, past its time or not."""
        return challenge.read_ticket(self._secrets, text)

    def usable(self, text: str, site: Site, article: Article) -> Ticket | Code:
        """The ticket if it may be tried in this thread now, else the code of the field `code`."""
        ticket = challenge.read_ticket(self._secrets, text)
        problem = challenge.state(ticket, site=site.key, thread=article.id, now_ms=self._clock())
        if ticket is None or problem is not None:
            return problem or Code.INVALID_CHALLENGE
        return ticket

    def answer(self, text: str) -> str | Refused:
        """The answer, for the operator of this installation (monitoring probes); expired tickets have one too."""
        ticket = challenge.read_ticket(self._secrets, text)
        return ticket.answer if ticket else Refused(code=Code.NOT_FOUND)
