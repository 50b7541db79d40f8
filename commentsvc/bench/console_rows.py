"""The rows of the moderators' console, asked as its own script asks: a signed-in session, and the token of changes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from commentsvc.bench import seed
from commentsvc.bench.http import Answer, ask, form, get, post
from commentsvc.bench.rows import Job, Row, Unfit
from commentsvc.bench.stage import Stage
from commentsvc.bench.write_rows import DECISIONS_PER_S, LONG_QUEUES, Queued, amount
from commentsvc.bootstrap import Parts
from commentsvc.domain.moderator import Role
from commentsvc.domain.site import Site

PASSWORD = "of a bench that nobody can reach"  # noqa: S105  # it protects nothing
BUFFER = 15
"""Cards that the console leases at once."""

BATCH = 5
FOUND = 50
"""Comments on a page of results."""

WORDS = {"rare": "{rare}", "common": "bridge", "both": "bridge trams"}
"""Row → what it looks for. A rare word is in one comment, so the whole history is looked through."""

_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


def session(stage: Stage, port: int, home: Site) -> Mapping[str, str]:
    """The headers of somebody who is signed in and may decide on this site; Unfit where the door stays shut."""
    name = _moderator(stage.parts, home)
    page = ask(port, get("/login"))
    token = _TOKEN.search(page.body)
    typed = {"csrf_token": token[1].decode() if token else "", "name": name, "password": PASSWORD}
    entered = ask(port, form("/login", urlencode(typed).encode(), Cookie=_cookie(page)))
    if entered.status != "303":
        raise Unfit(f"signing in was answered {entered.status}")
    own = {"Cookie": _cookie(entered)}
    given = ask(port, get(f"/moderation/{home.key}/desk/pass", **own))
    try:
        return {"Cookie": _cookie(given) or own["Cookie"], "X_CSRFToken": given.json["token"]}
    except (ValueError, KeyError) as error:
        raise Unfit(f"the console's token was answered {given.status}") from error


def _moderator(parts: Parts, home: Site) -> str:
    """The sign-in name of somebody who decides on this site, made on the first call; the password is PASSWORD."""
    name = f"bench-{home.key}"
    people = parts.service.moderators
    if people.find(name) is None:
        people.add(id=name, name=name, password=PASSWORD, role=Role.MODERATOR, sites=[home.key])
    return name


def _cookie(answer: Answer) -> str:
    return answer.headers.get("set-cookie", "").partition(";")[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lease(Queued):
    """The next cards, leased and with everything that is needed to judge them; the same ones again and again."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """One moderator who asks for the next cards and has none."""
        headers = session(stage, port, seed.site(stage.parts, self.key))
        return Job(requests=[post(f"/moderation/{self.key}/desk/buffer", b"{}", **headers)], connections=1)

    def wrong(self, answer: Answer) -> str | None:
        """A buffer must be full."""
        cards = answer.body.count(b"<article")
        return None if cards == BUFFER else f"the answer has {cards} cards instead of {BUFFER}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Batch(Queued):
    """Decisions as the console sends them, five in a request; those are added to the ones that wait."""

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """Five decisions for each request."""
        home = seed.site(stage.parts, self.key)
        headers = session(stage, port, home)
        ids = seed.pending(stage.parts, home, amount(DECISIONS_PER_S // 2, seconds) // BATCH * BATCH or BATCH)
        acts = [{"act": "decide", "id": id, "version": 1, "verb": "approve"} for id in ids]
        batches = [json.dumps({"acts": acts[at : at + BATCH]}).encode() for at in range(0, len(acts), BATCH)]
        path = f"/moderation/{self.key}/desk/decisions"
        return Job(requests=[post(path, batch, **headers) for batch in batches], once=True)

    def wrong(self, answer: Answer) -> str | None:
        """Every one must have been made."""
        made = answer.body.count(b'"result":"ok"')
        return None if made == BATCH else f"the answer was {answer.body[:200]!r}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Find(Queued):
    """The first page of what is found, by one moderator at a time."""

    words: str

    def job(self, stage: Stage, port: int, round: int, seconds: float) -> Job:
        """The same question again and again: no answer is kept."""
        headers = session(stage, port, seed.site(stage.parts, self.key))
        question = self.words.format(rare=self.length // 2)
        path = f"/moderation/{self.key}/search?" + urlencode({"q": question})
        return Job(requests=[get(path, **headers)], connections=1)

    def wrong(self, answer: Answer) -> str | None:
        """Something must have been found."""
        return None if b"cmt_" in answer.body else "nothing was found"


def _waiting(length: int) -> tuple[Row, ...]:
    key, more = f"queue-{length}", "" if length == 1000 else f" {length}"
    return (
        Lease(name=f"lease{more}", length=length, key=key, beside="lease" if more else None),
        Batch(name=f"batch{more}", length=length, key=key, beside="batch" if more else None),
        *(Find(name=f"search {name}{more}", length=length, key=key, words=words) for name, words in WORDS.items()),
    )


def console(*, full: bool) -> tuple[Row, ...]:
    """The rows in the order of the table; the long queues only in a full one."""
    return tuple(row for length in (1000, *(LONG_QUEUES if full else ())) for row in _waiting(length))
