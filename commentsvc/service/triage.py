"""Why a submission waits where it waits, and what an admin lets rules decide by themselves."""

from contextlib import suppress

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.fingerprint import bands
from commentsvc.domain.ids import CommentId, new_decision_id, place
from commentsvc.domain.judging import foreign_links, judge
from commentsvc.domain.lane import Lane
from commentsvc.domain.links import hosts
from commentsvc.domain.rules import Hit, Rule, RuleKind, hit_of, lane_of, the_rule
from commentsvc.domain.site import Site
from commentsvc.domain.submission import Submission
from commentsvc.domain.thread import Article
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions, Order
from commentsvc.store.entry import ALWAYS_HELD, Submitted, Triage, Verdict, Watch
from commentsvc.store.failures import UNREACHABLE

REPEATED_MIN = 40
"""Characters. Many people say "Thank you!", and mean it: what is shorter than this is nobody's repeat."""


class Triages:
    """The judgement of submissions that are about to be stored, and what follows at once."""

    def __init__(self, *, comments: Comments, decisions: Decisions) -> None:
        self._comments = comments
        self._decisions = decisions

    def of(
        self, site: Site, article: Article, said: Submission, *, author_key: str, seconds: float, now_ms: int
    ) -> Triage:
        """What the words tell, and the thresholds for what only the store knows.

        One round trip more where the site has several partitions: the author may be no stranger in another one.
        """
        hits = judge(site, text=said.text, name=said.name, email=said.email, seconds=seconds, now_ms=now_ms)
        first_time, trusted = the_rule(site.rules, RuleKind.FIRST_TIME), _trusted(site)
        held = the_rule(site.rules, RuleKind.AUTHOR)
        return Triage(
            hits=hits,
            lane=lane_of(hits),
            first_time=_watch(first_time),
            approved_elsewhere=self._comments.approved_elsewhere(site, article, author_key)
            if first_time or trusted
            else 0,
            repeat=_watch(the_rule(site.rules, RuleKind.REPEAT)) if len(said.text) >= REPEATED_MIN else None,
            held=hit_of(held) if held else ALWAYS_HELD,
            bands=bands(said.text, hosts(foreign_links(site, said.text))),
        )

    def settle(self, site: Site, triage: Triage, submitted: Submitted, *, now_ms: int) -> None:
        """Carries out what a rule may decide about a comment that was just accepted, as a decision of its own.

        If this process ends in between, or the store is away, the comment waits for a person: nothing is lost, nothing
        done twice, and its author has the receipt in any case.
        """
        if submitted.verdict is not Verdict.ACCEPTED or submitted.id is None:
            return
        found = _decides(site, triage, submitted)
        if found is not None:
            with suppress(*UNREACHABLE):
                self._carry_out(site, submitted.id, *found, now_ms=now_ms)

    def _carry_out(self, site: Site, id: CommentId, rule: Rule, verb: Verb, after: Status, *, now_ms: int) -> None:
        comment = self._comments.find(site, id)
        if comment is None or comment.body is None:
            return
        if verb is Verb.APPROVE and not comment.body.author_key.startswith("e"):
            return  # a network is many people: nobody is trusted for being in one
        order = Order(
            id=new_decision_id(now_ms=now_ms, place=place(comment.id)),
            comment=comment,
            verb=verb,
            by=f"rule:{rule.id}",
            at_ms=now_ms,
            reason=rule.reason if verb is Verb.REJECT else "",
        )
        self._decisions.decide(site, order, after, seen=1)


def _watch(rule: Rule | None) -> Watch | None:
    return Watch(number=rule.number, hit=hit_of(rule)) if rule else None


def _trusted(site: Site) -> Rule | None:
    rule = the_rule(site.rules, RuleKind.TRUSTED)
    return rule if rule and rule.auto else None


def _decides(site: Site, triage: Triage, submitted: Submitted) -> tuple[Rule, Verb, Status] | None:
    """The rule that decides by itself, and what."""
    for hit in triage.hits:
        rule = _automatic(site, hit)
        if rule:
            return rule, Verb.REJECT, Status.REJECTED
    trusted = _trusted(site)
    approved = triage.approved_elsewhere + submitted.approved
    if trusted and not triage.hits and submitted.lane is Lane.NEW and approved >= trusted.number:
        return trusted, Verb.APPROVE, Status.APPROVED
    return None


def _automatic(site: Site, hit: Hit) -> Rule | None:
    """The rule of a hit, where it may reject; one without a reason of the site's may not."""
    rule = site.rule(hit.rule)
    decides = rule and rule.auto and rule.kind is RuleKind.WORDS and site.reason(rule.reason)
    return rule if decides else None
