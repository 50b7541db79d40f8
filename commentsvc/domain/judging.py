"""The judgement of a submission by its site's rules: everything that the submission alone can tell."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from itertools import islice

from commentsvc.domain.links import Link, belongs, host_of, links
from commentsvc.domain.personal import spots
from commentsvc.domain.rules import HITS_MAX, HITS_OF_A_RULE, Hit, Rule, RuleKind, Where, Word, hit_of
from commentsvc.domain.site import Site
from commentsvc.domain.wordlist import Wordlist

WORDS_KEPT = 50_000
"""Words of all sites that are kept ready in a process, at 2 KB each."""


def judge(
    site: Site, *, text: str, name: str, email: str = "", seconds: float | None = None, now_ms: int
) -> tuple[Hit, ...]:
    """The hits of the site's rules that are switched on, at most twenty; `seconds` is how long the form was open.

    Of rules that need the author's past there are none here: those are judged where it is known, by `submit.lua`.
    """
    found: list[Hit] = []
    for rule in site.rules:
        if rule.on:
            found += hits(rule, site, text=text, name=name, email=email, seconds=seconds, now_ms=now_ms)
    return tuple(found[:HITS_MAX])


def hits(
    rule: Rule, site: Site, *, text: str, name: str, email: str = "", seconds: float | None = None, now_ms: int
) -> list[Hit]:
    """The hits of one rule, on or off, at most eight; none for a kind that needs the author's past."""
    if rule.kind is RuleKind.WORDS:
        found = _of_words(rule, text, name, now_ms)
    elif rule.kind is RuleKind.LINKS:
        found = _of_links(rule, site, text)
    elif rule.kind is RuleKind.PERSONAL_DATA:
        found = _of_personal_data(rule, text, name)
    elif rule.kind is RuleKind.SPEED:
        found = iter([hit_of(rule)] if seconds is not None and seconds < rule.number else [])
    elif rule.kind is RuleKind.AUTHOR:
        found = iter([hit_of(rule)] if email and belongs(host_of(email), rule.domains) else [])
    else:
        found = iter(())
    return list(islice(found, HITS_OF_A_RULE))


def foreign_links(site: Site, text: str) -> tuple[Link, ...]:
    """The links of a text that lead away from the site."""
    own = {host_of(origin.partition("://")[2]) for origin in site.origins}
    return tuple(link for link in links(text) if not belongs(link.host, own))


def _of_words(rule: Rule, text: str, name: str, now_ms: int) -> Iterator[Hit]:
    if not rule.words:
        return
    words = _wordlist(rule.words)
    for where, said in ((Where.TEXT, text), (Where.NAME, name)):
        for found in words.found(said, now_ms=now_ms):
            yield hit_of(rule, start=found.start, end=found.end, where=where)


def _of_links(rule: Rule, site: Site, text: str) -> Iterator[Hit]:
    counted = [link for link in foreign_links(site, text) if not belongs(link.host, rule.domains)]
    if len(counted) >= rule.number:
        for link in counted:
            yield hit_of(rule, start=link.start, end=link.end)


def _of_personal_data(rule: Rule, text: str, name: str) -> Iterator[Hit]:
    for where, said in ((Where.TEXT, text), (Where.NAME, name)):
        for spot in spots(said):
            if spot.pattern in rule.patterns:
                yield hit_of(rule, start=spot.start, end=spot.end, where=where, what=spot.pattern)


_lock = threading.Lock()
_wordlists: OrderedDict[int, tuple[Sequence[Word], Wordlist]] = OrderedDict()


def _wordlist(words: tuple[Word, ...]) -> Wordlist:
    """The list made ready: once for as long as the site's record stays the same object in memory."""
    with _lock:
        kept = _wordlists.get(id(words))
        if kept is not None and kept[0] is words:
            _wordlists.move_to_end(id(words))
            return kept[1]
    ready = Wordlist(words)  # thousands of words take a moment, in which other sites' submissions do not wait
    with _lock:
        _wordlists[id(words)] = (words, ready)
        while len(_wordlists) > 1 and sum(len(kept) for kept, _ in _wordlists.values()) > WORDS_KEPT:
            _wordlists.popitem(last=False)
    return ready
