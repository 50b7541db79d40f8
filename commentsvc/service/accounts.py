"""One's own account: password, second factor, recovery codes, sessions.

What would shut the owner out or let somebody else in asks for the password again: a session left open is not enough.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from commentsvc.domain import sealing, totp
from commentsvc.domain.change import Deed
from commentsvc.domain.moderator import PASSWORD_MAX, Factor, Moderator, Pending
from commentsvc.domain.recovery import hashed as code_hash
from commentsvc.domain.recovery import new_codes
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.moderators import change_of
from commentsvc.service.passwords import Passwords, wrong_with
from commentsvc.service.sign_ins import SignIns, parts_of
from commentsvc.service.tries import Tries
from commentsvc.store.people import ALL_STAY, People
from commentsvc.store.sessions import Sessions, Stage

SETTING_UP_MS = 30 * 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Used:
    """One of somebody's sessions; `id` is the beginning of its hash, `here` is the one that asks."""

    id: str
    begun_ms: int
    last_used_ms: int
    device: str
    network: str
    here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Protection:
    """What protects an account beside the password. `since_ms` is 0 where there is no second factor."""

    since_ms: int
    codes_left: int
    setting_up: bool


class Accounts:
    """Every method is about the account of who asks."""

    def __init__(
        self,
        people: People,
        sessions: Sessions,
        passwords: Passwords,
        tries: Tries,
        sign_ins: SignIns,
        *,
        keys: Sequence[str],
        clock: Callable[[], int],
    ) -> None:
        self._people = people
        self._sessions = sessions
        self._passwords = passwords
        self._tries = tries
        self._sign_ins = sign_ins
        self._keys = keys
        self._clock = clock

    def sessions(self, cookie: str) -> list[Used]:
        """One's whole sessions that have not ended, the one used last first."""
        name, own = parts_of(cookie)
        now_ms = self._clock()
        found = [
            Used(
                id=hash[:16],
                begun_ms=one.begun_ms,
                last_used_ms=self._sign_ins.last_used_ms(one),
                device=one.device,
                network=one.network,
                here=hash == own,
            )
            for hash, one in self._sessions.of(name).items()
            if one.stage is Stage.FULL and now_ms < min(one.expires_ms, one.idle_ms)
        ]
        return sorted(found, key=lambda one: (not one.here, -one.last_used_ms))

    def end_session(self, cookie: str, id: str) -> None:
        """Ends one of one's own sessions, wherever it is; one that has ended already stays so."""
        name, _ = parts_of(cookie)
        for hash in self._sessions.of(name):
            if hash[:16] == id:
                self._sessions.close(name, hash)

    def end_sessions(self, me: Moderator) -> None:
        """Ends all of one's sessions, this one too."""
        change = change_of(me, Deed.SIGNED_OUT, me.id, now_ms=self._clock())
        self._people.put_moderator(me, me, stay="", change=change)

    def change_password(self, me: Moderator, cookie: str, *, old: str, new: str, network: str) -> Moderator | Refused:
        """The moderator with the new password; every other session is ended."""
        fields: dict[str, Code] = {}
        if code := wrong_with(new):
            fields["new"] = code
        elif not self._is_me(me, old, network):
            fields["old"] = Code.WRONG_PASSWORD
        if fields:
            return Refused(code=Code.INVALID_FIELDS, fields=fields)
        after = replace(me, password_hash=self._passwords.hashed(new), version=me.version + 1)
        change = change_of(me, Deed.PASSWORD, me.id, now_ms=self._clock())
        if not self._people.put_moderator(me, after, stay=parts_of(cookie)[1], change=change):
            return Refused(code=Code.STALE)
        return after

    def protection(self, me: Moderator) -> Protection:
        """What protects the account by now."""
        factor = self._people.factor(me.id)
        return Protection(
            since_ms=factor.since_ms if factor else 0,
            codes_left=self._people.recovery_left(me.id) if factor else 0,
            setting_up=factor is None and self._pending(me) is not None,
        )

    def begin_factor(self, me: Moderator) -> None:
        """Makes the secret of a second factor to be; one that is being set up already stays as it is."""
        if self._people.factor(me.id) or self._pending(me):
            return
        sealed = sealing.sealed(secrets.token_bytes(totp.SECRET_BYTES), self._keys)
        pending = Pending(sealed=sealed, until_ms=self._clock() + SETTING_UP_MS)
        self._people.put_pending(me.id, self._people.pending(me.id), pending)

    def drop_pending(self, me: Moderator) -> None:
        """Forgets what was being set up."""
        self._people.put_pending(me.id, self._people.pending(me.id), None)

    def pending_secret(self, me: Moderator) -> bytes | None:
        """The secret for the app while it is being set up, and never again; None when nothing is."""
        pending = None if self._people.factor(me.id) else self._pending(me)
        return sealing.opened(pending.sealed, self._keys) if pending else None

    def confirm_factor(
        self, me: Moderator, cookie: str, *, typed: str, password: str, network: str
    ) -> tuple[str, ...] | Refused:
        """The recovery codes, shown this once: from now on each sign-in asks for a code. Other sessions are ended."""
        secret, pending = self.pending_secret(me), self._people.pending(me.id)
        if secret is None or pending is None:
            return Refused(code=Code.EXPIRED)
        now_ms = self._clock()
        step = totp.matching_step(secret, typed, now_ms=now_ms)
        if step is None:
            return Refused(code=Code.INVALID_FIELDS, fields={"code": Code.CODE_FAILED})
        if not self._is_me(me, password, network):
            return Refused(code=Code.INVALID_FIELDS, fields={"password": Code.WRONG_PASSWORD})
        codes, factor = new_codes(), Factor(sealed=pending.sealed, since_ms=now_ms)
        change = change_of(me, Deed.FACTOR_ON, me.id, now_ms=now_ms)
        hashes = [code_hash(code) for code in codes]
        stay = parts_of(cookie)[1]
        if not self._people.put_factor(me.id, None, factor, codes=hashes, stay=stay, change=change):
            return Refused(code=Code.STALE)
        self._people.use_step(me.id, factor, step)
        return codes

    def new_recovery_codes(self, me: Moderator, *, password: str, network: str) -> tuple[str, ...] | Refused:
        """Ten new recovery codes, shown this once; the old ones are worth nothing."""
        factor = self._people.factor(me.id)
        if factor is None:
            return Refused(code=Code.EXPIRED)
        if not self._is_me(me, password, network):
            return Refused(code=Code.INVALID_FIELDS, fields={"password": Code.WRONG_PASSWORD})
        codes = new_codes()
        change = change_of(me, Deed.RECOVERY, me.id, now_ms=self._clock())
        hashes = [code_hash(code) for code in codes]
        if not self._people.put_factor(me.id, factor, factor, codes=hashes, stay=ALL_STAY, change=change):
            return Refused(code=Code.STALE)
        return codes

    def end_factor(self, me: Moderator, *, typed: str, password: str, network: str) -> Refused | None:
        """Turns the second factor off; it asks for the password and a code, as a thief of the session has neither."""
        factor = self._people.factor(me.id)
        if factor is None:
            return None
        if not self._is_me(me, password, network):
            return Refused(code=Code.INVALID_FIELDS, fields={"password": Code.WRONG_PASSWORD})
        if self._tries.codes_spent(me.id, network) or not self._sign_ins.uses_code(me.id, typed):
            self._tries.code_failed(me.id, network)
            return Refused(code=Code.INVALID_FIELDS, fields={"code": Code.CODE_FAILED})
        change = change_of(me, Deed.FACTOR_OFF, me.id, now_ms=self._clock())
        current = self._people.factor(me.id) or factor
        if not self._people.put_factor(me.id, current, None, codes=(), stay=ALL_STAY, change=change):
            return Refused(code=Code.STALE)
        return None

    def _pending(self, me: Moderator) -> Pending | None:
        pending = self._people.pending(me.id)
        return pending if pending and self._clock() < pending.until_ms else None

    def _is_me(self, me: Moderator, password: str, network: str) -> bool:
        """Whether this is one's password, with the same limits as at the door."""
        if len(password) > PASSWORD_MAX or self._tries.spent(me.id, network):
            return False
        if self._passwords.matches(me.password_hash, password):
            return True
        self._tries.failed(me.id, network)
        return False
