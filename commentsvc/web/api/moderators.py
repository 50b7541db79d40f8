"""The moderators of a site, administered by program."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from commentsvc.domain.moderator import MODERATOR_ID, PASSWORD_MAX, PASSWORD_MIN, Moderator, Role, Scope, Token
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.moderators import BadPerson
from commentsvc.service.words import NAME_MAX
from commentsvc.web import errors
from commentsvc.web.api.patterns import whole
from commentsvc.web.api.routes import operation
from commentsvc.web.parts import service


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with a role on the site; `id` is the sign-in name."""

    id: str
    name: str
    role: Role
    disabled: bool


class People(Struct, frozen=True, kw_only=True):
    """Who works on the site, by name; the installation's administrators are not listed."""

    moderators: list[Person]


class NewPerson(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody to be let in, for the token's site alone; only the installation makes administrators."""

    id: Annotated[str, whole(MODERATOR_ID)]
    password: Annotated[str, Meta(min_length=PASSWORD_MIN, max_length=PASSWORD_MAX)]
    name: Annotated[str, Meta(max_length=NAME_MAX)] = ""
    role: Literal["moderator", "lead", "auditor"] = "moderator"


class PersonChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`disabled: true` is the one change there is so far."""

    disabled: bool


@operation("GET", "/api/v1/moderators", answer=People, scope=Scope.ADMIN)
def list_moderators(token: Token) -> People:
    """Who works on the token's site, with role."""
    return People(moderators=[_person(one) for one in _of(token)])


@operation("POST", "/api/v1/moderators", answer=Person, status=201, scope=Scope.ADMIN)
def add_moderator(token: Token, body: NewPerson) -> Any:
    """A new moderator, lead or auditor of the token's site; the sign-in name must be free in the whole installation."""
    try:
        added = service().moderators.add(
            id=body.id,
            name=body.name,
            password=body.password,
            role=Role(body.role),
            sites=[token.site],
            by=token.actor.id,
        )
    except BadPerson as error:
        refused = Refused(code=Code.INVALID_FIELDS, fields={error.field: error.code})
        return errors.problem(refused, detail=str(error))
    return _person(added)


@operation("PATCH", "/api/v1/moderators/<id>", answer=Person, scope=Scope.ADMIN, refusals=(Code.NOT_FOUND,))
def change_moderator(token: Token, id: str, body: PersonChanges) -> Any:
    """Disables a moderator: every session ends at once, and what they decided stays in the log.

    `forbidden` for somebody who moderates other sites too: that is for the installation's administrators.
    """
    found = next((one for one in _of(token) if one.id == id), None)
    if found is None:
        return Refused(code=Code.NOT_FOUND)
    if not body.disabled:
        return Refused(code=Code.INVALID_FIELDS, fields={"disabled": Code.INVALID_CHOICE})
    if set(found.sites) != {token.site}:
        return Refused(code=Code.FORBIDDEN)
    return _person(service().moderators.disable(id, by=token.actor.id))


def _of(token: Token) -> list[Moderator]:
    return [one for one in service().moderators.all() if one.role is not Role.ADMIN and token.site in one.sites]


def _person(moderator: Moderator) -> Person:
    return Person(id=moderator.id, name=moderator.name, role=moderator.role, disabled=moderator.disabled)
