"""What an address of a list is about, as a filter that can be decided as a whole."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import BulkId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.service.bulk import Chosen, Swept
from commentsvc.service.moderation import Wanted
from commentsvc.web.parts import service


def decide(
    actor: Actor, site: Site, address: str, wanted: Wanted, step: BulkId, before_ms: int, cursor: str
) -> Swept | Refused:
    """The next part of all that the list at this address has, decided."""
    kind, query = _read(address)
    chosen = _chosen(kind, query, before_ms)
    if chosen is None:
        return Refused(code=Code.INVALID_REQUEST)
    return service().bulks.decide_filter(actor, site, chosen, wanted, bulk=step, cursor=cursor)


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
