"""The author's private link: where the comment stands and why, and the way to take it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import AUTHOR, LEAVING, OWN_WORDS, Decision, Stale, Verb
from commentsvc.domain.ids import BODY_LENGTH, CommentId, comment_id, new_decision_id, place
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.service.proofs import Proofs
from commentsvc.service.sites import Sites
from commentsvc.store.comments import Comments
from commentsvc.store.decisions import Decisions, Order, Unmade


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a receipt leads to; `said` is what a moderator wrote to the author, where that is the reason."""

    site: Site
    comment: Comment
    said: str = ""


ROWS_MAX = 500
"""Decisions about one comment that are told."""


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
        self._proofs = Proofs(secrets, "receipt")
        self._clock = clock

    def token(self, id: CommentId) -> str:
        """The receipt of a comment, 52 characters; the same every time, so that a retried POST gets it again."""
        return id[4:] + self._proofs.of(id)

    def open(self, token: str) -> Opened | Refused:
        """The comment behind a receipt; `not_found` for anything that no comment was given."""
        id = comment_id("cmt_" + token[:BODY_LENGTH])
        if id is None or not self._proofs.hold(id, token[BODY_LENGTH:]):
            return Refused(code=Code.NOT_FOUND)
        site = self._sites.by_number(place(id).site_number)
        comment = self._comments.find(site, id) if site else None
        if site is None or comment is None:
            return Refused(code=Code.NOT_FOUND)
        return Opened(site=site, comment=comment, said=self.said(site, comment))

    def history(self, token: str) -> tuple[Opened, tuple[Decision, ...]] | Refused:
        """The comment and all that was decided about it, the oldest first; a round trip a row."""
        opened = self.open(token)
        if isinstance(opened, Refused):
            return opened
        rows: list[Decision] = []
        following = opened.comment.decision
        while following and len(rows) < ROWS_MAX and (row := self._decisions.find(opened.site, following)):
            rows.append(row)
            following = row.previous
        return opened, tuple(reversed(rows))

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

    def said(self, site: Site, comment: Comment) -> str:
        """What a moderator wrote to the author, where that is why the comment, or its last change, is not published."""
        if comment.reason != OWN_WORDS or comment.in_force is None:
            return ""
        row = self._decisions.find(site, comment.in_force)
        for _ in range(ROWS_MAX):  # back to the one that the reason is from
            if row is None or row.verb not in LEAVING or row.over is None:
                break
            row = self._decisions.find(site, row.over)
        return row.note if row and row.verb in (Verb.REJECT, Verb.TURN_DOWN) else ""
