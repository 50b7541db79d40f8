"""A real `commentsvc serve` for tests that kill it, readers who submit meanwhile, and a moderator who decides."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from commentsvc.bootstrap import Parts, join
from commentsvc.domain.challenge import read_ticket
from commentsvc.domain.decision import Status
from commentsvc.domain.moderator import Actor, Scope
from commentsvc.service.moderation import Listed
from commentsvc.settings import Settings
from tests.fault.crowd import Crowd
from tests.servers import free_ports, short_directory, wait_until

ARTICLE = "https://daily.example/news/42"
READERS = 8


@dataclass(kw_only=True)
class Running:
    """A service in a directory of its own; `start` it, kill it, start it again on the same data."""

    directory: Path
    port: int
    more: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """The process that was started."""
        assert self.process is not None
        return self.process.pid

    @property
    def log(self) -> str:
        """Everything it wrote to standard error since the first start."""
        return (self.directory / "log").read_text(errors="replace")

    def environment(self) -> dict[str, str]:
        """What the service and verbs beside it are configured with."""
        plain = {name: value for name, value in os.environ.items() if not name.startswith("COMMENTSVC_")}
        chosen = {"COMMENTSVC_PORT": str(self.port), "COMMENTSVC_SUBMISSIONS_PER_MINUTE": "10000"}
        return {**plain, **chosen, "COMMENTSVC_MIN_FREE_DISK_MIB": "1", **self.more}

    def start(self, *, verb: tuple[str, ...] = ("serve",), said: str = "commentsvc serves on ") -> "Running":
        """Start it and return when it says that it serves, which is its first line."""
        with (self.directory / "log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "commentsvc.cli", *verb],
                cwd=self.directory,
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        assert first.startswith(said), f"{first!r}\n{self.log}"
        return self

    def run(self, *verb: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run another verb in the same directory with the same configuration."""
        return subprocess.run(
            [sys.executable, "-m", "commentsvc.cli", *verb],
            cwd=self.directory,
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def stop(self, number: int = signal.SIGTERM) -> int:
        """End it with a signal and return its exit code; no process of it may be left."""
        family = self.family()
        assert self.process is not None
        assert self.process.stdout is not None
        if self.process.poll() is None:
            os.kill(self.pid, number)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        wait_until(lambda: not [pid for pid in family if is_alive(pid)], what="the end of all its processes")
        return code

    def family(self) -> dict[int, str]:
        """Every process of the service: its id → `serve`, `web`, `worker` or `redis`."""
        found = {self.pid: "serve"}
        for pid, (parent, command) in sorted(processes().items()):
            if parent in found:
                found[pid] = _role(command)
        return found

    def pids(self, role: str) -> set[int]:
        """The processes with this role."""
        return {pid for pid, known in self.family().items() if known == role}

    @contextlib.contextmanager
    def parts(self) -> Iterator[Parts]:
        """The service's own parts on the same store, to prepare and to look."""
        url = self.more.get("COMMENTSVC_REDIS_URL")
        parts = join(Settings(data_dir=self.directory / "data", redis_url=url))
        try:
            yield parts
        finally:
            parts.client.close()

    def prepare(self) -> str:
        """Make the site `daily`, and return a token that may decide on it."""
        with self.parts() as parts:
            parts.service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
            return parts.service.tokens.create(site="daily", scope=Scope.MODERATE, label="test")

    def texts(self, status: Status) -> dict[str, str]:
        """Every comment with this status: its id → its text."""
        found: dict[str, str] = {}
        tester = Actor(id="tester", sites=None)
        with self.parts() as parts:
            site = next(one for one in parts.service.sites.all() if one.key == "daily")
            cursor = ""
            while True:
                listed = parts.service.moderation.listed(tester, site, status=status, cursor=cursor, limit=200)
                assert isinstance(listed, Listed)
                found |= {item.comment.id: item.comment.body.text for item in listed.items if item.comment.body}
                cursor = listed.next_cursor
                if not cursor:
                    return found

    def answer(self, ticket: str) -> str:
        """The answer of a ticket of this service."""
        with (self.directory / "data" / "secrets").open() as file:
            read = read_ticket(file.read().split(), ticket)
        assert read is not None
        return read.answer


@contextlib.contextmanager
def running(**more: str) -> Iterator[Running]:
    """A service that is not started yet, in a directory that goes away afterwards, and every process of it too."""
    with short_directory() as directory:
        service = Running(directory=directory, port=free_ports(1)[0], more=more)
        try:
            yield service
        finally:
            if service.process is not None:
                service.stop(signal.SIGKILL)


def processes() -> dict[int, tuple[int, str]]:
    """Every process that is not a zombie: its id → its parent's id and its command line."""
    found: dict[int, tuple[int, str]] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            state, parent = entry.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                command = entry.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found[int(entry.name)] = int(parent), command
    return found


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that only waits to be buried does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _role(command: str) -> str:
    if "-server" in command:
        return "redis"
    return "worker" if " worker " in command else "web"


def call(
    port: int, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Any]:
    """Status and answer of one request on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        sent = None if body is None else json.dumps(body).encode()
        connection.request(method, path, sent, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        return answer.status, json.loads(content) if content[:1] in b"{[" else content.decode()
    finally:
        connection.close()


class Traffic(Crowd):
    """Readers who submit one comment after the other, each as often as it takes, and a moderator who approves.

    `acknowledged` maps every comment's text to all ids that were ever answered for it; `approved` are the decisions
    that were answered with `ok`.
    """

    def __init__(self, service: Running, token: str) -> None:
        self._service = service
        self._token = token
        self.acknowledged: dict[str, set[str]] = {}
        self.approved: set[str] = set()
        self.failed = 0
        super().__init__([self._moderate, *(partial(self._read, number) for number in range(READERS))])

    def wait_for_more(self, count: int = 40) -> None:
        """Return when `count` more submissions and one more decision were acknowledged than now."""
        comments, decisions = len(self.acknowledged) + count, len(self.approved) + 1
        wait_until(
            lambda: len(self.acknowledged) >= comments and len(self.approved) >= decisions,
            timeout_s=60,
            what="more acknowledged submissions and decisions",
        )

    def _read(self, reader: int) -> None:
        number = 0
        while not self._over.is_set():
            number += 1
            self._submit(f"reader {reader} writes comment {number}")

    def _submit(self, text: str) -> None:
        wish = self._try("POST", "/api/v1/challenges", {"site": "daily", "url": ARTICLE}, 200)
        if wish is None:
            return
        ticket = wish["challenge"]
        comment = {"site": "daily", "url": ARTICLE, "name": "Alice", "email": "alice@daily.example", "text": text}
        comment |= {"challenge": ticket, "code": self._service.answer(ticket)}
        for _ in range(2):  # the second is what a reader does whose first answer was lost
            answer = self._try("POST", "/api/v1/comments", comment, 202, {"Idempotency-Key": text.replace(" ", "-")})
            if answer is not None:
                self.acknowledged.setdefault(text, set()).add(answer["id"])

    def _moderate(self) -> None:
        bearer = {"Authorization": f"Bearer {self._token}"}
        while not self._over.is_set():
            queue = self._try("GET", "/api/v1/queue?site=daily&limit=20", None, 200, bearer)
            wanted = [
                {"id": item["id"], "version": item["version"], "decision": "approve"}
                for item in (queue or {}).get("comments", [])
            ]
            if wanted:
                made = self._try("POST", "/api/v1/decisions", {"decisions": wanted}, 200, bearer)
                results = (made or {}).get("results", [])
                self.approved |= {one["id"] for one in results if one["result"] == "ok"}
            self._over.wait(0.02)

    def _try(self, method: str, path: str, body: Any, wanted: int, headers: Mapping[str, str] | None = None) -> Any:
        """The answer, however often it has to be asked for; None when the traffic is over."""
        while True:
            try:
                status, answer = call(self._service.port, method, path, body, headers)
            except (OSError, http.client.HTTPException, ValueError):
                status, answer = 0, None
            if status == wanted:
                return answer
            assert status in (0, 503), (status, answer)
            self.failed += 1
            if self._over.wait(0.01):
                return None
