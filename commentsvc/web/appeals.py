"""The part of a receipt that is about appeals: whether one can be made, and what became of it."""

from dataclasses import dataclass

from commentsvc.domain.case import APPEAL_MAX, Ending
from commentsvc.service.receipts import Opened
from commentsvc.web.moments import in_words
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealPart:
    """What a receipt says of appeals. `waiting` or `ending` where one was made; `typed` comes back with a `problem`."""

    possible: bool
    waiting: bool = False
    ending: Ending | None = None
    sent: str = ""
    text: str = ""
    typed: str = ""
    problem: str = ""
    longest: int = APPEAL_MAX


def appeal_part(opened: Opened, *, typed: str = "", problem: str = "") -> AppealPart:
    """The part for this comment as it stands."""
    standing = service().appeals.of(opened)
    made = standing.appeal
    return AppealPart(
        possible=standing.possible,
        waiting=bool(made and made.waiting),
        ending=made.ending if made else None,
        sent=in_words(made.at_ms) if made else "",
        text=made.text if made else "",
        typed=typed.replace("\0", "\ufffd"),
        problem=problem,
    )
