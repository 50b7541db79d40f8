"""Signing in and out, and the one cookie of the console.

The cookie is Flask's signed session (HttpOnly, SameSite=Lax, `__Host-` and Secure under https). It holds Flask-WTF's
token and the id of a session that lives on the server, where it can be ended at any time.
"""

from typing import Any

from flask import Blueprint, Flask, Request, Response, current_app, g, redirect, render_template, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import PasswordField, StringField

from commentsvc.domain.moderator import Moderator
from commentsvc.domain.refusal import Refused
from commentsvc.web.catalogue import gettext
from commentsvc.web.headers import private
from commentsvc.web.network import network_of
from commentsvc.web.parts import service

COOKIE = "signed_in"
PATHS = ("/moderation", "/login", "/logout")
START = "/moderation/"

blueprint = Blueprint("sessions", __name__)


class ConsoleSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, for the console's addresses only: readers and programs never meet one."""

    def open_session(self, app: Flask, request: Request) -> Any:
        """The session on the console's addresses, a null session everywhere else."""
        if request.path.startswith(PATHS):
            return super().open_session(app, request)
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Writes the cookie, again for the console's addresses only."""
        if not self.is_null_session(session):
            super().save_session(app, session, response)


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Name and password; what they are worth is the service's to judge."""

    name = StringField()
    password = PasswordField()


@blueprint.route("/login", methods=["GET", "POST"])
def login() -> BaseResponse:
    """The sign-in page, and the sign-in."""
    form = SignInForm()
    if request.method == "GET":
        return _page(form, "", 200)
    if not form.validate():
        return _page(form, gettext("This page was open for too long. Please try again."), 400)
    outcome = service().sign_ins.sign_in(form.name.data or "", form.password.data or "", network=network_of(request))
    if isinstance(outcome, Refused):
        return _page(form, gettext(outcome.sentence), outcome.status)
    session.clear()  # a token from before the sign-in is worth nothing after it
    session[COOKIE] = outcome.cookie
    return redirect(_inside(request.args.get("next", "")), 303)


@blueprint.post("/logout")
def logout() -> BaseResponse:
    """Ends the session on the server and in the browser."""
    from_console().protect()
    service().sign_ins.sign_out(session.get(COOKIE, ""))
    session.clear()
    return redirect("/login", 303)


def signed_in() -> Moderator | None:
    """The moderator who asks, looked up once a request."""
    if "signed_in" not in g:
        cookie = session.get(COOKIE, "")
        g.signed_in = service().sign_ins.signed_in(cookie) if cookie else None
    moderator: Moderator | None = g.signed_in
    return moderator


def from_console() -> Any:
    """Flask-WTF's protection, to be asked by whoever changes anything in the console."""
    return current_app.extensions["csrf"]


def _page(form: SignInForm, problem: str, status: int) -> Response:
    html = render_template("moderation/login.html", form=form, problem=problem)
    return private(Response(html, status=status, content_type="text/html; charset=utf-8"))


def _inside(target: str) -> str:
    """Where to go after the sign-in: only an address of the console's own, whatever was asked."""
    plain = target.startswith(START) and target.isascii() and not any(c in target for c in '\\\r\n\t "<>')
    return target if plain and "//" not in target else START
