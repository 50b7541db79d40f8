"""Near-identical comments that wait: found by the marks that each left when it was sent, believed by their words."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.fingerprint import NEAR, bands, similarity
from commentsvc.domain.ids import CommentId
from commentsvc.domain.judging import foreign_links
from commentsvc.domain.links import hosts
from commentsvc.domain.site import Site
from commentsvc.store import near
from commentsvc.store.comments import Comments
from commentsvc.store.queue import Queue

NEAR_MAX = 200
"""Comments in one cluster beside its oldest."""
COMPARED_MAX = 400
"""Comments read and compared for one buffer; what is beyond comes with the next."""
ALIKE_MIN = 0.2
"""From this similarity on two comments that advertise the same place are one advertisement in other words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cluster:
    """A waiting comment and those near to it, which is nobody in most cases."""

    first: Comment
    near: tuple[Comment, ...] = ()

    @property
    def ids(self) -> tuple[CommentId, ...]:
        """All of them."""
        return (self.first.id, *(other.id for other in self.near))


class Clusters:
    """What waits, put together where it says the same."""

    def __init__(self, *, comments: Comments, queue: Queue) -> None:
        self._comments = comments
        self._queue = queue

    def of(self, site: Site, waiting: Sequence[Comment], *, taken: Collection[CommentId]) -> Iterator[Cluster]:
        """A cluster for each of these that is in none before it; nothing of what is `taken` is in any.

        Two round trips for any number of comments.
        """
        candidates = self._candidates(site, waiting, taken)
        wanted = list(dict.fromkeys(id for ids in candidates.values() for id in ids))
        here = {comment.id for comment in waiting}
        more = [id for id in wanted if id not in here][:COMPARED_MAX]
        found = self._comments.find_all(site, more) if more else []
        read = {c.id: c for c in (*waiting, *found) if c and c.status is Status.PENDING}
        gone: set[CommentId] = set(taken)
        for comment in waiting:
            if comment.id in gone:
                continue
            others = (read[id] for id in candidates[comment.id] if id in read and id not in gone)
            near = tuple(other for other in others if _alike(site, comment.body, other.body))[:NEAR_MAX]
            cluster = Cluster(first=comment, near=near)
            gone.update(cluster.ids)
            yield cluster

    def _candidates(
        self, site: Site, waiting: Sequence[Comment], taken: Collection[CommentId]
    ) -> dict[CommentId, list[CommentId]]:
        """For each of these the waiting comments that share a mark with it, the oldest first."""
        # The edit of a published comment is a case of its own: it is near to nothing, and nothing is near to it.
        new = [c for c in waiting if c.status is Status.PENDING]
        marks = {c.id: near.marks(bands(c.body.text, _hosts(site, c.body))) for c in new if c.body}
        found = iter(self._queue.near(site, [mark for own in marks.values() for mark in own]))
        shared = {id: {other for _ in own for other in next(found)} for id, own in marks.items()}
        return {c.id: sorted(shared.get(c.id, set()) - {c.id} - set(taken)) for c in waiting}


def _alike(site: Site, one: Body | None, other: Body | None) -> bool:
    if one is None or other is None:
        return False
    alike = similarity(one.text, other.text)
    if alike >= NEAR:
        return True
    return alike >= ALIKE_MIN and bool(set(_hosts(site, one)) & set(_hosts(site, other)))


def _hosts(site: Site, body: Body) -> tuple[str, ...]:
    return hosts(foreign_links(site, body.text))
