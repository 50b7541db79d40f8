"""Readers who report and appeal, and what comes of it, on any newsroom."""

from typing import Any

from commentsvc.domain.case import Ending
from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Refused
from commentsvc.service.moderation import Listed
from commentsvc.service.reports import Filed, Outcome
from commentsvc.store.recount import recount
from tests.store.people import MO, PRIYA, Newsroom

NOTICE: dict[str, Any] = {"reason": "illegal", "why": "This is a threat against a named person.", "faith": "yes"}


def report(room: Newsroom, id: str, *, network: str = "198.51.100.1", solved: bool = False, **values: Any) -> Any:
    """What comes of a report; `solved` types the right code."""
    room.clock.advance(ms=1)
    found = room.service.reports.find(id)
    if isinstance(found, Refused):
        return found
    said = {"reason": "insult", **values}
    if solved:
        ticket = room.service.reports.code(found).ticket
        said |= {"challenge": ticket, "code": room.code(ticket)}
    return room.service.reports.report(found, {name: [value] for name, value in said.items()}, network=network)


def filed(room: Newsroom, id: str, **how: str) -> str:
    """The receipt's token of a report that was taken."""
    made = report(room, id, **how, solved="why" in how)
    assert isinstance(made, Filed), made
    return made.token


def ending(room: Newsroom, token: str) -> Ending | None:
    """What a reporter reads."""
    outcome = room.service.reports.open(token)
    assert isinstance(outcome, Outcome)
    return outcome.reported.ending


def lane(room: Newsroom) -> list[CommentId]:
    """What is in the lane of notices, in its order."""
    listed = room.service.moderation.listed(PRIYA, room.site, lane=Lane.NOTICES)
    assert isinstance(listed, Listed)
    counts = room.service.queue.lanes(PRIYA, room.site)
    assert not isinstance(counts, Refused)
    assert counts[Lane.NOTICES] == len(listed.items)
    return [item.comment.id for item in listed.items]


def rejected(room: Newsroom, *, by: Actor = MO) -> tuple[CommentId, str]:
    """A comment that was rejected, and its author's receipt."""
    receipt = room.comment("It was like that.")
    room.made(by, receipt.id, Verb.REJECT)
    return receipt.id, receipt.token


def appeal(room: Newsroom, token: str, text: str = "I insulted nobody.") -> object:
    """What comes of an appeal."""
    room.clock.advance(ms=1)
    return room.service.appeals.appeal(token, {"appeal": [text]})


def sound(room: Newsroom) -> bool:
    """Whether a recount finds what is written."""
    return recount(room.client, [room.site]).sentences == []
