"""Who works here: everybody with role and sites, let in, changed, shut out. For admins."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.moderator import Moderator, Policy, Right, Role
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.service.moderators import BadPerson
from commentsvc.web.catalogue import gettext
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation import words
from commentsvc.web.moderation.door import asks, blueprint, me, sheet
from commentsvc.web.moderation.office import Problems, meanwhile, now_is, number_of, problems
from commentsvc.web.parts import service, settings


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """A person in the list; `sites` are by name, `invited` is somebody who has no password yet."""

    id: str
    name: str
    role: str
    sites: tuple[str, ...]
    everywhere: bool
    factor: bool
    disabled: bool
    invited: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PeoplePage:
    """Everybody by sign-in name, and which roles need a second factor."""

    people: tuple[PersonRow, ...]
    roles: tuple[tuple[str, str, bool], ...]
    policy: Policy
    done: str
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonForm:
    """What is typed about a person; `version` is that of the record it was made from, 0 for a new one."""

    id: str = ""
    name: str = ""
    role: str = Role.MODERATOR
    sites: frozenset[str] = frozenset()
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonPage:
    """The form of one person. `person` is who it is about as stored, None for a new one; `now` what differs by now."""

    person: Moderator | None
    form: PersonForm
    roles: tuple[tuple[str, str, str], ...]
    sites: tuple[Site, ...]
    factor: bool
    myself: bool
    problems: Problems
    done: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InvitedPage:
    """The link with which somebody chooses a password, shown this once."""

    person: Moderator
    address: str


# No site's key begins with a hyphen, so these addresses can be no site's.
@blueprint.get("/-/people")
@asks(Right.ADMIN)
def people() -> Response:
    """Every moderator with role and sites."""
    return _list()


@blueprint.post("/-/policy")
@asks(Right.ADMIN)
def set_policy() -> BaseResponse:
    """The list, with the roles that need a second factor from now on."""
    roles = [role for role in Role if role in request.form.getlist("role")]
    try:
        service().moderators.require_factor(roles, seen=number_of("version"), by=me().id)
    except BadPerson:
        return _list(problem=meanwhile(), status=409)
    return redirect(url_for("moderation.people", done="policy"), 303)


@blueprint.route("/-/new-person", methods=["GET", "POST"])
@asks(Right.ADMIN)
def new_colleague() -> BaseResponse:
    """The form of somebody new; then the link with which they choose a password."""
    if request.method != "POST":
        return _form(None, PersonForm())
    form = _sent(request.form.get("id", ""))
    if wrong := _wrong(form):
        return _form(None, form, wrong, status=422)
    try:
        made = service().moderators.add(
            id=form.id, name=form.name, password=None, role=Role(form.role), sites=sorted(form.sites), by=me().id
        )
    except BadPerson as error:
        taken = error.field == "id" and service().moderators.find(form.id)
        return _form(None, form, problems({error.field: Code.TAKEN if taken else error.code}), status=422)
    return _invited(made)


@blueprint.get("/-/people/<string(maxlength=64):person>")
@asks(Right.ADMIN)
def colleague(person: str) -> Response:
    """The form of somebody, and what else can be done."""
    found = _found(person)
    return _form(found, _of(found))


@blueprint.post("/-/people/<string(maxlength=64):person>")
@asks(Right.ADMIN)
def change_colleague(person: str) -> BaseResponse:
    """The form again, with what holds from this moment on; or with why not, and everything that was typed."""
    found = _found(person)
    form = _sent(found.id)
    if wrong := _wrong(form):
        return _form(found, form, wrong, status=422)
    try:
        service().moderators.change(
            found.id, name=form.name, role=Role(form.role), sites=sorted(form.sites), seen=form.version, by=me().id
        )
    except BadPerson as error:
        if error.code is Code.STALE:
            return _conflict(found.id, form)
        return _form(found, form, problems({error.field: error.code}), status=422)
    return redirect(url_for("moderation.colleague", person=found.id, done="changed"), 303)


@blueprint.post("/-/people/<string(maxlength=64):person>/<any(disable, enable, sign_out, reset_factor):deed>")
@asks(Right.ADMIN)
def treat_colleague(person: str, deed: str) -> BaseResponse:
    """The form again, with that done."""
    found = _found(person)
    if found.id == me().id and deed in ("disable", "reset_factor"):
        raise Refusal(Refused(code=Code.FORBIDDEN))
    moderators = service().moderators
    act = {
        "disable": moderators.disable,
        "enable": moderators.enable,
        "sign_out": moderators.sign_out,
        "reset_factor": moderators.reset_factor,
    }[deed]
    try:
        act(found.id, by=me().id)
    except BadPerson as error:
        return _form(_found(person), _of(_found(person)), problems({"form": error.code}), status=409)
    return redirect(url_for("moderation.colleague", person=found.id, done=deed), 303)


@blueprint.post("/-/people/<string(maxlength=64):person>/invite")
@asks(Right.ADMIN)
def invite_colleague(person: str) -> BaseResponse:
    """The link with which somebody chooses a new password; until then the old one holds."""
    return _invited(_found(person))


def _invited(who: Moderator) -> Response:
    secret = service().moderators.invite(who.id, by=me().id)
    address = settings().public_url + url_for("sessions.invited", invitation=secret)
    return sheet("moderation/invited.html", InvitedPage(person=who, address=address))


def _list(*, problem: str = "", status: int = 200) -> Response:
    policy = service().moderators.policy()
    named = {site.key: site.name for site in service().sites.all()}
    rows = tuple(
        PersonRow(
            id=one.moderator.id,
            name=one.moderator.name,
            role=words.role_name(one.moderator.role),
            sites=tuple(named.get(key, key) for key in one.moderator.sites),
            everywhere=one.moderator.role is Role.ADMIN,
            factor=one.factor,
            disabled=one.moderator.disabled,
            invited=not one.moderator.password_hash,
        )
        for one in service().moderators.listed()
    )
    page = PeoplePage(
        people=rows,
        roles=tuple((role.value, words.role_name(role), role in policy.second_factor) for role in Role),
        policy=policy,
        done=gettext("Saved.") if request.args.get("done") == "policy" else "",
        problem=problem,
    )
    return sheet("moderation/people.html", page, status)


def _form(who: Moderator | None, form: PersonForm, wrong: Problems | None = None, *, status: int = 200) -> Response:
    factor = next((one.factor for one in service().moderators.listed() if who and one.moderator.id == who.id), False)
    page = PersonPage(
        person=who,
        form=form,
        roles=tuple((role.value, words.role_name(role), words.role_means(role)) for role in Role),
        sites=tuple(service().sites.all()),
        factor=factor,
        myself=bool(who and who.id == me().id),
        problems=wrong or problems(),
        done=_done(),
    )
    return sheet("moderation/colleague.html", page, status)


def _conflict(id: str, form: PersonForm) -> Response:
    """The form with everything that was typed, what it is now where that differs, and the way to send it after all."""
    now = _found(id)
    said = problems()
    said["form"] = meanwhile()
    for name, mine, theirs in (
        ("name", form.name, now.name),
        ("role", form.role, words.role_name(now.role)),
        ("sites", sorted(form.sites), ", ".join(now.sites)),
    ):
        if mine != (list(now.sites) if name == "sites" else getattr(now, name)):
            said[name] = now_is(theirs)
    typed = PersonForm(id=now.id, name=form.name, role=form.role, sites=form.sites, version=now.version)
    return _form(now, typed, said, status=409)


def _sent(id: str) -> PersonForm:
    known: Sequence[str] = [site.key for site in service().sites.all()]
    return PersonForm(
        id=id.strip().lower(),
        name=request.form.get("name", "").strip(),
        role=request.form.get("role", ""),
        sites=frozenset(key for key in request.form.getlist("site") if key in known),
        version=number_of("version"),
    )


def _of(who: Moderator) -> PersonForm:
    return PersonForm(id=who.id, name=who.name, role=who.role, sites=frozenset(who.sites), version=who.version)


def _wrong(form: PersonForm) -> Problems | None:
    if form.role not in list(Role):
        return problems({"role": Code.INVALID_CHOICE})
    if form.role != Role.ADMIN and not form.sites:
        return problems({"sites": Code.REQUIRED}, {"sites": gettext("Choose at least one site.")})
    return None


def _found(id: str) -> Moderator:
    found = service().moderators.find(id)
    if found is None:
        raise Refusal(Refused(code=Code.NOT_FOUND))
    return found


def _done() -> str:
    return {
        "changed": gettext("Saved. It holds from this moment on."),
        "disable": gettext("Signed out everywhere, and shut out."),
        "enable": gettext("May sign in again."),
        "sign_out": gettext("Signed out everywhere."),
        "reset_factor": gettext("The second factor is gone; the password alone is enough until a new one is set up."),
    }.get(request.args.get("done", ""), "")
