"""What readers brought against a comment, on its card: reports or an appeal, its clock, and what can be answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from commentsvc.bootstrap import now_ms
from commentsvc.domain.case import ILLEGAL, Appeal, Case, Reports, Statement
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status, Verb, allowed, featuring
from commentsvc.domain.site import Site
from commentsvc.service.items import Item
from commentsvc.service.wanted import may_judge, may_turn
from commentsvc.web.catalogue import gettext, ngettext
from commentsvc.web.moderation import words
from commentsvc.web.moderation.door import actor
from commentsvc.web.moderation.marks import isolated, marked
from commentsvc.web.moderation.words import Moment, filled, moment


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """A notice of illegal content: why, and by whom where that was said."""

    why: Markup
    name: Markup
    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Brought:
    """What waits to be judged. `summary` is one line for a row, `due` the clock, `late` once that has run out.

    `counts` are reports by reason, `written` the notices among them; `appeal` is what the author says against `first`'s
    decision; `elsewhere` says why it is for somebody else to judge.
    """

    summary: Markup
    due: str
    when: Moment
    late: bool
    since: Moment
    counts: tuple[tuple[str, int], ...] = ()
    written: tuple[Written, ...] = ()
    appeal: Markup | None = None
    first: Markup | None = None
    elsewhere: str = ""


def brought(site: Site, comment: Comment, case: Case) -> Brought | None:
    """What waits of a case, or None."""
    waits = case.waits
    if waits is None:
        return None
    if isinstance(waits, Appeal):
        return Brought(
            summary=Markup("%s · %s") % (gettext("Appeal"), due(waits.due_ms)),
            due=due(waits.due_ms),
            when=moment(waits.due_ms),
            late=waits.due_ms < now_ms(),
            since=moment(waits.at_ms),
            appeal=marked(waits.text),
            first=words.person(waits.first),
            elsewhere=_elsewhere(comment, case),
        )
    total = sum(waits.counts.values())
    reports = filled(ngettext("%(count)s report", "%(count)s reports", total), count=total)
    return Brought(
        summary=Markup("%s · %s") % (reports, due(waits.due_ms)),
        due=due(waits.due_ms),
        when=moment(waits.due_ms),
        late=waits.due_ms < now_ms(),
        since=moment(waits.since_ms),
        counts=_counts(site, waits),
        written=tuple(_written(said) for said in waits.statements),
    )


def about_edit(item: Item) -> bool:
    """Whether an item is for judging its author's edit: what readers brought against what is published comes first."""
    return item.comment.edit is not None and not item.case.waits


def verbs(item: Item) -> Sequence[Verb]:
    """What this moderator can do: the answer that changes nothing stands beside those that do."""
    comment, case, waits = item.comment, item.case, item.case.waits
    if about_edit(item):
        # To take down what is published is another decision, about another text than the one that is shown.
        return [
            verb
            for verb in allowed(comment.status, edited=True)
            if verb is not Verb.REJECT and may_turn(actor(), comment, verb)
        ]
    if isinstance(waits, Appeal) and not may_judge(actor(), comment, case):
        return ()
    own = [verb for verb in allowed(comment.status) if may_turn(actor(), comment, verb)]
    if isinstance(waits, Appeal):
        return [*own, Verb.UPHOLD]
    if isinstance(waits, Reports) and comment.status is Status.APPROVED and may_judge(actor(), comment, case):
        return [Verb.KEEP, *own]
    # What is reported is kept or taken down first.
    chosen = featuring(comment.status, edited=comment.edit is not None, featured=comment.featured)
    return [*own, *(verb for verb in chosen if may_turn(actor(), comment, verb))]


def due(due_ms: int) -> str:
    """A clock in words, e.g. `due in 3 days`."""
    left = (due_ms - now_ms()) // 1000
    if left < 0:
        return gettext("overdue for %(span)s") % {"span": words.span(-left)}
    return gettext("due in %(span)s") % {"span": words.span(left)}


def _counts(site: Site, reports: Reports) -> tuple[tuple[str, int], ...]:
    """What was reported for, most often first; the law before all."""
    ordered = sorted(reports.counts.items(), key=lambda one: (one[0] != ILLEGAL, -one[1], one[0]))
    return tuple(
        (gettext("Illegal content") if reason == ILLEGAL else words.reason_label(site, reason), count)
        for reason, count in ordered
    )


def _written(said: Statement) -> Written:
    return Written(why=marked(said.why), name=isolated(said.name) if said.name else Markup(""), email=said.email)


def _elsewhere(comment: Comment, case: Case) -> str:
    if may_judge(actor(), comment, case):
        return ""
    if case.appeal and case.appeal.first == actor().id:
        return gettext("You made this decision: a colleague judges the appeal.")
    return gettext("A lead or an admin judges the appeal.")
