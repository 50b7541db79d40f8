"""What authors wish to be told by e-mail: said on the receipt, confirmed and ended by the links in letters."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import BODY_LENGTH, CommentId, comment_id, place
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.wish import (
    ADDRESS_LENGTH,
    About,
    State,
    Wish,
    address_of,
    asked,
    confirmed,
    ended,
    mailbox,
    person,
)
from commentsvc.service.proofs import Proofs
from commentsvc.service.receipts import Opened
from commentsvc.service.sites import Sites
from commentsvc.store.comments import Comments
from commentsvc.store.wishes import Errand, Kept
from commentsvc.store.wishes import Wishes as Store

ASKS = "mail.asks"
"""The delivery of the letter that asks an address for its yes."""

OUTCOME = "mail.outcome"
"""The delivery of the letter that tells whoever says yes what was decided so far."""

ASKED_A_DAY = 3
LETTERS_A_DAY = 20
"""To one address, on all sites: letters that ask, and all others."""

ASKED_BY_NETWORK = 50
"""Letters that ask, a day, at the wish of one network; an office or a school is one."""

Made = tuple[Wish, Errand | None] | Refused
Change = Callable[[Comment, Wish | None], Made]
"""What becomes of a wish about a comment as it is, and the letter that is written with it."""

TELLS = frozenset({Status.APPROVED, Status.REJECTED, Status.SPAM})


@dataclass(frozen=True, kw_only=True, slots=True)
class Linked:
    """What a letter's link leads to: the comment, and what is wished for the address that the letter went to.

    `wish` is None where nothing will be sent to that address. `email` is it, as long as it is the comment's, and
    `never` says that it is written to about no comment at all.
    """

    site: Site
    comment: Comment
    wish: Wish | None
    email: str
    never: bool


class Wishes:
    """The wishes of authors. With `grace_ms` None nothing new can be wished: no letters are sent here."""

    def __init__(
        self,
        *,
        sites: Sites,
        comments: Comments,
        wishes: Store,
        secrets: Sequence[str],
        clock: Callable[[], int],
        grace_ms: int | None,
    ) -> None:
        self._sites = sites
        self._comments = comments
        self._store = wishes
        self._secrets = tuple(secrets)
        self._proofs = Proofs(secrets, "mail")
        self._clock = clock
        self._grace_ms = grace_ms

    @property
    def are_granted(self) -> bool:
        """Whether letters are sent here."""
        return self._grace_ms is not None

    def may_ask(self, opened: Opened) -> bool:
        """Whether this comment's author can be written to."""
        body = opened.comment.body
        return self.are_granted and body is not None and bool(body.email) and mailbox(body.email) is not None

    def awaits(self, wish: Wish | None) -> bool:
        """Whether the address can still say yes to it."""
        return wish is not None and wish.may_confirm(self._clock())

    def of(self, site: Site, id: CommentId) -> Wish | None:
        """What is wished about this comment."""
        return self._store.find(site, id)

    def shown(self, opened: Opened) -> Wish | None:
        """What the receipt says of it: nothing about an address that the comment no longer has."""
        wish, body = self._store.find(opened.site, opened.comment.id), opened.comment.body
        return wish if wish and body and wish.address == address_of(opened.site, body.email) else None

    def ask(self, opened: Opened, about: frozenset[About], *, network: str) -> Wish | Refused:
        """The wish as it is now; a new one makes the one letter that asks, about which nobody is told more than that.

        `letters_ended` where it was ended from a letter, `too_many_letters` where too many were asked for today.
        """
        body = opened.comment.body
        if body is None or not self.may_ask(opened):
            return Refused(code=Code.NOT_FOUND)
        address = address_of(opened.site, body.email)

        def change(comment: Comment, before: Wish | None) -> Made:
            now_ms = self._clock()
            after = asked(before, about, address, now_ms=now_ms)
            if after is None:
                return Refused(code=Code.LETTERS_ENDED)
            if before and before.at_ms == after.at_ms and before.address == after.address:
                return after, None
            if not about:  # nothing is wished, and nothing was
                return Refused(code=Code.INVALID_FIELDS)
            if not self._may_be_asked(body.email, network, f"{comment.id} {address}"):
                return Refused(code=Code.TOO_MANY_LETTERS)
            quiet = self.is_quiet(body.email)
            return after, None if quiet else Errand(type=ASKS, at_ms=now_ms, due_ms=now_ms)

        return self._change(opened.site, opened.comment, change)

    def token(self, id: CommentId, address: str) -> str:
        """The private link of the letters about one comment to one address, 72 characters."""
        return f"{id[4:]}{address}{self._proofs.of(id + address)}"

    def open(self, token: str) -> Linked | Refused:
        """What a letter's link leads to; `not_found` for anything that stood in no letter, or whose comment is gone."""
        id = comment_id("cmt_" + token[:BODY_LENGTH])
        address, proof = token[BODY_LENGTH:][:ADDRESS_LENGTH], token[BODY_LENGTH + ADDRESS_LENGTH :]
        if id is None or not self._proofs.hold(id + address, proof):
            return Refused(code=Code.NOT_FOUND)
        site = self._sites.by_number(place(id).site_number)
        comment = self._comments.find(site, id) if site else None
        if site is None or comment is None:
            return Refused(code=Code.NOT_FOUND)
        wish, body = self._store.find(site, id), comment.body
        email = body.email if body and address_of(site, body.email) == address else ""
        return Linked(
            site=site,
            comment=comment,
            wish=wish if wish and wish.address == address else None,
            email=email,
            never=bool(email) and self.is_quiet(email),
        )

    def confirm(self, token: str) -> Linked | Refused:
        """The wish confirmed; what was decided about the comment so far is told by a letter, if that was wished.

        `expired` where the link is too old, the wish was ended, or is about another address by now.
        """

        def change(comment: Comment, before: Wish | None) -> Made:
            if before is None or before.state is State.ENDED:
                return Refused(code=Code.EXPIRED)
            if before.state is State.CONFIRMED:
                return before, None
            now_ms = self._clock()
            after = confirmed(before, comment.decision, now_ms=now_ms)
            if after is None:
                return Refused(code=Code.EXPIRED)
            return after, self._outcome(comment, now_ms) if About.OUTCOME in after.about else None

        return self._by_letter(token, change)

    def end(self, token: str) -> Linked | Refused:
        """No letter more about this comment to the address that the link was sent to; a second time changes nothing."""

        def change(comment: Comment, before: Wish | None) -> Made:
            return (ended(before), None) if before else Refused(code=Code.EXPIRED)

        done = self._by_letter(token, change)
        return self.open(token) if isinstance(done, Refused) else done

    def end_all(self, token: str) -> Linked | Refused:
        """No letter more to this address, about whatever comment on whatever site of this installation."""
        linked = self.end(token)
        if isinstance(linked, Refused) or not linked.email:
            return linked
        self._store.never_write(self._hashes(linked.email)[0])
        return replace(linked, never=True)

    def is_quiet(self, email: str) -> bool:
        """Whether nobody may write to this address."""
        return self._store.is_quiet(*self._hashes(email))

    def has_room(self, email: str, letter: str) -> bool:
        """Whether this letter is one of those that the address may get today."""
        return self._store.count(f"to:{self._hashes(email)[0]}", letter, most=LETTERS_A_DAY)

    def _may_be_asked(self, email: str, network: str, wish: str) -> bool:
        return self._store.count(f"by:{_keyed(self._secrets[0], network)}", wish, most=ASKED_BY_NETWORK) and (
            self._store.count(f"ask:{self._hashes(email)[0]}", wish, most=ASKED_A_DAY)
        )

    def _outcome(self, comment: Comment, now_ms: int) -> Errand | None:
        if comment.status not in TELLS or comment.decision is None or self._grace_ms is None:
            return None
        return Errand(type=OUTCOME, at_ms=now_ms, due_ms=max(now_ms, comment.decided_ms + self._grace_ms))

    def _by_letter(self, token: str, change: Change) -> Linked | Refused:
        linked = self.open(token)
        if isinstance(linked, Refused):
            return linked
        address = token[BODY_LENGTH:][:ADDRESS_LENGTH]

        def of_this_address(comment: Comment, before: Wish | None) -> Made:
            return change(comment, before if before and before.address == address else None)

        done = self._change(linked.site, linked.comment, of_this_address)
        return done if isinstance(done, Refused) else self.open(token)

    def _change(self, site: Site, comment: Comment, change: Change) -> Wish | Refused:
        """The wish changed as it is now, however often somebody else is faster; each time one of us is done."""
        while True:
            before = self._store.find(site, comment.id)
            made = change(comment, before)
            if isinstance(made, Refused):
                return made
            after, letter = made
            match self._store.keep(site, comment, before, after, letter):
                case Kept.OK:
                    return after
                case Kept.UNKNOWN:
                    return Refused(code=Code.NOT_FOUND)
            found = self._comments.find(site, comment.id)
            if found is None:
                return Refused(code=Code.NOT_FOUND)
            comment = found

    def _hashes(self, email: str) -> list[str]:
        """Whom an address belongs to, by a hash under each secret: the first is what new things are kept under."""
        return [_keyed(secret, person(mailbox(email) or email)) for secret in self._secrets]


def _keyed(secret: str, what: str) -> str:
    return hmac.digest(secret.encode(), b"letters\n" + what.encode("utf-8", "replace"), "sha256")[:16].hex()
