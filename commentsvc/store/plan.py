"""Where everything of a site lies after a move to another number of partitions."""

from collections.abc import Mapping
from dataclasses import dataclass

from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId
from commentsvc.store import events
from commentsvc.store.keys import Partition, home, thread_home
from commentsvc.store.merge import partitions


class Unmovable(Exception):
    """The data cannot be moved like this; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A site before and after: only the number of partitions differs, or nothing."""

    before: Site
    after: Site

    @property
    def splits(self) -> bool:
        """Whether anything goes to another partition."""
        return self.before.partitions != self.after.partitions

    @property
    def homes(self) -> list[Partition]:
        """Every partition of the site afterwards."""
        return [own for _, own in partitions(self.after)]

    def home_of(self, body: str) -> Partition:
        """Where a comment or decision goes, by its id without prefix."""
        return home(self.after, CommentId("cmt_" + body))

    def home_of_thread(self, id: str) -> Partition:
        """Where a thread goes."""
        return thread_home(self.after, ThreadId(id))

    def home_of_delivery(self, id: str) -> Partition:
        """Where a delivery goes: with its comment. Raises Unmovable for what is none."""
        read = events.parts(id)
        if read is None:
            raise Unmovable(f"{id!r} is no delivery: the outbox of the site {self.before.key} is damaged.")
        return home(self.after, read[0])


Plan = Mapping[str, Change]
