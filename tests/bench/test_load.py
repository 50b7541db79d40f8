"""The load generator counts what was answered, and only what was answered rightly."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from commentsvc.bench import load
from commentsvc.bench.http import get
from tests.servers import wait_until


class Handler(BaseHTTPRequestHandler):
    """Answers with the status that the path names; `/chunked` without a length."""

    protocol_version = "HTTP/1.1"
    seen: list[str]

    def do_GET(self) -> None:
        self.seen.append(self.path)
        if self.path == "/chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"0\r\n\r\n")
            return
        status = int(self.path[1:4])
        body = b"" if status == 304 else b"y" * 300_000
        self.send_response(status)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is said."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    """An HTTP server on loopback; `Handler.seen` holds the paths asked for."""
    Handler.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def command(directory: Path, server: ThreadingHTTPServer, requests: list[bytes], **more: Any) -> list[str]:
    """The generator with a job for a slice."""
    job = {
        "address": server.server_address[1],
        "protocol": "http",
        "connections": 2,
        "seconds": 0.2,
        "expect": "200",
        "once": False,
        "per_s": 0,
        "watched": False,
        "requests": [request.decode("latin-1") for request in requests],
        **more,
    }
    file = directory / "job.json"
    file.write_text(json.dumps(job), encoding="ascii")
    return [sys.executable, "-I", "-S", load.__file__, str(file)]


def drive(directory: Path, server: ThreadingHTTPServer, requests: list[bytes], **more: Any) -> dict[str, Any]:
    """What the generator prints for a slice."""
    ended = subprocess.run(command(directory, server, requests, **more), capture_output=True, timeout=30, check=True)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def test_every_answer_is_counted_once_however_many_pieces_it_comes_in(
    tmp_path: Path, server: ThreadingHTTPServer
) -> None:
    found = drive(tmp_path, server, [get("/200")])

    assert found["errors"] == {}
    assert found["answered"] == len(Handler.seen) > 2
    assert 0 < found["p50_ms"] <= found["p99_ms"]


def test_a_request_for_one_use_is_sent_once(tmp_path: Path, server: ThreadingHTTPServer) -> None:
    found = drive(tmp_path, server, [get(f"/200/{number}") for number in range(20)], once=True, seconds=20)

    assert sorted(Handler.seen) == sorted(f"/200/{number}" for number in range(20))
    assert found["answered"] == 20


def test_a_quick_refusal_is_an_error_and_no_speed(tmp_path: Path, server: ThreadingHTTPServer) -> None:
    found = drive(tmp_path, server, [get("/503")])

    assert found["errors"] == {"503": len(Handler.seen)}
    assert (found["answered"], found["rps"]) == (0, 0)


def test_a_304_counts_only_where_it_is_asked_for(tmp_path: Path, server: ThreadingHTTPServer) -> None:
    assert drive(tmp_path, server, [get("/304")], expect="304")["errors"] == {}
    assert set(drive(tmp_path, server, [get("/304")])["errors"]) == {"304"}


def test_an_answer_whose_end_cannot_be_told_is_an_error_in_words(tmp_path: Path, server: ThreadingHTTPServer) -> None:
    found = drive(tmp_path, server, [get("/chunked")])

    assert found["errors"] == {"200 without Content-Length": 2}


def test_at_a_pace_no_more_is_asked_for_however_quick_the_answers_are(
    tmp_path: Path, server: ThreadingHTTPServer
) -> None:
    found = drive(tmp_path, server, [get("/200")], per_s=50, seconds=0.5)

    assert found["errors"] == {}
    assert 0 < found["answered"] == len(Handler.seen) <= 25


def test_what_is_done_meanwhile_begins_before_and_ends_when_it_is_told_to(
    tmp_path: Path, server: ThreadingHTTPServer
) -> None:
    paced = command(tmp_path, server, [get("/200")], per_s=100, seconds=3600, watched=True)
    pipe = subprocess.PIPE
    with subprocess.Popen(paced, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        assert process.stderr is not None
        assert process.stderr.readline().decode().strip() == load.STARTED
        wait_until(lambda: len(Handler.seen) > 3, what="some requests")
        said, _ = process.communicate(timeout=30)

    found = json.loads(said)
    assert found["errors"] == {}
    assert found["answered"] == len(Handler.seen)
    assert found["rps"] > 0
