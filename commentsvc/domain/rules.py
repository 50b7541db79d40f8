"""Rules: which lane a comment waits in and which reason is suggested. They publish and discard nothing themselves."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from commentsvc.domain.lane import Lane

RULE_ID = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
RULES_MAX = 50
WORDS_MAX = 5_000
"""Words of all rules of a site together."""
WORD_MAX = 80
DOMAINS_MAX = 200
LABEL_MAX = 80
HITS_MAX = 20
HITS_OF_A_RULE = 8


class RuleKind(StrEnum):
    """What a rule looks at. `TRUSTED` chooses no lane: it is for its switch `auto` alone."""

    WORDS = "words"
    LINKS = "links"
    FIRST_TIME = "first_time"
    REPEAT = "repeat"
    SPEED = "speed"
    PERSONAL_DATA = "personal_data"
    AUTHOR = "author"
    TRUSTED = "trusted"


class Pattern(StrEnum):
    """Personal data that can be told by its form."""

    EMAIL = "email"
    PHONE = "phone"
    IBAN = "iban"
    CARD = "card"


class Where(StrEnum):
    """Which part of a submission a hit's offsets are in."""

    TEXT = "text"
    NAME = "name"


@dataclass(frozen=True, kw_only=True, slots=True)
class Word:
    """A word or phrase to look for; `expires_ms` is 0 for one that stays. A `fragment` is found inside words too."""

    text: str
    fragment: bool = False
    expires_ms: int = 0
    added_by: str = ""
    added_ms: int = 0

    def holds(self, now_ms: int) -> bool:
        """Whether it has not expired."""
        return not self.expires_ms or now_ms < self.expires_ms


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One rule of a site. `reason` is the code of the reason it suggests, or empty.

    `number` is the threshold of its kind: at least so many links; fewer approved comments than this (first_time); at
    least so many near-identical ones before it (repeat); sooner than so many seconds (speed); at least so many approved
    comments (trusted). `domains` are hosts: those whose links do not count (links), those of e-mail addresses that are
    always held (author). `auto`, an admin's switch, has the rule decide: reject for the suggested reason (words),
    publish (trusted).
    """

    id: str
    kind: RuleKind
    label: str = ""
    lane: Lane = Lane.HELD
    reason: str = ""
    on: bool = True
    auto: bool = False
    number: int = 0
    words: tuple[Word, ...] = ()
    domains: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    changed_by: str = ""
    changed_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Hit:
    """A rule's match. `start` and `end` are offsets into the stored text or name; 0, 0 where no span is to blame.

    `lane` and `reason` are the rule's at the time. `what` is the kind of personal data.
    """

    rule: str
    kind: RuleKind
    lane: Lane
    reason: str = ""
    start: int = 0
    end: int = 0
    where: Where = Where.TEXT
    what: str = ""


WHOLE_ARTICLE = "article"
"""The rule of a hit, of the kind that holds always, that no site lists: a moderator has all on an article held."""

NUMBERS: Mapping[RuleKind, tuple[int, int]] = {
    RuleKind.LINKS: (1, 50),
    RuleKind.FIRST_TIME: (1, 100),
    RuleKind.REPEAT: (1, 100),
    RuleKind.SPEED: (1, 60),
    RuleKind.TRUSTED: (1, 1_000),
}
"""The least and the greatest threshold of each kind that has one."""

MANY = frozenset({RuleKind.WORDS, RuleKind.LINKS, RuleKind.AUTHOR})
"""Kinds of which a site may have several rules."""

AUTOMATIC = frozenset({RuleKind.WORDS, RuleKind.TRUSTED})
"""Kinds whose rules can decide, if an admin says so."""

LANES = (Lane.NEW, Lane.FIRST_TIME, Lane.HELD, Lane.LIKELY_SPAM)
"""The lanes a rule may choose; of several rules' lanes the last one wins."""

DEFAULT_RULES = (
    Rule(id="words", kind=RuleKind.WORDS, lane=Lane.HELD, reason="insult"),
    Rule(id="links", kind=RuleKind.LINKS, lane=Lane.HELD, reason="advertising", number=3),
    Rule(
        id="personal_data",
        kind=RuleKind.PERSONAL_DATA,
        lane=Lane.HELD,
        reason="personal_data",
        patterns=tuple(Pattern),
    ),
    Rule(id="author", kind=RuleKind.AUTHOR, lane=Lane.HELD),
    Rule(id="first_time", kind=RuleKind.FIRST_TIME, lane=Lane.FIRST_TIME, number=1),
    Rule(id="repeat", kind=RuleKind.REPEAT, lane=Lane.LIKELY_SPAM, number=2),
    Rule(id="speed", kind=RuleKind.SPEED, lane=Lane.LIKELY_SPAM, number=3),
    Rule(id="trusted", kind=RuleKind.TRUSTED, lane=Lane.NEW, on=False, number=10),
)
"""What a new site begins with."""


def the_rule(rules: Sequence[Rule], kind: RuleKind) -> Rule | None:
    """The first rule of this kind that is switched on, for kinds that are judged where the author's past is known."""
    return next((rule for rule in rules if rule.kind is kind and rule.on), None)


def hit_of(rule: Rule, **found: object) -> Hit:
    """A hit of this rule; `found` are the fields that say where and what."""
    return Hit(rule=rule.id, kind=rule.kind, lane=rule.lane, reason=rule.reason, **found)  # type: ignore[arg-type]


def lane_of(hits: Iterable[Hit]) -> Lane:
    """The lane a comment with these hits waits in."""
    return max((hit.lane for hit in hits), key=_rank, default=Lane.NEW)


def suggested(hits: Iterable[Hit]) -> str:
    """The code of the reason that these hits suggest, or nothing: words and links first, because they show why."""
    return next((hit.reason for hit in sorted(hits, key=lambda hit: hit.end == 0) if hit.reason), "")


def _rank(lane: Lane) -> int:
    return LANES.index(lane) if lane in LANES else 0
