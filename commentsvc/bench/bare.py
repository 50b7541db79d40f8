"""The yardstick: a WSGI callable that does nothing but answer 20 KB."""

from collections.abc import Callable, Iterable
from typing import Any

BODY = b"x" * 20_480
HEADERS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The same answer to every request (PEP 3333)."""
    start_response("200 OK", HEADERS)
    return (BODY,)
