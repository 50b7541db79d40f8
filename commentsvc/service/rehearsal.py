"""A rule tried on what was already decided: what it would have done, and whether people would have agreed."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.fingerprint import TEXT_BANDS, bands
from commentsvc.domain.judging import hits
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.rule_check import problems
from commentsvc.domain.rules import Hit, Rule, RuleKind, hit_of
from commentsvc.domain.site import Site
from commentsvc.service.triage import REPEATED_MIN
from commentsvc.store.comments import Comments
from commentsvc.store.queue import Queue

LOOKED_AT_MAX = 1_000
AT_ONCE = 100
TIME_S = 2.0
SAMPLES = 12
SHARED_BANDS = 2
"""As in `submit.lua`: by one alone, texts meet by chance."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A comment that the rule would have affected, and what of it."""

    comment: Comment
    hits: tuple[Hit, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """What a rule would have done to the newest comments of a site.

    `affected` counts by status what it would have caught. `disagreed` are those of them about which moderators decided
    otherwise: approved what the rule takes for bad, or turned away what it would have published; the first samples are
    of these. Fewer than `asked` were looked at where the site has no more, or the time was over (`in_time` is false).
    """

    looked_at: int
    affected: Mapping[Status, int]
    samples: tuple[Sample, ...]
    disagreed: int
    in_time: bool = True

    @property
    def total(self) -> int:
        """How many it would have affected."""
        return sum(self.affected.values())


class Rehearsals:
    """Tries rules on a site's last 1,000 comments, in bounded time and without changing anything."""

    def __init__(self, comments: Comments, queue: Queue, *, clock: Callable[[], int]) -> None:
        self._comments = comments
        self._queue = queue
        self._clock = clock

    def rehearse(self, actor: Actor, site: Site, rule: Rule) -> Rehearsal | Refused:
        """What this rule, saved or not, on or off, would have done; refused when it cannot be a rule of this site."""
        if not actor.may(Right.RULES, site.key):
            return Refused(code=Code.FORBIDDEN)
        wrong = problems(rule, site)
        if wrong:
            return Refused(code=Code.INVALID_FIELDS, fields=wrong)
        ends = time.monotonic() + TIME_S
        affected: Counter[Status] = Counter()
        samples: list[Sample] = []
        looked_at, in_time = 0, True
        for comment, found in self._tried(site, rule):
            looked_at += 1
            if found:
                affected[comment.status] += 1
                samples.append(Sample(comment=comment, hits=tuple(found)))
            if time.monotonic() > ends:
                in_time = False
                break
        against = _against(rule)
        samples.sort(key=lambda sample: sample.comment.status not in against)  # stable: the newest first of each
        return Rehearsal(
            looked_at=looked_at,
            affected=dict(affected),
            samples=tuple(samples[:SAMPLES]),
            disagreed=sum(affected[status] for status in against),
            in_time=in_time,
        )

    def _tried(self, site: Site, rule: Rule) -> Iterator[tuple[Comment, Sequence[Hit]]]:
        """Comments, the newest first, each with what the rule finds."""
        if rule.kind in (RuleKind.FIRST_TIME, RuleKind.TRUSTED):
            yield from self._by_record(site, rule)
        elif rule.kind is RuleKind.REPEAT:
            yield from _repeats(rule, list(self._comments_of(site)))
        else:
            for comment in self._comments_of(site):
                yield comment, _hits(site, rule, comment, now_ms=self._clock())

    def _comments_of(self, site: Site) -> Iterator[Comment]:
        """The newest comments that have not been withdrawn, of whatever status."""
        ids = self._queue.newest(site, limit=LOOKED_AT_MAX)
        for at in range(0, len(ids), AT_ONCE):
            for comment in self._comments.find_all(site, ids[at : at + AT_ONCE]):
                if comment and comment.body:
                    yield comment

    def _by_record(self, site: Site, rule: Rule) -> Iterator[tuple[Comment, Sequence[Hit]]]:
        """By how many approved comments each author had before: all they have, less those that came since."""
        comments = list(self._comments_of(site))
        keys = list(dict.fromkeys(comment.body.author_key for comment in comments if comment.body))
        counts = self._comments.authors(site, keys) if keys else []
        approved = {key: count.get(Status.APPROVED, 0) for key, count in zip(keys, counts, strict=True)}
        for comment in comments:
            key = comment.body.author_key if comment.body else ""
            approved[key] -= comment.status is Status.APPROVED
            first = approved[key] < rule.number
            # A network is many people, so nobody is trusted for being in one.
            trusted = not first and key.startswith("e") and not comment.hits
            met = first if rule.kind is RuleKind.FIRST_TIME else trusted
            yield comment, [hit_of(rule)] if met else []


def _hits(site: Site, rule: Rule, comment: Comment, *, now_ms: int) -> list[Hit]:
    body = comment.body
    if body is None:
        return []
    return hits(rule, site, text=body.text, name=body.name, email=body.email, seconds=body.seconds, now_ms=now_ms)


def _repeats(rule: Rule, comments: Sequence[Comment]) -> Iterator[tuple[Comment, Sequence[Hit]]]:
    by_band: dict[str, list[int]] = defaultdict(list)
    found: list[tuple[Comment, Sequence[Hit]]] = []
    for at, comment in enumerate(reversed(comments)):
        text = comment.body.text if comment.body else ""
        names = bands(text)[:TEXT_BANDS] if len(text) >= REPEATED_MIN else ()
        shared = Counter(before for name in names for before in by_band[name][-64:])
        met = sum(count >= SHARED_BANDS for count in shared.values()) >= rule.number
        for name in names:
            by_band[name].append(at)
        found.append((comment, [hit_of(rule)] if met and names else []))
    yield from reversed(found)


def _against(rule: Rule) -> tuple[Status, ...]:
    """What people decided, where the rule would have had the opposite."""
    return (Status.REJECTED, Status.SPAM) if rule.kind is RuleKind.TRUSTED else (Status.APPROVED,)
