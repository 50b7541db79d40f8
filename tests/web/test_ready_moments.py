"""What is kept before Flask, moment by moment: an answer overtaken by its notice, a crowd, a change nobody told of."""

import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import Client

from commentsvc.ready import Ready, depends
from tests.servers import wait_until

LIST = "/api/v1/comments?" + urlencode({"site": "daily", "url": "https://daily.example/news/42"})
ROOM = 4 << 20


class _Line:
    """A line that is as current as the test says."""

    heard_s = begun_s = 0.0
    up = True

    def current(self) -> bool:
        return self.up


def ready_on(view: Callable[[dict[str, Any]], tuple[str, bytes]]) -> tuple[Ready, Client, list[str]]:
    """A ready layer over a view that says its status and body, its line, and how its answers came about."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        depends(environ, "daily", "thread")
        status, body = view(environ)
        start_response(status, [("ETag", f'"{body.decode()}"'), ("Content-Length", str(len(body)))])
        return [body]

    hows: list[str] = []
    ready = Ready(app, _Line(), hows.append, room=ROOM, stale_s=60)  # type: ignore[arg-type]  # all that is asked of it
    return ready, Client(ready), hows


def test_an_answer_that_changes_while_it_is_made_is_not_kept() -> None:
    truth = {"now": b"before"}

    def view(environ: dict[str, Any]) -> tuple[str, bytes]:
        read = truth["now"]
        if read == b"before":
            truth["now"] = b"after"
            ready.changed("daily", "thread")  # the notice overtakes the answer
        return "200 OK", read

    ready, web, _ = ready_on(view)
    assert web.get(LIST).data == b"before"
    assert web.get(LIST).data == b"after"


def test_an_answer_made_while_notices_may_have_been_missed_is_checked_before_it_is_given_out() -> None:
    def view(environ: dict[str, Any]) -> tuple[str, bytes]:
        if "HTTP_IF_NONE_MATCH" in environ:
            return "304 Not Modified", b""
        ready.changed()
        return "200 OK", b"page"

    ready, web, hows = ready_on(view)
    assert [web.get(LIST).data for _ in range(3)] == [b"page"] * 3
    assert hows == ["made", "checked", "kept"]


def test_many_who_want_the_same_at_once_cost_one_answer() -> None:
    inside, go_on = threading.Event(), threading.Event()
    made = []

    def view(environ: dict[str, Any]) -> tuple[str, bytes]:
        made.append(1)
        inside.set()
        assert go_on.wait(10)
        return "200 OK", b"page"

    ready, _, _ = ready_on(view)
    got: list[bytes] = []
    readers = [threading.Thread(target=lambda: got.append(Client(ready).get(LIST).data)) for _ in range(8)]
    for reader in readers:
        reader.start()
    assert inside.wait(10)
    wait_until(lambda: all(reader.is_alive() for reader in readers), what="eight readers, one of them inside")
    go_on.set()
    for reader in readers:
        reader.join(10)
    assert got == [b"page"] * 8
    assert made == [1]


def test_a_change_found_by_a_check_drops_whatever_else_shows_it() -> None:
    truth = {"status": "200 OK", "body": b"with"}

    def view(environ: dict[str, Any]) -> tuple[str, bytes]:
        if environ.get("HTTP_IF_NONE_MATCH") == f'"{truth["body"]}"':
            return "304 Not Modified", b""
        return truth["status"], truth["body"]  # type: ignore[return-value]  # one dict for both

    ready, web, _ = ready_on(view)
    other = f"{LIST}&limit=5"
    assert web.get(LIST).data == web.get(other).data == b"with"
    ready._line.up = False
    truth["body"] = b"without"
    assert web.get(LIST).data == b"without"
    truth |= {"status": "503 Service Unavailable", "body": b"away"}
    assert web.get(LIST).data == b"without"
    assert web.get(LIST).headers["Age"]
    assert web.get(other).status_code == 503, "what was withdrawn must not come back while Redis is away"
