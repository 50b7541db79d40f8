"""What the console calls things, in the page's language. Words are plain and short."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from babel.dates import format_timedelta
from markupsafe import Markup, escape

from commentsvc.bootstrap import now_ms
from commentsvc.domain.change import OPERATOR
from commentsvc.domain.decision import AUTHOR, EDITABLE, LEAVING, OWN_WORDS, Decision, Stale, Status, Verb
from commentsvc.domain.moderator import Role
from commentsvc.domain.site import Site
from commentsvc.service.numbers import Report
from commentsvc.web.catalogue import FALLBACK, current, gettext, ngettext, said
from commentsvc.web.moderation.door import names
from commentsvc.web.moderation.marks import isolated


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A time as people read it: how long ago (or for how long), and exactly."""

    ago: str
    span: str
    exact: str
    iso: str


def moment(at_ms: int) -> Moment:
    """The moment `at_ms` (UTC milliseconds) seen from now."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC)
    seconds = (now_ms() - at_ms) // 1000
    passed = timedelta(seconds=max(1, seconds))  # Babel says of nothing that it is in the future
    return Moment(
        ago=_babel(-passed, directed=True) if seconds > 0 else gettext("just now"),
        span=_babel(passed),
        exact=at.strftime("%Y-%m-%d %H:%M:%S UTC"),
        iso=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def span(seconds: int) -> str:
    """A length of time, e.g. `12 min`."""
    return _babel(timedelta(seconds=max(1, seconds)))


def _babel(span: timedelta, *, directed: bool = False) -> str:
    # Babel's short forms are single letters in Arabic, where it has them at all.
    form: Literal["short", "long"] = "short" if current() == FALLBACK else "long"
    return format_timedelta(span, add_direction=directed, format=form, threshold=1.2, locale=current())


def plain(sentence: Markup) -> str:
    """The sentence as text for a script to show: names stay isolated, by characters instead of elements."""
    return sentence.replace(Markup("<bdi>"), "\u2068").replace(Markup("</bdi>"), "\u2069").striptags()


def filled(message: str, **values: object) -> Markup:
    """A translated sentence with its `%(name)s` places filled; whatever is not markup yet is escaped."""
    return escape(message) % values


def person(id: str) -> Markup:
    """Who decided, as a name inside a sentence."""
    if id == OPERATOR:
        return escape(gettext("The command line"))
    if id == AUTHOR:
        return escape(gettext("The author"))
    if id.startswith("token:"):
        return filled(gettext("The program %(id)s"), id=isolated(id.removeprefix("token:")))
    if id.startswith("rule:"):
        return filled(gettext("The rule %(id)s"), id=isolated(id.removeprefix("rule:")))
    return isolated(names().get(id, id))


def reason_label(site: Site, code: str) -> str:
    """A reason's name; a reason that the site has given up since is its code."""
    if code == OWN_WORDS:
        return gettext("In own words")
    known = site.reason(code)
    return said(known.labels) if known else code


def reasons(site: Site) -> tuple[tuple[str, str], ...]:
    """The site's reasons to reject for, as (code, name)."""
    return tuple((reason.code, said(reason.labels)) for reason in site.reasons)


def reasons_to_find(site: Site) -> tuple[tuple[str, str], ...]:
    """What comments may have been rejected for: the site's reasons, and moderators' own words."""
    return (*reasons(site), (OWN_WORDS, reason_label(site, OWN_WORDS)))


def status_name(status: Status) -> str:
    """A status as the console's lists are called."""
    return {
        Status.PENDING: gettext("Waiting"),
        Status.APPROVED: gettext("Approved"),
        Status.REJECTED: gettext("Rejected"),
        Status.SPAM: gettext("Spam"),
        Status.ERASED: gettext("Withdrawn"),
    }[status]


def button(status: Status, verb: Verb, *, edited: bool = False) -> str:
    """What a decision is called on its button: the same verb means something else to a published comment."""
    if edited:
        return {
            Verb.APPROVE: gettext("Publish the change"),
            Verb.TURN_DOWN: gettext("Turn the change down"),
            Verb.SPAM: gettext("Spam: both texts"),
            Verb.REJECT: gettext("Take down"),
        }[verb]
    return {
        (Status.PENDING, Verb.APPROVE): gettext("Approve"),
        (Status.PENDING, Verb.REJECT): gettext("Reject"),
        (Status.PENDING, Verb.SPAM): gettext("Spam"),
        (Status.PENDING, Verb.FEATURE): gettext("Feature"),
        (Status.APPROVED, Verb.REJECT): gettext("Take down"),
        (Status.APPROVED, Verb.FEATURE): gettext("Feature"),
        (Status.APPROVED, Verb.UNFEATURE): gettext("Stop featuring"),
        (Status.REJECTED, Verb.APPROVE): gettext("Approve after all"),
        (Status.SPAM, Verb.NOT_SPAM): gettext("Not spam"),
        (Status.APPROVED, Verb.KEEP): gettext("Keep it"),
        (Status.REJECTED, Verb.UPHOLD): gettext("Uphold"),
        (Status.SPAM, Verb.UPHOLD): gettext("Uphold"),
    }[status, verb]


def day(report: Report) -> str:
    """How much was decided in a day, and how soon; '' where nothing was."""
    if not report.decided or report.median_s is None or report.p90_s is None:
        return ""
    sentence = ngettext(
        "%(count)s decided in 24 hours, within %(half)s.",
        "%(count)s decided in 24 hours, half of them within %(half)s and nine in ten within %(most)s.",
        report.decided,
    )
    return sentence % {
        "count": report.decided,
        "half": span(round(report.median_s)),
        "most": span(round(report.p90_s)),
    }


def initials(name: str) -> str:
    """A person in one or two letters, for a row that has no room for more."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def reading(who: str) -> Markup:
    """Who has a comment open just now."""
    return filled(gettext("%(who)s is reading this"), who=person(who))


def role_name(role: Role) -> str:
    """What a role is called."""
    return {
        Role.MODERATOR: gettext("moderator"),
        Role.LEAD: gettext("lead"),
        Role.ADMIN: gettext("admin"),
        Role.AUDITOR: gettext("auditor"),
    }[role]


def role_means(role: Role) -> str:
    """What a role may do, in a sentence."""
    return {
        Role.MODERATOR: gettext("Decides what waits and takes down what is published."),
        Role.LEAD: gettext("Also overrules colleagues, restricts authors, and edits rules and reasons."),
        Role.ADMIN: gettext("Everything, on every site: people and sites too."),
        Role.AUDITOR: gettext("Reads everything, exports it, and changes nothing."),
    }[role]


def verb_name(verb: Verb) -> str:
    """A kind of decision, as a filter of the log calls it."""
    return {
        Verb.APPROVE: gettext("Approved"),
        Verb.REJECT: gettext("Rejected or taken down"),
        Verb.SPAM: gettext("Marked as spam"),
        Verb.NOT_SPAM: gettext("Not spam"),
        Verb.WITHDRAW: gettext("Withdrawn"),
        Verb.ASK: gettext("Asked a colleague"),
        Verb.KEEP: gettext("Kept after a report"),
        Verb.UPHOLD: gettext("Upheld after an appeal"),
        Verb.EDIT: gettext("Changed by its author"),
        Verb.TURN_DOWN: gettext("Change turned down"),
        Verb.FEATURE: gettext("Featured"),
        Verb.UNFEATURE: gettext("Featured no longer"),
        Verb.UNDO: gettext("Undone"),
    }[verb]


def made(after: Status, name: str, *, verb: Verb = Verb.APPROVE) -> Markup:
    """The status line after a decision of one's own; `verb` is what the status does not say of it."""
    sentence = {
        Verb.ASK: gettext("Asked a colleague about %(name)s"),
        Verb.TURN_DOWN: gettext("Change turned down: %(name)s"),
        Verb.KEEP: gettext("Kept %(name)s"),
        Verb.UPHOLD: gettext("Upheld: %(name)s"),
        Verb.FEATURE: gettext("Featured %(name)s"),
        Verb.UNFEATURE: gettext("No longer featured: %(name)s"),
    }.get(verb) or {
        Status.PENDING: gettext("%(name)s is waiting again"),
        Status.APPROVED: gettext("Approved %(name)s"),
        Status.REJECTED: gettext("Rejected %(name)s"),
        Status.SPAM: gettext("Marked %(name)s as spam"),
        Status.ERASED: gettext("%(name)s was withdrawn"),
    }[after]
    return filled(sentence, name=isolated(name))


def happened(
    after: Status, by: str, at_ms: int, *, verb: Verb | None = None, asked: bool = False, edited: bool = False
) -> Markup:
    """Who made a comment what it is now, and how long ago; `asked` where somebody asked a colleague about it.

    `verb` is what they did, where that is known: the status does not say who featured a published one, or upheld.
    `edited` where an edit of the published comment waits; a waiting one of which its author was the last has new words.
    """
    again = gettext("%(who)s put this back into the queue %(ago)s")
    sentence = {
        Status.PENDING: again,
        Status.APPROVED: gettext("%(who)s approved this %(ago)s"),
        Status.REJECTED: gettext("%(who)s rejected this %(ago)s"),
        Status.SPAM: gettext("%(who)s marked this as spam %(ago)s"),
        Status.ERASED: gettext("%(who)s withdrew this %(ago)s")
        if by == AUTHOR
        else gettext("%(who)s erased this %(ago)s"),
    }[after]
    if asked:
        sentence = gettext("%(who)s asked a colleague about this %(ago)s")
    elif by == AUTHOR and after in EDITABLE:
        sentence = gettext("%(who)s changed this %(ago)s")
    elif edited:
        sentence = again
    elif verb is not None and verb in LEAVING:
        sentence = {
            Verb.KEEP: gettext("%(who)s kept this %(ago)s"),
            Verb.UPHOLD: gettext("%(who)s upheld this %(ago)s"),
            Verb.FEATURE: gettext("%(who)s featured this %(ago)s"),
            Verb.UNFEATURE: gettext("%(who)s stopped featuring this %(ago)s"),
        }[verb]
    when = moment(at_ms)
    ago = Markup('<time datetime="%s" title="%s">%s</time>') % (when.iso, when.exact, when.ago)
    return filled(sentence, who=person(by), ago=ago)


def late(stale: Stale) -> Markup:
    """Who was faster, and what they did."""
    return happened(stale.status, stale.by, stale.at_ms, verb=stale.verb, asked=stale.asked, edited=stale.edited)


def deed(decision: Decision) -> Markup:
    """What a row of the log says that somebody did."""
    both = decision.before is decision.after is Status.APPROVED
    featured = gettext("%(who)s featured") if both else gettext("%(who)s approved and featured")
    rejected = gettext("%(who)s took down") if decision.before is Status.APPROVED else gettext("%(who)s rejected")
    sentence = {
        Verb.APPROVE: gettext("%(who)s published the change") if both else gettext("%(who)s approved"),
        Verb.REJECT: rejected,
        Verb.SPAM: gettext("%(who)s marked as spam"),
        Verb.NOT_SPAM: gettext("%(who)s said: not spam"),
        Verb.WITHDRAW: gettext("%(who)s withdrew") if decision.by == AUTHOR else gettext("%(who)s erased"),
        Verb.ASK: gettext("%(who)s asked a colleague"),
        Verb.KEEP: gettext("%(who)s kept what was reported"),
        Verb.UPHOLD: gettext("%(who)s upheld the decision"),
        Verb.EDIT: gettext("%(who)s changed the text"),
        Verb.TURN_DOWN: gettext("%(who)s turned the change down"),
        Verb.FEATURE: featured,
        Verb.UNFEATURE: gettext("%(who)s stopped featuring"),
        Verb.UNDO: gettext("%(who)s undid"),
    }[decision.verb]
    return filled(sentence, who=person(decision.by))
