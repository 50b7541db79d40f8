"""What the console says about many comments at once, in the page's language."""

from markupsafe import Markup, escape

from commentsvc.domain.decision import Verb
from commentsvc.web.catalogue import gettext, ngettext
from commentsvc.web.moderation.words import filled


def button(verb: Verb) -> str:
    """What a decision about many comments is called on its button."""
    return {
        Verb.APPROVE: gettext("Approve"),
        Verb.REJECT: gettext("Reject"),
        Verb.SPAM: gettext("Spam"),
        Verb.NOT_SPAM: gettext("Not spam"),
    }[verb]


def question(verb: Verb, total: int) -> str:
    """What is asked before very many are decided at a click."""
    n = total
    sentence = {
        Verb.APPROVE: ngettext("Publish %(count)s comment?", "Publish %(count)s comments?", n),
        Verb.REJECT: ngettext("Reject %(count)s comment?", "Reject %(count)s comments?", n),
        Verb.SPAM: ngettext("Mark %(count)s comment as spam?", "Mark %(count)s comments as spam?", n),
        Verb.NOT_SPAM: ngettext("Put %(count)s comment back to wait?", "Put %(count)s comments back to wait?", n),
    }[verb]
    return sentence % {"count": total}


def erase_question(total: int) -> str:
    """What is asked before all of an author's is erased."""
    return ngettext("Erase %(count)s comment for good?", "Erase %(count)s comments for good?", total) % {"count": total}


def under_way(verb: Verb) -> str:
    """What is being done to very many."""
    return {
        Verb.APPROVE: gettext("Publishing"),
        Verb.REJECT: gettext("Rejecting"),
        Verb.SPAM: gettext("Marking as spam"),
        Verb.NOT_SPAM: gettext("Putting back to wait"),
    }[verb]


def made(verb: Verb, count: int) -> Markup:
    """The status line after many decisions at once."""
    sentence = {
        Verb.APPROVE: ngettext("Approved %(count)s comment", "Approved %(count)s comments", count),
        Verb.REJECT: ngettext("Rejected %(count)s comment", "Rejected %(count)s comments", count),
        Verb.SPAM: ngettext("Marked %(count)s comment as spam", "Marked %(count)s comments as spam", count),
        Verb.NOT_SPAM: ngettext("%(count)s comment is waiting again", "%(count)s comments are waiting again", count),
    }[verb]
    return filled(sentence, count=count) if count else escape(gettext("Nothing was changed"))


def undone(count: int) -> Markup:
    """The status line after a step was taken back."""
    if not count:
        return escape(gettext("Nothing was changed"))
    return filled(ngettext("Undone: %(count)s comment", "Undone: %(count)s comments", count), count=count)


def not_done(*, late: int, refused: int) -> str:
    """How many of a step were not done, and why; '' when all were."""
    told = []
    if late:
        told.append(
            ngettext("%(count)s was decided by others", "%(count)s were decided by others", late) % {"count": late}
        )
    if refused:
        left = ngettext("%(count)s stays as it is", "%(count)s stay as they are", refused)
        told.append(left % {"count": refused})
    return " · ".join(told)
