"""The headers every answer carries: closed by default, opened by the view that needs it."""

from collections.abc import Iterable
from typing import Any

from flask import Flask, Response

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
DATA = "default-src 'none'; frame-ancestors 'none'"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


def _by_name(*headers: tuple[str, str]) -> tuple[tuple[str, tuple[str, str]], ...]:
    return tuple((header[0].lower(), header) for header in headers)


_EVERYWHERE = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("Permissions-Policy", PERMISSIONS),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
_OF_A_PAGE = _by_name(
    ("Content-Security-Policy", f"{PAGE}; frame-ancestors 'none'"),
    *_EVERYWHERE,
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_OF_DATA = _by_name(("Content-Security-Policy", DATA), *_EVERYWHERE)


def install(app: Flask) -> None:
    """Puts the security headers on every answer of the app, errors included."""
    # Around the app and not in `after_request`: there the same six headers cost three times as much.
    app.wsgi_app = _Secured(app.wsgi_app)  # type: ignore[method-assign]


class _Secured:
    """A WSGI application whose answers have every security header that they did not set themselves."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: Any, start_response: Any) -> Any:
        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, secured(headers), *exc_info)

        return self._app(environ, start)


def secured(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers of an answer and, behind them, the security headers that are not among them."""
    said = {name.lower(): value for name, value in headers}
    wanted = _OF_A_PAGE if said.get("content-type", "").startswith("text/html") else _OF_DATA
    return headers + [pair for name, pair in wanted if name not in said]


def frameable(response: Response, origins: Iterable[str]) -> Response:
    """The page, allowed to be framed by the site's origins and nobody else."""
    ancestors = " ".join(origins) or "'none'"
    response.headers["Content-Security-Policy"] = f"{PAGE}; frame-ancestors {ancestors}"
    return response


def private(response: Response) -> Response:
    """The answer, kept out of every cache, index and referrer."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
