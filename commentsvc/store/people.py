"""Moderators, what they sign in with, programs' tokens and failed tries."""

from collections.abc import Sequence
from typing import TypeVar

from commentsvc.domain.change import Change
from commentsvc.domain.moderator import Factor, Invitation, Moderator, Pending, Policy, Token
from commentsvc.store import changes, keys, records, scripts
from commentsvc.store.scripts import Client

RECORD, FACTOR, PENDING, INVITE = "record", "factor", "pending", "invite"
NETWORK_KEPT_MS = 90 * 24 * 3_600_000
ALL_STAY = "all"
"""The sessions that stay when something of a person is changed: all of them."""

T = TypeVar("T", Moderator, Factor, Pending, Invitation)


class People:
    """Who may decide, and what proves it."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def moderator(self, name: str) -> Moderator | None:
        """The moderator with this sign-in name, or None."""
        return self._one(name, RECORD, Moderator)

    def names(self) -> list[str]:
        """Every sign-in name."""
        return sorted(name.decode() for name in self._client.smembers(keys.MODERATORS))  # type: ignore[union-attr]

    def moderators(self) -> list[Moderator]:
        """Every moderator by sign-in name; two round trips."""
        return [one for one, _ in self.with_factor()]

    def with_factor(self) -> list[tuple[Moderator, bool]]:
        """Every moderator by sign-in name, with whether a second factor is on; two round trips."""
        pipe = self._client.pipeline(transaction=False)
        for name in self.names():
            pipe.hmget(keys.moderator(name), RECORD, FACTOR)
        return [(records.from_json(raw, Moderator), factor is not None) for raw, factor in pipe.execute() if raw]

    def put_moderator(
        self, before: Moderator | None, after: Moderator, *, stay: str = ALL_STAY, change: Change | None = None
    ) -> bool:
        """Whether `after` was written; False when the record is no longer `before`."""
        if before is None:
            # The name goes first: a name without a record is skipped by readers, a record without one would be lost.
            scripts.write(self._client, "SADD", keys.MODERATORS, after.id)
        drop = (INVITE,) if before and before.password_hash != after.password_hash else ()
        return self._put(after.id, RECORD, before, after, stay=stay, change=change, drop=drop)

    def factor(self, name: str) -> Factor | None:
        """The second factor that is on, or None."""
        return self._one(name, FACTOR, Factor)

    def pending(self, name: str) -> Pending | None:
        """The second factor that is being set up, or None; its end is the caller's to judge."""
        return self._one(name, PENDING, Pending)

    def put_pending(self, name: str, before: Pending | None, after: Pending | None) -> bool:
        """Whether it is what is being set up now."""
        return self._put(name, PENDING, before, after)

    def put_factor(
        self,
        name: str,
        before: Factor | None,
        after: Factor | None,
        *,
        codes: Sequence[str] | None = None,
        stay: str = ALL_STAY,
        change: Change | None = None,
    ) -> bool:
        """Whether the factor is `after` now; with `codes` (hashes) the recovery codes are these and no others."""
        drop = (PENDING, "step") if before is None or after is None else ()
        return self._put(name, FACTOR, before, after, codes=codes, stay=stay, change=change, drop=drop)

    def use_step(self, name: str, factor: Factor, step: int) -> bool:
        """Whether this is the first use of a step's code, and of one after all that were used."""
        return self._use(name, factor, step, "")

    def use_recovery(self, name: str, factor: Factor, code_hash: str) -> bool:
        """Whether this recovery code was one, and is used up now."""
        return self._use(name, factor, "", code_hash)

    def recovery_left(self, name: str) -> int:
        """How many recovery codes were not used yet."""
        return int(self._client.scard(keys.recovery(name)))

    def invitation(self, name: str) -> Invitation | None:
        """The invitation that is out, or None; its end is the caller's to judge."""
        return self._one(name, INVITE, Invitation)

    def put_invitation(self, name: str, before: Invitation | None, after: Invitation, *, change: Change) -> bool:
        """Whether the invitation is out; any earlier one is worth nothing."""
        return self._put(name, INVITE, before, after, change=change)

    def policy(self) -> Policy:
        """What holds for the whole installation."""
        raw = self._client.hget(keys.POLICY, RECORD)
        return records.from_json(raw, Policy) if raw else Policy()  # type: ignore[arg-type]

    def put_policy(self, before: Policy, after: Policy, *, change: Change) -> bool:
        """Whether it holds now; False when it is no longer `before`."""
        old = self._client.hget(keys.POLICY, RECORD)
        if (records.from_json(old, Policy) if old else Policy()) != before:  # type: ignore[arg-type]
            return False
        args = [RECORD, old or b"", records.as_json(after), changes.row(change)]
        return bool(scripts.run(self._client, "replace", [keys.POLICY, keys.changes(keys.POLICY)], args))

    def know_network(self, name: str, network: str, *, now_ms: int) -> None:
        """Remembers that a sign-in from this network worked."""
        self._client.hset(keys.networks(name), network, now_ms)

    def knows_network(self, name: str, network: str, *, now_ms: int) -> bool:
        """Whether a sign-in from this network worked in the last 90 days."""
        when = self._client.hget(keys.networks(name), network)
        return when is not None and int(when) > now_ms - NETWORK_KEPT_MS

    def tries(self, *what: str) -> list[int]:
        """Failed tries in the present window of each of these."""
        pipe = self._client.pipeline(transaction=False)
        for one in what:
            pipe.get(keys.tries(one))
        return [int(count or 0) for count in pipe.execute()]

    def count_try(self, what: str, *, window_ms: int) -> int:
        """One failed try more; the number in the present window."""
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

    def put_token(self, before: Token | None, after: Token, *, change: Change) -> bool:
        """Whether a token's record was written; False when it is no longer `before`."""
        old = records.as_json(before) if before else b""
        args: list[scripts.Argument] = [after.id, old, records.as_json(after), changes.row(change)]
        return bool(scripts.run(self._client, "replace", [keys.TOKENS, keys.changes(keys.TOKENS)], args))

    def _one(self, name: str, field: str, kind: type[T]) -> T | None:
        raw = self._client.hget(keys.moderator(name), field)
        return records.from_json(raw, kind) if raw else None  # type: ignore[arg-type]

    def _put(
        self,
        name: str,
        field: str,
        before: T | None,
        after: T | None,
        *,
        drop: Sequence[str] = (),
        stay: str = ALL_STAY,
        codes: Sequence[str] | None = None,
        change: Change | None = None,
    ) -> bool:
        old = self._client.hget(keys.moderator(name), field) if before else None
        # What an earlier version wrote reads as `before` although not one byte of a new field is in it.
        if before and (old is None or records.from_json(old, type(before)) != before):  # type: ignore[arg-type]
            return False
        where = [keys.moderator(name), keys.sessions(name), keys.recovery(name), keys.changes_of(name)]
        args: list[scripts.Argument] = [
            field,
            old or b"",
            records.as_json(after) if after else b"",
            changes.row(change),
            stay,
        ]
        more: list[scripts.Argument] = ["" if codes is None else "codes", ",".join(drop), *(codes or ())]
        return bool(scripts.run(self._client, "change_person", where, [*args, *more]))

    def _use(self, name: str, factor: Factor, step: int | str, code_hash: str) -> bool:
        where = [keys.moderator(name), keys.recovery(name)]
        return bool(scripts.run(self._client, "use_code", where, [records.as_json(factor), step, code_hash]))
