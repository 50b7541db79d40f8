"""The headers every answer carries: closed by default, opened by the view that needs it."""

from collections.abc import Iterable

from flask import Flask, Response

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
DATA = "default-src 'none'; frame-ancestors 'none'"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), interest-cohort=()"


def install(app: Flask) -> None:
    """Puts the security headers on every answer of the app, errors included."""
    app.after_request(_secured)


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


def _secured(response: Response) -> Response:
    headers = response.headers
    html = response.mimetype == "text/html"
    headers.setdefault("Content-Security-Policy", f"{PAGE}; frame-ancestors 'none'" if html else DATA)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
    headers.setdefault("Permissions-Policy", PERMISSIONS)
    headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
    if html:
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Cache-Control", "no-store")
    return response
