"""Moderators, their sessions, programs' tokens and failed sign-ins."""

from dataclasses import dataclass

from commentsvc.domain.moderator import Moderator, Token
from commentsvc.store import keys, records, scripts
from commentsvc.store.scripts import Client

RECORD = "record"
NETWORK_KEPT_MS = 90 * 24 * 3_600_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """A moderator's sign-in: it ends at `expires_ms` in any case and at `idle_ms` when nothing is done."""

    expires_ms: int
    idle_ms: int


class People:
    """Who may decide, and what proves it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def moderator(self, name: str) -> Moderator | None:
        """The moderator with this sign-in name, or None."""
        raw = self._client.hget(keys.moderator(name), RECORD)
        return records.from_json(raw, Moderator) if raw else None  # type: ignore[arg-type]

    def moderators(self) -> list[Moderator]:
        """Every moderator by sign-in name; two round trips."""
        names = sorted(name.decode() for name in self._client.smembers(keys.MODERATORS))  # type: ignore[union-attr]
        pipe = self._client.pipeline(transaction=False)
        for name in names:
            pipe.hget(keys.moderator(name), RECORD)
        return [records.from_json(raw, Moderator) for raw in pipe.execute() if raw]

    def put_moderator(self, before: Moderator | None, after: Moderator) -> bool:
        """Whether `after` was written; False when the record is no longer `before`."""
        old = records.as_json(before) if before else b""
        # The name goes first: a name without a record is skipped by readers, a record without a name would be lost.
        scripts.write(self._client, "SADD", keys.MODERATORS, after.id)
        record_key = keys.moderator(after.id)
        return bool(scripts.run(self._client, "replace", [record_key], [RECORD, old, records.as_json(after)]))

    def open_session(self, name: str, secret_hash: str, session: Session) -> None:
        """Keeps a session; only the hash of its secret is stored."""
        self._client.hset(keys.sessions(name), secret_hash, f"{session.expires_ms} {session.idle_ms}")

    def session(self, name: str, secret_hash: str) -> tuple[Moderator, Session] | None:
        """The moderator and session behind a cookie, in one round trip, or None; expiry is the caller's to judge."""
        pipe = self._client.pipeline(transaction=False)
        pipe.hget(keys.sessions(name), secret_hash)
        pipe.hget(keys.moderator(name), RECORD)
        stored, raw = pipe.execute()
        if not stored or not raw:
            return None
        expires, idle = stored.decode().split()
        return records.from_json(raw, Moderator), Session(expires_ms=int(expires), idle_ms=int(idle))

    def renew_session(self, name: str, secret_hash: str, before: Session, after: Session) -> bool:
        """Whether the session goes on; False when it was ended meanwhile: a late page must not bring it back."""
        old, new = (f"{session.expires_ms} {session.idle_ms}".encode() for session in (before, after))
        args: list[scripts.Argument] = [secret_hash, old, new]
        return bool(scripts.run(self._client, "replace", [keys.sessions(name)], args, waits=False))

    def close_session(self, name: str, secret_hash: str) -> None:
        """Ends one session."""
        self._client.hdel(keys.sessions(name), secret_hash)

    def close_sessions(self, name: str) -> None:
        """Ends every session of a moderator, everywhere, at once."""
        self._client.delete(keys.sessions(name))

    def sweep_sessions(self, name: str, *, now_ms: int) -> int:
        """How many expired sessions of a moderator were removed."""
        stored: dict[bytes, bytes] = self._client.hgetall(keys.sessions(name))  # type: ignore[assignment]
        dead = [secret for secret, times in stored.items() if min(map(int, times.split())) <= now_ms]
        return int(self._client.hdel(keys.sessions(name), *dead)) if dead else 0

    def know_network(self, name: str, network: str, *, now_ms: int) -> None:
        """Remembers that a sign-in from this network worked."""
        self._client.hset(keys.networks(name), network, now_ms)

    def knows_network(self, name: str, network: str, *, now_ms: int) -> bool:
        """Whether a sign-in from this network worked in the last 90 days."""
        when = self._client.hget(keys.networks(name), network)
        return when is not None and int(when) > now_ms - NETWORK_KEPT_MS

    def tries(self, *what: str) -> list[int]:
        """Failed sign-ins in the present window of each of these."""
        pipe = self._client.pipeline(transaction=False)
        for one in what:
            pipe.get(keys.tries(one))
        return [int(count or 0) for count in pipe.execute()]

    def count_try(self, what: str, *, window_ms: int) -> int:
        """One failed sign-in more; the number in the present window."""
        return int(scripts.run(self._client, "count_try", [keys.tries(what)], [window_ms]))

    def forget_tries(self, what: str) -> None:
        """Starts the count anew after a sign-in that worked."""
        self._client.delete(keys.tries(what))

    def token(self, id: str) -> Token | None:
        """The token with this id, or None."""
        raw = self._client.hget(keys.TOKENS, id)
        return records.from_json(raw, Token) if raw else None  # type: ignore[arg-type]

    def tokens(self) -> list[Token]:
        """Every token, oldest first."""
        stored: dict[bytes, bytes] = self._client.hgetall(keys.TOKENS)  # type: ignore[assignment]
        return sorted((records.from_json(raw, Token) for raw in stored.values()), key=lambda token: token.created_ms)

    def put_token(self, token: Token) -> None:
        """Writes a token's record."""
        scripts.write(self._client, "HSET", keys.TOKENS, token.id, records.as_json(token))
