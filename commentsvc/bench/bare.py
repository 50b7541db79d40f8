"""The yardstick: a WSGI callable that does nothing but answer 20 KB."""

from collections.abc import Callable, Iterable
from typing import Any

SIZE = 20_480
LARGE = 35_000
"""About a page of 50 comments: beside it, a list shows what it costs besides sending its bytes."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def answering(size: int) -> Application:
    """A callable with the same answer of so many bytes to every request (PEP 3333)."""
    body = (b"x" * size,)
    headers = [("Content-Type", "application/json"), ("Content-Length", str(size))]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return body

    return answer
