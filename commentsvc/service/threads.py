"""An article's comments, for moderators: published ones and waiting ones in one conversation."""

from dataclasses import dataclass

from commentsvc.domain.comment import Thread
from commentsvc.domain.ids import comment_id, place
from commentsvc.domain.moderator import Actor, Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article, ThreadId
from commentsvc.service.items import Item, Items
from commentsvc.service.moderation import Moderation
from commentsvc.store.comments import Comments
from commentsvc.store.threads import Conversations


@dataclass(frozen=True, kw_only=True, slots=True)
class Talk:
    """A thread and some of its comments in the order of the conversation; the cursor of the next, '' at the end."""

    thread: Thread
    items: tuple[Item, ...]
    next_cursor: str


class Threads:
    """Every method judges the actor's right on the site first."""

    def __init__(
        self, *, comments: Comments, conversations: Conversations, items: Items, moderation: Moderation
    ) -> None:
        self._comments = comments
        self._conversations = conversations
        self._items = items
        self._moderation = moderation

    def talk(self, actor: Actor, site: Site, id: ThreadId, *, cursor: str = "", limit: int = 50) -> Talk | Refused:
        """The thread's comments after `cursor`; `not_found` for an article that nobody has written on."""
        if not actor.may(Right.READ, site.key):
            return Refused(code=Code.FORBIDDEN)
        after = comment_id(cursor)
        if cursor and (after is None or place(after).site_number != site.number):
            return Refused(code=Code.INVALID_CURSOR)
        thread = self._comments.threads(site, [id])[0]
        if not thread.key:
            return Refused(code=Code.NOT_FOUND)
        comments = self._conversations.page(site, id, after=after, limit=limit + 1)
        following = comments[limit - 1].id if len(comments) > limit else ""
        return Talk(thread=thread, items=self._items.of(site, comments[:limit]), next_cursor=following)

    def set_open(self, actor: Actor, site: Site, id: ThreadId, *, open: bool, hold: bool = False) -> bool | Refused:
        """Opens or closes the article's comments, or opens them and holds all; whether that changed anything."""
        thread = self._comments.threads(site, [id])[0] if actor.may(Right.READ, site.key) else None
        if thread is None or not thread.key:
            return Refused(code=Code.NOT_FOUND)
        article = Article(id=thread.id, key=thread.key, url=thread.url)
        return self._moderation.open_thread(actor, site, article, open=open, hold=hold)
