"""The rail: the parts of the queue, and how much waits in each."""

from dataclasses import dataclass

from flask import request, url_for

from commentsvc.domain.lane import Lane
from commentsvc.domain.refusal import Code, Refused
from commentsvc.web.catalogue import gettext
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation.door import actor, granted, here
from commentsvc.web.moderation.rule_words import lane_name
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """One part of the queue in the rail; `key` is empty for the whole."""

    key: str
    name: str
    count: int
    url: str
    here: bool


def lane_of(text: str) -> Lane | None:
    """The lane that an address or a script names; None for all of them."""
    if text and text not in list(Lane):
        raise Refusal(Refused(code=Code.NOT_FOUND))
    return Lane(text) if text else None


def stops(url: str = "") -> tuple[Stop, ...]:
    """The whole queue, then its lanes in their order; `url` is that of another list of what waits."""
    counts = granted(service().queue.lanes(actor(), here()))
    chosen = request.args.get("lane", "")
    url = url or url_for("moderation.queue", site=here().key)
    whole = Stop(key="", name=gettext("All"), count=sum(counts.values()), url=url, here=not chosen)
    return (
        whole,
        *(
            Stop(key=lane, name=lane_name(lane), count=count, url=f"{url}?lane={lane}", here=chosen == lane)
            for lane, count in counts.items()
        ),
    )
