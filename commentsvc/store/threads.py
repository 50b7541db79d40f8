"""An article's comments as moderators see them: what is published and what waits, in one conversation."""

import heapq
from itertools import islice

from commentsvc.domain.comment import Comment
from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import Site
from commentsvc.domain.thread import ThreadId
from commentsvc.store import records
from commentsvc.store.comments import Comments
from commentsvc.store.keys import thread_home
from commentsvc.store.scripts import Client


class Conversations:
    """Threads, read in the order of the conversation."""

    def __init__(self, client: Client, comments: Comments) -> None:
        self._client = client
        self._comments = comments

    def page(self, site: Site, thread: ThreadId, *, after: CommentId | None, limit: int) -> list[Comment]:
        """The comments that are published or wait, after the comment `after`; two round trips, three with a cursor.

        Both indexes hold paths, so that each is read in order and no more of it than the page needs.
        """
        keys = thread_home(site, thread)
        before = self._comments.find(site, after) if after else None
        start = b"(" + records.packed_ids(before.path) if before else "-"
        pipe = self._client.pipeline(transaction=False)
        for key in (keys.order(thread), keys.waiting(thread)):
            pipe.zrangebylex(key, start, "+", start=0, num=limit)
        paths = islice(heapq.merge(*pipe.execute()), limit)
        ids = [CommentId("cmt_" + records.unpacked_ids(path[-records.ID_BYTES :])) for path in paths]
        return [comment for comment in self._comments.find_all(site, ids) if comment] if ids else []
