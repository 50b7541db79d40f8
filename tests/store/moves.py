"""A newsroom with everything in it that a move must carry, what one sees of it, and the newsroom after the move."""

from dataclasses import replace
from typing import Any

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Moderator, Role, Scope
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.domain.wish import About, Wish
from commentsvc.service import Post, assemble
from commentsvc.service.moderation import Listed
from commentsvc.service.receipts import Opened
from commentsvc.service.submissions import Receipt
from commentsvc.store.comments import Sort
from commentsvc.store.connect import connect
from commentsvc.store.events import Verdict
from commentsvc.store.exchange import Client
from commentsvc.store.layout import claim
from commentsvc.store.moving import CLIENT_NAME, Outcome, move_all, planned
from commentsvc.store.people import People
from commentsvc.store.sessions import Session, Sessions
from commentsvc.store.wishes import Wishes
from tests.servers import FakeClock
from tests.store.people import ALICE, BOB, LIMITS, MALLORY, MAX, MO, PRIYA, SECRETS, Newsroom, newsroom

HOOK = "https://receiver.example/"
POST = Post(sender="c@daily.example", name="", public_url="https://c.daily.example", grace_ms=0)
NOBODY = {"name": "Nobody", "email": ""}


def opened(url: str) -> Client:
    """A client as `commentsvc move` has it."""
    return connect(url, client_name=CLIENT_NAME)


def busy(client: Client, clock: FakeClock, *, partitions: int, articles: int = 24) -> Newsroom:
    """A newsroom in the middle of a day: replies, decisions of every kind, undone ones, leases, deliveries, people."""
    claim(client)
    room = newsroom(client, clock, partitions=partitions)
    room.site = room.service.sites.change("daily", {"email_required": False, "likes": True})
    room.service.webhooks.add("daily", HOOK)
    for at, article in enumerate(room.articles(articles)):
        parent = room.published(article=article, title=f"Title {at}")
        room.service.likes.like(room.site, article, parent, network=f"192.0.2.{at}", browser="Firefox")
        first = room.comment("I disagree.", by=BOB, article=article, parent=parent)
        room.made(MO, first.id, Verb.APPROVE)
        room.made(MAX, room.comment("Me too.", by=NOBODY, article=article, parent=first.id).id, Verb.APPROVE)
        refused = room.comment("Nonsense!", by=MALLORY, article=article)
        room.made(MAX, refused.id, (Verb.REJECT, Verb.SPAM)[at % 2])
        _bring(room, at, parent, refused)
        room.comment(f"Waiting {at}.", by=ALICE, article=article, once=f"key {at}")
        if at % 3 == 2:
            room.made(MAX, parent, Verb.FEATURE)
        if at % 4 == 0:
            room.service.receipts.withdraw(first.token)
        if at % 4 == 1:
            room.undo_last(MO)
    room.service.moderation.open_thread(PRIYA, room.site, room.articles(3)[2], open=False)
    room.service.moderation.lease(MO, room.site, room.waiting()[:5])
    _deliver_some(room)
    room.comment("The latest.", by=BOB)
    people = People(client)  # not by a sign-in, which takes long on purpose
    people.put_moderator(None, Moderator(id="mo", name="Mo", role=Role.MODERATOR, sites=("daily",), password_hash="x"))
    session = Session(expires_ms=clock() + 10_000, idle_ms=clock() + 10_000, begun_ms=clock(), device="Firefox/Linux")
    Sessions(client).open("mo", "hash", session, now_ms=clock())
    people.know_network("mo", "192.0.2.9", now_ms=clock())
    people.count_try("mo", window_ms=900_000)
    room.service.tokens.create(site="daily", scope=Scope.READ, label="reader")
    _wish(room)
    return room


def _wish(room: Newsroom) -> None:
    """A wish, the letter that asks, what counts it, and an address that is never written to."""
    service = assemble(room.client, clock=room.clock, secrets=SECRETS, limits=LIMITS, post=POST)
    opened = service.receipts.open(room.comment("Tell me.", by=ALICE).token)
    assert isinstance(opened, Opened)
    assert isinstance(service.wishes.ask(opened, frozenset(About), network="192.0.2.9"), Wish)
    Wishes(room.client).never_write("0" * 32)


def _bring(room: Newsroom, at: int, published: CommentId, refused: Receipt) -> None:
    """Reports that wait, reports that were judged, appeals; on some articles none of it."""
    found = room.service.reports.find(published)
    if at % 3 == 0 and not isinstance(found, Refused):
        said = {"reason": ["insult"]}
        assert not isinstance(room.service.reports.report(found, said, network=f"network {at}"), Refused)
        if at % 2:
            room.made(MO, published, Verb.KEEP)
    if at % 3 == 1:
        assert not isinstance(room.service.appeals.appeal(refused.token, {"appeal": ["Not so."]}), Refused)


def _deliver_some(room: Newsroom) -> None:
    """Every event becomes a delivery; of the first in each partition one is made, one is given up."""
    (hook,) = room.service.webhooks.list("daily")
    for one in room.service.outbox.waiting():
        room.service.outbox.spread(one, grace_ms=0)
    for one in room.service.outbox.waiting():
        for verdict, delivery in zip(
            (Verdict.DONE, Verdict.DEAD), room.service.outbox.take(one, hook.id, for_ms=1000, limit=2), strict=False
        ):
            room.service.outbox.settle(delivery, verdict, error="HTTP 410")


def seen(room: Newsroom) -> dict[str, Any]:
    """All that anybody can see of a newsroom, wherever it is stored."""
    items = {id: room.item(id) for id in sorted({row.comment for row in room.log().decisions} | set(room.waiting()))}
    return {
        "items": items,
        "wishes": {id: Wishes(room.client).find(room.site, id) for id in items},
        "quiet": Wishes(room.client).is_quiet("0" * 32),
        "mailed": sum(1 for _ in room.client.scan_iter("commentsvc:mailed:*")),
        "pages": [
            room.public(article=article, sort=sort, limit=2)
            for article in (*room.articles(24), room.article)
            for sort in Sort
        ],
        "counts": room.counts(),
        "log": room.log(),
        "history": [room.service.moderation.history(PRIYA, id) for id in items],
        "undoable": [room.service.moderation.undoable(who, room.site, limit=50) for who in (MO, MAX)],
        "found": [room.service.search.find(PRIYA, room.site, query, limit=100) for query in ("title", "alice waiting")],
        "latest": room.service.reading.latest(room.site, limit=30),
        "dead": [
            (letter.died_ms, replace(letter.delivery, site=plain(letter.delivery.site)))
            for letter in room.service.webhooks.list_dead("daily")
        ],
        "waiting": _waiting(room),
        "notices": _notices(room),
        "people": (room.service.moderators.all(), room.service.tokens.all()),
        "sessions": (Sessions(room.client).seat("mo", "hash"), People(room.client).tries("mo")),
        "receipts": [_receipt(room, id) for id in items],
        "sites": [plain(site) for site in room.service.sites.all()],
    }


def plain(site: Site) -> Site:
    """A site without what a move may change."""
    return replace(site, partitions=0)


def _receipt(room: Newsroom, id: CommentId) -> object:
    opened = room.service.receipts.open(room.service.receipts.token(id))
    return opened if isinstance(opened, Refused) else opened.comment


def _notices(room: Newsroom) -> list[CommentId]:
    listed = room.service.moderation.listed(PRIYA, room.site, lane=Lane.NOTICES, limit=100)
    assert isinstance(listed, Listed)
    return [item.comment.id for item in listed.items]


def _waiting(room: Newsroom) -> tuple[int, int]:
    waiting = room.service.outbox.waiting()
    return sum(one.events for one in waiting), sum(sum(one.due.values()) for one in waiting)


def there(room: Newsroom, client: Client) -> Newsroom:
    """The same newsroom on the store that it was moved to."""
    service = assemble(client, clock=room.clock, secrets=SECRETS, limits=LIMITS)
    site = next(site for site in service.sites.all() if site.key == "daily")
    return replace(room, client=client, service=service, site=site)


def moved(source: Client, target: Client, **wishes: int) -> Outcome:
    """What comes of a move; `all` are the partitions of every site."""
    return move_all(source, target, planned(source, {key.replace("all", ""): number for key, number in wishes.items()}))
