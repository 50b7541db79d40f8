"""Signing in and out, and the one cookie of the console.

The cookie is Flask's signed session (HttpOnly, SameSite=Lax, `__Host-` and Secure under https). It holds Flask-WTF's
token, the language that was chosen, and the id of a session that lives on the server, where it can be ended at once.
"""

from typing import Any
from urllib.parse import quote

from babel import Locale
from flask import Blueprint, Flask, Request, Response, current_app, g, redirect, render_template, request, session
from flask.sessions import NullSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.moderator import PASSWORD_MAX, PASSWORD_MIN, Moderator
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service import UNREACHABLE
from commentsvc.service.sign_ins import HalfIn, Seat, SignedIn
from commentsvc.web.catalogue import chosen, console_languages, gettext
from commentsvc.web.errors import RETRY_AFTER_S, Refusal, for_console_scripts, problem
from commentsvc.web.headers import private
from commentsvc.web.hints import device_of, network_hint
from commentsvc.web.network import network_of
from commentsvc.web.parts import service, settings
from commentsvc.web.sign_in_forms import CodeForm, InvitationForm, SignInForm

COOKIE = "signed_in"
LANGUAGE = "language"
HALF = "half_in"
PATHS = ("/moderation", "/login", "/logout", "/invitation")
START = "/moderation/"
NEXT_MAX = 500


_NOBODYS = NullSession()
"""One for all requests that have none: it cannot be written to."""


class ConsoleSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, for the console's addresses only: readers and programs never meet one."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session on the console's addresses, a null session everywhere else."""
        if request.path.startswith(PATHS):
            return super().open_session(app, request)
        return _NOBODYS

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Writes the cookie, again for the console's addresses only."""
        if not self.is_null_session(session):
            super().save_session(app, session, response)


def unframed(response: Response) -> Response:
    """A page of the console as it leaves: in nobody's frame, in no cache, index or referrer."""
    response.headers["X-Frame-Options"] = "DENY"
    return private(response)


def refuse_in_words(blueprint: Blueprint) -> None:
    """Lets the blueprint answer refusals with a page of the console."""
    blueprint.register_error_handler(Refusal, lambda error: _said(error.refused))
    for failure in UNREACHABLE:
        blueprint.register_error_handler(failure, lambda _: _store_down())


blueprint = Blueprint("sessions", __name__)
blueprint.after_request(unframed)
refuse_in_words(blueprint)


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse:
    """The sign-in page, and the sign-in."""
    speak()
    form = SignInForm()
    if request.method in ("GET", "HEAD"):
        return redirect(_inside(), 303) if signed_in() else _page(form, "", 200)
    _from_here()
    if not form.validate():
        return _page(form, gettext(Refused(code=Code.FORM_EXPIRED).sentence), 400)
    outcome = service().sign_ins.sign_in(
        form.name.data or "",
        form.password.data or "",
        network=network_of(request),
        device=device_of(request),
        hint=network_hint(request),
    )
    if isinstance(outcome, Refused):
        return _page(form, gettext(outcome.sentence), outcome.status)
    return _let_in(outcome)


@blueprint.route("/login/code", methods=["GET", "POST"])
def second() -> BaseResponse:
    """The page for the second factor's code, and the sign-in with it."""
    speak()
    half = session.get(HALF, "")
    moderator = service().sign_ins.half_in(half) if half else None
    if moderator is None:
        return redirect(_login(), 303)
    form = CodeForm()
    if request.method in ("GET", "HEAD"):
        return _code_page(form, "", 200)
    _from_here()
    if not form.validate():
        return _code_page(form, gettext(Refused(code=Code.FORM_EXPIRED).sentence), 400)
    outcome = service().sign_ins.second(half, form.code.data or "", network=network_of(request))
    if isinstance(outcome, Refused):
        return _code_page(form, gettext(outcome.sentence), outcome.status)
    return _let_in(outcome)


@blueprint.route("/invitation/<string(maxlength=140):invitation>", methods=["GET", "POST"])
def invited(invitation: str) -> BaseResponse:
    """The page on which somebody who was invited chooses a password; looking at it uses nothing up."""
    speak()
    who = service().moderators.invited(invitation)
    if who is None:
        raise Refusal(Refused(code=Code.EXPIRED))
    form = InvitationForm()
    if request.method in ("GET", "HEAD"):
        return _invitation_page(form, who, "", 200)
    _from_here()
    if not form.validate():
        return _invitation_page(form, who, gettext(Refused(code=Code.FORM_EXPIRED).sentence), 400)
    password = form.password.data or ""
    if password != (form.again.data or ""):
        return _invitation_page(form, who, gettext("The two are not the same."), 422)
    accepted = service().moderators.accept(invitation, password)
    if isinstance(accepted, Refused):
        if "password" not in accepted.fields:
            raise Refusal(accepted)
        return _invitation_page(form, who, said_of(accepted.fields["password"]), accepted.status)
    session.clear()
    return redirect("/login", 303)


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Ends the session on the server and in the browser."""
    speak()
    protect()
    service().sign_ins.sign_out(cookie())
    session.clear()
    return redirect("/login", 303)


def cookie() -> str:
    """What the browser brought of a sign-in, '' when nothing; its worth is the service's to judge."""
    return str(session.get(COOKIE, ""))


def seat() -> Seat | None:
    """Who asks, with everything that is asked of each request, looked up once."""
    if "seat" not in g:
        brought = cookie()
        g.seat = service().sign_ins.seat(brought) if brought else None
    found: Seat | None = g.seat
    return found


def signed_in() -> Moderator | None:
    """The moderator who asks."""
    found = seat()
    return found.moderator if found else None


def sign_in_first() -> BaseResponse:
    """What somebody gets who is not signed in: the way to the sign-in, or words where that would lose what they did."""
    if request.method in ("GET", "HEAD") and not for_console_scripts():
        return redirect(f"/login?next={quote(request.full_path.rstrip('?'))}", 303)
    return _said(Refused(code=Code.SIGNED_OUT))


def protect() -> None:
    """Lets a change pass that comes from a page of ours, by the browser's word and by Flask-WTF's token."""
    _from_here()
    try:
        current_app.extensions["csrf"].protect()
    except CSRFError:
        raise Refusal(Refused(code=Code.FORM_EXPIRED)) from None


def speak() -> None:
    """The page in the language that was last asked for with `lang=`; otherwise as the browser wishes.

    Always in one that has all of the console's words: half a page in English helps nobody.
    """
    asked = request.args.get("lang", "")
    if asked in console_languages():
        session[LANGUAGE] = asked
    wish = session.get(LANGUAGE, "")
    g.language = chosen(wish, request.environ, settings().default_language, console_languages())


def tongues() -> list[tuple[str, str]]:
    """Every language that the console can be had in, with its own name for itself, where there is a choice."""
    named = [(code, Locale.parse(code).get_display_name(code) or code) for code in console_languages()]
    return named if len(named) > 1 else []


def _from_here() -> None:
    # A browser too old to say where a form was sent from still needs the token.
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise Refusal(Refused(code=Code.FORBIDDEN))


def _let_in(outcome: SignedIn | HalfIn) -> BaseResponse:
    """A session of its own: nothing from before the sign-in is worth anything after it, but the language.

    Half way in, everything begins anew likewise, and again after the code.
    """
    service().sign_ins.sign_out(cookie())
    language = session.get(LANGUAGE)
    session.clear()
    if language:
        session[LANGUAGE] = language
    if isinstance(outcome, HalfIn):
        session[HALF] = outcome.cookie
        return redirect(_login("/login/code"), 303)
    session[COOKIE] = outcome.cookie
    return redirect(_inside(), 303)


def _login(path: str = "/login") -> str:
    """A page of the sign-in, on the way to where one wanted to go."""
    inside = _inside()
    return path if inside == START else f"{path}?next={quote(inside)}"


def said_of(code: Code) -> str:
    """Why this cannot be a password."""
    if code in (Code.TOO_SHORT, Code.TOO_LONG):
        sentence = gettext("A password has %(min)s to %(max)s characters.")
        return sentence % {"min": PASSWORD_MIN, "max": PASSWORD_MAX}
    return gettext(Refused(code=code).sentence)


def _code_page(form: CodeForm, problem: str, status: int) -> Response:
    html = render_template("moderation/code.html", form=form, problem=problem)
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def _invitation_page(form: InvitationForm, who: Moderator, problem: str, status: int) -> Response:
    html = render_template("moderation/invitation.html", form=form, who=who, problem=problem, tongues=tongues())
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def _page(form: SignInForm, problem: str, status: int) -> Response:
    html = render_template("moderation/login.html", form=form, problem=problem, tongues=tongues())
    return Response(html, status=status, content_type="text/html; charset=utf-8")


def _said(refused: Refused, sentence: str = "") -> Response:
    """The refusal as a page; a note that was written for a decision is shown, to be copied. Scripts get a problem."""
    if for_console_scripts():
        return problem(refused)
    html = render_template(
        "moderation/refusal.html",
        sentence=sentence or gettext(refused.sentence),
        signed_in="seat" in g and g.seat is not None,
        note=request.form.get("note", ""),
    )
    return Response(html, status=refused.status, content_type="text/html; charset=utf-8")


def _store_down() -> Response:
    response = _said(
        Refused(code=Code.STORE_DOWN),
        gettext("We cannot reach the store just now. Go back and send it again: a decision sent twice is made once."),
    )
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _inside() -> str:
    """Where to go after the sign-in: only an address of the console's own, whatever `next=` asks for."""
    target = request.args.get("next", "")
    plain = target.startswith(START) and target.isascii() and target.isprintable() and len(target) <= NEXT_MAX
    return target if plain and not any(c in target for c in '\\ "<>') and "//" not in target else START
