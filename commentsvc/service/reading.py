"""What the public may read: approved comments and their counts, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, comment_id, place
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article, ThreadId, article
from commentsvc.service.sites import Sites
from commentsvc.store.comments import Comments, Page, Sort

PAGE_MAX = 100
COUNTS_MAX = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """An approved comment and its site."""

    site: Site
    comment: Comment


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """Numbers of approved comments by address as it was asked for, and the threads they were read of."""

    counts: dict[str, int]
    threads: tuple[ThreadId, ...]


class Reading:
    """The readers' and programs' side."""

    def __init__(self, *, sites: Sites, comments: Comments) -> None:
        self._sites = sites
        self._comments = comments

    def page(
        self,
        site: Site,
        article: Article,
        *,
        sort: Sort = Sort.OLDEST,
        limit: int = 50,
        cursor: str = "",
        known: int | None = None,
    ) -> Page | Refused:
        """A page of 1 to 100 approved comments after `cursor` (the last id seen), in one round trip.

        `known` is the revision the caller has; if it is still the thread's, the page comes without comments.
        """
        after = comment_id(cursor)
        if cursor and (after is None or place(after).site_number != site.number):
            return Refused(code=Code.INVALID_CURSOR)
        return self._comments.page(
            site, article, sort=sort, limit=max(1, min(limit, PAGE_MAX)), cursor=after, known=known
        )

    def start(
        self, site: Site, article: Article, id: str, *, sort: Sort, limit: int = 50, before: bool = False
    ) -> str | None:
        """The cursor of the page that shows a comment, or of the one before it: empty for the first page.

        None where the comment is not public in this thread.
        """
        known = comment_id(id)
        if known is None or place(known).site_number != site.number:
            return None
        return self._comments.start(site, article, known, sort=sort, limit=limit, before=before)

    def is_open(self, site: Site, article: Article) -> bool:
        """Whether new comments may be written on the article."""
        return site.open and self._comments.threads(site, [article.id])[0].open

    def comment(self, id: str) -> Found | Refused:
        """One approved comment; `not_found` for any other."""
        known = comment_id(id)
        site = self._sites.by_number(place(known).site_number) if known else None
        comment = self._comments.find(site, known) if site and known else None
        if site is None or comment is None or comment.status is not Status.APPROVED:
            return Refused(code=Code.NOT_FOUND)
        likes = self._comments.likes(site, comment) if site.likes else 0
        return Found(site=site, comment=replace(comment, likes=likes))

    def latest(self, site: Site, *, limit: int = 50) -> list[Comment]:
        """The newest approved comments of all the site's threads, newest first."""
        return self._comments.latest(site, limit=limit)

    def counts(self, site: Site, urls: Sequence[str]) -> Counted:
        """How many approved comments each URL has; URLs that are none of the site's count 0."""
        articles: dict[str, Article] = {}
        for url in urls[:COUNTS_MAX]:
            found = article(site, url)
            if isinstance(found, Article):
                articles[url] = found
        counts = self._comments.approved_counts(site, list(articles.values())) if articles else []
        known = dict(zip(articles, counts, strict=True))
        return Counted(
            counts={url: known.get(url, 0) for url in urls}, threads=tuple(one.id for one in articles.values())
        )

    def names(self, site: Site, ids: Sequence[CommentId]) -> dict[CommentId, str]:
        """The names of the approved comments among these, for "in reply to …"."""
        found = self._comments.find_all(site, ids) if ids else []
        return {
            c.id: c.body.name for c in found if c is not None and c.status is Status.APPROVED and c.body is not None
        }
