"""Authors without accounts: all that one has written, notes, and restrictions with an end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commentsvc.domain.author import AUTHOR_KEY, RESTRICTED_MAX_MS, Imposed, KeyKind, Note, Restriction, kind_of
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import NOTE_MAX, Decision, Status, Verb
from commentsvc.domain.ids import CommentId, bucket_of, comment_id, new_body, place
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.text import has_controls, normalised
from commentsvc.service.moderation import Wanted
from commentsvc.service.submissions import NETWORK_KEY_MS
from commentsvc.service.wanted import order_of
from commentsvc.store import records
from commentsvc.store.authors import Authors as AuthorStore
from commentsvc.store.authors import Start
from commentsvc.store.decisions import Decisions, Made, Order
from commentsvc.store.standing import Standing

PAGE_MAX = 100
EXPORTED = 100
"""Comments of one part of an export."""
ROWS_MAX = 100
"""Decisions about one comment that an export follows."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Profile:
    """An author by key. `counts` are of comments by status; `imposed` is what was laid on the author and lifted."""

    key: str
    kind: KeyKind
    counts: Mapping[Status, int]
    restriction: Restriction | None
    notes: tuple[Note, ...]
    imposed: tuple[Imposed, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """Some comments of an author, newest first, and the cursor of older ones, '' at the end."""

    comments: tuple[Comment, ...]
    next_cursor: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """A comment with every decision about it, newest first."""

    comment: Comment
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """How many comments one part of an erasure took, and the cursor of the next part, '' when that was the last."""

    number: int
    next_cursor: str


class Authors:
    """Every method judges the actor's right on the site before it reads or writes anything."""

    def __init__(
        self, *, authors: AuthorStore, standing: Standing, decisions: Decisions, clock: Callable[[], int]
    ) -> None:
        self._authors = authors
        self._standing = standing
        self._decisions = decisions
        self._clock = clock

    def profile(self, actor: Actor, site: Site, key: str) -> Profile | Refused:
        """Who this is, as far as anybody knows; `not_found` for a key under which nothing is kept."""
        problem = _problem(actor, Right.READ, site, key)
        if problem:
            return problem
        (found,) = self._authors.find(site, [key])
        notes, imposed = self._standing.notes(site, key), self._standing.imposed(site, key)
        if not (any(found.counts.values()) or notes or imposed):
            return Refused(code=Code.NOT_FOUND)
        return Profile(
            key=key,
            kind=kind_of(key),
            counts=found.counts,
            restriction=found.restriction,
            notes=tuple(notes),
            imposed=tuple(imposed),
        )

    def written(self, actor: Actor, site: Site, key: str, *, cursor: str = "", limit: int = 50) -> Written | Refused:
        """All that the author wrote, newest first, over all partitions; two round trips a page.

        An erased comment names nobody: it is left out.
        """
        problem = _problem(actor, Right.READ, site, key)
        if problem:
            return problem
        start = _start(site, cursor) if cursor else self._authors.find(site, [key])[0].last
        if start is None:
            return Refused(code=Code.INVALID_CURSOR)
        return self._written(site, key, start, min(limit, PAGE_MAX))

    def note(self, actor: Actor, site: Site, key: str, text: str) -> Note | Refused:
        """The note, written down for colleagues; of more than a hundred the oldest goes."""
        text = normalised(text).strip()
        problem = _problem(actor, Right.DECIDE, site, key) or _of_text(text, "text", required=True)
        if problem:
            return problem
        now_ms = self._clock()
        note = Note(id=_row_id(site, now_ms), by=actor.id, at_ms=now_ms, text=text)
        self._standing.note(site, key, note, kept_ms=_kept_ms(key))
        return note

    def restrict(self, actor: Actor, site: Site, key: str, *, until_ms: int, note: str = "") -> Imposed | Refused:
        """Takes no comments from the author until then, thirty days at most; with `until_ms` 0 all are held instead."""
        if until_ms and not 0 < until_ms - self._clock() <= RESTRICTED_MAX_MS:
            return Refused(code=Code.INVALID_FIELDS, fields={"until": Code.INVALID_CHOICE})
        return self._impose(actor, site, key, Restriction(until_ms=until_ms), note)

    def lift(self, actor: Actor, site: Site, key: str, *, note: str = "") -> Imposed | Refused:
        """Takes comments from the author again as from anybody."""
        return self._impose(actor, site, key, None, note)

    def imposed(
        self, actor: Actor, site: Site, *, before: str = "", limit: int = 50
    ) -> tuple[Sequence[Imposed], str] | Refused:
        """What was laid on authors of the site and lifted, newest first, and the id to go on before, or ''."""
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        if before and comment_id(f"cmt_{before}") is None:
            return Refused(code=Code.INVALID_CURSOR)
        return self._standing.latest(site, before=before, limit=limit)

    def export(self, actor: Actor, site: Site, key: str) -> Iterator[Sequence[Exported]] | Refused:
        """Everything of this author's, newest first, a hundred comments at a time, with every decision about them."""
        problem = _problem(actor, Right.EXPORT, site, key)
        return problem or self._parts(site, key)

    def erase(self, actor: Actor, site: Site, key: str, *, cursor: str = "") -> Erased | Refused:
        """Everything of this author's taken back for good, a hundred comments at a call, newest first; notes last.

        Each comment is withdrawn as its author could, by a row of its own in the log. What was laid on the author
        stays: it is kept by the key alone.
        """
        problem = _problem(actor, Right.ADMIN, site, key)
        if problem:
            return problem
        start = _start(site, cursor) if cursor else self._authors.find(site, [key])[0].last
        if start is None:
            return Refused(code=Code.INVALID_CURSOR)
        written = self._written(site, key, start, EXPORTED) if start else Written(comments=(), next_cursor="")
        gone = [self._decisions.withdraw(site, self._withdrawal(actor, one)) for one in written.comments]
        if not written.next_cursor:
            self._standing.forget_notes(site, key)
        return Erased(number=sum(isinstance(one, Made) for one in gone), next_cursor=written.next_cursor)

    def _withdrawal(self, actor: Actor, comment: Comment) -> Order:
        wanted = Wanted(id=comment.id, version=comment.version, verb=Verb.WITHDRAW)
        return order_of(actor, comment, wanted, now_ms=self._clock())

    def _parts(self, site: Site, key: str) -> Iterator[Sequence[Exported]]:
        start: Start | None = self._authors.find(site, [key])[0].last
        while start:
            written = self._written(site, key, start, EXPORTED)
            rows = self._rows(site, written.comments)
            yield [Exported(comment=one, decisions=tuple(rows.get(one.id, ()))) for one in written.comments]
            start = _start(site, written.next_cursor) if written.next_cursor else None

    def _rows(self, site: Site, comments: Sequence[Comment]) -> dict[CommentId, list[Decision]]:
        """Every decision about each of these: a round trip for all that came last, one for those before, and so on."""
        rows: dict[CommentId, list[Decision]] = {}
        following = [comment.decision for comment in comments if comment.decision]
        for _ in range(ROWS_MAX):
            found = self._decisions.rows(site, following) if following else []
            for row in found:
                rows.setdefault(row.comment, []).append(row)
            following = [row.previous for row in found if row.previous]
        return rows

    def _written(self, site: Site, key: str, start: Start, limit: int) -> Written:
        ((comments, following),) = self._authors.comments(site, [(key, start)], limit=limit)
        own = tuple(comment for comment in comments if comment.body and comment.body.author_key == key)
        return Written(comments=own, next_cursor=".".join(map(records.unpacked_ids, following.values())))

    def _impose(
        self, actor: Actor, site: Site, key: str, restriction: Restriction | None, note: str
    ) -> Imposed | Refused:
        note = normalised(note).strip()
        problem = _problem(actor, Right.RESTRICT, site, key) or _of_text(note, "note", required=False)
        if problem:
            return problem
        now_ms = self._clock()
        imposed = Imposed(
            id=_row_id(site, now_ms), author=key, by=actor.id, at_ms=now_ms, restriction=restriction, note=note
        )
        self._standing.impose(site, imposed, kept_ms=_kept_ms(key))
        return imposed


def _problem(actor: Actor, right: Right, site: Site, key: str) -> Refused | None:
    if not actor.may(right, site.key):
        return Refused(code=Code.FORBIDDEN)
    return None if AUTHOR_KEY.fullmatch(key) else Refused(code=Code.NOT_FOUND)


def _of_text(text: str, name: str, *, required: bool) -> Refused | None:
    if not text and not required:
        return None
    code = Code.REQUIRED if not text else Code.TOO_LONG if len(text) > NOTE_MAX else None
    if code is None and has_controls(text, lines=True):
        code = Code.INVALID_CHARACTERS
    return Refused(code=Code.INVALID_FIELDS, fields={name: code}) if code else None


def _kept_ms(key: str) -> int:
    return NETWORK_KEY_MS if kind_of(key) is KeyKind.NETWORK else 0


def _row_id(site: Site, now_ms: int) -> str:
    return new_body(now_ms=now_ms, site_number=site.number, bucket=0)


def _start(site: Site, cursor: str) -> Start | None:
    """Where a cursor goes on: an id for each partition that has more, which the id itself names."""
    ids = [comment_id(f"cmt_{body}") for body in cursor.split(".", site.partitions)]
    if any(id is None or place(id).site_number != site.number for id in ids):
        return None
    return {site.partition_of(bucket_of(id)): records.packed_ids(id[4:]) for id in ids if id}
