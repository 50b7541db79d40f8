"""What rules are called and say of themselves, in the page's language."""

from markupsafe import Markup, escape

from commentsvc.domain.lane import Lane
from commentsvc.domain.refusal import REASONS, Code
from commentsvc.domain.rules import NUMBERS, Rule, RuleKind
from commentsvc.service.rehearsal import Rehearsal
from commentsvc.web.catalogue import gettext, ngettext
from commentsvc.web.moderation.why import kind_name, pattern_name
from commentsvc.web.moderation.words import filled


def lane_name(lane: Lane) -> str:
    """A part of the queue."""
    return {
        Lane.NOTICES: gettext("Notices"),
        Lane.HELD: gettext("Held"),
        Lane.FIRST_TIME: gettext("First-time"),
        Lane.NEW: gettext("New"),
        Lane.COLLEAGUE: gettext("Colleague"),
        Lane.LIKELY_SPAM: gettext("Likely spam"),
    }[lane]


def name(rule: Rule) -> str:
    """What a rule is called: by whoever named it, else by its kind."""
    return rule.label or kind_name(rule.kind)


def about(kind: RuleKind) -> str:
    """What a kind of rule is for, in a sentence."""
    return {
        RuleKind.WORDS: gettext(
            "Finds these words however they are written: capitals, accents, 1d10t, i d i o t, look-alikes of other "
            "scripts, vowel marks and elongations of Arabic."
        ),
        RuleKind.LINKS: gettext("Counts the links of a comment, without those to the site itself."),
        RuleKind.FIRST_TIME: gettext("Holds comments of authors of whom few have been approved yet."),
        RuleKind.REPEAT: gettext("Notices when nearly the same has been sent before within a week."),
        RuleKind.SPEED: gettext("Notices when a form was sent sooner than a person could have read and written."),
        RuleKind.PERSONAL_DATA: gettext("Finds what looks like somebody's personal data, in the digits of any script."),
        RuleKind.AUTHOR: gettext(
            "Holds authors whom moderators have put under “always hold”, and whoever writes from these mail hosts."
        ),
        RuleKind.TRUSTED: gettext(
            "Lets comments be published without a person having read them. An e-mail address is not checked: whoever "
            "types that of a trusted author is trusted."
        ),
    }[kind]


def says(rule: Rule) -> str:
    """What a rule looks for, in a few words."""
    count = len(rule.words) if rule.kind is RuleKind.WORDS else rule.number
    if rule.kind is RuleKind.PERSONAL_DATA:
        return gettext(", ").join(pattern_name(pattern) for pattern in rule.patterns)
    if rule.kind is RuleKind.AUTHOR:
        count = len(rule.domains)
        return ngettext("%(count)s mail host", "%(count)s mail hosts", count) % {"count": count}
    sentence = {
        RuleKind.WORDS: ngettext("%(count)s word", "%(count)s words", count),
        RuleKind.LINKS: ngettext("from %(count)s link on", "from %(count)s links on", count),
        RuleKind.FIRST_TIME: ngettext(
            "fewer than %(count)s approved comment", "fewer than %(count)s approved comments", count
        ),
        RuleKind.REPEAT: ngettext("%(count)s like it before", "%(count)s like it before", count),
        RuleKind.SPEED: ngettext("sent within %(count)s second", "sent within %(count)s seconds", count),
        RuleKind.TRUSTED: ngettext(
            "at least %(count)s approved comment", "at least %(count)s approved comments", count
        ),
    }[rule.kind]
    return sentence % {"count": count}


def number_label(kind: RuleKind) -> str:
    """What the threshold of a kind is; nothing for one that has none."""
    return {
        RuleKind.LINKS: gettext("From so many links on"),
        RuleKind.FIRST_TIME: gettext("Authors with fewer approved comments than"),
        RuleKind.REPEAT: gettext("From so many like it before on"),
        RuleKind.SPEED: gettext("Sent within so many seconds"),
        RuleKind.TRUSTED: gettext("Authors with at least so many approved comments"),
    }.get(kind, "")


def automatic(kind: RuleKind) -> str:
    """What a rule of this kind does if it may decide by itself."""
    return {
        RuleKind.WORDS: gettext("Reject by itself, for the suggested reason"),
        RuleKind.TRUSTED: gettext("Publish by itself"),
    }.get(kind, "")


def rehearsed(rule: Rule, found: Rehearsal) -> Markup:
    """What a rehearsal has shown, in a sentence or two."""
    affected = ngettext(
        "Would have affected %(count)s of the last %(all)s comments.",
        "Would have affected %(count)s of the last %(all)s comments.",
        found.total,
    )
    if rule.kind is RuleKind.TRUSTED or rule.auto:
        judged = ngettext(
            "Moderators disagreed with %(count)s.", "Moderators disagreed with %(count)s.", found.disagreed
        )
    else:
        judged = ngettext(
            "Moderators approved %(count)s of them.", "Moderators approved %(count)s of them.", found.disagreed
        )
    first = filled(affected, count=_strong(found.total), all=found.looked_at)
    return Markup(" ").join([first, filled(judged, count=_strong(found.disagreed))])


def problem(rule: Rule, field: str, code: Code) -> str:
    """Why a field of a rule's form is refused; with the word or host that is at fault."""
    words, _, at = field.partition("[")
    said = ""
    if at:
        listed: tuple[str, ...] = tuple(word.text for word in rule.words) if words == "words" else rule.domains
        said = f"{listed[int(at.rstrip(']'))]}: "
    least, most = NUMBERS.get(rule.kind, (0, 0))
    sentence = {
        ("number", Code.INVALID_CHOICE): gettext("Choose a number from %(least)s to %(most)s.")
        % {"least": least, "most": most},
        ("patterns", Code.REQUIRED): gettext("Choose at least one."),
        ("reason", Code.REQUIRED): gettext("A rule that rejects by itself needs a reason."),
        ("words", Code.TOO_LONG): gettext("These are more words than a site can have."),
        ("domains", Code.TOO_LONG): gettext("These are too many."),
        ("domains[", Code.INVALID_CHOICE): gettext("This is no domain, such as example.org."),
        ("kind", Code.REPEATED): gettext("The site has a rule of this kind already."),
        ("rules", Code.TOO_LONG): gettext("The site has as many rules as it can have."),
    }.get((words + ("[" if at else ""), code))
    return said + (sentence or gettext(REASONS[code].sentence))


def _strong(number: int) -> Markup:
    return Markup("<strong>%s</strong>") % escape(number)
