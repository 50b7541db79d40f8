"""The rules of a site: changed by people and programs with the right to, every change kept in the log of changes."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.rule_check import problems
from commentsvc.domain.rules import DEFAULT_RULES, Rule, RuleKind, Word
from commentsvc.domain.site import Site
from commentsvc.domain.text import normalised
from commentsvc.service.sites import BadSite, Sites
from commentsvc.store.sites import SiteRegistry

CHANGEABLE = frozenset({"label", "lane", "reason", "on", "auto", "number", "words", "domains", "patterns"})


class Rules:
    """Every method judges the actor's right first; what a rule decides by itself is an admin's to change."""

    def __init__(self, sites: Sites, registry: SiteRegistry, *, clock: Callable[[], int]) -> None:
        self._sites = sites
        self._registry = registry
        self._clock = clock

    def of(self, actor: Actor, key: str) -> Site | Refused:
        """The site as it is stored this moment, for who may see and change its rules."""
        if not actor.may(Right.RULES, key):
            return Refused(code=Code.FORBIDDEN)
        return self._registry.all().get(key) or Refused(code=Code.UNKNOWN_SITE)

    def add(
        self, actor: Actor, key: str, kind: RuleKind, fields: Mapping[str, Any], *, seen: int | None = None
    ) -> Rule | Refused:
        """The new rule. `fields` are those of `Rule` that can be changed; words and domains are made regular.

        `seen` is the version of the site that the wish was made from; `stale` when it has another by now.
        """
        site = self.of(actor, key)
        if isinstance(site, Refused):
            return site
        rule = self.drafted(actor, site, kind, fields)
        return self._put(actor, site, None, rule, seen)

    def change(
        self, actor: Actor, key: str, id: str, fields: Mapping[str, Any], *, seen: int | None = None
    ) -> Rule | Refused:
        """The rule with these fields changed, switched on or off among them; `stale` as for `add`."""
        site = self.of(actor, key)
        if isinstance(site, Refused):
            return site
        before = site.rule(id)
        if before is None:
            return Refused(code=Code.NOT_FOUND)
        return self._put(actor, site, before, self.drafted(actor, site, before, fields), seen)

    def remove(self, actor: Actor, key: str, id: str, *, seen: int | None = None) -> Rule | Refused:
        """The rule that is gone; what it found stays with the comments."""
        site = self.of(actor, key)
        if isinstance(site, Refused):
            return site
        before = site.rule(id)
        if before is None:
            return Refused(code=Code.NOT_FOUND)
        left = tuple(rule for rule in site.rules if rule.id != id)
        return self._written(actor, site, left, seen) or before

    def drafted(self, actor: Actor, site: Site, base: Rule | RuleKind, fields: Mapping[str, Any]) -> Rule:
        """The rule as it would be: a new one of a kind, or one of the site's with these fields changed; not judged.

        `words` are all of them; `add_words` and `drop_words` (texts) change some.
        """
        rule = _new(site, base) if isinstance(base, RuleKind) else base
        wanted = {name: value for name, value in fields.items() if name in CHANGEABLE}
        if fields.keys() & {"words", "add_words", "drop_words"}:
            words = _mixed(wanted.get("words", rule.words), fields)
            wanted["words"] = _dated(words, rule.words, by=actor.id, now_ms=self._clock())
        if "domains" in wanted:
            wanted["domains"] = tuple(dict.fromkeys(map(_domain, wanted["domains"])))
        if "label" in wanted:
            wanted["label"] = normalised(wanted["label"]).strip()
        if rule.reason and site.reason(rule.reason) is None:  # the site has given it up since
            wanted.setdefault("reason", "")
        return replace(rule, **wanted, changed_by=actor.id, changed_ms=self._clock())

    def _put(self, actor: Actor, site: Site, before: Rule | None, after: Rule, seen: int | None) -> Rule | Refused:
        if _decides_anew(before, after) and not actor.may(Right.ADMIN, site.key):
            return Refused(code=Code.FORBIDDEN)
        wrong = problems(after, site)
        if wrong:
            return Refused(code=Code.INVALID_FIELDS, fields=wrong)
        kept = (after if rule is before else rule for rule in site.rules)
        rules = (*kept, after) if before is None else tuple(kept)
        return self._written(actor, site, rules, seen) or after

    def _written(self, actor: Actor, site: Site, rules: tuple[Rule, ...], seen: int | None) -> Refused | None:
        """Why the rules could not be written, or None."""
        if seen not in (None, site.version):
            return Refused(code=Code.STALE)
        try:
            self._sites.change(site.key, {"rules": rules}, seen=site.version, by=actor.id)
        except BadSite:
            return Refused(code=Code.STALE)
        return None


def _new(site: Site, kind: RuleKind) -> Rule:
    """A rule of this kind to begin with: as a new site has it, under a name of its own."""
    known = {rule.id for rule in site.rules}
    model = next(rule for rule in DEFAULT_RULES if rule.kind is kind)
    id = kind.value if kind.value not in known else f"{kind.value}_{secrets.token_hex(4)}"
    return replace(model, id=id, on=False, auto=False)


def _decides_anew(before: Rule | None, after: Rule) -> bool:
    """Whether a change alters what is decided without a person; ending that is everybody's who may edit rules."""
    decides = after.auto and after.on
    if before is None or not after.auto:
        return after.auto
    same = replace(before, on=after.on, changed_by=after.changed_by, changed_ms=after.changed_ms) == after
    return not same or (decides and not before.on)


def _mixed(words: tuple[Word, ...], fields: Mapping[str, Any]) -> tuple[Word, ...]:
    added: tuple[Word, ...] = tuple(fields.get("add_words", ()))
    gone = {word.text for word in added} | set(fields.get("drop_words", ()))
    return (*(word for word in words if word.text not in gone), *added)


def _dated(words: tuple[Word, ...], before: tuple[Word, ...], *, by: str, now_ms: int) -> tuple[Word, ...]:
    """The words each once, with who added them when: of those that were there already, who did then."""
    known = {word.text: word for word in before}
    dated: dict[str, Word] = {}
    for word in words:
        text = " ".join(normalised(word.text).split())
        old = known.get(text)
        added = {"added_by": old.added_by, "added_ms": old.added_ms} if old else {"added_by": by, "added_ms": now_ms}
        if text:
            dated[text] = replace(word, text=text, **added)  # type: ignore[arg-type]
    return tuple(dated.values())


def _domain(typed: str) -> str:
    """A domain however it was typed: with a scheme, a path, an @, capitals."""
    typed = typed.strip().lower()
    host = (typed.partition("://")[2] or typed).partition("/")[0].rpartition("@")[2].partition(":")[0]
    return host.removeprefix("www.").removeprefix("*.").strip(".")
