"""What the author of a comment wishes to be told by e-mail, and what may become of such a wish.

A wish stands with its comment and is about one address, the comment's own. Nobody is written to before the address has
confirmed, but for the one letter that asks; what was ended from a letter cannot be begun again.
"""

import hmac
from dataclasses import dataclass, replace
from enum import StrEnum

from email_validator import EmailNotValidError, validate_email

from commentsvc.domain.ids import DecisionId
from commentsvc.domain.site import Site

CONFIRM_MS = 3 * 24 * 3_600_000
"""How long the link of the letter that asks works; afterwards it may be asked for anew."""

ADDRESS_LENGTH = 20


class About(StrEnum):
    """What a letter can tell: what became of the comment, and who replied to it."""

    OUTCOME = "outcome"
    REPLIES = "replies"


class State(StrEnum):
    """How far a wish has come: the address was asked, has said yes, has said no more."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    ENDED = "ended"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What is to be told to which address (`address_of`). `at_ms` is when the address was asked.

    `told` is the last decision of when it said yes: all up to it are told by the letter that was written then.
    """

    state: State
    about: frozenset[About]
    address: str
    at_ms: int
    told: DecisionId | None = None

    def may_confirm(self, now_ms: int) -> bool:
        """Whether the link of the letter that asked still works."""
        return self.state is State.ASKED and now_ms < self.at_ms + CONFIRM_MS


def asked(wish: Wish | None, about: frozenset[About], address: str, *, now_ms: int) -> Wish | None:
    """The wish after its author said on the receipt what to tell; None where an earlier one was ended by letter.

    One that is new, by this `at_ms`, has to be confirmed; another address and a link that is too old make it new.
    """
    if wish is None or wish.address != address or (wish.state is State.ASKED and not wish.may_confirm(now_ms)):
        return Wish(state=State.ASKED, about=about, address=address, at_ms=now_ms)
    return None if wish.state is State.ENDED else replace(wish, about=about)


def confirmed(wish: Wish, told: DecisionId | None, *, now_ms: int) -> Wish | None:
    """The wish after its address said yes, None where that is not possible (any more).

    `told` is the last decision about the comment by now.
    """
    return replace(wish, state=State.CONFIRMED, told=told) if wish.may_confirm(now_ms) else None


def ended(wish: Wish) -> Wish:
    """The wish after its address said no more."""
    return replace(wish, state=State.ENDED, about=frozenset())


def mailbox(email: str) -> str | None:
    """Where a letter to this address goes, in ASCII; None where it could only go to servers that know SMTPUTF8."""
    try:
        return validate_email(email, check_deliverability=False, test_environment=True).ascii_email
    except EmailNotValidError:
        return None


def person(email: str) -> str:
    """Whose address this is, whatever the letters' case and whatever stands after a plus: what limits count by."""
    local, _, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def address_of(site: Site, email: str) -> str:
    """An address as it stands in wishes and links: 80 bits of a keyed hash, which mean nothing outside this site."""
    return hmac.digest(site.salt.encode(), b"mail\n" + email.lower().encode(), "sha256")[:10].hex()
