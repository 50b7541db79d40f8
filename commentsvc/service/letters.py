"""Letters to authors, as they are made at the moment when they leave: plain text, one address, nothing that tracks."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import Decision, Status
from commentsvc.domain.site import Site
from commentsvc.domain.wish import About, State, Wish, address_of, mailbox
from commentsvc.service.receipts import Receipts
from commentsvc.service.tongue import Tongue
from commentsvc.service.wishes import ASKS, Wishes
from commentsvc.store.comments import Comments
from commentsvc.store.events import Delivery

REPLIED = "comment.replied"
KEPT_MS = 3 * 24 * 3_600_000
"""What could not be told for so long is no news: the receipt tells it."""

QUOTED_MAX = 1_000
SUBJECT_MAX = 60
"""Of a site's name in a subject, in characters."""

_DIRECTIONS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_RLM, _FSI, _PDI = "\u200f", "\u2068", "\u2069"


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """How this installation writes letters. `sender` is the address they are from, and its name if it has one."""

    sender: str
    name: str
    public_url: str
    grace_ms: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """A letter in its envelope, ready to be handed over."""

    sender: str
    to: str
    data: bytes


class _Headers(EmailPolicy):
    """Headers folded as mail wants them, but for long words: a link would be hidden in an encoded one."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header with its name and line end."""
        if name in ("List-Unsubscribe", "Message-ID"):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


_POLICY = _Headers(linesep="\r\n", max_line_length=78)


class Letters:
    """What is written to authors, and to whom not (any more)."""

    def __init__(
        self, post: Post, *, comments: Comments, receipts: Receipts, wishes: Wishes, clock: Callable[[], int]
    ) -> None:
        self._post = post
        self._comments = comments
        self._receipts = receipts
        self._wishes = wishes
        self._clock = clock

    def letter(self, site: Site, delivery: Delivery, comment: Comment, decision: Decision | None) -> Letter | None:
        """The letter for a delivery, or None where there is nothing to tell any more, or nobody who wishes to hear it.

        All of it is asked now: the wish, the address, what the comment's status is and whether a reply is still public.
        """
        body, wish = comment.body, self._wishes.of(site, comment.id)
        to = mailbox(body.email) if body and body.email else None
        if body is None or to is None or wish is None or wish.address != address_of(site, body.email):
            return None
        if self._clock() >= delivery.at_ms + KEPT_MS or self._wishes.is_quiet(body.email):
            return None
        page = f"{self._post.public_url}/mail/{self._wishes.token(comment.id, wish.address)}"
        told = self._told(site, delivery, comment, body, wish, decision, page)
        if told is None:
            return None
        if delivery.type != ASKS and not self._wishes.has_room(body.email, delivery.id):
            return None
        return Letter(sender=self._post.sender, to=to, data=self._written(site, delivery, body, told, to, page))

    def _told(
        self,
        site: Site,
        delivery: Delivery,
        comment: Comment,
        body: Body,
        wish: Wish,
        decision: Decision | None,
        page: str,
    ) -> "_Told | None":
        words = _Words(site, body.language)
        if delivery.type == ASKS:
            return words.asks(page) if wish.may_confirm(self._clock()) else None
        if wish.state is not State.CONFIRMED:
            return None
        if delivery.type == REPLIED:
            reply = self._reply(site, delivery, comment, body) if About.REPLIES in wish.about else None
            return words.replied(reply, f"{body.url}#{delivery.reply}", page) if reply else None
        # Of several decisions only the one that stands is told; one taken back to waiting is told when it is made anew.
        if decision is None or comment.decision != decision.id or About.OUTCOME not in wish.about:
            return None
        receipt = f"{self._post.public_url}/receipts/{self._receipts.token(comment.id)}"
        return words.decided(comment, body, self._receipts.said(site, comment), receipt, page)

    def _reply(self, site: Site, delivery: Delivery, comment: Comment, body: Body) -> Body | None:
        """The public reply to a public comment, unless one answers oneself."""
        found = self._comments.find(site, delivery.reply) if delivery.reply else None
        if found is None or found.body is None or found.body.author_key == body.author_key:
            return None
        public = found.status is Status.APPROVED and comment.status is Status.APPROVED
        return found.body if public else None

    def _written(self, site: Site, delivery: Delivery, body: Body, told: "_Told", to: str, page: str) -> bytes:
        message = EmailMessage(policy=_POLICY)
        message["From"] = Address(display_name=self._post.name or _line(site.name), addr_spec=self._post.sender)
        message["To"] = Address(addr_spec=to)
        message["Subject"] = told.subject
        message["Date"] = format_datetime(datetime.fromtimestamp(self._clock() // 1000, UTC))
        # The same at each try: a server that got a letter twice can tell.
        message["Message-ID"] = f"<{delivery.id}@{self._post.sender.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["List-Unsubscribe"] = f"<{page}>"
        if urlsplit(page).scheme == "https":  # RFC 8058 knows no other
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content("\n\n".join(told.paragraphs) + "\n", cte="quoted-printable")
        message["Content-Language"] = Tongue(site, body.language).language  # not before: it goes with the content
        return message.as_bytes()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    subject: str
    paragraphs: Sequence[str]


class _Words:
    """What letters say, in the language of the comment; each paragraph runs in that language's direction.

    The letter that asks goes to an address that anybody may have typed: nothing that they wrote is in it.
    """

    def __init__(self, site: Site, language: str) -> None:
        self._tongue = Tongue(site, language)
        self._reasons = {reason.code: reason for reason in site.reasons}
        self._site = self._apart(_line(site.name)[:SUBJECT_MAX])

    def asks(self, page: str) -> _Told:
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

    def decided(self, comment: Comment, body: Body, said: str, receipt: str, page: str) -> _Told | None:
        """The letter that says what became of a comment, with what a moderator `said`; None while it waits."""
        say = self._tongue.gettext
        site = {"site": self._site}
        if comment.status is Status.APPROVED:
            subject = say("Your comment on %(site)s is published") % site
            found = [say("Your comment is published.") + f"\n{body.url}#{comment.id}"]
        elif comment.status in (Status.REJECTED, Status.SPAM):
            subject = say("Your comment on %(site)s was not published") % site
            found = [say("Your comment was not published."), *self._why(comment, said)]
        else:
            return None
        more = say("Everything about it, and what you can do, is on your private page. Keep the address to yourself:")
        return self._letter(subject, *found, f"{more}\n{receipt}", *self._ending(page))

    def replied(self, reply: Body, address: str, page: str) -> _Told:
        """The letter that brings a reply."""
        say = self._tongue.gettext
        return self._letter(
            say("A reply to your comment on %(site)s") % {"site": self._site},
            say("%(name)s replied to your comment:") % {"name": self._apart(reply.name)},
            _quoted(reply.text),
            say("Read it on the page, and answer:") + f"\n{address}",
            *self._ending(page),
        )

    def _why(self, comment: Comment, said: str) -> list[str]:
        say = self._tongue.gettext
        if said:
            return [say("The reason, in a moderator's own words:"), _quoted(said)]
        if comment.status is Status.SPAM:
            return [say("The reason:") + " " + say("It was taken for unwanted advertising.")]
        reason = self._reasons.get(comment.reason)
        if reason is None:
            return [say("A moderator decided so and gave no reason from the list.")]
        return [
            say("The reason:") + " " + self._tongue.said(reason.labels),
            say("The rule of the house:") + " " + self._tongue.said(reason.rules),
        ]

    def _ending(self, page: str) -> list[str]:
        say = self._tongue.gettext
        why = say("You confirmed this address for e-mails about your comment on %(site)s. To end them:")
        return [f"{why % {'site': self._site}}\n{page}"]

    def _letter(self, subject: str, *paragraphs: str) -> _Told:
        mark = _RLM if self._tongue.is_rtl else ""
        # A quotation keeps the direction of its own words.
        return _Told(subject=subject, paragraphs=[one if one.startswith("> ") else mark + one for one in paragraphs])

    def _apart(self, value: str) -> str:
        """A name in a sentence of another direction, kept from turning it around."""
        return value if value.isascii() and not self._tongue.is_rtl else f"{_FSI}{value}{_PDI}"


def _quoted(text: str) -> str:
    """The beginning of what somebody wrote, marked as not ours."""
    plain = _DIRECTIONS.sub("", text)
    short = plain if len(plain) <= QUOTED_MAX else plain[:QUOTED_MAX].rstrip() + " …"
    return "\n".join(f"> {line}" for line in short.splitlines())


def _line(text: str) -> str:
    """The text on one line, whatever an operator wrote into a record."""
    return " ".join(_DIRECTIONS.sub("", text).split())
