"""What letters to authors say, in the language of the comment; each paragraph runs in that language's direction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import OWN_WORDS, Decision, Status, Verb
from commentsvc.domain.site import Site
from commentsvc.service.tongue import Tongue

QUOTED_MAX = 1_000
SUBJECT_MAX = 60
"""Of a site's name in a subject, in characters."""

_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_RLM, _FSI, _PDI = "\u200f", "\u2068", "\u2069"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A letter's words."""

    subject: str
    paragraphs: Sequence[str]


class Words:
    """What letters about a comment on one site say.

    The letter that asks goes to an address that anybody may have typed: nothing that they wrote is in it.
    """

    def __init__(self, site: Site, language: str) -> None:
        self._tongue = Tongue(site, language)
        self._reasons = {reason.code: reason for reason in site.reasons}
        self._site = self._apart(line(site.name)[:SUBJECT_MAX])

    def asks(self, page: str) -> Told:
        """The letter that asks for the yes."""
        say = self._tongue.gettext
        return self._letter(
            say("Please confirm: e-mails about your comment on %(site)s") % {"site": self._site},
            say(
                "Somebody, probably you, gave this address with a comment on %(site)s and asked for e-mails about it: "
                "what becomes of it, or who replies."
            )
            % {"site": self._site},
            say("If you want them, open this page and press its button. The link works for three days.") + f"\n{page}",
            say(
                "If that was not you, do nothing: there will be no other e-mail. On the same page you can also say "
                "that we shall never write to this address."
            ),
        )

    def decided(
        self, comment: Comment, body: Body, said: str, receipt: str, page: str, *, upheld: bool = False
    ) -> Told | None:
        """The letter that says what became of a comment, with what a moderator `said`; None while it waits.

        With `upheld` it answers an appeal that was turned down.
        """
        say = self._tongue.gettext
        site = {"site": self._site}
        if comment.status is Status.APPROVED:
            subject = say("Your comment on %(site)s is published") % site
            found = [say("Your comment is published.") + f"\n{body.url}#{comment.id}"]
        elif comment.status in (Status.REJECTED, Status.SPAM):
            subject = say("Your comment on %(site)s was not published") % site
            first = say("Another moderator has looked at your appeal: the decision stands.") if upheld else ""
            found = [first or say("Your comment was not published."), *self._why(comment.status, comment.reason, said)]
        else:
            return None
        return self._letter(subject, *found, self._more(receipt), *self._ending(page))

    def changed(self, answer: Decision, address: str, receipt: str, page: str) -> Told:
        """The letter that says what became of a change that waited while the comment was published."""
        say = self._tongue.gettext
        found = [say("Your change is published.")]
        if answer.verb is Verb.TURN_DOWN:
            said = answer.note if answer.reason == OWN_WORDS else ""
            kept = say("Your last change was not published; what was there before stays.")
            found = [kept, *self._why(answer.after, answer.reason, said)]
        subject = say("The change of your comment on %(site)s") % {"site": self._site}
        return self._letter(subject, f"{found[0]}\n{address}", *found[1:], self._more(receipt), *self._ending(page))

    def replied(self, reply: Body, address: str, page: str) -> Told:
        """The letter that brings a reply."""
        say = self._tongue.gettext
        return self._letter(
            say("A reply to your comment on %(site)s") % {"site": self._site},
            say("%(name)s replied to your comment:") % {"name": self._apart(reply.name)},
            _quoted(reply.text),
            say("Read it on the page, and answer:") + f"\n{address}",
            *self._ending(page),
        )

    def _why(self, status: Status, reason: str, said: str) -> list[str]:
        say = self._tongue.gettext
        if said:
            return [say("The reason, in a moderator's own words:"), _quoted(said)]
        if status is Status.SPAM:
            return [say("The reason:") + " " + say("It was taken for unwanted advertising.")]
        known = self._reasons.get(reason)
        if known is None:
            return [say("A moderator decided so and gave no reason from the list.")]
        return [
            say("The reason:") + " " + self._tongue.said(known.labels),
            say("The rule of the house:") + " " + self._tongue.said(known.rules),
        ]

    def _more(self, receipt: str) -> str:
        say = self._tongue.gettext
        more = say("Everything about it, and what you can do, is on your private page. Keep the address to yourself:")
        return f"{more}\n{receipt}"

    def _ending(self, page: str) -> list[str]:
        say = self._tongue.gettext
        why = say("You confirmed this address for e-mails about your comment on %(site)s. To end them:")
        return [f"{why % {'site': self._site}}\n{page}"]

    def _letter(self, subject: str, *paragraphs: str) -> Told:
        mark = _RLM if self._tongue.is_rtl else ""
        # A quotation keeps the direction of its own words.
        return Told(subject=subject, paragraphs=[one if one.startswith("> ") else mark + one for one in paragraphs])

    def _apart(self, value: str) -> str:
        """A name in a sentence of another direction, kept from turning it around."""
        return value if value.isascii() and not self._tongue.is_rtl else f"{_FSI}{value}{_PDI}"


def _quoted(text: str) -> str:
    """The beginning of what somebody wrote, marked as not ours."""
    plain = _DIRECTIONS.sub("", text)
    short = plain if len(plain) <= QUOTED_MAX else plain[:QUOTED_MAX].rstrip() + " …"
    return "\n".join(f"> {line}" for line in short.splitlines())


def line(text: str) -> str:
    """The text on one line, whatever an operator wrote into a record."""
    return " ".join(_DIRECTIONS.sub("", text).split())
