"""`demo`: a newspaper that shows everything, and leaves data of others alone."""

import os
import signal
import stat
from urllib.parse import quote

from commentsvc.domain.decision import Status
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Refused
from tests.fault.running import Running, call, running


def test_the_demo_shows_itself_in_three_lines_and_again_on_another_port() -> None:
    with running() as service:
        service.start(verb=("demo", "--port", str(service.port)), said="Article  http://127.0.0.1:")
        assert service.process is not None
        assert service.process.stdout is not None
        console, program = (service.process.stdout.readline() for _ in range(2))
        home = quote(f"http://127.0.0.1:{service.port}/demo/", safe="")
        status, page = call(service.port, "GET", f"/api/v1/comments?site=daily&url={home}")
        assert (status, page["thread"]["count"]) == (200, len(page["comments"]))
        assert page["thread"]["count"] > 10
        assert home in program
        waiting = service.texts(Status.PENDING)
        assert len(waiting) == 16, "one of them is published, and its author's change waits"
        with service.parts() as parts:
            lanes = parts.service.queue.lanes(Actor(id="tester", sites=None), parts.service.sites.all()[0])
            assert not isinstance(lanes, Refused)
            assert lanes[Lane.NOTICES] == 2
        dressed = f"/demo/daily/harbour?url={home}"
        for path in ("/demo/", "/demo/library", "/demo/ar?look=orchard", "/demo/articles", dressed):
            assert call(service.port, "GET", path)[0] == 200, path
        assert "/demo/daily/orchard?" in call(service.port, "GET", "/demo/?look=orchard")[1]
        assert "/demo/looks/harbour.css" in call(service.port, "GET", dressed)[1]
        assert "#0a58a6" in call(service.port, "GET", "/demo/looks/harbour.css")[1]
        assert service.stop(signal.SIGINT) == 0

        password = service.directory / "data" / "demo-password"
        assert stat.S_IMODE(os.stat(password).st_mode) == 0o600
        assert password.read_text().strip() in console
        first, service.port = service.port, service.port + 1
        service.start(verb=("demo", "--port", str(service.port)), said="Article  http://127.0.0.1:")
        assert service.process.stdout is not None
        assert service.texts(Status.PENDING) == waiting
        assert call(service.port, "GET", f"/api/v1/comments?site=daily&url={home}")[1]["thread"] == page["thread"]
        assert f"127.0.0.1%3A{first}%2Fdemo" in call(service.port, "GET", "/demo/")[1]
        service.stop(signal.SIGHUP)


def test_the_demo_never_adds_people_to_data_of_somebody_else(alone: Running) -> None:
    alone.run("site", "add", "mine", "--origin", "https://mine.example")
    tried = alone.run("demo")
    assert tried.returncode == 1
    assert "COMMENTSVC_DATA_DIR=" in tried.stderr
    assert "Nobody may sign in yet" in alone.run("moderator", "list").stdout


def test_the_newspaper_of_the_demo_is_nowhere_else(beside: Running) -> None:
    assert call(beside.port, "GET", "/demo/")[0] == 404
