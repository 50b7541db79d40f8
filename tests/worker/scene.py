"""A site with a webhook, people who write and decide, and a real receiver that remembers what came."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId, DecisionId
from commentsvc.domain.moderator import Actor
from commentsvc.domain.site import Site
from commentsvc.service import Limits, Post, Service, assemble
from commentsvc.service.moderation import Wanted
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.settings import Settings
from commentsvc.store.decisions import Made
from commentsvc.store.events import MAIL
from commentsvc.store.keys import Partition
from commentsvc.store.scripts import Client
from commentsvc.worker.loop import Worker
from commentsvc.worker.sender import Sender
from tests.servers import wait_until

MO = Actor(id="mo", sites=None)
ALICE = {"name": "Alice", "email": "alice@daily.example"}
POST = Post(sender="comments@daily.example", name="", public_url="https://comments.daily.example", grace_ms=10_000)
ORIGIN = "https://daily.example"


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a receiver got."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        payload: dict[str, Any] = json.loads(self.body)
        return payload

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """An HTTP server on loopback; `status` decides its answers, `gate` holds them back while it is closed."""

    url: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    requests: deque[Request] = field(default_factory=deque)
    gate: threading.Event = field(default_factory=threading.Event)

    @property
    def types(self) -> list[str]:
        return [request.json["type"] for request in self.requests]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver that answers 200 at once until told otherwise."""
    this = Receiver()
    this.gate.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            announced = int(self.headers["content-length"])
            body = self.rfile.read(announced)
            if len(body) < announced:
                return  # a sender that was killed half-way has delivered nothing
            headers = {name.lower(): value for name, value in self.headers.items()}
            this.requests.append(Request(path=self.path, headers=headers, body=body))
            this.gate.wait(30)
            try:
                self.send_response(this.status)
                for name, value in this.headers:
                    self.send_header(name, value)
                self.send_header("content-length", "0")
                self.end_headers()
            except OSError:
                self.close_connection = True  # the worker was killed while it waited

        def log_message(self, *args: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        this.url = f"http://127.0.0.1:{server.server_port}/hook?of=daily"
        yield this
        this.gate.set()
        server.shutdown()
        thread.join()


def settings(**more: Any) -> Settings:
    """Settings for receivers on loopback."""
    return Settings(**{"allow_private_webhooks": True, "decision_grace_s": 10, **more})


@dataclass(kw_only=True)
class Scene:
    """The site `daily` on one store."""

    service: Service
    client: Client
    clock: Callable[[], int]
    site: Site

    def submit(self, text: str = "Well said.", *, page: int = 42) -> CommentId:
        """Alice's comment, pending."""
        return self.receipt(text, page=page).id

    def receipt(
        self, text: str, *, page: int = 42, by: Mapping[str, str] = ALICE, parent: str = "", language: str = "en"
    ) -> Receipt:
        """Alice's receipt of a comment of hers, or somebody else's."""
        found = self.service.sites.article("daily", f"{ORIGIN}/news/{page}")
        assert isinstance(found, tuple)
        site, article = found
        ticket = self.service.challenges.open(site, article).ticket
        code = self.service.challenges.answer(ticket)
        assert isinstance(code, str)
        sent = {**by, "text": text, "code": code, "parent": parent}
        values = {name: [value] for name, value in sent.items()}
        answer = self.service.submissions.submit(
            Attempt(
                site=site,
                article=article,
                values=values,
                challenge=ticket,
                once="",
                network="192.0.2.7",
                language=language,
            )
        )
        assert isinstance(answer, Receipt)
        return answer

    def decide(
        self,
        id: CommentId,
        verb: Verb = Verb.APPROVE,
        *,
        version: int = 1,
        reason: str = "",
        note: str = "",
        by: Actor = MO,
    ) -> DecisionId:
        """Mo's decision, or another moderator's."""
        made = self.service.moderation.decide(by, Wanted(id=id, version=version, verb=verb, reason=reason, note=note))
        assert isinstance(made, Made)
        return made.id

    def undo(self, id: DecisionId) -> DecisionId:
        """Mo's undo of it."""
        made = self.service.moderation.undo(MO, id)
        assert isinstance(made, Made)
        return made.id

    def left(self) -> int:
        """How many events and deliveries are still on their way."""
        count = 0
        for number in range(self.site.partitions):
            keys = Partition(site="daily", number=number)
            count += int(self.client.xlen(keys.events))
            for receiver in (MAIL, *(webhook.id for webhook in self.service.webhooks.list("daily"))):
                count += int(self.client.zcard(keys.due(receiver)))
        return count


def scene(client: Client, clock: Callable[[], int], *, partitions: int = 1) -> Scene:
    """A new scene on an empty store."""
    service = serve(client, clock)
    site = service.sites.add(key="daily", name="Daily", origins=[ORIGIN], partitions=partitions)
    return Scene(service=service, client=client, clock=clock, site=site)


def serve(client: Client, clock: Callable[[], int]) -> Service:
    """The service with the limits that tests need."""
    limits = Limits(submissions_per_minute=10_000)
    return assemble(
        client,
        clock=clock,
        secrets=["a secret of the tests, long enough"],
        limits=limits,
        private_webhooks=True,
        post=POST,
    )


@contextmanager
def worker(service: Service, told: Settings | None = None, sender: Sender | None = None) -> Iterator[Worker]:
    """A worker whose rounds the test makes; it ends politely."""
    told = told or settings()
    this = Worker(service, told, sender or Sender(allow_private=told.allow_private_webhooks))
    yield this
    ended = threading.Event()
    ended.set()
    this.run(ended)


def drive(this: Worker, condition: Callable[[], object], *, what: str = "the deliveries") -> None:
    """Makes rounds until the condition holds."""

    def attempt() -> object:
        this.round()
        return condition()

    wait_until(attempt, what=what)
