"""Refusals and faults as answers: a problem document (RFC 9457) for programs, a page for people."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
import structlog
from flask import Flask, Response, g, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from commentsvc.domain.moment import rfc3339
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service import UNREACHABLE
from commentsvc.web.catalogue import gettext
from commentsvc.web.headers import private

log = structlog.get_logger()

RETRY_AFTER_S = 2
_BY_STATUS = {
    400: Code.INVALID_REQUEST,
    401: Code.UNAUTHENTICATED,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    410: Code.EXPIRED,
    413: Code.TOO_LARGE,
    415: Code.UNSUPPORTED_TYPE,
    429: Code.TOO_MANY,
}


class Refusal(Exception):
    """A refusal on its way out of a view that has nothing more to add to it."""

    def __init__(self, refused: Refused) -> None:
        super().__init__(refused.code)
        self.refused = refused


def install(app: Flask) -> None:
    """One handler each for refusals, HTTP errors, an unreachable store and faults."""
    app.register_error_handler(Refusal, lambda error: answer(error.refused))
    app.register_error_handler(HTTPException, _http)
    for failure in UNREACHABLE:
        app.register_error_handler(failure, _store_down)
    app.register_error_handler(Exception, _fault)
    app.after_request(_stay_here)


def answer(refused: Refused) -> Response:
    """The refusal as the kind of answer that this address gives."""
    return problem(refused) if wants_json() else page(refused)


def route() -> str:
    """The rule that the address matched, for the log; never the address itself: a receipt's token is part of it."""
    return request.url_rule.rule if request.url_rule else "none"


def wants_json() -> bool:
    """Whether the address being asked is one for programs: decided by location, not by what the client says."""
    return (
        request.path.startswith("/api/")
        or request.path in ("/healthz", "/readyz", "/metrics", "/openapi.json")
        or for_console_scripts()
    )


def for_console_scripts() -> bool:
    """Whether the address is one that the console's own scripts work with."""
    return request.path.startswith("/moderation/") and "/desk/" in request.path


def problem(refused: Refused, **more: Any) -> Response:
    """The refusal as `application/problem+json`, with `fields` where single fields are at fault."""
    body: dict[str, Any] = {
        "type": f"/api/v1/docs#{refused.code}",
        "title": refused.sentence,
        "status": refused.status,
        "code": refused.code,
        "detail": gettext(refused.sentence),
    }
    if refused.fields:
        body["fields"] = dict(refused.fields)
    if refused.until_ms:
        body["until"] = rfc3339(refused.until_ms)
    response = Response(
        msgspec.json.encode(body | more), status=refused.status, content_type="application/problem+json"
    )
    if not for_console_scripts():
        response.headers["Access-Control-Allow-Origin"] = "*"
    return _timed(private(response), refused)


def page(refused: Refused) -> Response:
    """The refusal as a page in words, in the reader's language; `g.typed`, what was typed, is shown again."""
    html = render_template(
        "errors/refusal.html",
        code=refused.code,
        sentence=gettext(refused.sentence),
        kept=g.get("typed", ()),
    )
    return _timed(private(Response(html, status=refused.status, content_type="text/html; charset=utf-8")), refused)


def _timed(response: Response, refused: Refused) -> Response:
    if refused.retry_after_s is not None or refused.status in (429, 503):
        response.headers["Retry-After"] = str(refused.retry_after_s or RETRY_AFTER_S)
    if refused.code is Code.UNAUTHENTICATED:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    code = _BY_STATUS.get(status, Code.FAULT if status >= 500 else Code.INVALID_REQUEST)
    response = answer(Refused(code=code))
    if error.code == 405 and "Allow" in dict(error.get_headers()):
        response.headers["Allow"] = dict(error.get_headers())["Allow"]
    return response


def _stay_here(response: Response) -> Response:
    """A redirect made by the router names no host: the one it knows is whatever the client's `Host` says."""
    # Flask hands such a redirect past the error handlers.
    if isinstance(request.routing_exception, RequestRedirect):
        wanted = urlsplit(request.routing_exception.new_url)
        response.location = urlunsplit(("", "", "/" + wanted.path.lstrip("/"), wanted.query, ""))
        response.set_data(b"")
    return response


def _store_down(error: Exception) -> Response:
    log.warning("store down", route=route(), error=type(error).__name__)
    return answer(Refused(code=Code.STORE_DOWN, retry_after_s=RETRY_AFTER_S))


_NO_WRITES = ("MISCONF", "CLUSTERDOWN", "NOREPLICAS")
"""Words of an error from Redis that cannot take writes just now; Redis 6.2 wraps them when a script meets one."""


def store_is_down(error: Exception) -> bool:
    """Whether Redis cannot be used just now; a full disk makes it refuse writes with MISCONF: the same news."""
    return isinstance(error, UNREACHABLE) or any(word in str(error) for word in _NO_WRITES)


def _fault(error: Exception) -> Response:
    if store_is_down(error):
        return _store_down(error)
    log.error("fault", route=route(), method=request.method, exc_info=error)
    g.pop("signed_in", None)
    return answer(Refused(code=Code.FAULT))
