"""Values as JSON answers: times at the edge, entity tags, and how long a cache may keep them."""

import hashlib
from typing import Any

import msgspec
from flask import Response, request

from commentsvc.domain.site import Site

_encode = msgspec.json.Encoder().encode


def json_answer(value: Any, *, status: int = 200) -> Response:
    """The value as `application/json`, kept by no cache unless the caller says otherwise."""
    return Response(_encode(value), status=status, content_type="application/json")


def cacheable(response: Response, site: Site, *, etag: str = "") -> Response:
    """The answer, to be kept for as long as the site says; 304 where the caller has it already.

    Without an `etag` the tag is made of the content.
    """
    response.headers["Cache-Control"] = keeping(site.cache_seconds)
    response.set_etag(etag or hashlib.sha256(response.get_data()).hexdigest()[:24])
    response.make_conditional(request)
    return response


def keeping(seconds: int) -> str:
    """Kept for so many seconds, or kept but asked for again each time; a shared cache may do either."""
    return f"public, max-age={seconds}" if seconds else "public, no-cache"
