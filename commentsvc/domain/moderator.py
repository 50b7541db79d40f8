"""Who may decide, and where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MODERATOR_ID = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?", re.ASCII)
PASSWORD_MIN = 10
PASSWORD_MAX = 200


class Role(StrEnum):
    """What kind of person somebody is; `RIGHTS` says what each may do, an admin on every site, the others on theirs."""

    MODERATOR = "moderator"
    LEAD = "lead"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Scope(StrEnum):
    """What a bearer token may do on its site; each includes the one before it."""

    READ = "read"
    MODERATE = "moderate"
    ADMIN = "admin"


class Right(StrEnum):
    """One thing that somebody may be allowed to do on a site.

    `read` everything that moderators see · `decide` what waits and take down what is published · `overrule` a
    colleague's rejection · `restrict` an author · `rules` to edit: rules, reasons, house rules · `export` · `audit`, to
    read who administered what · `admin`: people, sites, their fields and what is kept how long.
    """

    READ = "read"
    DECIDE = "decide"
    OVERRULE = "overrule"
    RESTRICT = "restrict"
    RULES = "rules"
    EXPORT = "export"
    AUDIT = "audit"
    ADMIN = "admin"


RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.MODERATOR: frozenset({Right.READ, Right.DECIDE}),
    Role.LEAD: frozenset(
        {Right.READ, Right.DECIDE, Right.OVERRULE, Right.RESTRICT, Right.RULES, Right.EXPORT},
    ),
    Role.ADMIN: frozenset(Right),
    Role.AUDITOR: frozenset({Right.READ, Right.EXPORT, Right.AUDIT}),
}
"""The one table of what people may do; the console's addresses, its buttons and the docs are held against it."""

SCOPES: Mapping[Scope, frozenset[Right]] = {
    Scope.READ: frozenset({Right.READ, Right.EXPORT}),
    Scope.MODERATE: frozenset({Right.READ, Right.EXPORT, Right.DECIDE, Right.OVERRULE, Right.RESTRICT}),
    Scope.ADMIN: frozenset(Right),
}
"""What programs may do, on their own site."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Somebody who does something, person or program: `id` is what logs say, `sites` is None for every site."""

    id: str
    sites: frozenset[str] | None
    rights: frozenset[Right] = SCOPES[Scope.MODERATE]

    def may(self, right: Right, site: str) -> bool:
        """Whether this actor has this right on this site."""
        return right in self.rights and (self.sites is None or site in self.sites)

    def may_decide(self, site: str) -> bool:
        """Whether this actor may decide on this site's comments."""
        return self.may(Right.DECIDE, site)

    def may_somewhere(self, right: Right) -> bool:
        """Whether there is a site on which this actor has this right; whoever administers does so on every site."""
        return right in self.rights and (self.sites is None or bool(self.sites))


@dataclass(frozen=True, kw_only=True, slots=True)
class Moderator:
    """A person with a role on given sites. `id` is the sign-in name, `password_hash` argon2id, '' for none yet."""

    id: str
    name: str
    role: Role
    sites: tuple[str, ...]
    password_hash: str
    disabled: bool = False
    version: int = 1

    @property
    def actor(self) -> Actor:
        """This person as somebody who does things; a disabled one may do nothing anywhere."""
        if self.disabled:
            return Actor(id=self.id, sites=frozenset(), rights=frozenset())
        sites = None if self.role is Role.ADMIN else frozenset(self.sites)
        return Actor(id=self.id, sites=sites, rights=RIGHTS[self.role])


@dataclass(frozen=True, kw_only=True, slots=True)
class Factor:
    """A second factor that is on: the authenticator's secret, sealed, and since when."""

    sealed: str
    since_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """A second factor that is being set up: worth nothing before a code of it was typed, nor after `until_ms`."""

    sealed: str
    until_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """The right to choose a password, once, until `until_ms`; only the hash of its secret is kept."""

    secret_hash: str
    until_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """What holds for the whole installation: the roles that need a second factor."""

    second_factor: tuple[Role, ...] = ()
    version: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A program's right. Only `secret_hash` (SHA-256, hex) is kept; `site` is the one site it is good for."""

    id: str
    site: str
    scope: Scope
    label: str
    secret_hash: str
    created_ms: int
    revoked: bool = False

    def may(self, scope: Scope, site: str) -> bool:
        """Whether the token may do this on this site."""
        order = list(Scope)
        return not self.revoked and site == self.site and order.index(scope) <= order.index(self.scope)

    @property
    def actor(self) -> Actor:
        """The program as somebody who does things, logged as `token:<id>`; a revoked one may do nothing."""
        rights = frozenset[Right]() if self.revoked else SCOPES[self.scope]
        return Actor(id=f"token:{self.id}", sites=frozenset({self.site}), rights=rights)
