"""The list view: what waits, oldest first, and what was approved, rejected, called spam, newest first, in two panes."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for

from commentsvc.domain.decision import Status
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Right
from commentsvc.web.moderation import words
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.lanes import Stop, lane_of, stops
from commentsvc.web.moderation.panes import Panes, panes, verbs_of
from commentsvc.web.moderation.rule_words import lane_name
from commentsvc.web.moderation.way import Notice, Way, notice
from commentsvc.web.parts import service

PAGE = 50
KEPT = ("lane", "after")
"""What of an address a link to the same list keeps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListPage:
    """One page of a list. `more` is the address of the next, `first` that of the first where this is another.

    `lanes` are the parts of what waits.
    """

    status: Status
    name: str
    total: int
    panes: Panes
    notice: Notice | None
    more: str
    first: str
    lanes: tuple[Stop, ...]


@blueprint.get("/<site>/list")
@asks(Right.READ)
def waiting(site: str) -> Response:
    """What waits, as a list; `lane` names a part of it."""
    return _page(Status.PENDING)


@blueprint.get("/<site>/<any(approved, rejected, spam):status>")
@asks(Right.READ)
def listed(site: str, status: str) -> Response:
    """What was decided."""
    return _page(Status(status))


def _page(status: Status) -> Response:
    after = request.args.get("after", "")
    lane = lane_of(request.args.get("lane", "")) if status is Status.PENDING else None
    found = granted(service().moderation.listed(actor(), here(), status=status, lane=lane, cursor=after, limit=PAGE))
    if lane:
        total = granted(service().queue.lanes(actor(), here()))[lane]
    else:
        total = granted(service().moderation.counts(actor(), here()))[status]

    def address(**more: Any) -> str:
        kept = {name: request.args[name] for name in KEPT if request.args.get(name)}
        return _address(status, **{name: value for name, value in (kept | more).items() if value})

    page = ListPage(
        status=status,
        name=lane_name(lane) if lane else words.status_name(status),
        total=total,
        panes=panes(
            found.items,
            way=Way(list=status, page=address()),
            address=address,
            verbs=() if lane is Lane.NOTICES else verbs_of(status),  # each is judged for itself
            total=total,
        ),
        notice=notice(),
        more=address(after=found.next_cursor) if found.next_cursor else "",
        first=address(after="") if after else "",
        lanes=stops(url_for("moderation.waiting", site=here().key)) if status is Status.PENDING else (),
    )
    return sheet("moderation/list.html", page)


def _address(status: Status, **names: Any) -> str:
    if status is Status.PENDING:
        return url_for("moderation.waiting", site=here().key, **names)
    return url_for("moderation.listed", site=here().key, status=status.value, **names)
