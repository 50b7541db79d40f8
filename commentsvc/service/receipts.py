"""The author's private link: where the comment stands and why, and the way to take it back."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import AUTHOR, OWN_WORDS, Stale, Status, Verb
from commentsvc.domain.ids import BODY_LENGTH, CommentId, comment_id, encode, new_decision_id, place
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.service.sites import Sites
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions, Order, Unmade


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a receipt leads to; `said` is what a moderator wrote to the author, where that is the reason."""

    site: Site
    comment: Comment
    said: str = ""


class Receipts:
    """Receipts are derived, not stored: 26 characters of id and 130 bits of keyed hash."""

    def __init__(
        self,
        *,
        sites: Sites,
        comments: Comments,
        decisions: Decisions,
        secrets: Sequence[str],
        clock: Callable[[], int],
    ) -> None:
        self._sites = sites
        self._comments = comments
        self._decisions = decisions
        self._secrets = tuple(secrets)
        self._clock = clock

    def token(self, id: CommentId) -> str:
        """The receipt of a comment, 52 characters; the same every time, so that a retried POST gets it again."""
        return id[4:] + _proof(self._secrets[0], id)

    def open(self, token: str) -> Opened | Refused:
        """The comment behind a receipt; `not_found` for anything that no comment was given."""
        id = comment_id("cmt_" + token[:BODY_LENGTH])
        if id is None or not self._proves(id, token[BODY_LENGTH:]):
            return Refused(code=Code.NOT_FOUND)
        site = self._sites.by_number(place(id).site_number)
        comment = self._comments.find(site, id) if site else None
        if site is None or comment is None:
            return Refused(code=Code.NOT_FOUND)
        return Opened(site=site, comment=comment, said=self._said(site, comment))

    def withdraw(self, token: str) -> Opened | Refused:
        """The comment after its author took it back, for good; a second time changes nothing."""
        opened = self.open(token)
        if isinstance(opened, Refused):
            return opened
        now_ms = self._clock()
        order = Order(
            id=new_decision_id(now_ms=now_ms, place=place(opened.comment.id)),
            comment=opened.comment,
            verb=Verb.WITHDRAW,
            by=AUTHOR,
            at_ms=now_ms,
        )
        outcome = self._decisions.withdraw(opened.site, order)
        if isinstance(outcome, Stale | Unmade):
            return Refused(code=Code.NOT_ALLOWED_NOW)
        return self.open(token)

    def _said(self, site: Site, comment: Comment) -> str:
        if comment.status is not Status.REJECTED or comment.reason != OWN_WORDS or comment.in_force is None:
            return ""
        row = self._decisions.find(site, comment.in_force)
        if row and row.verb is Verb.UPHOLD and row.previous:  # it left the words as they were
            row = self._decisions.find(site, row.previous)
        return row.note if row and row.verb is Verb.REJECT else ""

    def _proves(self, id: CommentId, proof: str) -> bool:
        sent = proof.encode("utf-8", "replace")
        return any(hmac.compare_digest(_proof(secret, id).encode(), sent) for secret in self._secrets)


def _proof(secret: str, id: CommentId) -> str:
    digest = hmac.digest(secret.encode(), b"receipt\n" + id.encode(), "sha256")
    return encode(int.from_bytes(digest[:17], "big") >> 6)
