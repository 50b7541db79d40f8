"""One's own account: password, second factor, sessions. Every page here is about who asks, and nobody else."""

import io
from collections import defaultdict
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from flask import Response, redirect, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain import totp
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.accounts import Protection, Used
from commentsvc.web import sessions
from commentsvc.web.catalogue import gettext
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation import words
from commentsvc.web.moderation.door import MYSELF, asks, blueprint, lacks_factor, me, sheet
from commentsvc.web.moderation.words import Moment, moment
from commentsvc.web.network import network_of
from commentsvc.web.parts import service, settings


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionRow:
    """A session in the list: what it was begun on, roughly where, when, and when it was last used."""

    id: str
    device: str
    network: str
    begun: Moment | None
    used: Moment
    here: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountPage:
    """One's account. `problems` are by field, `done` says what has just been done."""

    role: str
    protection: Protection
    since: Moment | None
    needed: bool
    sessions: tuple[SessionRow, ...]
    problems: dict[str, str]
    done: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FactorPage:
    """Setting a second factor up: the secret in letters, for who cannot scan; '' before it was begun."""

    secret: str
    needed: bool
    problems: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CodesPage:
    """Recovery codes, shown this once."""

    codes: tuple[str, ...]
    first: bool


@blueprint.get("/-/me")
@asks(MYSELF)
def account() -> Response:
    """Password, second factor and sessions of who asks."""
    return _account()


@blueprint.post("/-/me/password")
@asks(MYSELF)
def change_password() -> BaseResponse:
    """The account with a new password; every other session has ended."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    if new != again:
        return _account({"again": gettext("The two are not the same.")}, status=422)
    outcome = service().accounts.change_password(me(), sessions.cookie(), old=old, new=new, network=network_of(request))
    if isinstance(outcome, Refused):
        return _account(_said(outcome), status=outcome.status)
    return _back("password")


@blueprint.post("/-/me/sessions/<string(length=16):id>/end")
@asks(MYSELF)
def end_session(id: str) -> BaseResponse:
    """The account, with that session ended."""
    service().accounts.end_session(sessions.cookie(), id)
    return _back("session")


@blueprint.post("/-/me/sessions/end")
@asks(MYSELF)
def end_sessions() -> BaseResponse:
    """The sign-in page: every session of one's own has ended, this one too."""
    service().accounts.end_sessions(me())
    session.clear()
    return redirect("/login", 303)


@blueprint.get("/-/me/factor")
@asks(MYSELF)
def factor() -> BaseResponse:
    """The page on which a second factor is set up."""
    if service().accounts.protection(me()).since_ms:
        return redirect(url_for("moderation.account", _anchor="factor"), 303)
    return _factor()


@blueprint.post("/-/me/factor/begin")
@asks(MYSELF)
def begin_factor() -> BaseResponse:
    """The same page with a secret for the app."""
    service().accounts.begin_factor(me())
    return redirect(url_for("moderation.factor"), 303)


@blueprint.post("/-/me/factor/drop")
@asks(MYSELF)
def drop_factor() -> BaseResponse:
    """The account, with what was begun forgotten."""
    service().accounts.drop_pending(me())
    return redirect(url_for("moderation.account", _anchor="factor"), 303)


@blueprint.get("/-/me/factor.svg")
@asks(MYSELF)
def factor_image() -> Response:
    """The secret as a QR code, black on white for every phone's camera; only while it is being set up."""
    secret = service().accounts.pending_secret(me())
    if secret is None:
        raise Refusal(Refused(code=Code.EXPIRED))
    out = io.BytesIO()
    address = totp.address(secret, account=me().id, issuer=urlsplit(settings().public_url).hostname or "commentsvc")
    code = segno.make_qr(address, error="m")
    code.save(out, kind="svg", xmldecl=False, svgclass=None, lineclass=None, omitsize=True, light="#fff")
    return Response(out.getvalue(), content_type="image/svg+xml")


@blueprint.post("/-/me/factor")
@asks(MYSELF)
def confirm_factor() -> BaseResponse:
    """The recovery codes, once; or why the second factor is not on yet."""
    typed, password = request.form.get("code", ""), request.form.get("password", "")
    outcome = service().accounts.confirm_factor(
        me(), sessions.cookie(), typed=typed, password=password, network=network_of(request)
    )
    if not isinstance(outcome, Refused):
        return sheet("moderation/codes.html", CodesPage(codes=outcome, first=True))
    if not outcome.fields:
        raise Refusal(outcome)
    return _factor(_said(outcome), status=outcome.status)


@blueprint.post("/-/me/factor/codes")
@asks(MYSELF)
def new_codes() -> BaseResponse:
    """New recovery codes, once; the old ones are worth nothing."""
    outcome = service().accounts.new_recovery_codes(
        me(), password=request.form.get("codes_password", ""), network=network_of(request)
    )
    if isinstance(outcome, Refused):
        return _account({f"codes_{name}": said for name, said in _said(outcome).items()}, status=outcome.status)
    return sheet("moderation/codes.html", CodesPage(codes=outcome, first=False))


@blueprint.post("/-/me/factor/end")
@asks(MYSELF)
def end_factor() -> BaseResponse:
    """The account without a second factor."""
    typed, password = request.form.get("end_code", ""), request.form.get("end_password", "")
    outcome = service().accounts.end_factor(me(), typed=typed, password=password, network=network_of(request))
    if isinstance(outcome, Refused):
        return _account({f"end_{name}": said for name, said in _said(outcome).items()}, status=outcome.status)
    return _back("factor")


def _account(problems: dict[str, str] | None = None, *, status: int = 200) -> Response:
    protection = service().accounts.protection(me())
    page = AccountPage(
        protection=protection,
        since=moment(protection.since_ms) if protection.since_ms else None,
        needed=lacks_factor(),
        sessions=tuple(_row(one) for one in service().accounts.sessions(sessions.cookie())),
        role=words.role_name(me().role),
        problems=defaultdict(str, problems or {}),
        done=_done(),
    )
    return sheet("moderation/account.html", page, status)


def _factor(problems: dict[str, str] | None = None, *, status: int = 200) -> Response:
    secret = service().accounts.pending_secret(me())
    spelt = totp.spelt(secret) if secret else ""
    return sheet(
        "moderation/factor.html",
        FactorPage(secret=spelt, needed=lacks_factor(), problems=defaultdict(str, problems or {})),
        status,
    )


def _row(one: Used) -> SessionRow:
    browser, _, system = one.device.partition("/")
    return SessionRow(
        id=one.id,
        device=f"{browser} · {system}" if system else browser,
        network=one.network,
        begun=moment(one.begun_ms) if one.begun_ms else None,
        used=moment(one.last_used_ms),
        here=one.here,
    )


def _said(refused: Refused) -> dict[str, str]:
    """Each field's problem in words; one without a field stands for the whole form."""
    if not refused.fields:
        return {"form": gettext(refused.sentence)}
    return {name: sessions.said_of(code) for name, code in refused.fields.items()}


def _back(done: str) -> BaseResponse:
    return redirect(url_for("moderation.account", done=done), 303)


def _done() -> str:
    return {
        "password": gettext("Your password is changed. Every other session has ended."),
        "session": gettext("That session has ended."),
        "factor": gettext("The second factor is off."),
    }.get(request.args.get("done", ""), "")
