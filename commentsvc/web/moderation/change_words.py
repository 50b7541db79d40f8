"""What the log of administration says that somebody did, in the page's language."""

from markupsafe import Markup

from commentsvc.domain.change import Change, Deed, Subject
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation.marks import isolated
from commentsvc.web.moderation.words import filled, person


def sentence(change: Change) -> Markup:
    """Who did what to whom or what."""
    said = {
        (Subject.PERSON, Deed.ADDED): gettext("%(who)s let %(name)s in"),
        (Subject.PERSON, Deed.CHANGED): gettext("%(who)s changed %(name)s"),
        (Subject.PERSON, Deed.DISABLED): gettext("%(who)s shut %(name)s out"),
        (Subject.PERSON, Deed.ENABLED): gettext("%(who)s let %(name)s in again"),
        (Subject.PERSON, Deed.INVITED): gettext("%(who)s made a link for %(name)s to choose a password"),
        (Subject.PERSON, Deed.PASSWORD): gettext("%(who)s chose a new password"),
        (Subject.PERSON, Deed.FACTOR_ON): gettext("%(who)s turned a second factor on"),
        (Subject.PERSON, Deed.FACTOR_OFF): gettext("%(who)s turned the second factor off"),
        (Subject.PERSON, Deed.FACTOR_RESET): gettext("%(who)s reset the second factor of %(name)s"),
        (Subject.PERSON, Deed.RECOVERY): gettext("%(who)s made new recovery codes"),
        (Subject.PERSON, Deed.SIGNED_OUT): gettext("%(who)s signed %(name)s out everywhere"),
        (Subject.SITE, Deed.ADDED): gettext("%(who)s made the site %(name)s"),
        (Subject.SITE, Deed.CHANGED): gettext("%(who)s changed the site %(name)s"),
        (Subject.TOKEN, Deed.ADDED): gettext("%(who)s made the token %(name)s"),
        (Subject.TOKEN, Deed.REVOKED): gettext("%(who)s revoked the token %(name)s"),
        (Subject.POLICY, Deed.CHANGED): gettext("%(who)s changed who needs a second factor"),
    }.get((change.subject, change.deed)) or gettext("%(who)s changed %(name)s")
    name = person(change.name) if change.subject is Subject.PERSON else isolated(change.name)
    return filled(said, who=person(change.by), name=name)
