"""Moderators' sessions: a hash per person, so that all of somebody's end in one step."""

from dataclasses import dataclass
from enum import StrEnum

from commentsvc.domain.moderator import Factor, Moderator, Policy
from commentsvc.store import keys, records, scripts
from commentsvc.store.scripts import Client

MOST = 40
"""Sessions of one person; one more ends the one that was used least lately."""


class Stage(StrEnum):
    """How far a sign-in has come: `half` is the right password where a second factor is still to come."""

    FULL = "full"
    HALF = "half"


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A sign-in: it ends at `expires_ms` in any case and at `idle_ms` when nothing is done.

    `device` and `network` are coarse hints for its owner, such as `Firefox/Linux` and `192.0.2.0/24`.
    """

    expires_ms: int
    idle_ms: int
    begun_ms: int = 0
    stage: Stage = Stage.FULL
    device: str = ""
    network: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Seat:
    """Who is behind a cookie, with everything that is asked of each request in the console."""

    moderator: Moderator
    session: Session
    factor: bool
    policy: Policy


class Sessions:
    """Opened, renewed, listed, ended."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def open(
        self, name: str, secret_hash: str, session: Session, *, now_ms: int, password_hash: str = "", instead: str = ""
    ) -> bool:
        """Whether it is open; False when the password is no longer the one that was given, or `instead` has ended.

        Only the hash of the secret is kept. `instead` is the hash of a session that ends in the same step.
        """
        args: list[scripts.Argument] = [secret_hash, _written(session), now_ms, MOST, password_hash, instead]
        return bool(scripts.run(self._client, "open_session", [keys.moderator(name), keys.sessions(name)], args))

    def seat(self, name: str, secret_hash: str) -> Seat | None:
        """Who and which session is behind a cookie, in one round trip, or None; expiry is the caller's to judge."""
        pipe = self._client.pipeline(transaction=False)
        pipe.hget(keys.sessions(name), secret_hash)
        pipe.hmget(keys.moderator(name), "record", "factor")
        pipe.hget(keys.POLICY, "record")
        stored, (record, factor), policy = pipe.execute()
        if not stored or not record:
            return None
        return Seat(
            moderator=records.from_json(record, Moderator),
            session=_read(stored),
            factor=bool(factor and records.from_json(factor, Factor)),
            policy=records.from_json(policy, Policy) if policy else Policy(),
        )

    def of(self, name: str) -> dict[str, Session]:
        """Every session of a moderator by the hash of its secret, those that have ended too."""
        stored: dict[bytes, bytes] = self._client.hgetall(keys.sessions(name))  # type: ignore[assignment]
        return {secret.decode(): _read(value) for secret, value in stored.items()}

    def renew(self, name: str, secret_hash: str, before: Session, after: Session) -> bool:
        """Whether the session goes on; False when it was ended meanwhile: a late page must not bring it back."""
        args: list[scripts.Argument] = [secret_hash, _written(before), _written(after)]
        return bool(scripts.run(self._client, "replace", [keys.sessions(name)], args, waits=False))

    def close(self, name: str, secret_hash: str) -> None:
        """Ends one session."""
        self._client.hdel(keys.sessions(name), secret_hash)

    def sweep(self, name: str, *, now_ms: int) -> int:
        """How many expired sessions of a moderator were removed."""
        dead = [secret for secret, one in self.of(name).items() if min(one.expires_ms, one.idle_ms) <= now_ms]
        return int(self._client.hdel(keys.sessions(name), *dead)) if dead else 0


def _written(session: Session) -> str:
    """A session as it is stored. One from before there were hints stays as it was, or no renewal would match."""
    times = f"{session.expires_ms} {session.idle_ms}"
    if not session.begun_ms:
        return times
    return f"{times} {session.begun_ms} {session.stage} {session.device or '-'} {session.network or '-'}"


def _read(stored: bytes) -> Session:
    expires, idle, *more = stored.decode().split(" ")
    if not more:
        return Session(expires_ms=int(expires), idle_ms=int(idle))
    begun, stage, device, network = more
    return Session(
        expires_ms=int(expires),
        idle_ms=int(idle),
        begun_ms=int(begun),
        stage=Stage(stage),
        device="" if device == "-" else device,
        network="" if network == "-" else network,
    )
