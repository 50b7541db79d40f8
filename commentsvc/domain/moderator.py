"""Who may decide, and where."""

import re
from dataclasses import dataclass
from enum import StrEnum

MODERATOR_ID = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,62}[a-z0-9])?", re.ASCII)
PASSWORD_MIN = 10
PASSWORD_MAX = 200


class Role(StrEnum):
    """`moderator` decides on the sites named; `admin` on every site, and administers."""

    MODERATOR = "moderator"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a bearer token may do on its site; each includes the one before it."""

    READ = "read"
    MODERATE = "moderate"
    ADMIN = "admin"


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """Somebody who decides, person or program: `id` is what the log says, `sites` is None for every site."""

    id: str
    sites: frozenset[str] | None

    def may_decide(self, site: str) -> bool:
        """Whether this actor may see and decide on this site's comments."""
        return self.sites is None or site in self.sites


@dataclass(frozen=True, kw_only=True, slots=True)
class Moderator:
    """A person who may decide on given sites. `id` is the sign-in name, `password_hash` argon2id."""

    id: str
    name: str
    role: Role
    sites: tuple[str, ...]
    password_hash: str
    disabled: bool = False

    @property
    def actor(self) -> Actor:
        """This person as somebody who decides; a disabled one may nowhere."""
        everywhere = self.role is Role.ADMIN and not self.disabled
        return Actor(id=self.id, sites=None if everywhere else frozenset(() if self.disabled else self.sites))


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
        """The program as somebody who decides, logged as `token:<id>`."""
        return Actor(id=f"token:{self.id}", sites=frozenset({self.site} if self.may(Scope.MODERATE, self.site) else ()))
