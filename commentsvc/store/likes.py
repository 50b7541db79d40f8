"""Likes in Redis: counted at once, shown once a minute. The count is the index by which the best stand first."""

from dataclasses import dataclass
from enum import StrEnum

from commentsvc.domain.ids import CommentId
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article, ThreadId
from commentsvc.store import records, scripts
from commentsvc.store.keys import Partition, home, thread_home
from commentsvc.store.merge import partitions
from commentsvc.store.scripts import Client

SHOWN_AT_ONCE = 500
"""Threads of a partition that one round makes anew at most; the others wait for the next."""


class Word(StrEnum):
    """What became of a like, in the words of `like.lua`."""

    LIKED = "liked"
    AGAIN = "again"
    TOO_MANY = "too_many"
    GONE = "gone"


@dataclass(frozen=True, kw_only=True, slots=True)
class Like:
    """One person's like, as far as a person can be told. `who`: digests of network and browser, for this comment."""

    comment: CommentId
    network: str
    who: tuple[bytes, bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """What is remembered at most, for how long, and how often a network may try."""

    browsers: int
    networks: int
    kept_ms: int
    tries: int
    window_ms: int


class Likes:
    """The likes of every site."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def like(self, site: Site, article: Article, like: Like, bounds: Bounds) -> tuple[Word, int]:
        """What became of it, and how many likes there are now; for TOO_MANY the milliseconds to wait."""
        own, id = home(site, like.comment), like.comment[4:]
        keys = [own.comment(id), own.likers(id), own.liked(article.id), own.liking, own.rate(f"like:{like.network}")]
        args: list[scripts.Argument] = [records.packed_ids(id), records.packed_ids(article.id), *like.who]
        args += [bounds.browsers, bounds.networks, bounds.kept_ms, bounds.tries, bounds.window_ms]
        word, number = scripts.run(self._client, "like", keys, args)
        return Word(word.decode()), int(number)

    def show(self, site: Site, *, now_ms: int) -> int:
        """In how many threads new likes are seen from now on; one bounded round, each thread once."""
        owns = [own for _, own in partitions(site)]
        pipe = self._client.pipeline(transaction=False)
        for own in owns:
            pipe.zrange(own.liking, 0, SHOWN_AT_ONCE - 1)
        return sum(
            self._show(own, thread, now_ms) for own, found in zip(owns, pipe.execute(), strict=True) for thread in found
        )

    def _show(self, own: Partition, raw: bytes, now_ms: int) -> int:
        thread = own.thread(ThreadId(records.unpacked_ids(raw)))
        return int(scripts.run(self._client, "show_likes", [own.liking, thread], [raw, now_ms]))


def liked_key(site: Site, thread: ThreadId) -> str:
    """Where the likes of a thread are, or '' for a site that has none: reading them then costs nothing."""
    return thread_home(site, thread).liked(thread) if site.likes else ""
