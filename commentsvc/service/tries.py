"""How often a password or a code may be guessed: a stranger is stopped, and an account's owner is not shut out."""

import hashlib
from collections.abc import Callable

from commentsvc.store.people import People

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
TRY_WINDOW_MS = 15 * MINUTE_MS
TRIES_PAIR = 5
TRIES_NETWORK = 30
TRIES_ACCOUNT = 50

CODES_PAIR = 10
CODES_PAIR_DAY = 40
CODES_ACCOUNT_DAY = 60
"""With three codes of a million right at any time, a day's guesses of somebody who has the password: 1 in 5,000."""


class Tries:
    """Failed tries per account and network together, per network, and per account, each in a window of its own.

    The last of them never locks out the account's owner: a network that has signed in before passes it, so an attacker
    elsewhere cannot shut the door.
    """

    def __init__(self, people: People, *, clock: Callable[[], int]) -> None:
        self._people = people
        self._clock = clock

    def spent(self, name: str, network: str) -> bool:
        """Whether no password is looked at any more."""
        pair, whole, account = self._people.tries(*_buckets(name, network))
        if whole >= TRIES_NETWORK:
            return True
        if pair < TRIES_PAIR and account < TRIES_ACCOUNT:
            return False
        return not self._knows(name, network)

    def failed(self, name: str, network: str) -> None:
        """Counts a wrong password, or a wrong name."""
        for what in _buckets(name, network):
            self._people.count_try(what, window_ms=TRY_WINDOW_MS)

    def right(self, name: str, network: str) -> None:
        """Forgets the mistakes before the right password."""
        self._people.forget_tries(_buckets(name, network)[0])

    def codes_spent(self, name: str, network: str) -> bool:
        """Whether no code is looked at any more: asked only after the right password, so never for a mere stranger."""
        pair, day, account = self._people.tries(*_code_buckets(name, network))
        if pair >= CODES_PAIR or day >= CODES_PAIR_DAY:
            return True
        return account >= CODES_ACCOUNT_DAY and not self._knows(name, network)

    def code_failed(self, name: str, network: str) -> None:
        """Counts a wrong code."""
        pair, day, account = _code_buckets(name, network)
        self._people.count_try(pair, window_ms=TRY_WINDOW_MS)
        self._people.count_try(day, window_ms=DAY_MS)
        self._people.count_try(account, window_ms=DAY_MS)

    def signed_in(self, name: str, network: str) -> None:
        """Remembers that somebody got in from here."""
        self._people.forget_tries(_code_buckets(name, network)[0])
        self._people.know_network(name, hashed(network), now_ms=self._clock())

    def _knows(self, name: str, network: str) -> bool:
        return self._people.knows_network(name, hashed(network), now_ms=self._clock())


def hashed(secret: str) -> str:
    """The SHA-256 of something that has bits enough, or only names a counter."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _buckets(name: str, network: str) -> tuple[str, str, str]:
    account, where = hashed(name), hashed(network)
    return f"pair:{account}:{where}", f"network:{where}", f"account:{account}"


def _code_buckets(name: str, network: str) -> tuple[str, str, str]:
    account, where = hashed(name), hashed(network)
    return f"code:{account}:{where}", f"code_day:{account}:{where}", f"code_account:{account}"
