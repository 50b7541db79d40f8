"""Why a comment waits where it waits, in one line: what its site's rules found, and what they are called."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from markupsafe import Markup, escape

from commentsvc.domain.comment import Comment
from commentsvc.domain.rules import WHOLE_ARTICLE, Hit, Pattern, RuleKind, Where
from commentsvc.domain.site import Site
from commentsvc.web.catalogue import gettext, ngettext
from commentsvc.web.moderation.marks import Span, isolated
from commentsvc.web.moderation.words import filled

SHOWN = 3
"""So many of the words that were found are named; the text shows them all."""


def kind_name(kind: RuleKind) -> str:
    """What a kind of rule is called, and a rule of it that nobody gave a name."""
    return {
        RuleKind.WORDS: gettext("Words"),
        RuleKind.LINKS: gettext("Links"),
        RuleKind.FIRST_TIME: gettext("First comment"),
        RuleKind.REPEAT: gettext("Repeats"),
        RuleKind.SPEED: gettext("Speed"),
        RuleKind.PERSONAL_DATA: gettext("Personal data"),
        RuleKind.AUTHOR: gettext("Always held"),
        RuleKind.TRUSTED: gettext("Trusted authors"),
    }[kind]


def pattern_name(pattern: Pattern) -> str:
    """A kind of personal data, as one thing that a text contains."""
    return {
        Pattern.EMAIL: gettext("an e-mail address"),
        Pattern.PHONE: gettext("a telephone number"),
        Pattern.IBAN: gettext("an IBAN"),
        Pattern.CARD: gettext("a card number"),
    }[pattern]


def rule_name(site: Site, hit: Hit) -> str:
    """What the rule of a hit is called; one that is gone since, by its kind."""
    rule = site.rule(hit.rule)
    return (rule.label if rule else "") or kind_name(hit.kind)


def spans(site: Site, comment: Comment, where: Where = Where.TEXT) -> tuple[Span, ...]:
    """What of the text or name was found, for setting it off there."""
    return tuple(
        Span(start=hit.start, end=hit.end, label=rule_name(site, hit))
        for hit in comment.hits
        if hit.where is where and hit.end > hit.start
    )


def why(site: Site, comment: Comment) -> Markup:
    """Why it waits, such as `contains <mark>idiot</mark> (rule Insults) · first comment`; empty without any hits."""
    by_rule = groupby(sorted(comment.hits, key=lambda hit: _order(site, hit)), key=lambda hit: (hit.kind, hit.rule))
    return Markup(" · ").join(_said(site, comment, tuple(hits)) for _, hits in by_rule)


def _order(site: Site, hit: Hit) -> tuple[int, str]:
    """What can be seen in the text stands first, then the rest in the order of the kinds."""
    return list(RuleKind).index(hit.kind), hit.rule


def _said(site: Site, comment: Comment, hits: Sequence[Hit]) -> Markup:
    return _SAYS[hits[0].kind](site, comment, hits)


def _words(site: Site, comment: Comment, hits: Sequence[Hit]) -> Markup:
    found = tuple(dict.fromkeys(_written(comment, hits)))
    more = [escape("…")] if len(found) > SHOWN else []
    shown = Markup(", ").join([*(Markup("<mark>%s</mark>") % isolated(one) for one in found[:SHOWN]), *more])
    in_name = all(hit.where is Where.NAME for hit in hits)
    sentence = (
        gettext("name contains %(what)s (rule %(rule)s)") if in_name else gettext("contains %(what)s (rule %(rule)s)")
    )
    return filled(sentence, what=shown, rule=isolated(rule_name(site, hits[0])))


def _written(comment: Comment, hits: Sequence[Hit]) -> Iterator[str]:
    if comment.body:
        for hit in hits:
            said = comment.body.name if hit.where is Where.NAME else comment.body.text
            yield said[hit.start : hit.end].casefold()


def _links(site: Site, comment: Comment, hits: Sequence[Hit]) -> Markup:
    sentence = ngettext("%(count)s link", "%(count)s links", len(hits))
    return filled(sentence, count=len(hits))


def _personal_data(site: Site, comment: Comment, hits: Sequence[Hit]) -> Markup:
    found = dict.fromkeys(hit.what for hit in hits)
    names = [pattern_name(Pattern(what)) for what in found if what in list(Pattern)]
    return filled(gettext("contains %(what)s"), what=gettext(", ").join(names))


def _plain(sentence: Callable[[], str]) -> Callable[[Site, Comment, Sequence[Hit]], Markup]:
    return lambda site, comment, hits: escape(sentence())


def _first_time(site: Site, comment: Comment, hits: Sequence[Hit]) -> Markup:
    rule = site.rule(hits[0].rule)
    return escape(gettext("new author") if rule and rule.number > 1 else gettext("first comment"))


def _held(site: Site, comment: Comment, hits: Sequence[Hit]) -> Markup:
    whole = hits[0].rule == WHOLE_ARTICLE
    return escape(gettext("all on this article is held") if whole else gettext("author is always held"))


_SAYS: dict[RuleKind, Callable[[Site, Comment, Sequence[Hit]], Markup]] = {
    RuleKind.WORDS: _words,
    RuleKind.LINKS: _links,
    RuleKind.PERSONAL_DATA: _personal_data,
    RuleKind.FIRST_TIME: _first_time,
    RuleKind.REPEAT: _plain(lambda: gettext("says what others said before it")),
    RuleKind.SPEED: _plain(lambda: gettext("sent faster than people write")),
    RuleKind.AUTHOR: _held,
    RuleKind.TRUSTED: _plain(lambda: gettext("trusted author")),
}
