"""Signing in, and who may: moderators with sessions, programs with tokens."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from commentsvc.domain.decision import AUTHOR
from commentsvc.domain.moderator import MODERATOR_ID, PASSWORD_MAX, PASSWORD_MIN, Moderator, Role, Scope, Token
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.words import NAME_MAX, is_plain_line
from commentsvc.store.people import People, Session

HOUR_MS = 3_600_000
TRY_WINDOW_MS = 15 * 60_000
TRIES_PAIR = 5
TRIES_NETWORK = 30
TRIES_ACCOUNT = 50
TOUCH_MS = 5 * 60_000


class BadPerson(ValueError):
    """A moderator or token cannot be as asked for; the message says what to do, `field` and `code` what is wrong."""

    def __init__(self, sentence: str, field: str = "id", code: Code = Code.INVALID_CHOICE) -> None:
        super().__init__(sentence)
        self.field, self.code = field, code


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A moderator and the cookie's value that proves it: `<name>.<256-bit secret>`."""

    moderator: Moderator
    cookie: str


class SignIns:
    """Moderators: passwords as argon2id, sessions kept on the server and revocable there."""

    def __init__(self, people: People, *, clock: Callable[[], int], session_hours: int, session_days: int) -> None:
        self._people = people
        self._clock = clock
        self._idle_ms = session_hours * HOUR_MS
        self._whole_ms = session_days * 24 * HOUR_MS
        self._hasher = PasswordHasher()

    def sign_in(self, name: str, password: str, *, network: str) -> SignedIn | Refused:
        """The new session, or one refusal for everything: a wrong name, a wrong password, tries spent.

        Tries are counted per account and network together, per network, and per account. The last never locks out the
        account's owner: a network that has signed in before passes it, so an attacker elsewhere cannot shut the door.
        """
        name = name.strip().lower()
        where = _hashed(network)
        refused = Refused(code=Code.SIGN_IN_FAILED)
        if not MODERATOR_ID.fullmatch(name) or len(password) > PASSWORD_MAX or self._spent(name, where):
            return refused
        moderator = self._people.moderator(name)
        right = self._matches(moderator.password_hash if moderator else _nobodys_hash(), password)
        if moderator is None or not right or moderator.disabled:
            for what in _buckets(name, where):
                self._people.count_try(what, window_ms=TRY_WINDOW_MS)
            return refused
        self._people.forget_tries(_buckets(name, where)[0])
        self._people.know_network(name, where, now_ms=self._clock())
        return SignedIn(moderator=moderator, cookie=self._open(name))

    def signed_in(self, cookie: str) -> Moderator | None:
        """The moderator behind a cookie, or None: unknown, ended, idle for too long or disabled."""
        name, _, secret = cookie.rpartition(".")
        if not MODERATOR_ID.fullmatch(name) or not secret or len(secret) > 64:
            return None
        found = self._people.session(name, _hashed(secret))
        if found is None:
            return None
        moderator, session = found
        now_ms = self._clock()
        if moderator.disabled or now_ms >= min(session.expires_ms, session.idle_ms):
            return None
        if session.idle_ms - now_ms < self._idle_ms - TOUCH_MS:
            touched = Session(expires_ms=session.expires_ms, idle_ms=now_ms + self._idle_ms)
            self._people.renew_session(name, _hashed(secret), session, touched)
        return moderator

    def sign_out(self, cookie: str) -> None:
        """Ends the session on the server: the cookie is worth nothing afterwards, wherever a copy of it is."""
        name, _, secret = cookie.rpartition(".")
        if MODERATOR_ID.fullmatch(name):
            self._people.close_session(name, _hashed(secret))

    def moderators(self) -> list[Moderator]:
        """Every moderator by sign-in name."""
        return self._people.moderators()

    def add(self, *, id: str, name: str, password: str, role: Role, sites: Sequence[str]) -> Moderator:
        """The new moderator; BadPerson when the name is taken or anything is malformed."""
        id = id.strip().lower()
        if not MODERATOR_ID.fullmatch(id) or id == AUTHOR:
            raise BadPerson(f"{id!r} is not a sign-in name: use 1-64 of a-z, 0-9 and . _ @ + -")
        if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
            code = Code.TOO_LONG if len(password) > PASSWORD_MAX else Code.TOO_SHORT
            raise BadPerson(f"the password must have {PASSWORD_MIN} to {PASSWORD_MAX} characters", "password", code)
        _judge_name(name, "name")
        moderator = Moderator(
            id=id, name=name or id, role=role, sites=tuple(sites), password_hash=self._hasher.hash(password)
        )
        if not self._people.put_moderator(None, moderator):
            raise BadPerson(f"there is a moderator {id!r} already")
        return moderator

    def change(self, id: str, *, role: Role | None = None, sites: Sequence[str] | None = None) -> Moderator:
        """The moderator with another role or other sites, from this moment on, also for pages that are open."""
        before = self._known(id)
        after = replace(before, role=role or before.role, sites=before.sites if sites is None else tuple(sites))
        return self._put(before, after)

    def disable(self, id: str) -> Moderator:
        """The moderator, disabled, and every session of theirs ended; what they decided stays in the log."""
        before = self._known(id)
        after = self._put(before, replace(before, disabled=True))
        self._people.close_sessions(after.id)
        return after

    def sweep(self) -> int:
        """How many expired sessions were removed."""
        now_ms = self._clock()
        return sum(self._people.sweep_sessions(one.id, now_ms=now_ms) for one in self._people.moderators())

    def _known(self, id: str) -> Moderator:
        id = id.strip().lower()
        found = self._people.moderator(id) if MODERATOR_ID.fullmatch(id) else None
        if found is None:
            raise BadPerson(f"there is no moderator {id!r}")
        return found

    def _put(self, before: Moderator, after: Moderator) -> Moderator:
        if not self._people.put_moderator(before, after):
            raise BadPerson(f"somebody else has just changed {after.id!r}: repeat")
        return after

    def _open(self, name: str) -> str:
        secret = secrets.token_urlsafe(32)
        now_ms = self._clock()
        session = Session(expires_ms=now_ms + self._whole_ms, idle_ms=now_ms + self._idle_ms)
        self._people.open_session(name, _hashed(secret), session)
        return f"{name}.{secret}"

    def _spent(self, name: str, where: str) -> bool:
        pair, network, account = self._people.tries(*_buckets(name, where))
        if network >= TRIES_NETWORK:
            return True
        if pair < TRIES_PAIR and account < TRIES_ACCOUNT:
            return False
        return not self._people.knows_network(name, where, now_ms=self._clock())

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password.encode("utf-8", "surrogatepass"))
        except (VerificationError, InvalidHashError):
            return False


class Tokens:
    """Programs: bearer tokens `cst_<id>_<secret>`, hashed at rest, each for one site and scope."""

    def __init__(self, people: People, *, clock: Callable[[], int]) -> None:
        self._people = people
        self._clock = clock

    def create(self, *, site: str, scope: Scope, label: str) -> str:
        """The new token; it is shown this once and cannot be read again. BadPerson for a strange label."""
        _judge_name(label, "label")
        id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        token = Token(id=id, site=site, scope=scope, label=label, secret_hash=_hashed(secret), created_ms=self._clock())
        self._people.put_token(token)
        return f"cst_{id}_{secret}"

    def known(self, bearer: str) -> Token | None:
        """The token's record if the secret is right and it is not revoked."""
        prefix, _, rest = bearer.partition("_")
        id, _, secret = rest.partition("_")
        if prefix != "cst" or not id or len(bearer) > 100:
            return None
        token = self._people.token(id)
        if token is None or token.revoked or not hmac.compare_digest(token.secret_hash, _hashed(secret)):
            return None
        return token

    def all(self) -> list[Token]:
        """Every token, oldest first."""
        return self._people.tokens()

    def revoke(self, id: str) -> Token:
        """The token, worth nothing from now on."""
        id = id.removeprefix("cst_").partition("_")[0]
        token = self._people.token(id) if id.isascii() else None
        if token is None:
            raise BadPerson(f"there is no token {id!r}: `commentsvc token list` shows them")
        revoked = replace(token, revoked=True)
        self._people.put_token(revoked)
        return revoked


def _judge_name(text: str, field: str) -> None:
    if not is_plain_line(text):
        sentence = f"{text!r} has characters that no {field} needs: write plain letters"
        raise BadPerson(sentence, field, Code.INVALID_CHARACTERS)
    if len(text) > NAME_MAX:
        raise BadPerson(f"the {field} is longer than {NAME_MAX} characters", field, Code.TOO_LONG)


@cache
def _nobodys_hash() -> str:
    """What an unknown name's password is compared with, so that it takes as long as a known one's."""
    return PasswordHasher().hash(secrets.token_hex(16))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _buckets(name: str, where: str) -> tuple[str, str, str]:
    account = _hashed(name)
    return f"pair:{account}:{where}", f"network:{where}", f"account:{account}"
