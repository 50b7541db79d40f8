"""The log of administration, for those who may audit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from commentsvc.domain.change import Change, Difference
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.store.changes import Changes
from commentsvc.store.people import People

LOOKED_AT_MAX = 500
"""Rows read for one page at most: an auditor of one site of many may get a short page, and a cursor."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Administered:
    """Some rows, newest first, and the cursor of older ones, '' when there are none."""

    changes: tuple[Change, ...]
    next_cursor: str


class ChangeLog:
    """Who changed what. Admins see all of it, auditors what concerns their sites."""

    def __init__(self, changes: Changes, people: People) -> None:
        self._changes = changes
        self._people = people

    def page(self, actor: Actor, *, cursor: str = "", limit: int = 50) -> Administered | Refused:
        """Rows older than the cursor."""
        if not actor.may_somewhere(Right.AUDIT):
            return Refused(code=Code.FORBIDDEN)
        people, found, read = self._people.names(), list[Change](), 0
        while read < LOOKED_AT_MAX:
            rows = self._changes.before(cursor, people=people, limit=limit + 1)
            for row in rows[:limit]:
                cursor = row.id
                if _concerns(row, actor):
                    found.append(_seen_by(row, actor))
                if len(found) == limit:
                    return Administered(changes=tuple(found), next_cursor=cursor if row is not rows[-1] else "")
            if len(rows) <= limit:
                return Administered(changes=tuple(found), next_cursor="")
            read += limit
        return Administered(changes=tuple(found), next_cursor=cursor)


def _concerns(change: Change, actor: Actor) -> bool:
    return change.sites is None or any(actor.may(Right.AUDIT, site) for site in change.sites)


def _seen_by(change: Change, actor: Actor) -> Change:
    """The row without the names of sites that this actor knows nothing of."""
    if actor.sites is None:
        return change
    return replace(change, differences=tuple(_without(one, actor.sites) for one in change.differences))


def _without(difference: Difference, known: frozenset[str]) -> Difference:
    if difference.what != "sites":
        return difference
    return replace(difference, before=_only(difference.before, known), after=_only(difference.after, known))


def _only(listed: str, known: Sequence[str] | frozenset[str]) -> str:
    return ", ".join(site for site in listed.split(", ") if site in known)
