"""The cast: Alice and Bob comment, Mo and Max moderate, Priya publishes, Mallory attacks; and their newsroom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Stale, Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article
from commentsvc.service import Limits, Service, assemble
from commentsvc.service.bulk import Undone
from commentsvc.service.moderation import Item, Listed, Logged, Wanted
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.store.comments import Page, Sort
from commentsvc.store.decisions import Made
from commentsvc.store.scripts import Client
from tests.servers import FakeClock

SECRETS = ("s" * 32,)
LIMITS = Limits(submissions_per_minute=100_000)
HOME = "https://daily.example"
ALICE = {"name": "Alice", "email": "alice@daily.example"}
BOB = {"name": "Bob", "email": "bob@daily.example"}
MALLORY = {"name": "Mallory", "email": "mallory@evil.example"}
MO = Actor(id="mo", sites=frozenset({"daily"}))
MAX = Actor(id="max", sites=frozenset({"daily"}))
PRIYA = Actor(id="priya", sites=None)

REASONS = {Verb.REJECT: "insult"}
"""A reason for the verbs that need one."""


@dataclass(kw_only=True)
class Newsroom:
    """A service on a real store with the site `daily`, which knows one article at the start.

    Every act moves the clock by a millisecond, so that ids have the order of the acts.
    """

    client: Client
    clock: FakeClock
    service: Service
    site: Site
    article: Article
    other: Article

    def under(self, limits: Limits = LIMITS, *, secrets: Sequence[str] = SECRETS) -> "Newsroom":
        """The same newsroom under other limits or secrets."""
        return replace(self, service=assemble(self.client, clock=self.clock, secrets=secrets, limits=limits))

    def attempt(
        self,
        text: str = "Well said.",
        *,
        by: Mapping[str, str] = ALICE,
        parent: str = "",
        code: str | None = None,
        ticket: str | None = None,
        once: str = "",
        network: str = "192.0.2.1",
        article: Article | None = None,
        site: Site | None = None,
        **fields: str,
    ) -> Attempt:
        """A try to submit, with a ticket of its own and the right code unless told otherwise."""
        self.clock.advance(ms=1)
        article, site = article or self.article, site or self.site
        ticket = ticket or self.service.challenges.open(site, article).ticket
        values = {**by, "text": text, "parent": parent, "code": self.code(ticket) if code is None else code, **fields}
        return Attempt(
            site=site,
            article=article,
            values={name: [value] for name, value in values.items()},
            challenge=ticket,
            once=once,
            network=network,
            language="en",
        )

    def code(self, ticket: str) -> str:
        """The right answer."""
        answer = self.service.challenges.answer(ticket)
        return answer if isinstance(answer, str) else ""

    def submit(self, attempt: Attempt) -> Receipt | Refused:
        """What comes of a try."""
        return self.service.submissions.submit(attempt)

    def comment(self, text: str = "Well said.", **how: object) -> Receipt:
        """An accepted submission."""
        receipt = self.submit(self.attempt(text, **how))  # type: ignore[arg-type]  # the keywords of `attempt`
        assert isinstance(receipt, Receipt), receipt
        return receipt

    def published(self, text: str = "Well said.", **how: object) -> CommentId:
        """A comment that Mo has approved."""
        receipt = self.comment(text, **how)
        self.made(MO, receipt.id, Verb.APPROVE)
        return receipt.id

    def decide(self, who: Actor, id: str, verb: Verb, *, seen: int | None = None, reason: str = "") -> object:
        """What comes of a decision about a comment as it was at version `seen`, today's unless told otherwise."""
        self.clock.advance(ms=1)
        version = self.find(id).version if seen is None else seen
        wanted = Wanted(id=id, version=version, verb=verb, reason=reason or REASONS.get(verb, ""))
        return self.service.moderation.decide(who, wanted)

    def made(self, who: Actor, id: str, verb: Verb, *, reason: str = "") -> Made:
        """A decision that held."""
        outcome = self.decide(who, id, verb, reason=reason)
        assert isinstance(outcome, Made), outcome
        return outcome

    def undo(self, who: Actor, id: str) -> Made | Stale | Refused:
        """What comes of an undo."""
        self.clock.advance(ms=1)
        return self.service.moderation.undo(who, id)

    def undo_last(self, who: Actor) -> Made | Stale | Refused | Undone:
        """What comes of an undo of the last decision."""
        self.clock.advance(ms=1)
        return self.service.bulks.undo_last(who, self.site)

    def find(self, id: str) -> Comment:
        """The comment as it is stored."""
        return self.item(id).comment

    def item(self, id: str) -> Item:
        """The comment with its context."""
        item = self.service.moderation.item(PRIYA, id)
        assert isinstance(item, Item), item
        return item

    def listed(self, status: Status = Status.PENDING, *, limit: int = 20, cursor: str = "") -> Listed:
        """One page of the queue, or of another status."""
        page = self.service.moderation.listed(PRIYA, self.site, status=status, limit=limit, cursor=cursor)
        assert isinstance(page, Listed), page
        return page

    def waiting(self) -> list[CommentId]:
        """The whole queue."""
        return [item.comment.id for item in self.listed(limit=1_000).items]

    def log(self, *, limit: int = 1_000, cursor: str = "") -> Logged:
        """The decision log."""
        rows = self.service.moderation.log(PRIYA, self.site, limit=limit, cursor=cursor)
        assert isinstance(rows, Logged), rows
        return rows

    def page(
        self,
        *,
        sort: Sort = Sort.OLDEST,
        limit: int = 50,
        cursor: str = "",
        known: int | None = None,
        article: Article | None = None,
    ) -> Page:
        """One page of an article's comments as readers get them."""
        page = self.service.reading.page(
            self.site, article or self.article, sort=sort, limit=limit, cursor=cursor, known=known
        )
        assert isinstance(page, Page), page
        return page

    def start(self, id: str, *, sort: Sort = Sort.OLDEST, limit: int = 50, before: bool = False) -> str | None:
        """The cursor of the page that shows a comment, or of the one before it."""
        return self.service.reading.start(self.site, self.article, id, sort=sort, limit=limit, before=before)

    def public(self, *, sort: Sort = Sort.OLDEST, limit: int = 100, article: Article | None = None) -> list[Comment]:
        """All of an article's comments as readers get them, page by page."""
        comments: list[Comment] = []
        page = self.page(sort=sort, limit=limit, article=article)
        while True:
            assert page.comments is not None
            comments += page.comments
            if not page.more:
                return comments
            page = self.page(sort=sort, limit=limit, cursor=comments[-1].id, article=article)

    def articles(self, count: int) -> Sequence[Article]:
        """Articles of the site, which lie in all its partitions."""
        found = [self.service.sites.article("daily", f"{HOME}/news/{number}") for number in range(count)]
        return [one[1] for one in found if not isinstance(one, Refused)]

    def counts(self) -> dict[Status, int]:
        """How many comments of the site have each status."""
        counts = self.service.moderation.counts(PRIYA, self.site)
        assert not isinstance(counts, Refused)
        return dict(counts)


def newsroom(client: Client, clock: FakeClock, *, partitions: int) -> Newsroom:
    """A newsroom on an empty store."""
    service = assemble(client, clock=clock, secrets=SECRETS, limits=LIMITS)
    site = service.sites.add(key="daily", name="The Daily", origins=[HOME], partitions=partitions)
    articles = [service.sites.article("daily", f"{HOME}/{path}") for path in ("news/42", "sport/7")]
    article, other = (found[1] for found in articles if not isinstance(found, Refused))
    return Newsroom(client=client, clock=clock, service=service, site=site, article=article, other=other)


def everything(client: Client) -> dict[bytes, object]:
    """Every key of the store and its whole content: two of these are equal when nothing was written in between."""
    return {key: _content(client, key) for key in client.scan_iter(count=1_000)}


def _content(client: Client, key: bytes) -> object:
    """What lies under a key. (Not DUMP: it shows a hash in an order that reading can change.)"""
    read: dict[object, Callable[[bytes], object]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"stream": client.xrange,
    }
    return read[client.type(key)](key)
