"""People, administered: let in, given other roles and sites, invited, disabled; each time with a row in the log."""

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from commentsvc.domain.change import OPERATOR, Change, Deed, Difference, Subject, differences, new_change_id
from commentsvc.domain.decision import AUTHOR
from commentsvc.domain.moderator import (
    MODERATOR_ID,
    PASSWORD_MAX,
    PASSWORD_MIN,
    Invitation,
    Moderator,
    Policy,
    Role,
)
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.passwords import Passwords, wrong_with
from commentsvc.service.tries import hashed
from commentsvc.service.words import NAME_MAX, is_plain_line
from commentsvc.store.people import ALL_STAY, People

INVITED_MS = 7 * 24 * 3_600_000


class BadPerson(ValueError):
    """A moderator or token cannot be as asked for; the message says what to do, `field` and `code` what is wrong."""

    def __init__(self, sentence: str, field: str = "id", code: Code = Code.INVALID_CHOICE) -> None:
        super().__init__(sentence)
        self.field, self.code = field, code


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """A moderator as admins see one: `factor` is whether a second factor is on."""

    moderator: Moderator
    factor: bool


class Moderators:
    """Everybody with a role. `by` is who administers, as the log says it."""

    def __init__(self, people: People, passwords: Passwords, *, clock: Callable[[], int]) -> None:
        self._people = people
        self._passwords = passwords
        self._clock = clock

    def all(self) -> list[Moderator]:
        """Every moderator by sign-in name."""
        return self._people.moderators()

    def listed(self) -> list[Listed]:
        """The same with what admins want to know of each."""
        return [Listed(moderator=one, factor=factor) for one, factor in self._people.with_factor()]

    def find(self, id: str) -> Moderator | None:
        """The moderator with this sign-in name."""
        id = id.strip().lower()
        return self._people.moderator(id) if MODERATOR_ID.fullmatch(id) else None

    def add(
        self, *, id: str, name: str, password: str | None, role: Role, sites: Sequence[str], by: str = OPERATOR
    ) -> Moderator:
        """The new moderator, without a password (who is invited chooses it) for None.

        BadPerson when the name is taken or anything is malformed.
        """
        id = id.strip().lower()
        if not MODERATOR_ID.fullmatch(id) or id == AUTHOR:
            raise BadPerson(f"{id!r} is not a sign-in name: use 1-64 of a-z, 0-9 and . _ @ + -")
        if password is not None and (code := wrong_with(password)):
            raise BadPerson(f"the password must have {PASSWORD_MIN} to {PASSWORD_MAX} characters", "password", code)
        judge_name(name, "name")
        moderator = Moderator(
            id=id,
            name=name or id,
            role=role,
            sites=tuple(dict.fromkeys(sites)),
            password_hash="" if password is None else self._passwords.hashed(password),
        )
        change = self._change(moderator, Deed.ADDED, by, differences=differences(None, moderator))
        if not self._people.put_moderator(None, moderator, change=change):
            raise BadPerson(f"there is a moderator {id!r} already")
        return moderator

    def change(
        self,
        id: str,
        *,
        name: str | None = None,
        role: Role | None = None,
        sites: Sequence[str] | None = None,
        seen: int | None = None,
        by: str = OPERATOR,
    ) -> Moderator:
        """The moderator with another name, role or other sites, from this moment on, also for pages that are open.

        BadPerson with the code `stale` when it is no longer the version `seen`, `last_admin` when nobody would be left
        who could administer.
        """
        before = self._known(id)
        judge_name(name or "", "name")
        after = replace(
            before,
            name=before.name if name is None else name or before.id,
            role=role or before.role,
            sites=before.sites if sites is None else tuple(dict.fromkeys(sites)),
        )
        if seen not in (None, before.version):
            raise self._stale(before.id)
        return before if after == before else self._put(before, after, Deed.CHANGED, by)

    def disable(self, id: str, *, by: str = OPERATOR) -> Moderator:
        """The moderator, disabled, and every session of theirs ended; what they decided stays in the log."""
        before = self._known(id)
        return self._put(before, replace(before, disabled=True), Deed.DISABLED, by, stay="")

    def enable(self, id: str, *, by: str = OPERATOR) -> Moderator:
        """The moderator, who may sign in again with the password and second factor there were."""
        before = self._known(id)
        return self._put(before, replace(before, disabled=False), Deed.ENABLED, by)

    def sign_out(self, id: str, *, by: str = OPERATOR) -> Moderator:
        """The moderator, signed out everywhere."""
        before = self._known(id)
        return self._put(before, before, Deed.SIGNED_OUT, by, stay="")

    def reset_factor(self, id: str, *, by: str = OPERATOR) -> Moderator:
        """The moderator, for whom the password alone is enough again; every session of theirs is ended."""
        before = self._known(id)
        factor = self._people.factor(before.id)
        change = self._change(before, Deed.FACTOR_RESET, by)
        if not self._people.put_factor(before.id, factor, None, codes=(), stay="", change=change):
            raise self._stale(before.id)
        return before

    def invite(self, id: str, *, by: str = OPERATOR) -> str:
        """The secret of an invitation to choose a password, shown this once; it is good once, for seven days."""
        who = self._known(id)
        secret = secrets.token_urlsafe(32)
        invitation = Invitation(secret_hash=hashed(secret), until_ms=self._clock() + INVITED_MS)
        change = self._change(who, Deed.INVITED, by)
        if not self._people.put_invitation(who.id, self._people.invitation(who.id), invitation, change=change):
            raise self._stale(who.id)
        return f"{who.id}.{secret}"

    def invited(self, text: str) -> Moderator | None:
        """Who is invited by this, or None: unknown, used, too late, or disabled."""
        name, _, secret = text.rpartition(".")
        if not MODERATOR_ID.fullmatch(name) or not 20 <= len(secret) <= 64:
            return None
        invitation, who = self._people.invitation(name), self._people.moderator(name)
        if invitation is None or who is None or who.disabled or self._clock() >= invitation.until_ms:
            return None
        return who if hmac.compare_digest(invitation.secret_hash, hashed(secret)) else None

    def accept(self, text: str, password: str) -> Moderator | Refused:
        """The invited moderator with this password; whatever it was before opens nothing more, nor does the link."""
        before = self.invited(text)
        if before is None:
            return Refused(code=Code.EXPIRED)
        if code := wrong_with(password):
            return Refused(code=Code.INVALID_FIELDS, fields={"password": code})
        after = replace(before, password_hash=self._passwords.hashed(password), version=before.version + 1)
        change = self._change(after, Deed.PASSWORD, before.id)
        if not self._people.put_moderator(before, after, stay="", change=change):
            return Refused(code=Code.EXPIRED)
        return after

    def policy(self) -> Policy:
        """What holds for everybody."""
        return self._people.policy()

    def require_factor(self, roles: Sequence[Role], *, seen: int | None = None, by: str = OPERATOR) -> Policy:
        """The policy by which these roles, and no others, need a second factor from the next request on."""
        before = self._people.policy()
        wanted = tuple(role for role in Role if role in roles)
        after = Policy(second_factor=wanted, version=before.version + 1)
        now_ms = self._clock()
        said = (", ".join(before.second_factor), ", ".join(after.second_factor))
        change = Change(
            id=new_change_id(now_ms=now_ms),
            at_ms=now_ms,
            by=by,
            subject=Subject.POLICY,
            name="",
            deed=Deed.CHANGED,
            sites=None,
            differences=(Difference(what="second_factor", before=said[0], after=said[1]),),
        )
        if wanted == before.second_factor:
            return before
        if seen not in (None, before.version) or not self._people.put_policy(before, after, change=change):
            raise self._stale("policy")
        return after

    def _known(self, id: str) -> Moderator:
        found = self.find(id)
        if found is None:
            raise BadPerson(f"there is no moderator {id.strip().lower()!r}", "id", Code.NOT_FOUND)
        return found

    def _put(self, before: Moderator, after: Moderator, deed: Deed, by: str, *, stay: str = ALL_STAY) -> Moderator:
        self._keep_an_admin(before, after, by)
        after = replace(after, version=before.version + 1)
        change = self._change(after, deed, by, differences=differences(before, after), also=before)
        if not self._people.put_moderator(before, after, stay=stay, change=change):
            raise self._stale(after.id)
        return after

    def _keep_an_admin(self, before: Moderator, after: Moderator, by: str) -> None:
        """Nobody locks the last door from outside: the command line may, because it can also open it again."""
        if by == OPERATOR or _administers(after) or not _administers(before):
            return
        if not any(_administers(one) for one in self._people.moderators() if one.id != before.id):
            raise BadPerson("somebody must be left who can administer", "role", Code.LAST_ADMIN)

    def _change(
        self,
        who: Moderator,
        deed: Deed,
        by: str,
        *,
        differences: tuple[Difference, ...] = (),
        also: Moderator | None = None,
    ) -> Change:
        return change_of(who, deed, by, now_ms=self._clock(), differences=differences, also=also)

    def _stale(self, id: str) -> BadPerson:
        return BadPerson(f"somebody else has just changed {id!r}: repeat", "id", Code.STALE)


def change_of(
    who: Moderator,
    deed: Deed,
    by: str,
    *,
    now_ms: int,
    differences: tuple[Difference, ...] = (),
    also: Moderator | None = None,
) -> Change:
    """The log's row of something that was done to a person; it concerns the sites they had (`also`) and have."""
    everywhere = Role.ADMIN in {who.role, (also or who).role}
    sites = None if everywhere else tuple(dict.fromkeys((*(also or who).sites, *who.sites)))
    return Change(
        id=new_change_id(now_ms=now_ms),
        at_ms=now_ms,
        by=by,
        subject=Subject.PERSON,
        name=who.id,
        deed=deed,
        sites=sites,
        differences=differences,
    )


def judge_name(text: str, field: str) -> None:
    """Raises BadPerson for a name or label that hides something, or is too long."""
    if not is_plain_line(text):
        sentence = f"{text!r} has characters that no {field} needs: write plain letters"
        raise BadPerson(sentence, field, Code.INVALID_CHARACTERS)
    if len(text) > NAME_MAX:
        raise BadPerson(f"the {field} is longer than {NAME_MAX} characters", field, Code.TOO_LONG)


def _administers(one: Moderator) -> bool:
    return one.role is Role.ADMIN and not one.disabled
