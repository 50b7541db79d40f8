"""What the rows are measured on: comments loaded in pipelines of the service's own scripts, submissions made ahead."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass

from commentsvc.bench.tape import Tape, playing, resp
from commentsvc.bootstrap import Parts, now_ms, serve_from
from commentsvc.domain.comment import MAX_DEPTH, Body, Comment
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId, new_decision_id, place
from commentsvc.domain.moderator import Scope
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article, article
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.store import scripts
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions, Order
from commentsvc.store.entry import Entry, Triage
from commentsvc.store.keys import Partition

ORIGIN = "https://daily.example"
PIPELINE = 500
ARTICLES = 10
"""Pending comments are spread over so many articles of a site."""

LENGTHS = (6, 12, 20, 33, 57, 112)
"""Words of a comment, each as often as the others: 40 on average, 220 characters, most of them shorter than that."""

MODERATOR = "bench"
WORDS = (
    *("the", "council", "said", "in", "its", "report", "that", "nobody", "had", "asked", "before", "whether", "a"),
    *("bridge", "of", "this", "kind", "could", "carry", "trams", "and", "buses", "at", "once", "which", "is", "what"),
    *("readers", "have", "been", "writing", "about", "for", "three", "years", "now", "so", "I", "went", "there"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Premade:
    """A submission ready to be sent: the JSON of the API, and the same thing as the service's own attempt."""

    body: bytes
    attempt: Attempt


def url(number: int) -> str:
    """The address of an article."""
    return f"{ORIGIN}/news/{number}"


def text(number: int) -> str:
    """What comment `number` says: its own words, the same in every run."""
    dice = random.Random(number)  # noqa: S311  # not for a secret
    return f"{number}. " + " ".join(dice.choices(WORDS, k=LENGTHS[number % len(LENGTHS)])) + "."


def site(parts: Parts, key: str) -> Site:
    """The site of this key, made on the first call."""
    found = parts.service.sites.get(key)
    return found if isinstance(found, Site) else parts.service.sites.add(key=key, name=key, origins=[ORIGIN])


def bearer(parts: Parts, home: Site, scope: Scope) -> str:
    """The value of `Authorization` for a program of this site."""
    return f"Bearer {parts.service.tokens.create(site=home.key, scope=scope, label='bench')}"


def has(parts: Parts, home: Site, number: int) -> bool:
    """Whether the article has comments already."""
    return parts.service.reading.counts(home, [url(number)]).counts[url(number)] > 0


def has_pending(parts: Parts, home: Site) -> bool:
    """Whether comments wait on the site already."""
    tags = (Partition(site=home.key, number=number) for number in range(home.partitions))
    return any(parts.client.exists(keys.status(Status.PENDING)) for keys in tags)


def tickets(parts: Parts, home: Site, count: int) -> list[str]:
    """Fresh tickets of one thread."""
    where = _article(home, url(1))
    return [parts.service.challenges.open(home, where).ticket for _ in range(count)]


def approved(parts: Parts, home: Site, number: int, size: int) -> None:
    """Loads a thread of `size` approved comments."""
    where = _article(home, url(number))
    with playing(parts.client) as play:
        for start in range(0, size, PIPELINE):
            tape = Tape()
            made = [_submitted(tape, home, where, at) for at in range(start, min(start + PIPELINE, size))]
            for comment in made:
                approve(tape, home, comment)
            play(tape)


def pending(parts: Parts, home: Site, size: int) -> list[CommentId]:
    """Loads `size` pending comments over some articles and returns their ids, oldest first."""
    places = [_article(home, url(number)) for number in range(ARTICLES)]
    ids: list[CommentId] = []
    with playing(parts.client) as play:
        for start in range(0, size, PIPELINE):
            tape = Tape()
            numbers = range(start, min(start + PIPELINE, size))
            ids += [_submitted(tape, home, places[at % ARTICLES], at).id for at in numbers]
            play(tape)
    return ids


def premade(parts: Parts, home: Site, count: int, *, first: int = 1, threads: int = ARTICLES) -> Iterator[Premade]:
    """Submissions that nobody has sent yet, to so many articles from `first` on, each with a fresh ticket answered."""
    challenges = parts.service.challenges
    places = [_article(home, url(first + number)) for number in range(min(threads, count))]
    for number in range(count):
        where = places[number % threads]
        ticket = challenges.open(home, where).ticket
        fields = {"name": "Alice", "email": f"alice{number % 1000}@daily.example", "text": text(number)}
        fields["code"] = str(challenges.answer(ticket))
        sent = {"site": home.key, "url": where.url, "title": "The bridge", "challenge": ticket, **fields}
        yield Premade(
            body=json.dumps(sent).encode(),
            attempt=Attempt(
                site=home,
                article=where,
                values={name: [value] for name, value in fields.items()},
                challenge=ticket,
                once="",
                network="127.0.0.1",
                language="en",
            ),
        )


def commands(parts: Parts, submissions: Iterator[Premade]) -> list[bytes]:
    """The same submissions as the service would send them to the store, each one EVALSHA in RESP."""
    tape = Tape()
    service = serve_from(tape.client, parts.settings, parts.secrets)
    for one in submissions:
        outcome = service.submissions.submit(one.attempt)
        if not isinstance(outcome, Receipt):
            raise RuntimeError(f"a submission made ahead was refused: {outcome}")
    parts.client.script_load(scripts.source("submit"))
    return [resp(call) for call in tape.calls]


def _article(home: Site, address: str) -> Article:
    found = article(home, address)
    if not isinstance(found, Article):
        raise RuntimeError(f"{address} is no article of {home.key}: {found.code}")
    return found


def _submitted(tape: Tape, home: Site, where: Article, number: int) -> Comment:
    body = Body(
        name=f"Alice {number}",
        email=f"alice{number % 1000}@daily.example",
        text=text(number),
        url=where.url,
        title="The bridge",
        thread_key=where.key,
        author_key=f"e{number % 1000:020x}",
        created_ms=now_ms() - 3_600_000 + number,
    )
    return submitted(tape, home, where, body, number)


def submitted(
    tape: Tape,
    home: Site,
    where: Article,
    body: Body,
    number: int,
    parent: Comment | None = None,
    *,
    triage: Triage | None = None,
) -> Comment:
    """A comment as it waits once the tape was played; `number` tells it from the others of its article."""
    entry = Entry(
        article=where,
        body=body,
        parent=parent.id if parent else None,
        code_right=True,
        nonce=f"{where.id}{number}",
        # Forgotten at once: only what a comment leaves for good shall be there.
        use_kept_ms=1,
        once=f"{where.id}{number}",
        digest=str(number),
        once_kept_ms=1,
        network="load",
        tries=1_000_000_000,
        window_ms=1,
        author_kept_ms=0,
        triage=triage or Triage(),
    )
    id = Comments(tape.client).submit(home, entry).id
    assert id is not None  # noqa: S101  # the tape accepts everything
    path = (parent.path[: 26 * MAX_DEPTH] if parent else "") + id[4:]
    return Comment(
        id=id,
        site=home.key,
        thread=where.id,
        status=Status.PENDING,
        version=1,
        body=body,
        parent=parent.id if parent else None,
        path=path,
    )


def approve(tape: Tape, home: Site, comment: Comment) -> None:
    """Approves a comment that an earlier call on this tape, or on one played before, has submitted."""
    at_ms = now_ms()
    order = Order(
        id=new_decision_id(now_ms=at_ms, place=place(comment.id)),
        comment=comment,
        verb=Verb.APPROVE,
        by=MODERATOR,
        at_ms=at_ms,
    )
    Decisions(tape.client).decide(home, order, Status.APPROVED, seen=1)
