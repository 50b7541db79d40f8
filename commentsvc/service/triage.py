"""Why a submission waits where it waits, and what an admin lets rules decide by themselves."""

from contextlib import suppress
from dataclasses import dataclass

from commentsvc.domain.decision import Verb, leads_to
from commentsvc.domain.fingerprint import bands
from commentsvc.domain.ids import CommentId, new_decision_id, place
from commentsvc.domain.judging import foreign_links, judge
from commentsvc.domain.lane import Lane
from commentsvc.domain.links import hosts
from commentsvc.domain.rules import Hit, Rule, RuleKind, hit_of, lane_of, the_rule
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions, Order
from commentsvc.store.entry import ALWAYS_HELD, Triage, Watch
from commentsvc.store.failures import UNREACHABLE

REPEATED_MIN = 40
"""Characters. Many people say "Thank you!", and mean it: what is shorter than this is nobody's repeat."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """What was just stored and waits: at which version, in which lane; `approved` of its author's in this partition."""

    id: CommentId
    version: int
    lane: Lane
    approved: int


class Triages:
    """The judgement of submissions that are about to be stored, and what follows at once."""

    def __init__(self, *, comments: Comments, decisions: Decisions) -> None:
        self._comments = comments
        self._decisions = decisions

    def of(
        self,
        site: Site,
        thread: ThreadId,
        *,
        text: str,
        name: str,
        email: str,
        author_key: str,
        seconds: float | None = None,
        now_ms: int,
    ) -> Triage:
        """What the words tell, and the thresholds for what only the store knows.

        One round trip more where the site has several partitions: the author may be no stranger in another one.
        """
        hits = judge(site, text=text, name=name, email=email, seconds=seconds, now_ms=now_ms)
        first_time, trusted = the_rule(site.rules, RuleKind.FIRST_TIME), _trusted(site)
        held = the_rule(site.rules, RuleKind.AUTHOR)
        return Triage(
            hits=hits,
            lane=lane_of(hits),
            first_time=_watch(first_time),
            approved_elsewhere=self._comments.approved_elsewhere(site, thread, author_key)
            if first_time or trusted
            else 0,
            repeat=_watch(the_rule(site.rules, RuleKind.REPEAT)) if len(text) >= REPEATED_MIN else None,
            held=hit_of(held) if held else ALWAYS_HELD,
            bands=bands(text, hosts(foreign_links(site, text))),
        )

    def settle(self, site: Site, triage: Triage, waiting: Waiting, *, now_ms: int) -> None:
        """Carries out what a rule may decide about what was just accepted, as a decision of its own.

        If this process ends in between, or the store is away, the comment waits for a person: nothing is lost, nothing
        done twice, and its author has the receipt in any case.
        """
        found = _decides(site, triage, waiting)
        if found is not None:
            with suppress(*UNREACHABLE):
                self._carry_out(site, waiting, *found, now_ms=now_ms)

    def _carry_out(self, site: Site, waiting: Waiting, rule: Rule, verb: Verb, *, now_ms: int) -> None:
        comment = self._comments.find(site, waiting.id)
        if comment is None or comment.body is None:
            return
        if comment.edit and verb is Verb.REJECT:
            verb = Verb.TURN_DOWN  # what a person has published is for persons to take down
        after = leads_to(comment.status, verb, edited=comment.edit is not None)
        if after is None:
            return
        if verb is Verb.APPROVE and not comment.body.author_key.startswith("e"):
            return  # a network is many people: nobody is trusted for being in one
        order = Order(
            id=new_decision_id(now_ms=now_ms, place=place(comment.id)),
            comment=comment,
            verb=verb,
            by=f"rule:{rule.id}",
            at_ms=now_ms,
            reason="" if verb is Verb.APPROVE else rule.reason,
        )
        self._decisions.decide(site, order, after, seen=waiting.version)


def _watch(rule: Rule | None) -> Watch | None:
    return Watch(number=rule.number, hit=hit_of(rule)) if rule else None


def _trusted(site: Site) -> Rule | None:
    rule = the_rule(site.rules, RuleKind.TRUSTED)
    return rule if rule and rule.auto else None


def _decides(site: Site, triage: Triage, waiting: Waiting) -> tuple[Rule, Verb] | None:
    """The rule that decides by itself, and what."""
    for hit in triage.hits:
        rule = _automatic(site, hit)
        if rule:
            return rule, Verb.REJECT
    trusted = _trusted(site)
    approved = triage.approved_elsewhere + waiting.approved
    if trusted and not triage.hits and waiting.lane is Lane.NEW and approved >= trusted.number:
        return trusted, Verb.APPROVE
    return None


def _automatic(site: Site, hit: Hit) -> Rule | None:
    """The rule of a hit, where it may reject; one without a reason of the site's may not."""
    rule = site.rule(hit.rule)
    decides = rule and rule.auto and rule.kind is RuleKind.WORDS and site.reason(rule.reason)
    return rule if decides else None
