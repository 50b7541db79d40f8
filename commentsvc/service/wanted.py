"""A decision that somebody wants: whether they may have it made, and what the store is told and answers."""

from dataclasses import dataclass, replace

from commentsvc.domain.case import Appeal, Case
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import (
    EDITED,
    FEATURING,
    JUDGING,
    NOTE_MAX,
    OVERRULING,
    OWN_WORDS,
    TRANSITIONS,
    Stale,
    Status,
    Verb,
    leads_to,
)
from commentsvc.domain.ids import new_decision_id, place
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.text import has_controls, is_visible, normalised
from commentsvc.store.decisions import Made, Order, Outcome, Unmade


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """A decision that somebody wants: about which comment, at the version they saw, and why.

    `queued`: it is about what waits, so to reject a published comment's edit is to turn that down, and nothing else.
    """

    id: str
    version: int
    verb: Verb
    reason: str = ""
    note: str = ""
    queued: bool = False

    def about(self, comment: Comment) -> "Wanted":
        """What that means for this comment."""
        turns = self.queued and comment.edit is not None and self.verb is Verb.REJECT
        return replace(self, verb=Verb.TURN_DOWN) if turns else self


_AIM = (
    {verb: after for (_, verb), after in TRANSITIONS.items()}
    | {Verb.TURN_DOWN: EDITED[Verb.TURN_DOWN]}
    | dict.fromkeys(FEATURING, Status.APPROVED)
)
"""Where each verb leads: to tell a retry from a late decision when the comment has moved on."""

GIVES_REASON = frozenset({Verb.REJECT, Verb.TURN_DOWN})


def may_turn(actor: Actor, comment: Comment, verb: Verb) -> bool:
    """Whether this actor may do this to the comment as it stands, if its status allows it at all.

    To publish or queue again what a colleague rejected or called spam is to overrule; one's own verdict and a rule's
    may be turned by anybody who decides. To judge an appeal takes the same right; that it is for another person than
    who decided first is for the store to say.
    """
    if not actor.may_decide(comment.site):
        return False
    if verb is Verb.UPHOLD:
        return actor.may(Right.OVERRULE, comment.site)
    own = comment.decided_by == actor.id or comment.decided_by.startswith("rule:")
    return own or (comment.status, verb) not in OVERRULING or actor.may(Right.OVERRULE, comment.site)


def may_judge(actor: Actor, comment: Comment, case: Case) -> bool:
    """Whether this actor may answer what waits of a case: a report as any decision, an appeal not one's own verdict."""
    waits = case.waits
    if not isinstance(waits, Appeal):
        return waits is not None and actor.may_decide(comment.site)
    return waits.first != actor.id and ":" not in actor.id and may_turn(actor, comment, Verb.UPHOLD)


def judged(actor: Actor, site: Site, comment: Comment, wanted: Wanted) -> Status | Refused:
    """Where this decision leads; whether the comment is still as it was seen is for the store to say."""
    if not actor.may_decide(site.key):
        return Refused(code=Code.FORBIDDEN)
    problem = _problem(site, wanted)
    if problem is not None:
        return problem
    if comment.version == wanted.version and not may_turn(actor, comment, wanted.verb):
        return Refused(code=Code.NOT_YOURS_TO_OVERRULE)
    after = leads_to(comment.status, wanted.verb, edited=comment.edit is not None, featured=comment.featured)
    if after is None and comment.version == wanted.version:
        return Refused(code=Code.NOT_ALLOWED_NOW)
    return after or _AIM.get(wanted.verb, comment.status)


def order_of(actor: Actor, comment: Comment, wanted: Wanted, *, now_ms: int) -> Order:
    """What the store is told to do."""
    return Order(
        id=new_decision_id(now_ms=now_ms, place=place(comment.id)),
        comment=comment,
        verb=wanted.verb,
        by=actor.id,
        at_ms=now_ms,
        reason=wanted.reason if wanted.verb in GIVES_REASON else "",
        note=normalised(wanted.note),
    )


def _problem(site: Site, wanted: Wanted) -> Refused | None:
    if wanted.verb not in _AIM.keys() | JUDGING.keys() or wanted.verb is Verb.WITHDRAW:
        return Refused(code=Code.INVALID_FIELDS, fields={"decision": Code.INVALID_CHOICE})
    if wanted.verb in GIVES_REASON and wanted.reason == OWN_WORDS and not is_visible(wanted.note):
        return Refused(code=Code.INVALID_FIELDS, fields={"note": Code.NO_WORDS})
    if wanted.verb in GIVES_REASON and wanted.reason != OWN_WORDS and site.reason(wanted.reason) is None:
        return Refused(code=Code.INVALID_FIELDS, fields={"reason": Code.UNKNOWN_REASON})
    if len(wanted.note) > NOTE_MAX:
        return Refused(code=Code.INVALID_FIELDS, fields={"note": Code.TOO_LONG})
    if has_controls(normalised(wanted.note), lines=True):
        return Refused(code=Code.INVALID_FIELDS, fields={"note": Code.INVALID_CHARACTERS})
    return None


def answer(outcome: Outcome) -> Made | Stale | Refused:
    """What the store did, as what somebody is told."""
    if not isinstance(outcome, Unmade):
        return outcome
    return {
        "unknown": Refused(code=Code.NOT_FOUND),
        "not_yours": Refused(code=Code.FORBIDDEN),
        "undo": Refused(code=Code.NOTHING_TO_UNDO),
        "no_case": Refused(code=Code.NOT_ALLOWED_NOW),
        "first": Refused(code=Code.NOT_YOURS_TO_JUDGE),
    }[outcome.why]
