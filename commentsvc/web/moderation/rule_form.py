"""The form of a rule: what was typed, and what of the rule that would change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from commentsvc.domain.lane import Lane
from commentsvc.domain.rules import LANES, NUMBERS, Pattern, Rule, RuleKind, Word

DAY_MS = 24 * 3_600_000
LASTING_DAYS = (1, 7, 30, 90, 365)
"""For how long a word may be looked for; else until somebody takes it out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleForm:
    """A rule's fields as they stand in the form. `words` are to be added, one a line; `drop` are to be taken out."""

    label: str = ""
    lane: str = ""
    reason: str = ""
    number: str = ""
    auto: bool = False
    patterns: frozenset[str] = frozenset()
    domains: str = ""
    words: str = ""
    fragment: bool = False
    lasts: str = ""
    drop: frozenset[str] = frozenset()


def of_rule(rule: Rule) -> RuleForm:
    """The form as it is opened."""
    return RuleForm(
        label=rule.label,
        lane=rule.lane,
        reason=rule.reason,
        number=str(rule.number or ""),
        auto=rule.auto,
        patterns=frozenset(rule.patterns),
        domains="\n".join(rule.domains),
    )


def sent(form: MultiDict[str, str], rule: Rule) -> RuleForm:
    """The form as it was sent; what is not in it is as in the rule, so that one button alone changes one thing."""
    if "label" not in form:
        return of_rule(rule)
    return RuleForm(
        label=form["label"],
        lane=form.get("lane", ""),
        reason=form.get("reason", ""),
        number=form.get("number", ""),
        auto="auto" in form,
        patterns=frozenset(form.getlist("patterns")),
        domains=form.get("domains", ""),
        words=form.get("words", ""),
        fragment="fragment" in form,
        lasts=form.get("lasts", ""),
        drop=frozenset(form.getlist("drop")),
    )


def changes(form: RuleForm, rule: Rule, *, now_ms: int) -> Mapping[str, Any]:
    """The fields of the rule that the form has a say in; what no form of ours sends becomes what is refused."""
    fields: dict[str, Any] = {"label": form.label, "reason": form.reason, "auto": form.auto}
    fields["lane"] = Lane(form.lane) if form.lane in list(LANES) else rule.lane
    for kinds, field, read in _OWN:
        if rule.kind in kinds:
            fields[field] = read(form, rule, now_ms)
    return fields


def _number(form: RuleForm, rule: Rule, now_ms: int) -> int:
    typed = form.number.strip()
    return int(typed) if typed.isdecimal() and len(typed) < 6 else 0


def _patterns(form: RuleForm, rule: Rule, now_ms: int) -> tuple[Pattern, ...]:
    return tuple(pattern for pattern in Pattern if pattern in form.patterns)


def _domains(form: RuleForm, rule: Rule, now_ms: int) -> tuple[str, ...]:
    return tuple(line.strip() for line in form.domains.replace(",", "\n").splitlines() if line.strip())


def _words(form: RuleForm, rule: Rule, now_ms: int) -> tuple[Word, ...]:
    """The words that stay, and those that are new, which take the place of an old one of the same letters."""
    days = int(form.lasts) if form.lasts in map(str, LASTING_DAYS) else 0
    new = Word(text="", fragment=form.fragment, expires_ms=now_ms + days * DAY_MS if days else 0)
    typed = [line.strip() for line in form.words.splitlines() if line.strip()]
    stay = (word for word in rule.words if word.text not in form.drop and word.text not in typed)
    return (*stay, *(replace(new, text=text) for text in typed))


_Read = Callable[[RuleForm, Rule, int], Any]
_OWN: tuple[tuple[frozenset[RuleKind], str, _Read], ...] = (
    (frozenset(NUMBERS), "number", _number),
    (frozenset({RuleKind.PERSONAL_DATA}), "patterns", _patterns),
    (frozenset({RuleKind.LINKS, RuleKind.AUTHOR}), "domains", _domains),
    (frozenset({RuleKind.WORDS}), "words", _words),
)
