"""What the rows are measured on: comments loaded in pipelines of the service's own scripts, submissions made ahead."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from commentsvc.bootstrap import Parts, now_ms, serve_from
from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId, new_decision_id, place
from commentsvc.domain.moderator import Scope
from commentsvc.domain.site import Site
from commentsvc.domain.text import safe_html
from commentsvc.domain.thread import Article, article
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.store import scripts
from commentsvc.store.comments import Comments, Entry
from commentsvc.store.decisions import Decisions, Order
from commentsvc.store.scripts import Client

ORIGIN = "https://daily.example"
PIPELINE = 500
ARTICLES = 10
"""Submissions and pending comments are spread over so many articles of a site."""

MODERATOR = "bench"
WORDS = (
    *("the", "council", "said", "in", "its", "report", "that", "nobody", "had", "asked", "before", "whether", "a"),
    *("bridge", "of", "this", "kind", "could", "carry", "trams", "and", "buses", "at", "once", "which", "is", "what"),
    *("readers", "have", "been", "writing", "about", "for", "three", "years", "now", "so", "I", "went", "there"),
)


class Tape:
    """Stands where the client stands and keeps each script call, to be sent later; it answers what success answers."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def evalsha(self, digest: str, count: int, *rest: Any) -> list[bytes]:
        """Keeps the call."""
        self.calls.append((digest, count, *rest))
        if digest == scripts.digest("submit"):
            return [b"accepted", str(rest[count + 5]).encode()]
        return [b"ok", b"2"]

    @property
    def client(self) -> Client:
        """The tape in the place of a client."""
        return cast(Client, self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Premade:
    """A submission ready to be sent: the JSON of the API, and the same thing as the service's own attempt."""

    body: bytes
    attempt: Attempt


def url(number: int) -> str:
    """The address of an article."""
    return f"{ORIGIN}/news/{number}"


def text(number: int) -> str:
    """What comment `number` says: 40 words, its own and the same in every run."""
    dice = random.Random(number)  # noqa: S311  # not for a secret
    return f"{number}. " + " ".join(dice.choices(WORDS, k=40)) + "."


def site(parts: Parts, key: str) -> Site:
    """The site of this key, made on the first call."""
    found = parts.service.sites.get(key)
    return found if isinstance(found, Site) else parts.service.sites.add(key=key, name=key, origins=[ORIGIN])


def bearer(parts: Parts, home: Site, scope: Scope) -> str:
    """The value of `Authorization` for a program of this site."""
    return f"Bearer {parts.service.tokens.create(site=home.key, scope=scope, label='bench')}"


def has(parts: Parts, home: Site, number: int) -> bool:
    """Whether the article has comments already."""
    return parts.service.reading.counts(home, [url(number)])[url(number)] > 0


def tickets(parts: Parts, home: Site, count: int) -> list[str]:
    """Fresh tickets of one thread."""
    where = _article(home, url(1))
    return [parts.service.challenges.open(home, where).ticket for _ in range(count)]


def approved(parts: Parts, home: Site, number: int, size: int) -> None:
    """Loads a thread of `size` approved comments."""
    where = _article(home, url(number))
    for start in range(0, size, PIPELINE):
        tape = Tape()
        made = [_submitted(tape, home, where, at) for at in range(start, min(start + PIPELINE, size))]
        play(parts.client, tape)
        tape = Tape()
        for comment in made:
            _approve(tape, home, comment)
        play(parts.client, tape)


def pending(parts: Parts, home: Site, size: int) -> list[CommentId]:
    """Loads `size` pending comments over some articles and returns their ids, oldest first."""
    places = [_article(home, url(number)) for number in range(ARTICLES)]
    ids: list[CommentId] = []
    for start in range(0, size, PIPELINE):
        tape = Tape()
        numbers = range(start, min(start + PIPELINE, size))
        ids += [_submitted(tape, home, places[at % ARTICLES], at).id for at in numbers]
        play(parts.client, tape)
    return ids


def premade(parts: Parts, home: Site, count: int) -> Iterator[Premade]:
    """Submissions that nobody has sent yet, each with a fresh ticket and its right answer."""
    challenges = parts.service.challenges
    for number in range(count):
        where = _article(home, url(number % ARTICLES))
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
    return [_resp(("EVALSHA", *call)) for call in tape.calls]


def play(client: Client, tape: Tape) -> None:
    """Sends what is on the tape in one pipeline; RuntimeError for the first script that did not do as the tape said."""
    for name in ("submit", "decide"):
        client.script_load(scripts.source(name))
    pipe = client.pipeline(transaction=False)
    for call in tape.calls:
        pipe.execute_command("EVALSHA", *call)
    for answer in pipe.execute():
        if answer[0] not in (b"accepted", b"ok"):
            raise RuntimeError(f"loading failed: the store answered {answer!r}")


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
        author_key=f"e{number % 1000:032x}",
        created_ms=now_ms() - 3_600_000 + number,
    )
    entry = Entry(
        article=where,
        body=body,
        parent=None,
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
    )
    id = Comments(tape.client).submit(home, entry).id
    assert id is not None  # noqa: S101  # the tape accepts everything
    return Comment(id=id, site=home.key, thread=where.id, status=Status.PENDING, version=1, body=body, path=id[4:])


def _approve(tape: Tape, home: Site, comment: Comment) -> None:
    at_ms = now_ms()
    order = Order(
        id=new_decision_id(now_ms=at_ms, place=place(comment.id)),
        comment=comment,
        verb=Verb.APPROVE,
        by=MODERATOR,
        at_ms=at_ms,
        html=safe_html(comment.body.text) if comment.body else "",
    )
    Decisions(tape.client).decide(home, order, Status.APPROVED, seen=1)


def _resp(command: Sequence[Any]) -> bytes:
    words = [word if isinstance(word, bytes) else str(word).encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
