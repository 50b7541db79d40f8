"""The use cases joined to one store, one clock and one set of limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from commentsvc.picture import SoundBooth
from commentsvc.service.accounts import Accounts
from commentsvc.service.appeals import Appeals
from commentsvc.service.authors import Authors
from commentsvc.service.bulk import Bulks
from commentsvc.service.challenges import Challenges
from commentsvc.service.changes import ChangeLog
from commentsvc.service.edits import Edits
from commentsvc.service.items import Items
from commentsvc.service.letters import Letters, Post
from commentsvc.service.likes import Liking
from commentsvc.service.log import Log
from commentsvc.service.moderation import Moderation
from commentsvc.service.moderators import Moderators
from commentsvc.service.numbers import NumbersOf
from commentsvc.service.outbox import Outbox
from commentsvc.service.passwords import Passwords
from commentsvc.service.queue import WorkQueue
from commentsvc.service.reading import Reading
from commentsvc.service.receipts import Receipts
from commentsvc.service.rehearsal import Rehearsals
from commentsvc.service.reports import Reports
from commentsvc.service.rules import Rules
from commentsvc.service.search import Search
from commentsvc.service.sign_ins import SignIns
from commentsvc.service.sites import Sites
from commentsvc.service.submissions import Limits, Submissions
from commentsvc.service.threads import Threads
from commentsvc.service.tokens import Tokens
from commentsvc.service.triage import Triages
from commentsvc.service.tries import Tries
from commentsvc.service.webhooks import Webhooks
from commentsvc.service.wishes import Wishes
from commentsvc.store.authors import Authors as AuthorStore
from commentsvc.store.cases import Cases
from commentsvc.store.changes import Changes
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions
from commentsvc.store.edits import Edits as EditStore
from commentsvc.store.events import Events
from commentsvc.store.likes import Likes
from commentsvc.store.numbers import Numbers
from commentsvc.store.people import People
from commentsvc.store.queue import Queue
from commentsvc.store.scripts import Client
from commentsvc.store.search import Index
from commentsvc.store.sessions import Sessions
from commentsvc.store.sites import SiteRegistry
from commentsvc.store.standing import Standing
from commentsvc.store.sweeps import Sweeps
from commentsvc.store.threads import Conversations
from commentsvc.store.wishes import Wishes as WishStore


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """The use cases by noun."""

    sites: Sites
    challenges: Challenges
    submissions: Submissions
    edits: Edits
    receipts: Receipts
    reports: Reports
    appeals: Appeals
    wishes: Wishes
    reading: Reading
    likes: Liking
    moderation: Moderation
    queue: WorkQueue
    threads: Threads
    bulks: Bulks
    authors: Authors
    log: Log
    moderators: Moderators
    search: Search
    numbers: NumbersOf
    sign_ins: SignIns
    accounts: Accounts
    changes: ChangeLog
    tokens: Tokens
    webhooks: Webhooks
    outbox: Outbox
    rules: Rules
    rehearsals: Rehearsals


def assemble(
    client: Client,
    *,
    clock: Callable[[], int],
    secrets: Sequence[str],
    limits: Limits,
    session_hours: int = 12,
    session_days: int = 7,
    private_webhooks: bool = False,
    post: Post | None = None,
    has_room: Callable[[], bool] = lambda: True,
) -> Service:
    """The service on this store; `clock` answers UTC milliseconds, `secrets[0]` signs and all of them verify.

    `has_room` says whether the disk can take more submissions; it is asked each time and must be cheap.
    With no `post` authors are not written to.
    """
    comments, decisions, queue, people = Comments(client), Decisions(client), Queue(client), People(client)
    registry, events = SiteRegistry(client), Events(client, letters=post is not None)
    sites = Sites(registry, clock)
    authors, cases = AuthorStore(client), Cases(client)
    items = Items(comments=comments, decisions=decisions, queue=queue, authors=authors, cases=cases, clock=clock)
    booth = SoundBooth(per_second=limits.sounds_per_second, burst=limits.sounds_per_second, kept=64)
    challenges = Challenges(secrets=secrets, clock=clock, ticket_ms=limits.ticket_ms, booth=booth)
    moderation = Moderation(
        sites=sites, comments=comments, decisions=decisions, queue=queue, cases=cases, items=items, clock=clock
    )
    receipts = Receipts(sites=sites, comments=comments, decisions=decisions, secrets=secrets, clock=clock)
    wishes = Wishes(
        sites=sites,
        comments=comments,
        wishes=WishStore(client),
        secrets=secrets,
        clock=clock,
        grace_ms=post.grace_ms if post else None,
    )
    write_with = partial(Letters, comments=comments, decisions=decisions, receipts=receipts, wishes=wishes, clock=clock)
    triages = Triages(comments=comments, decisions=decisions)
    sessions, passwords, tries = Sessions(client), Passwords(), Tries(people, clock=clock)
    sign_ins = SignIns(
        people,
        sessions,
        passwords,
        tries,
        keys=secrets,
        clock=clock,
        session_hours=session_hours,
        session_days=session_days,
    )
    return Service(
        sites=sites,
        challenges=challenges,
        receipts=receipts,
        reports=Reports(
            sites=sites,
            comments=comments,
            cases=cases,
            challenges=challenges,
            secrets=secrets,
            clock=clock,
            has_room=has_room,
        ),
        appeals=Appeals(receipts=receipts, decisions=decisions, cases=cases, clock=clock, has_room=has_room),
        wishes=wishes,
        submissions=Submissions(
            comments=comments,
            challenges=challenges,
            receipts=receipts,
            triages=triages,
            limits=limits,
            clock=clock,
            has_room=has_room,
        ),
        edits=Edits(
            receipts=receipts,
            edits=EditStore(client),
            triages=triages,
            limits=limits,
            clock=clock,
            has_room=has_room,
        ),
        reading=Reading(sites=sites, comments=comments),
        likes=Liking(Likes(client)),
        moderation=moderation,
        authors=Authors(authors=authors, standing=Standing(client), decisions=decisions, clock=clock),
        bulks=Bulks(moderation=moderation, comments=comments, decisions=decisions, queue=queue, clock=clock),
        queue=WorkQueue(
            sites=sites, comments=comments, decisions=decisions, queue=queue, cases=cases, items=items, clock=clock
        ),
        threads=Threads(
            comments=comments, conversations=Conversations(client, comments), items=items, moderation=moderation
        ),
        log=Log(comments=comments, decisions=decisions),
        moderators=Moderators(people, passwords, clock=clock),
        sign_ins=sign_ins,
        accounts=Accounts(people, sessions, passwords, tries, sign_ins, keys=secrets, clock=clock),
        changes=ChangeLog(Changes(client), people),
        search=Search(comments=comments, queue=queue, index=Index(client), items=items, clock=clock),
        numbers=NumbersOf(numbers=Numbers(client), comments=comments, queue=queue, clock=clock),
        tokens=Tokens(people, clock=clock),
        webhooks=Webhooks(sites, registry, events, clock=clock, private=private_webhooks),
        rules=Rules(sites, registry, clock=clock),
        rehearsals=Rehearsals(comments, queue, clock=clock),
        outbox=Outbox(
            registry=registry,
            comments=comments,
            decisions=decisions,
            events=events,
            sweeps=Sweeps(client),
            letters=write_with(post) if post else None,
            likes=Likes(client),
            clock=clock,
        ),
    )
