"""Comments and threads in Redis: one script for a submission, one for a page."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from commentsvc.domain import terms
from commentsvc.domain.comment import Comment, Thread
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, new_comment_id, place
from commentsvc.domain.lane import Lane
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article, ThreadId, bucket
from commentsvc.store import near, records, scripts, signature
from commentsvc.store.entry import Entry, Submitted, Verdict, as_arguments
from commentsvc.store.failures import UNREACHABLE
from commentsvc.store.keys import Partition, home, thread_home
from commentsvc.store.likes import liked_key
from commentsvc.store.merge import newest, partitions
from commentsvc.store.numbers import day_of, hour_of
from commentsvc.store.scripts import Client

ASKED_IN_VAIN_S = 5
"""So long nobody asks other partitions about an author when one of them did not answer."""


class Sort(StrEnum):
    """The orders of a page: by time, replies under what they answer, or by likes."""

    OLDEST = "oldest"
    NEWEST = "newest"
    CONVERSATION = "conversation"
    BEST = "best"


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """A thread and some of its approved comments; `comments` is None when the revision was the one known."""

    thread: Thread
    comments: tuple[Comment, ...] | None
    more: bool = False


class Comments:
    """The comments of every site on one Redis, Sentinel or cluster."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked_in_vain_until = 0.0

    def submit(self, site: Site, entry: Entry) -> Submitted:
        """What became of a submission, in one round trip; when this returns, an accepted one is on disk.

        A ConnectionError or TimeoutError leaves the outcome unknown: the same entry sent again gets the same receipt.
        """
        keys = thread_home(site, entry.article.id)
        body = entry.body
        id = new_comment_id(now_ms=body.created_ms, site_number=site.number, bucket=bucket(entry.article.id))
        own = keys.comment(id[4:])
        thread = entry.article.id
        marks = near.marks(entry.triage.bands)
        word, detail, *more = scripts.run(
            self._client,
            "submit",
            [
                keys.used(entry.nonce),
                keys.once(entry.once),
                keys.thread(thread),
                own,
                keys.status(Status.PENDING),
                keys.author(body.author_key),
                keys.rate(entry.network),
                keys.events,
                keys.comment(entry.parent[4:]) if entry.parent else own,
                keys.waiting(thread),
                *keys.lanes,
                keys.index,
                keys.hour(hour_of(body.created_ms)),
                keys.busy(day_of(body.created_ms)),
                *(keys.near(bucket) for bucket, _ in marks),
            ],
            [
                body.created_ms,
                "right" if entry.code_right else "wrong",
                max(entry.use_kept_ms, 1),
                entry.digest,
                entry.once_kept_ms,
                records.packed_ids(id[4:]),
                records.packed_ids(thread),
                body.thread_key,
                records.packed(body),
                records.packed_ids(entry.parent[4:]) if entry.parent else "",
                entry.tries,
                entry.window_ms,
                entry.author_kept_ms,
                records.page(body),
                signature.rows(terms.of_body(body, thread)),
                *as_arguments(entry.triage),
                *(mark for _, mark in marks),
            ],
        )
        verdict = Verdict(word.decode())
        if verdict in (Verdict.ACCEPTED, Verdict.AGAIN):
            lane, approved = (Lane(more[0].decode()), int(more[1])) if more else (Lane.NEW, 0)
            return Submitted(verdict=verdict, id=CommentId("cmt_" + detail.decode()), lane=lane, approved=approved)
        if verdict is Verdict.RESTRICTED:
            return Submitted(verdict=verdict, until_ms=int(detail))
        return Submitted(verdict=verdict, wait_ms=int(detail or 0))

    def made_before(self, site: Site, article: Article, *, once: str, digest: str) -> CommentId | None:
        """The comment that this very submission was made under this idempotency key, or None."""
        key = thread_home(site, article.id).once(once)
        id: bytes = scripts.run(self._client, "recall", [key], [digest])
        return CommentId("cmt_" + id.decode()) if id else None

    def page(
        self, site: Site, article: Article, *, sort: Sort, limit: int, cursor: CommentId | None, known: int | None
    ) -> Page:
        """A page of approved comments and whether more follow; nothing but the thread if `known` is its revision."""
        keys = thread_home(site, article.id)
        index = keys.order(article.id) if sort is Sort.CONVERSATION else keys.approved(article.id)
        answer = scripts.run(
            self._client,
            "page",
            [keys.thread(article.id), index],
            [
                sort if sort in (Sort.NEWEST, Sort.BEST) else Sort.OLDEST,
                limit + 1,
                records.packed_ids(cursor[4:]) if cursor else "",
                "" if known is None else str(known),
                keys.comments,
                liked_key(site, article.id),
            ],
        )
        pairs = records.pairs(answer[0])
        thread = records.thread(article.id, pairs, key=article.key, url=article.url)
        if len(answer) == 1:
            return Page(thread=thread, comments=None)
        rows, page = answer[1], records.page_of_thread([pairs.get(b"url"), pairs.get(b"title")])
        comments = tuple(records.public_comment(site.key, article.id, row, page=page) for row in rows[:limit])
        return Page(thread=thread, comments=comments, more=len(rows) > limit)

    def start(
        self, site: Site, article: Article, id: CommentId, *, sort: Sort, limit: int, before: bool
    ) -> CommentId | None:
        """The cursor of the page that shows a comment, or of the one before it: empty for the first page.

        None where the comment is not public in this thread.
        """
        keys = thread_home(site, article.id)
        index = keys.order(article.id) if sort is Sort.CONVERSATION else keys.approved(article.id)
        answer: bytes | None = scripts.run(
            self._client,
            "where",
            [index],
            [
                "newest" if sort is Sort.NEWEST else "oldest",
                records.packed_ids(id[4:]),
                limit,
                "before" if before else "with",
                keys.comments,
            ],
        )
        return None if answer is None else CommentId("cmt_" + answer.decode() if answer else "")

    def find(self, site: Site, id: CommentId) -> Comment | None:
        """The comment with this id, of whatever status, or None."""
        return self.find_all(site, [id])[0]

    def find_all(self, site: Site, ids: Sequence[CommentId], *, pages: bool = True) -> list[Comment | None]:
        """The comments with these ids, None where this site has none; one round trip, two for published ones.

        Without `pages` it is one for those too, and they do not know the name of their page.
        """
        ours = [id for id in ids if place(id).site_number == site.number]
        pipe = self._client.pipeline(transaction=False)
        for id in ours:
            keys = home(site, id)
            pipe.hmget(keys.comment(id[4:]), records.COMMENT_FIELDS)
        rows = dict(zip(ours, pipe.execute(), strict=True))
        bearers = {id: thread for id, row in rows.items() if pages and (thread := records.named_by_thread(row))}
        named = self._pages(site, bearers)
        found = {id: records.comment(site.key, id, row, page=named.get(id, "")) for id, row in rows.items()}
        return [found.get(id) for id in ids]

    def _pages(self, site: Site, bearers: Mapping[CommentId, ThreadId]) -> dict[CommentId, str]:
        """The pages of comments that bear their threads' names."""
        threads = list(dict.fromkeys(bearers.values()))
        if not threads:
            return {}
        pipe = self._client.pipeline(transaction=False)
        for thread in threads:
            pipe.hmget(thread_home(site, thread).thread(thread), records.PAGE_FIELDS)
        pages = dict(zip(threads, map(records.page_of_thread, pipe.execute()), strict=True))
        return {id: pages[thread] for id, thread in bearers.items()}

    def likes(self, site: Site, comment: Comment) -> int:
        """How many likes a comment has."""
        own = thread_home(site, comment.thread)
        return int(self._client.zscore(own.liked(comment.thread), records.packed_ids(comment.id[4:])) or 0)

    def latest(self, site: Site, *, limit: int) -> list[Comment]:
        """The newest approved comments of the whole site, newest first; two round trips."""
        keys = {number: keys.status(Status.APPROVED) for number, keys in partitions(site)}
        ids = [CommentId("cmt_" + body) for body in newest(self._client, keys, before="", limit=limit)]
        return [found for found in self.find_all(site, ids) if found and found.status is Status.APPROVED]

    def threads(self, site: Site, wanted: Sequence[ThreadId]) -> list[Thread]:
        """Threads by id in one round trip; unknown ones are open and empty."""
        pipe = self._client.pipeline(transaction=False)
        for id in wanted:
            pipe.hgetall(thread_home(site, id).thread(id))
        return [records.thread(id, pairs) for id, pairs in zip(wanted, pipe.execute(), strict=True)]

    def approved_elsewhere(self, site: Site, thread: ThreadId, author_key: str) -> int:
        """How many approved comments an author has in other partitions than the thread's, in one round trip.

        0 where one of them is away: a comment must not wait for the masters of other threads, and who is taken for
        a stranger has to wait for a moderator, no more. For a while after that nobody asks, for each would wait.
        """
        here = thread_home(site, thread)
        others = [keys for _, keys in partitions(site) if keys != here]
        if not others or time.monotonic() < self._asked_in_vain_until:
            return 0
        pipe = self._client.pipeline(transaction=False)
        for keys in others:
            pipe.hget(keys.author(author_key), Status.APPROVED)
        try:
            return sum(int(count or 0) for count in pipe.execute())
        except UNREACHABLE:
            self._asked_in_vain_until = time.monotonic() + ASKED_IN_VAIN_S
            return 0

    def approved_counts(self, site: Site, articles: Sequence[Article]) -> list[int]:
        """How many approved comments each article has, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for article in articles:
            pipe.hget(thread_home(site, article.id).thread(article.id), Status.APPROVED)
        return [int(count or 0) for count in pipe.execute()]

    def open_thread(self, site: Site, article: Article, *, open: bool, hold: bool, now_ms: int) -> bool:
        """Opens or closes a thread, or has all that comes there held; whether that changed anything."""
        keys = thread_home(site, article.id)
        state = "0" if not open else "h" if hold else "1"
        args: list[scripts.Argument] = [state, article.key, now_ms]
        return bool(scripts.run(self._client, "open_thread", [keys.thread(article.id)], args))

    def authors(self, site: Site, author_keys: Sequence[str]) -> list[Mapping[Status, int]]:
        """Each author's comments counted by status over all partitions, in one round trip."""
        pipe = self._client.pipeline(transaction=False)
        for author_key in author_keys:
            for number in range(site.partitions):
                pipe.hgetall(Partition(site=site.key, number=number).author(author_key))
        rows: list[dict[bytes, bytes]] = pipe.execute()
        size = site.partitions
        return [_summed(rows[at * size : (at + 1) * size]) for at in range(len(author_keys))]


def _summed(rows: Sequence[Mapping[bytes, bytes]]) -> dict[Status, int]:
    return {status: sum(int(row.get(status.encode(), 0)) for row in rows) for status in Status}
