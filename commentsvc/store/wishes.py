"""What authors wish to be told by e-mail, beside their comments, and how many letters somebody may get in a day.

A wish is the field `i` of a comment's hash: `state|about,about|address|at_ms|told`. A comment without one has no such
field, and one that is taken back loses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from commentsvc.domain.comment import Comment
from commentsvc.domain.ids import CommentId, DecisionId
from commentsvc.domain.site import Site
from commentsvc.domain.wish import About, State, Wish
from commentsvc.store import keys, records, scripts
from commentsvc.store.events import MAIL
from commentsvc.store.keys import home
from commentsvc.store.scripts import Argument, Client

DAY_MS = 24 * 3_600_000


class Kept(StrEnum):
    """What became of a change: it holds, the wish or the comment was another by then, there is no such comment."""

    OK = "ok"
    STALE = "stale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True, slots=True)
class Errand:
    """A letter to be written together with a wish: what about, and when it may leave."""

    type: str
    at_ms: int
    due_ms: int


class Wishes:
    """The wishes of every site's authors."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find(self, site: Site, id: CommentId) -> Wish | None:
        """What the author of this comment wishes, or None."""
        raw: bytes | None = self._client.hget(home(site, id).comment(id[4:]), "i")  # type: ignore[assignment]
        return _wish(raw) if raw else None

    def keep(
        self, site: Site, comment: Comment, before: Wish | None, after: Wish, letter: Errand | None = None
    ) -> Kept:
        """Whether the wish is `after` now, if it was `before` and nothing was decided about the comment since.

        A `letter` is on its way then, as surely as the wish is kept.
        """
        own = home(site, comment.id)
        id = f"evt_{comment.id[4:]}_0-{letter.at_ms}_{MAIL}" if letter else ""
        mine = own.comment(comment.id[4:])
        args: list[Argument] = [
            _raw(before) if before else "",
            _raw(after),
            records.packed_ids(comment.decision[4:]) if comment.decision else b"",
            id,
        ]
        if letter:
            args += [letter.due_ms, *_fields(comment.id, letter)]
        named = [mine, own.delivery(id) if id else mine, own.due(MAIL), own.hooks]
        return Kept(scripts.run(self._client, "wish", named, args).decode())

    def count(self, whose: str, letter: str, *, most: int) -> bool:
        """Whether there may be one more letter of this kind today; the same one is counted once."""
        return bool(scripts.run(self._client, "count_letter", [keys.mailed(whose)], [letter, most, DAY_MS]))

    def never_write(self, whose: str) -> None:
        """Remembers for good that somebody is not to be written to."""
        scripts.write(self._client, "SADD", keys.QUIET, whose)

    def is_quiet(self, *whose: str) -> bool:
        """Whether somebody, known by any of these hashes, is not to be written to."""
        known: list[int] = self._client.smismember(keys.QUIET, list(whose))  # type: ignore[assignment]
        return any(known)


def _fields(comment: CommentId, letter: Errand) -> list[Argument]:
    fields: Mapping[str, Argument] = {
        "type": letter.type,
        "comment": comment[4:],
        "at": letter.at_ms,
    }
    return [word for pair in fields.items() for word in pair]


def _raw(wish: Wish) -> str:
    about = ",".join(sorted(wish.about))
    return f"{wish.state}|{about}|{wish.address}|{wish.at_ms}|{wish.told[4:] if wish.told else ''}"


def _wish(raw: bytes) -> Wish:
    state, about, address, at_ms, told = raw.decode().split("|")
    return Wish(
        state=State(state),
        about=frozenset(About(one) for one in about.split(",") if one),
        address=address,
        at_ms=int(at_ms),
        told=DecisionId("dec_" + told) if told else None,
    )
