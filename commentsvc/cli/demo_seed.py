"""What the demo shows: a site, three articles, readers who wrote during the last days, moderators who decided."""

import tomllib
import zlib
from dataclasses import dataclass, field, replace
from importlib import resources
from itertools import count
from typing import Any

from commentsvc.bootstrap import Parts, now_ms
from commentsvc.domain.decision import Stale, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Role
from commentsvc.domain.refusal import Refused
from commentsvc.domain.rules import DEFAULT_RULES, Rule, RuleKind, Word
from commentsvc.domain.site import Choice, Field, FieldKind, Site
from commentsvc.domain.text import normalised
from commentsvc.domain.thread import Article
from commentsvc.service import Limits, Service, assemble
from commentsvc.service.edits import Rewrite
from commentsvc.service.moderation import Wanted
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.store.decisions import Made

SITE = "daily"
PRESS = "https://daily.example"
PEOPLE = (
    ("mo", "Mo", Role.MODERATOR),
    ("max", "Max", Role.MODERATOR),
    ("priya", "Priya", Role.ADMIN),
)
MINUTE_MS = 60_000
WRITING_MS = 2 * MINUTE_MS
"""How long each reader had the form: nobody writes within a second, and a rule would say so."""
BROUGHT_MS = 300 * MINUTE_MS


class SeedFault(Exception):
    """The demo's own text was refused: a mistake in demo_data.toml."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """Something that happened at `at_ms` in the history: a comment written, or written anew with the words of `change`,
    or a decision (WHO VERB REASON) on it.
    """

    at_ms: int
    comment: dict[str, Any]
    decision: tuple[str, ...] = ()
    change: str = ""


@dataclass(kw_only=True, slots=True)
class History:
    """The way from an empty site to the demo's, walked with a clock of its own, since ids carry the time."""

    service: Service
    site: Site
    home: str
    clock: list[int]
    articles: dict[str, dict[str, str]]
    ids: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def walk(self, steps: list[Step]) -> None:
        """Does everything in the order of time."""
        for step in sorted(steps, key=lambda step: step.at_ms):
            self.clock[0] = step.at_ms
            if step.decision:
                self._decide(step.comment["id"], *step.decision)
            elif step.change:
                self._change(step.comment, step.change)
            else:
                self._write(step.comment)

    def like(self, comments: list[dict[str, Any]]) -> None:
        """Some likes for what is published, the same every time; pages show them at once."""
        for comment in comments:
            for reader in range(hash_of(comment["id"]) % 7):
                article, network = self._article(self.articles[comment["on"]]), f"2001:db8:{reader:x}::/64"
                self.service.likes.like(self.site, article, self.ids[comment["id"]], network=network, browser="")
            self.clock[0] += MINUTE_MS
        self.service.outbox.show_likes()

    def bring(self, comments: list[dict[str, Any]]) -> None:
        """What readers report, each from a network of their own, and what authors appeal against; some hours ago."""
        self.clock[0] = now_ms() - BROUGHT_MS
        for comment in comments:
            for reader, reason in enumerate(comment.get("reports", ())):
                found = self.service.reports.find(self.ids[comment["id"]])
                if isinstance(found, Refused):
                    raise SeedFault(f"{comment['id']}: {found}")
                self.service.reports.report(found, {"reason": [reason]}, network=f"2001:db8:{reader:x}::/64")
            if "appeal" in comment:
                token = self.tokens[comment["id"]]
                self.service.appeals.appeal(token, {"appeal": [comment["appeal"]]})

    def _write(self, comment: dict[str, Any]) -> None:
        told = self.articles[comment["on"]]
        article = self._article(told)
        self.clock[0] -= WRITING_MS
        challenge = self.service.challenges.open(self.site, article)
        self.clock[0] += WRITING_MS
        values = {
            "name": comment["who"],
            "email": f"{hash_of(comment['who'])}@readers.example",
            "text": comment["text"].strip(),
            "title": told["title"],
            "country": comment["country"],
            "parent": self.ids[comment["to"]] if "to" in comment else "",
            "code": str(self.service.challenges.answer(challenge.ticket)),
        }
        receipt = self.service.submissions.submit(
            Attempt(
                site=self.site,
                article=article,
                values={name: [value] for name, value in values.items()},
                challenge=challenge.ticket,
                once="",
                network=f"2001:db8:{hash_of(comment['who']):x}::/64",
                language="ar" if comment["on"] == "caravan" else "en",
            )
        )
        if not isinstance(receipt, Receipt):
            raise SeedFault(f"{comment['who']}: {receipt}")
        self.ids[comment["id"]], self.tokens[comment["id"]] = receipt.id, receipt.token
        self.versions[comment["id"]] = 1

    def _change(self, comment: dict[str, Any], text: str) -> None:
        values = {"name": [comment["who"]], "country": [comment["country"]], "text": [text.strip()]}
        token = self.service.receipts.token(CommentId(self.ids[comment["id"]]))
        changed = self.service.edits.edit(Rewrite(token=token, values=values, network="2001:db8::/64"))
        if isinstance(changed, Refused):
            raise SeedFault(f"{comment['who']}: {changed}")
        self.versions[comment["id"]] = changed.comment.version

    def _article(self, told: dict[str, str]) -> Article:
        found = self.service.sites.article(SITE, self.home + told["path"])
        if isinstance(found, Refused):
            raise SeedFault(f"{told['path']}: {found}")
        return found[1]

    def _decide(self, comment: str, who: str, verb: str, reason: str) -> None:
        actor = next(one.actor for one in self.service.moderators.all() if one.id == who)
        outcome: Made | Stale | Refused
        if verb == Verb.UNDO:
            outcome = self.service.moderation.undo(actor, self.last[comment])
        else:
            wanted = Wanted(id=self.ids[comment], version=self.versions[comment], verb=Verb(verb), reason=reason)
            outcome = self.service.moderation.decide(actor, wanted)
        if not isinstance(outcome, Made):
            raise SeedFault(f"{comment}: {verb} by {who}: {outcome}")
        self.versions[comment] = outcome.version
        self.last[comment] = outcome.id


def hash_of(name: str) -> int:
    """A number for a reader, the same every time."""
    return zlib.crc32(name.encode()) & 0xFFFF


def seed(parts: Parts, *, port: int, password: str) -> str:
    """Makes what is not there yet and returns the origin under which the demo's articles are known."""
    document = tomllib.loads((resources.files("commentsvc.cli") / "demo_data.toml").read_text(encoding="utf-8"))
    site = _site(parts.service, port, document)
    known = {one.id for one in parts.service.moderators.all()}
    for id, name, role in PEOPLE:
        if id not in known:
            parts.service.moderators.add(id=id, name=name, password=password, role=role, sites=(SITE,))
    priya = next(one.actor for one in parts.service.moderators.all() if one.id == "priya")
    counts = parts.service.moderation.counts(priya, site)
    if not isinstance(counts, Refused) and not any(counts.values()):
        _history(parts, site, document)
    return home(site)


def home(site: Site) -> str:
    """The origin that the first start had; later ports only frame the same threads."""
    return next(origin for origin in site.origins if origin.startswith("http://127.0.0.1:"))


def _site(service: Service, port: int, document: dict[str, Any]) -> Site:
    here = (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
    found = next((one for one in service.sites.all() if one.key == SITE), None)
    if found is None:
        choices = tuple(Choice(value=value, labels=labels) for value, labels in document["countries"].items())
        country = Field(
            key="country",
            kind=FieldKind.CHOICE,
            labels={"en": "Country", "ar": "البلد"},
            public=True,
            choices=choices,
        )
        rules = tuple(_with_words(rule, document["words"]) for rule in DEFAULT_RULES)
        return service.sites.add(
            key=SITE, name="The Daily Example", origins=(*here, PRESS), fields=(country,), rules=rules, likes=True
        )
    missing = tuple(origin for origin in here if origin not in found.origins)
    return service.sites.change(SITE, {"origins": (*found.origins, *missing)}) if missing else found


def _with_words(rule: Rule, words: list[str]) -> Rule:
    """A rule as a new site has it, with something to look for."""
    if rule.kind is not RuleKind.WORDS:
        return rule
    added = tuple(Word(text=text, added_by="priya", added_ms=now_ms()) for text in words)
    return replace(rule, words=added)


def _history(parts: Parts, site: Site, document: dict[str, Any]) -> None:
    clock = [now_ms()]
    numbers = count()
    comments = [{"id": f"waiting-{next(numbers)}", **one} for one in document["comments"]]
    steps = [step for comment in comments for step in _steps(comment, clock[0])]
    start_ms = min(step.at_ms for step in steps)
    clock[0] = start_ms
    service = assemble(parts.client, clock=lambda: clock[0], secrets=parts.secrets, limits=Limits())
    articles = {one["id"]: one for one in document["articles"]}
    history = History(service=service, site=site, home=home(site), clock=clock, articles=articles)
    history.walk(steps)
    history.like(comments)
    history.bring(comments)


def _steps(comment: dict[str, Any], now: int) -> list[Step]:
    written_ms = now - comment["ago"] * MINUTE_MS
    steps = [Step(at_ms=written_ms, comment=comment)]
    for text in comment.get("decisions", ()):
        after, who, what = normalised(text).split()
        verb, _, reason = what.partition(":")
        steps.append(Step(at_ms=written_ms + int(after) * MINUTE_MS, comment=comment, decision=(who, verb, reason)))
    for minutes, text in comment.get("changes", ()):
        steps.append(Step(at_ms=written_ms + minutes * MINUTE_MS, comment=comment, change=text))
    return steps
