"""Confirmation codes: opened for nothing, judged once."""

import secrets as random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commentsvc.domain import challenge
from commentsvc.domain.challenge import Ticket
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article


@dataclass(frozen=True, kw_only=True, slots=True)
class Challenge:
    """A code to be shown: its ticket and when it ends; nothing of the answer but its length."""

    ticket: str
    expires_ms: int
    length: int = challenge.LENGTH


class Challenges:
    """Tickets of this installation."""

    def __init__(self, *, secrets: Sequence[str], clock: Callable[[], int], ticket_ms: int) -> None:
        self._secrets = tuple(secrets)
        self._clock = clock
        self._ticket_ms = ticket_ms

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
