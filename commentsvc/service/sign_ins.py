"""Signing in: with a password, and with a second factor where there is one; what a cookie is worth afterwards."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from commentsvc.domain import sealing
from commentsvc.domain.moderator import MODERATOR_ID, PASSWORD_MAX, Factor, Moderator
from commentsvc.domain.recovery import as_code
from commentsvc.domain.recovery import hashed as code_hash
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.totp import matching_step
from commentsvc.service.passwords import Passwords
from commentsvc.service.tries import Tries, hashed
from commentsvc.store.people import People
from commentsvc.store.sessions import Seat, Session, Sessions, Stage

__all__ = ["HOUR_MS", "HalfIn", "Seat", "SignIns", "SignedIn", "parts_of"]

HOUR_MS = 3_600_000
HALF_MS = 10 * 60_000
TOUCH_MS = 5 * 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class SignedIn:
    """A moderator and the cookie's value that proves it: `<name>.<256-bit secret>`."""

    moderator: Moderator
    cookie: str


@dataclass(frozen=True, kw_only=True, slots=True)
class HalfIn:
    """The password was right and a second factor is still to come; this cookie opens nothing else."""

    moderator: Moderator
    cookie: str


class SignIns:
    """Sessions are kept on the server and can be ended there, and each sign-in begins a new one."""

    def __init__(
        self,
        people: People,
        sessions: Sessions,
        passwords: Passwords,
        tries: Tries,
        *,
        keys: Sequence[str],
        clock: Callable[[], int],
        session_hours: int,
        session_days: int,
    ) -> None:
        self._people = people
        self._sessions = sessions
        self._passwords = passwords
        self._tries = tries
        self._keys = keys
        self._clock = clock
        self._idle_ms = session_hours * HOUR_MS
        self._whole_ms = session_days * 24 * HOUR_MS

    def sign_in(
        self, name: str, password: str, *, network: str, device: str = "", hint: str = ""
    ) -> SignedIn | HalfIn | Refused:
        """The new session, or one refusal for everything: a wrong name, a wrong password, tries spent.

        `device` and `hint` (of the network) are what the person sees of the session in the list of theirs.
        """
        name = name.strip().lower()
        refused = Refused(code=Code.SIGN_IN_FAILED)
        if not MODERATOR_ID.fullmatch(name) or len(password) > PASSWORD_MAX or self._tries.spent(name, network):
            return refused
        moderator = self._people.moderator(name)
        right = self._passwords.matches(moderator.password_hash if moderator else "", password)
        if moderator is None or not right or moderator.disabled:
            self._tries.failed(name, network)
            return refused
        self._tries.right(name, network)
        stage = Stage.HALF if self._people.factor(name) else Stage.FULL
        cookie = self._open(moderator, stage, device, hint)
        if cookie is None:
            return refused
        if stage is Stage.HALF:
            return HalfIn(moderator=moderator, cookie=cookie)
        self._tries.signed_in(name, network)
        return SignedIn(moderator=moderator, cookie=cookie)

    def half_in(self, cookie: str) -> Moderator | None:
        """The moderator whose second factor is still to come, or None: unknown, too late, or done already."""
        seat = self._seat(cookie)
        return seat.moderator if seat and seat.session.stage is Stage.HALF else None

    def second(self, cookie: str, typed: str, *, network: str) -> SignedIn | Refused:
        """The session after a code from the app, or one of the recovery codes; each is good once.

        `form_expired` when the password was given too long ago.
        """
        seat = self._seat(cookie)
        if seat is None or seat.session.stage is not Stage.HALF:
            return Refused(code=Code.FORM_EXPIRED)
        name = seat.moderator.id
        if self._tries.codes_spent(name, network):
            return Refused(code=Code.CODE_FAILED)
        if not self.uses_code(name, typed):
            self._tries.code_failed(name, network)
            return Refused(code=Code.CODE_FAILED)
        return self._whole(seat, cookie, network)

    def uses_code(self, name: str, typed: str) -> bool:
        """Whether this was a right code that nobody had used; now it is used."""
        factor = self._people.factor(name)
        if factor is None:
            return False
        if code := as_code(typed):
            return self._people.use_recovery(name, factor, code_hash(code))
        secret = sealing.opened(factor.sealed, self._keys)
        step = matching_step(secret, typed, now_ms=self._clock()) if secret else None
        if secret is None or step is None or not self._people.use_step(name, factor, step):
            return False
        self._seal_anew(name, factor, secret)
        return True

    def signed_in(self, cookie: str) -> Moderator | None:
        """The moderator behind a cookie, or None: unknown, ended, idle for too long, half way or disabled."""
        seat = self.seat(cookie)
        return seat.moderator if seat else None

    def seat(self, cookie: str) -> Seat | None:
        """The same with the session and what else is asked of each request; using it keeps the session alive."""
        seat = self._seat(cookie)
        if seat is None or seat.session.stage is not Stage.FULL:
            return None
        now_ms, session = self._clock(), seat.session
        if session.idle_ms - now_ms < self._idle_ms - TOUCH_MS:
            name, secret_hash = parts_of(cookie)
            self._sessions.renew(name, secret_hash, session, replace(session, idle_ms=now_ms + self._idle_ms))
        return seat

    def last_used_ms(self, session: Session) -> int:
        """When a session was last used, give or take five minutes."""
        return session.idle_ms - self._idle_ms

    def sign_out(self, cookie: str) -> None:
        """Ends the session on the server: the cookie is worth nothing afterwards, wherever a copy of it is."""
        name, secret_hash = parts_of(cookie)
        if secret_hash:
            self._sessions.close(name, secret_hash)

    def sweep(self) -> int:
        """How many expired sessions were removed."""
        now_ms = self._clock()
        return sum(self._sessions.sweep(name, now_ms=now_ms) for name in self._people.names())

    def _seat(self, cookie: str) -> Seat | None:
        name, secret_hash = parts_of(cookie)
        seat = self._sessions.seat(name, secret_hash) if secret_hash else None
        if seat is None or seat.moderator.disabled:
            return None
        return seat if self._clock() < min(seat.session.expires_ms, seat.session.idle_ms) else None

    def _whole(self, seat: Seat, half: str, network: str) -> SignedIn | Refused:
        """A whole session instead of half a one: with a secret of its own, and only if the half was still there."""
        moderator, session = seat.moderator, seat.session
        cookie = self._open(moderator, Stage.FULL, session.device, session.network, instead=parts_of(half)[1])
        if cookie is None:
            return Refused(code=Code.FORM_EXPIRED)
        self._tries.signed_in(moderator.id, network)
        return SignedIn(moderator=moderator, cookie=cookie)

    def _open(self, who: Moderator, stage: Stage, device: str, hint: str, *, instead: str = "") -> str | None:
        secret = secrets.token_urlsafe(32)
        now_ms = self._clock()
        half = stage is Stage.HALF
        session = Session(
            expires_ms=now_ms + (HALF_MS if half else self._whole_ms),
            idle_ms=now_ms + (HALF_MS if half else self._idle_ms),
            begun_ms=now_ms,
            stage=stage,
            device=device,
            network=hint,
        )
        opened = self._sessions.open(
            who.id, hashed(secret), session, now_ms=now_ms, password_hash=who.password_hash, instead=instead
        )
        return f"{who.id}.{secret}" if opened else None

    def _seal_anew(self, name: str, factor: Factor, secret: bytes) -> None:
        """After a rotation of the installation's secret, so that the old one can go some day."""
        if not sealing.is_fresh(factor.sealed, self._keys):
            self._people.put_factor(name, factor, replace(factor, sealed=sealing.sealed(secret, self._keys)))


def parts_of(cookie: str) -> tuple[str, str]:
    """The sign-in name in a cookie and the hash of its secret; two empty strings when it is none of ours."""
    name, _, secret = cookie.rpartition(".")
    if not MODERATOR_ID.fullmatch(name) or not secret or len(secret) > 64:
        return "", ""
    return name, hashed(secret)
