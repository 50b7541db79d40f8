"""Whether a rule can be as somebody wants it: bounds, and what its kind has a use for."""

import re
from collections.abc import Iterator, Sequence

from commentsvc.domain.folding import fold, is_word_character
from commentsvc.domain.refusal import Code
from commentsvc.domain.rules import (
    AUTOMATIC,
    DOMAINS_MAX,
    LABEL_MAX,
    LANES,
    MANY,
    NUMBERS,
    RULE_ID,
    RULES_MAX,
    WORD_MAX,
    WORDS_MAX,
    Rule,
    RuleKind,
    Word,
)
from commentsvc.domain.site import Site
from commentsvc.domain.text import has_controls, has_tricks

DOMAIN = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?){1,8}")
FRAGMENT_MIN = 2
"""Letters. One alone is in every text."""


def problems(rule: Rule, site: Site) -> dict[str, Code]:
    """Everything that is wrong with a rule that is to be one of the site's, by field; a change is judged as a whole."""
    others = [other for other in site.rules if other.id != rule.id]
    wrong: dict[str, Code] = {}
    for field, code in (
        *_among(rule, others),
        *_plain(rule, site),
        *_own(rule),
        *_words(rule.words, others),
        *_domains(rule.domains),
    ):
        wrong.setdefault(field, code)
    return wrong


def _among(rule: Rule, others: Sequence[Rule]) -> Iterator[tuple[str, Code]]:
    if len(others) >= RULES_MAX:
        yield "rules", Code.TOO_LONG
    if rule.kind not in MANY and any(other.kind is rule.kind for other in others):
        yield "kind", Code.REPEATED
    if not RULE_ID.fullmatch(rule.id):
        yield "id", Code.INVALID_CHARACTERS


def _plain(rule: Rule, site: Site) -> Iterator[tuple[str, Code]]:
    if len(rule.label) > LABEL_MAX:
        yield "label", Code.TOO_LONG
    if has_controls(rule.label, lines=False) or has_tricks(rule.label):
        yield "label", Code.INVALID_CHARACTERS
    if rule.lane not in LANES:
        yield "lane", Code.INVALID_CHOICE
    if rule.reason and site.reason(rule.reason) is None:
        yield "reason", Code.UNKNOWN_REASON
    if rule.auto and rule.kind is RuleKind.WORDS and not rule.reason:
        yield "reason", Code.REQUIRED


def _own(rule: Rule) -> Iterator[tuple[str, Code]]:
    """What a rule has that its kind has no use for, or lacks."""
    least, most = NUMBERS.get(rule.kind, (0, 0))
    if not least <= rule.number <= most:
        yield "number", Code.INVALID_CHOICE
    if rule.auto and rule.kind not in AUTOMATIC:
        yield "auto", Code.INVALID_CHOICE
    if rule.words and rule.kind is not RuleKind.WORDS:
        yield "words", Code.INVALID_CHOICE
    if rule.domains and rule.kind not in (RuleKind.LINKS, RuleKind.AUTHOR):
        yield "domains", Code.INVALID_CHOICE
    if bool(rule.patterns) != (rule.kind is RuleKind.PERSONAL_DATA):
        yield "patterns", Code.INVALID_CHOICE if rule.patterns else Code.REQUIRED


def _words(words: Sequence[Word], others: Sequence[Rule]) -> Iterator[tuple[str, Code]]:
    if len(words) + sum(len(other.words) for other in others) > WORDS_MAX:
        yield "words", Code.TOO_LONG
        return
    seen: set[str] = set()
    for at, word in enumerate(words):
        problem = Code.REPEATED if word.text in seen else _word(word)
        seen.add(word.text)
        if problem is not None:
            yield f"words[{at}]", problem


def _word(word: Word) -> Code | None:
    if len(word.text) > WORD_MAX:
        return Code.TOO_LONG
    if has_controls(word.text, lines=False) or has_tricks(word.text) or word.expires_ms < 0:
        return Code.INVALID_CHARACTERS
    letters = sum(map(is_word_character, fold(word.text.strip())[0].text))
    return Code.TOO_SHORT if letters < (FRAGMENT_MIN if word.fragment else 1) else None


def _domains(domains: Sequence[str]) -> Iterator[tuple[str, Code]]:
    if len(domains) > DOMAINS_MAX:
        yield "domains", Code.TOO_LONG
    for at, domain in enumerate(domains[:DOMAINS_MAX]):
        if domain != domain.lower() or domain.startswith("www.") or not DOMAIN.fullmatch(domain):
            yield f"domains[{at}]", Code.INVALID_CHOICE
