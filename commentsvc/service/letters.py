"""Letters to authors, as they are made at the moment when they leave: plain text, one address, nothing that tracks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import Decision, Status, Verb
from commentsvc.domain.ids import DecisionId
from commentsvc.domain.site import Site
from commentsvc.domain.wish import About, State, Wish, address_of, mailbox
from commentsvc.service.letter_words import Told, Words, line
from commentsvc.service.receipts import Receipts
from commentsvc.service.tongue import Tongue
from commentsvc.service.wishes import ASKS, OUTCOME, Wishes
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions
from commentsvc.store.events import Delivery

REPLIED = "comment.replied"
UPHELD, EDITED, TURNED_DOWN = "mail.upheld", "comment.edited", "mail.turned_down"
ANSWERS = frozenset({UPHELD, EDITED, TURNED_DOWN})
"""What is told of by itself: an appeal that was turned down, and what became of a change that waited."""

KEPT_MS = 3 * 24 * 3_600_000
"""What could not be told for so long is no news: the receipt tells it."""

LOOKED_BACK = 100
"""An author may change a comment so often, and a moderator undo half as much."""


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
    """Headers folded as mail wants them, by ourselves where Python's own folding does harm.

    It hides a link in an encoded word, and loses spaces where words in other than Latin letters are divided.
    """

    def fold_binary(self, name: str, value: Any) -> bytes:
        """The header with its name and line end."""
        if name in ("List-Unsubscribe", "Message-ID"):
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if str(value).isascii() or name not in ("Subject", "From"):
            return super().fold_binary(name, value)
        words, rest = str(value), ""
        if name == "From":
            (address,) = value.addresses
            words, rest = address.display_name, f"{self.linesep} <{address.addr_spec}>"
        encoded = Header(words, "utf-8", maxlinelen=76, header_name=name).encode(linesep=self.linesep)
        return f"{name}: {encoded}{rest}{self.linesep}".encode("ascii")


_POLICY = _Headers(linesep="\r\n", max_line_length=78)


class Letters:
    """What is written to authors, and to whom not (any more)."""

    def __init__(
        self,
        post: Post,
        *,
        comments: Comments,
        decisions: Decisions,
        receipts: Receipts,
        wishes: Wishes,
        clock: Callable[[], int],
    ) -> None:
        self._post = post
        self._decisions = decisions
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
    ) -> Told | None:
        words = Words(site, body.language)
        if delivery.type == ASKS:
            return words.asks(page) if wish.may_confirm(self._clock()) else None
        if wish.state is not State.CONFIRMED:
            return None
        if delivery.type == REPLIED:
            wished = About.REPLIES in wish.about and not self._was_told(site, decision)
            reply = self._reply(site, delivery, comment, body) if wished else None
            return words.replied(reply, f"{body.url}#{delivery.reply}", page) if reply else None
        if About.OUTCOME not in wish.about or not self._is_its_turn(site, delivery, comment, wish, decision):
            return None
        receipt = f"{self._post.public_url}/receipts/{self._receipts.token(comment.id)}"
        if decision and delivery.type in (EDITED, TURNED_DOWN):
            return words.changed(decision, f"{body.url}#{comment.id}", receipt, page)
        said = self._receipts.said(site, comment)
        return words.decided(comment, body, said, receipt, page, upheld=delivery.type == UPHELD)

    def _was_told(self, site: Site, decision: Decision | None) -> bool:
        """Whether the reply was public before this decision, for long enough that it was told of then."""
        row = decision
        for _ in range(LOOKED_BACK):
            row = self._decisions.find(site, row.previous) if row and row.previous else None
            if row is None:
                break
            undo = self._decisions.find(site, row.undone_by) if row.undone_by else None
            published = row.verb in (Verb.APPROVE, Verb.FEATURE)
            if published and (undo is None or undo.at_ms >= row.at_ms + self._post.grace_ms):
                return True
        return False

    def _is_its_turn(
        self, site: Site, delivery: Delivery, comment: Comment, wish: Wish, decision: Decision | None
    ) -> bool:
        """Whether of all letters about what was decided this is the one to tell how things stand.

        What stood when the address said yes is told by the letter that was written then, the rest by that of its event.
        """
        if delivery.type in ANSWERS:
            return decision is not None and _holds(decision, comment, wish)
        speaks = self._speaks(site, comment.decision)
        stood = speaks is not None and wish.told is not None and speaks <= wish.told
        return stood if delivery.type == OUTCOME else not stood and decision is not None and decision.id == speaks

    def _speaks(self, site: Site, id: DecisionId | None) -> DecisionId | None:
        """The decision to be told: the last one that changed something and was not undone before anybody heard."""
        for _ in range(LOOKED_BACK):
            row = self._decisions.find(site, id) if id else None
            if row is None or (row.before is not row.after and row.undo_of is None):
                break
            if row.before is row.after:
                id = row.previous
                continue
            undone = self._decisions.find(site, row.undo_of) if row.undo_of else None
            if undone is None or row.at_ms >= undone.at_ms + self._post.grace_ms:
                break
            id = undone.previous
        return id

    def _reply(self, site: Site, delivery: Delivery, comment: Comment, body: Body) -> Body | None:
        """The public reply to a public comment, unless one answers oneself."""
        found = self._comments.find(site, delivery.reply) if delivery.reply else None
        if found is None or found.body is None or found.body.author_key == body.author_key:
            return None
        public = found.status is Status.APPROVED and comment.status is Status.APPROVED
        return found.body if public else None

    def _written(self, site: Site, delivery: Delivery, body: Body, told: Told, to: str, page: str) -> bytes:
        message = EmailMessage(policy=_POLICY)
        message["From"] = Address(display_name=self._post.name or line(site.name), addr_spec=self._post.sender)
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


def _holds(answer: Decision, comment: Comment, wish: Wish) -> bool:
    """Whether an answer was given after the address had said yes, was not undone, and is not out of date by now."""
    new = wish.told is None or answer.id > wish.told
    return new and answer.undo_of is None and answer.undone_by is None and comment.status is answer.after
