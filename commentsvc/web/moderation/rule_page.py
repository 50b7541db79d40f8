"""What the pages of rules show: a row for each rule, the form of one, what a rehearsal found."""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Right
from commentsvc.domain.rules import AUTOMATIC, LANES, MANY, Pattern, Rule, RuleKind, Where, Word
from commentsvc.domain.site import Site
from commentsvc.service.rehearsal import Rehearsal, Sample
from commentsvc.web.catalogue import ngettext
from commentsvc.web.moderation import rule_words, words
from commentsvc.web.moderation.door import may
from commentsvc.web.moderation.marks import Span, isolated, marked
from commentsvc.web.moderation.rule_form import LASTING_DAYS, RuleForm
from commentsvc.web.moderation.why import kind_name, pattern_name
from commentsvc.web.moderation.words import Moment, moment

WORDS_SHOWN = 200
EXCERPT_BEFORE = 60
EXCERPT_MAX = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A rule in the list. `expired` counts words that are no longer looked for."""

    id: str
    name: str
    says: str
    lane: str
    reason: str
    on: bool
    decides: str
    may_switch: bool
    expired: int
    changed: Moment | None
    changed_by: Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class RulesPage:
    """The rules of a site, and the kinds of which it can have one more."""

    rows: tuple[Row, ...]
    kinds: tuple[tuple[RuleKind, str], ...]
    version: int
    done: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WordRow:
    """A word of the list, who added it, and when it is no longer looked for."""

    text: str
    fragment: bool
    added: Moment | None
    added_by: Markup
    ends: str
    over: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleRow:
    """A comment that a rule would have affected."""

    id: CommentId
    name: Markup
    status: Status
    status_name: str
    excerpt: Markup
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Shown:
    """What a rehearsal found: in words, by status, and some of it."""

    words: Markup
    by_status: tuple[tuple[Status, str, int], ...]
    samples: tuple[SampleRow, ...]
    in_time: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RulePage:
    """One rule's form. `asked` is the button beside what a rehearsal found, such as `switch_on`; empty without one."""

    id: str
    kind: RuleKind
    name: str
    about: str
    new: bool
    on: bool
    form: RuleForm
    problems: Mapping[str, str]
    problem: str
    lanes: tuple[tuple[Lane, str], ...]
    reasons: tuple[tuple[str, str], ...]
    number_label: str
    patterns: tuple[tuple[Pattern, str], ...]
    automatic: str
    may_decide: bool
    locked: bool
    words: tuple[WordRow, ...]
    words_all: int
    query: str
    lasting: tuple[tuple[int, str], ...]
    version: int
    rehearsal: Shown | None
    asked: str


def row(site: Site, rule: Rule) -> Row:
    """A rule as the list shows it."""
    now = now_ms()
    return Row(
        id=rule.id,
        name=rule_words.name(rule),
        says=rule_words.says(rule),
        lane="" if rule.kind is RuleKind.TRUSTED else rule_words.lane_name(rule.lane),
        reason=words.reason_label(site, rule.reason) if rule.reason else "",
        on=rule.on,
        decides=rule_words.automatic(rule.kind) if rule.auto else "",
        may_switch=not rule.auto or may(Right.ADMIN),
        expired=sum(not word.holds(now) for word in rule.words),
        changed=moment(rule.changed_ms) if rule.changed_ms else None,
        changed_by=words.person(rule.changed_by) if rule.changed_by else Markup(""),
    )


def kinds(site: Site) -> tuple[tuple[RuleKind, str], ...]:
    """The kinds of which the site can have one more, with what a rule of them is called."""
    present = {rule.kind for rule in site.rules}
    return tuple((kind, kind_name(kind)) for kind in RuleKind if kind in MANY or kind not in present)


def rule_page(
    site: Site,
    rule: Rule,
    form: RuleForm,
    *,
    new: bool,
    query: str = "",
    problems: Mapping[str, str] | None = None,
    problem: str = "",
    rehearsal: Shown | None = None,
    asked: str = "",
) -> RulePage:
    """The page of a rule as it is stored, with the form as it was typed."""
    listed = [word for word in rule.words if query.casefold() in word.text.casefold()]
    return RulePage(
        id=f"new-{rule.kind}" if new else rule.id,
        kind=rule.kind,
        name=rule_words.name(rule),
        about=rule_words.about(rule.kind),
        new=new,
        on=rule.on,
        form=form,
        problems=problems or {},
        problem=problem,
        lanes=() if rule.kind is RuleKind.TRUSTED else tuple((lane, rule_words.lane_name(lane)) for lane in LANES),
        reasons=() if rule.kind is RuleKind.TRUSTED else words.reasons(site),
        number_label=rule_words.number_label(rule.kind),
        patterns=tuple((pattern, pattern_name(pattern)) for pattern in Pattern),
        automatic=rule_words.automatic(rule.kind) if rule.kind in AUTOMATIC else "",
        may_decide=may(Right.ADMIN),
        locked=rule.auto and not may(Right.ADMIN),
        words=tuple(map(_word, sorted(listed, key=lambda word: word.text.casefold())[:WORDS_SHOWN])),
        words_all=len(rule.words),
        query=query,
        lasting=tuple(
            (days, ngettext("%(count)s day", "%(count)s days", days) % {"count": days}) for days in LASTING_DAYS
        ),
        version=site.version,
        rehearsal=rehearsal,
        asked=asked,
    )


def shown(rule: Rule, found: Rehearsal) -> Shown:
    """What a rehearsal found, ready for the template."""
    statuses = (Status.APPROVED, Status.REJECTED, Status.SPAM, Status.PENDING)
    return Shown(
        words=rule_words.rehearsed(rule, found),
        by_status=tuple(
            (status, words.status_name(status), found.affected[status])
            for status in statuses
            if found.affected.get(status)
        ),
        samples=tuple(_sample(rule, sample) for sample in found.samples if sample.comment.body),
        in_time=found.in_time,
    )


def _sample(rule: Rule, sample: Sample) -> SampleRow:
    comment, body = sample.comment, sample.comment.body
    if body is None:
        raise ValueError(f"the rehearsed comment {comment.id} has no body")
    spans: dict[Where, list[Span]] = {Where.TEXT: [], Where.NAME: []}
    for hit in sample.hits:
        spans[hit.where].append(Span(start=hit.start, end=hit.end, label=rule_words.name(rule)))
    return SampleRow(
        id=comment.id,
        name=isolated(body.name, spans[Where.NAME]),
        status=comment.status,
        status_name=words.status_name(comment.status),
        excerpt=_excerpt(body.text, spans[Where.TEXT]),
        language=body.language,
    )


def _excerpt(text: str, spans: list[Span]) -> Markup:
    """Some of a text in one line, from shortly before what was found."""
    first = min((span.start for span in spans), default=0)
    start = max(0, first - EXCERPT_BEFORE)
    if start:  # from a whole word on, where there is one
        start = text.find(" ", start, first) + 1 or start
    end = start + EXCERPT_MAX
    # One space for one character, or the places of what was found would no longer be right.
    line = "".join(" " if c.isspace() else c for c in text[start:end])
    moved = [Span(start=span.start - start, end=span.end - start, label=span.label) for span in spans]
    return Markup("").join(["…" if start else "", marked(line, moved), "…" if end < len(text) else ""])


def _days(count: int) -> str:
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": count}


def _word(word: Word) -> WordRow:
    return WordRow(
        text=word.text,
        fragment=word.fragment,
        added=moment(word.added_ms) if word.added_ms else None,
        added_by=words.person(word.added_by) if word.added_by else Markup(""),
        ends=moment(word.expires_ms).exact[:10] if word.expires_ms else "",
        over=not word.holds(now_ms()),
    )
