"""The Flask application: its parts put together, once per process."""

import hashlib
import hmac
import os
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from commentsvc.bootstrap import Notice, Parts, hear, join, log_to_stderr
from commentsvc.ready import Ready
from commentsvc.settings import load
from commentsvc.web import (
    api,
    assets,
    catalogue,
    demo,
    errors,
    feeds,
    headers,
    listing,
    looks,
    metrics,
    moderation,
    ops,
    sessions,
    widget,
)
from commentsvc.web.gate import Gate
from commentsvc.web.listing import isolated
from commentsvc.web.parts import PARTS_KEY

BLUEPRINTS = tuple(room.blueprint for room in (widget, moderation, sessions, api, feeds, ops, assets))


class _Application(Flask):
    """Flask without asking of every view and hook of every request whether it is a coroutine: none of ours is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func


def application(*, redis_url: str | None = None) -> Flask:
    """The application for any WSGI server, with settings from the environment.

    `redis_url` is the embedded server's, from whoever started it.
    """
    settings = load(os.environ, Path.cwd())
    log_to_stderr(settings.log_level)
    return with_ready_answers(create_app(join(settings, url=redis_url)))


def with_ready_answers(app: Flask) -> Flask:
    """The application with its hot answers kept in front of it, from now on told what changes."""
    parts: Parts = app.extensions[PARTS_KEY]
    line = hear(parts)
    settings = parts.settings
    count = metrics.ready_counter(app)
    ready = Ready(app.wsgi_app, line, count, room=settings.ready_mib << 20, stale_s=settings.stale_seconds)

    def tell(notice: Notice | None) -> None:
        if notice is None or not notice.thread:
            parts.service.sites.changed()
        what = (notice.site, notice.thread) if notice else ()
        ready.changed(*what)
        listing.changed(*what)

    line.start(tell)
    app.wsgi_app = ready  # type: ignore[method-assign]
    return app


def create_app(parts: Parts) -> Flask:
    """The application on these parts."""
    app = _Application("commentsvc.web", template_folder=str(template_dir()), static_folder=None)
    app.extensions[PARTS_KEY] = parts
    _configure(app, parts)
    _translate(app)
    CSRFProtect(app)
    errors.install(app)
    headers.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if parts.settings.demo:
        app.register_blueprint(demo.blueprint)
    _gate(app, parts)
    hops = parts.settings.proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]
    return app


def _gate(app: Flask, parts: Parts) -> None:
    settings = parts.settings
    app.wsgi_app = Gate(  # type: ignore[method-assign]
        app,
        threads=settings.threads,
        codes_percent=settings.codes_percent,
        language=settings.default_language,
        count=metrics.turned_away_counter(app),
    )


def template_dir() -> Path:
    """Where the templates are: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(str(resources.files("commentsvc")))
    inside = package / "_templates"
    return inside if inside.is_dir() else package.parent / "templates"


def _configure(app: Flask, parts: Parts) -> None:
    secure = parts.settings.public_url.startswith("https:")
    keys = [hmac.digest(secret.encode(), b"flask", hashlib.sha256) for secret in parts.secrets]
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        SESSION_COOKIE_NAME="__Host-console" if secure else "console",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        # An open console must not start failing after an hour: the token lives as long as the session.
        WTF_CSRF_TIME_LIMIT=None,
        # Only the console asks for Flask-WTF's token (its `before_request`); the form's own is its ticket.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,
        # The reader's form and the API read more, to answer in words; what they read is bounded by themselves.
        MAX_CONTENT_LENGTH=parts.settings.body_max_kib * 1024,
        MAX_FORM_MEMORY_SIZE=None,
        MAX_FORM_PARTS=200,
    )
    app.session_interface = sessions.ConsoleSessions()
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False  # the redirect would be to whatever host the client names
    app.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider has it


def _translate(app: Flask) -> None:
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.add_extension("jinja2.ext.i18n")
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        catalogue.template_gettext, catalogue.template_ngettext, newstyle=True
    )
    environment.globals["asset_url"] = assets.asset_url
    environment.globals["stylesheet"] = looks.stylesheet
    environment.globals["stylesheet_here"] = looks.stylesheet_here
    environment.globals["script_urls"] = assets.script_urls
    environment.globals["direction"] = catalogue.direction
    environment.globals["isolated"] = isolated
    environment.globals["language"] = catalogue.current
    environment.globals["number"] = catalogue.number
