"""Authors' appeals against what was decided about their comments; a receipt is the right to make one."""

from collections.abc import Callable
from dataclasses import dataclass

from commentsvc.domain.case import DUE_MS, Appeal, appealable, check_appeal
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Decision, Status
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.submission import Values
from commentsvc.service.receipts import Opened, Receipts
from commentsvc.store.cases import Cases
from commentsvc.store.decisions import Decisions


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Whether an appeal can be made now, and the last one that was, if it is about what is in force."""

    possible: bool = False
    appeal: Appeal | None = None


class Appeals:
    """One appeal for each decision that refused a comment, for half a year."""

    def __init__(
        self,
        *,
        receipts: Receipts,
        decisions: Decisions,
        cases: Cases,
        clock: Callable[[], int],
        has_room: Callable[[], bool],
    ) -> None:
        self._receipts = receipts
        self._decisions = decisions
        self._cases = cases
        self._clock = clock
        self._has_room = has_room

    def of(self, opened: Opened) -> Standing:
        """How a comment stands; no round trip for one that waits."""
        comment = opened.comment
        if comment.status in (Status.PENDING, Status.ERASED):
            return Standing()
        (case,) = self._cases.find_all(opened.site, [comment.id])
        verdict = self._in_force(opened.site, comment)
        possible = appealable(verdict, comment.status, case.appeal, now_ms=self._clock())
        return Standing(possible=possible, appeal=None if possible else case.appeal)

    def appeal(self, token: str, values: Values) -> Opened | Refused:
        """The comment after its author appealed; the same appeal again is the same one."""
        if not self._has_room():
            return Refused(code=Code.STORE_DOWN)
        opened = self._receipts.open(token)
        if isinstance(opened, Refused):
            return opened
        text = check_appeal(values)
        if not isinstance(text, str):
            return Refused(code=Code.INVALID_FIELDS, fields=text)
        site, comment, now_ms = opened.site, opened.comment, self._clock()
        verdict = self._in_force(site, comment)
        # Whether one was made before is for the store to say: it knows a retry from a second appeal.
        if verdict is None or not appealable(verdict, comment.status, None, now_ms=now_ms):
            return Refused(code=Code.NOT_ALLOWED_NOW)
        word = self._cases.appeal(site, comment, verdict, text, due_ms=now_ms + DUE_MS["appeal"], now_ms=now_ms)
        return self._receipts.open(token) if word in ("ok", "again") else Refused(code=Code.NOT_ALLOWED_NOW)

    def _in_force(self, site: Site, comment: Comment) -> Decision | None:
        return self._decisions.find(site, comment.in_force) if comment.in_force else None
