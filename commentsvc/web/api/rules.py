"""The rules of a site, administered by program."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from flask import Response
from msgspec import UNSET, Meta, Struct, UnsetType
from msgspec.structs import asdict

from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.rules import Pattern, Rule, RuleKind, Word
from commentsvc.web import errors
from commentsvc.web.api import shapes
from commentsvc.web.api.routes import operation
from commentsvc.web.catalogue import gettext
from commentsvc.web.parts import service

Moment = Annotated[datetime, Meta(tz=True)]
RuleLane = Literal["new", "first_time", "held", "likely_spam"]
Seen = Annotated[int, Meta(ge=1)] | UnsetType


class WordRecord(Struct, frozen=True, kw_only=True):
    """A word or phrase that is looked for; a `fragment` inside words too, until `expires`."""

    text: str
    fragment: bool
    expires: shapes.Time | None
    added_by: str | None
    added: shapes.Time | None


class RuleRecord(Struct, frozen=True, kw_only=True):
    """A rule. What its `number` is follows from its `kind`; `auto` has it decide by itself."""

    id: str
    kind: RuleKind
    label: str
    lane: RuleLane
    reason: str | None
    on: bool
    auto: bool
    number: int
    words: list[WordRecord]
    domains: list[str]
    patterns: list[Pattern]
    changed_by: str | None
    changed: shapes.Time | None


class RuleList(Struct, frozen=True, kw_only=True):
    """The rules of a site in the order in which they are shown; `version` is the site's."""

    rules: list[RuleRecord]
    version: int


class NewWord(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word or phrase to look for."""

    text: str
    fragment: bool = False
    expires: Moment | None = None


class RuleChanges(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; with `version`, only if nobody changed the site since it was seen.

    `words` are all words anew; `add_words` and `drop_words` change some, so that a long list need not travel.
    """

    label: str | UnsetType = UNSET
    lane: RuleLane | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    on: bool | UnsetType = UNSET
    auto: bool | UnsetType = UNSET
    number: Annotated[int, Meta(ge=0, le=1_000)] | UnsetType = UNSET
    words: list[NewWord] | UnsetType = UNSET
    add_words: list[NewWord] | UnsetType = UNSET
    drop_words: list[str] | UnsetType = UNSET
    domains: list[str] | UnsetType = UNSET
    patterns: list[Pattern] | UnsetType = UNSET
    version: Seen = UNSET


class NewRule(RuleChanges, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new rule; what is not said is as a new site has it, but that it is switched off."""

    kind: RuleKind


@operation("GET", "/api/v1/rules", answer=RuleList, scope=Scope.ADMIN, refusals=(Code.UNKNOWN_SITE,))
def list_rules(token: Token) -> Any:
    """The rules of the token's site: which lane a comment waits in, and why."""
    site = service().rules.of(token.actor, token.site)
    if isinstance(site, Refused):
        return site
    return RuleList(rules=[_record(rule) for rule in site.rules], version=site.version)


@operation(
    "POST", "/api/v1/rules", answer=RuleRecord, status=201, scope=Scope.ADMIN, refusals=(Code.UNKNOWN_SITE, Code.STALE)
)
def add_rule(token: Token, body: NewRule) -> Any:
    """A new rule, switched off unless `on` says otherwise."""
    seen = None if body.version is UNSET else body.version
    return _answer(service().rules.add(token.actor, token.site, body.kind, fields_of(body), seen=seen))


@operation(
    "PATCH",
    "/api/v1/rules/<id>",
    answer=RuleRecord,
    scope=Scope.ADMIN,
    refusals=(Code.UNKNOWN_SITE, Code.NOT_FOUND, Code.STALE),
)
def change_rule(token: Token, id: str, body: RuleChanges) -> Any:
    """Changes what is named and nothing else; what waits stays where it waits."""
    seen = None if body.version is UNSET else body.version
    return _answer(service().rules.change(token.actor, token.site, id, fields_of(body), seen=seen))


@operation(
    "DELETE",
    "/api/v1/rules/<id>",
    answer=None,
    status=204,
    scope=Scope.ADMIN,
    refusals=(Code.UNKNOWN_SITE, Code.NOT_FOUND, Code.STALE),
)
def remove_rule(token: Token, id: str) -> Any:
    """Ends a rule; what it found stays with the comments."""
    outcome = _answer(service().rules.remove(token.actor, token.site, id))
    return Response(status=204) if isinstance(outcome, RuleRecord) else outcome


def fields_of(body: RuleChanges) -> Mapping[str, Any]:
    """What of a rule is to be different, as the service takes it."""
    fields = {name: value for name, value in asdict(body).items() if value is not UNSET}
    if "lane" in fields:
        fields["lane"] = Lane(fields["lane"])
    for name in ("words", "add_words"):
        if name in fields:
            fields[name] = tuple(map(_word, fields[name]))
    for name in ("domains", "patterns"):
        if name in fields:
            fields[name] = tuple(fields[name])
    return fields


def _word(word: NewWord) -> Word:
    expires_ms = int(word.expires.timestamp() * 1000) if word.expires else 0
    return Word(text=word.text, fragment=word.fragment, expires_ms=expires_ms)


def _answer(outcome: Rule | Refused) -> Any:
    if isinstance(outcome, Refused) and outcome.code is Code.STALE:
        detail = gettext("Somebody else has just changed the rules. Look at them again and repeat.")
        return errors.problem(outcome, detail=detail)
    return outcome if isinstance(outcome, Refused) else _record(outcome)


def _record(rule: Rule) -> RuleRecord:
    return RuleRecord(
        id=rule.id,
        kind=rule.kind,
        label=rule.label,
        lane=rule.lane.value,  # type: ignore[arg-type]  # no rule has another, see domain/rule_check.py
        reason=rule.reason or None,
        on=rule.on,
        auto=rule.auto,
        number=rule.number,
        words=[_word_record(word) for word in rule.words],
        domains=list(rule.domains),
        patterns=list(rule.patterns),
        changed_by=rule.changed_by or None,
        changed=rfc3339(rule.changed_ms) if rule.changed_ms else None,
    )


def _word_record(word: Word) -> WordRecord:
    return WordRecord(
        text=word.text,
        fragment=word.fragment,
        expires=rfc3339(word.expires_ms) if word.expires_ms else None,
        added_by=word.added_by or None,
        added=rfc3339(word.added_ms) if word.added_ms else None,
    )
