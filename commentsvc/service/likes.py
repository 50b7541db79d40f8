"""Likes: one for each person and comment, without accounts and cookies, and honest about what that can tell."""

import hmac
from dataclasses import dataclass

from commentsvc.domain.ids import comment_id, place
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article
from commentsvc.store.likes import Bounds, Like, Likes, Word

BOUNDS = Bounds(browsers=5, networks=10_000, kept_ms=30 * 86_400_000, tries=60, window_ms=60_000)
"""Behind one network may be many people, but a script that changes its browser's name is five of them at most."""

NETWORK_BYTES, BROWSER_BYTES = 8, 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Liked:
    """Counted: `likes` is how many there are; `again` where this one was counted before."""

    likes: int
    again: bool


class Liking:
    """The readers' likes."""

    def __init__(self, likes: Likes) -> None:
        self._likes = likes

    def like(self, site: Site, article: Article, id: str, *, network: str, browser: str) -> Liked | Refused:
        """What became of the like of a published comment; `browser` is whatever tells browsers of a network apart."""
        known = comment_id(id)
        if not site.likes or known is None or place(known).site_number != site.number:
            return Refused(code=Code.NOT_FOUND)
        key = f"{site.salt} {known}".encode()
        who = _digest(key, network)[:NETWORK_BYTES], _digest(key, f"{network} {browser}")[:BROWSER_BYTES]
        word, number = self._likes.like(site, article, Like(comment=known, network=network, who=who), BOUNDS)
        if word is Word.GONE:
            return Refused(code=Code.NOT_FOUND)
        if word is Word.TOO_MANY:
            return Refused(code=Code.TOO_MANY, retry_after_s=-(-number // 1000))
        return Liked(likes=number, again=word is Word.AGAIN)


def _digest(key: bytes, what: str) -> bytes:
    return hmac.digest(key, what.encode(), "sha256")
