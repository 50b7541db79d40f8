"""What an address of a list is about, as a filter that can be decided as a whole."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import BulkId, CommentId, made_ms
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.service.bulk import Chosen, Swept
from commentsvc.service.moderation import Wanted
from commentsvc.web.parts import service

COUNTED_MAX = 5_000
"""Search results that are counted before somebody is asked; of more it is said that they are more."""
AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """How many comments a list has; `more` when there are more than were counted."""

    number: int
    more: bool = False


def count(actor: Actor, site: Site, address: str, before_ms: int) -> Counted | Refused:
    """How many comments the list at this address has."""
    kind, query = _read(address)
    if kind == "search":
        return _counted(actor, site, query.get("q", ""), before_ms)
    chosen = _chosen(kind, query, before_ms)
    if chosen is None:
        return Refused(code=Code.INVALID_REQUEST)
    if chosen.lane:
        lanes = service().queue.lanes(actor, site)
        return lanes if isinstance(lanes, Refused) else Counted(number=lanes[chosen.lane])
    counts = service().moderation.counts(actor, site)
    return counts if isinstance(counts, Refused) else Counted(number=counts[chosen.status])


def decide(
    actor: Actor, site: Site, address: str, wanted: Wanted, step: BulkId, before_ms: int, cursor: str
) -> Swept | Refused:
    """The next part of all that the list at this address has, decided."""
    kind, query = _read(address)
    if kind == "search":
        return _search_decided(actor, site, query.get("q", ""), wanted, step, before_ms, cursor)
    chosen = _chosen(kind, query, before_ms)
    if chosen is None:
        return Refused(code=Code.INVALID_REQUEST)
    wanted = replace(wanted, queued=is_queue(address))
    return service().bulks.decide_filter(actor, site, chosen, wanted, bulk=step, cursor=cursor)


def is_queue(address: str) -> bool:
    """Whether the list at this address is the queue, or a lane of it."""
    return _read(address)[0] == "list"


def _counted(actor: Actor, site: Site, question: str, before_ms: int) -> Counted | Refused:
    number, cursor = 0, ""
    while number < COUNTED_MAX:
        found = _matching(actor, site, question, before_ms, cursor)
        if isinstance(found, Refused):
            return found
        ids, cursor = found
        number += len(ids)
        if not cursor:
            return Counted(number=number)
    return Counted(number=number, more=True)


def _search_decided(
    actor: Actor, site: Site, question: str, wanted: Wanted, step: BulkId, before_ms: int, cursor: str
) -> Swept | Refused:
    """The next results decided. What matches no longer, because it was decided, lies behind the cursor."""
    found = _matching(actor, site, question, before_ms, cursor)
    if isinstance(found, Refused):
        return found
    ids, following = found
    outcomes = service().bulks.decide_today(actor, site, ids, wanted, bulk=step, before_ms=before_ms)
    if isinstance(outcomes, Refused):
        return outcomes
    return Swept(outcomes=tuple(zip(ids, outcomes, strict=True)), next_cursor=following)


def _matching(
    actor: Actor, site: Site, question: str, before_ms: int, cursor: str
) -> tuple[list[CommentId], str] | Refused:
    """Ids of the next results that were there at a time, and the cursor of those that follow."""
    if not question.strip():
        return Refused(code=Code.INVALID_REQUEST)
    found = service().search.find(actor, site, question, cursor=cursor, limit=AT_ONCE)
    if isinstance(found, Refused):
        return found
    return [item.comment.id for item in found.items if made_ms(item.comment.id) < before_ms], found.next_cursor


def _read(address: str) -> tuple[str, Mapping[str, str]]:
    """Which list it is, and what of."""
    path, _, query = address.partition("?")
    return path.rpartition("/")[2], dict(parse_qsl(query))


def _chosen(kind: str, query: Mapping[str, str], before_ms: int) -> Chosen | None:
    if kind == "list":
        lane = query.get("lane", "")
        if lane and lane not in list(Lane):
            return None
        return Chosen(status=Status.PENDING, lane=Lane(lane) if lane else None, before_ms=before_ms)
    return Chosen(status=Status(kind), before_ms=before_ms) if kind in ("approved", "rejected", "spam") else None
