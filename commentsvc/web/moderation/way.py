"""The way back to where a button was pressed, and the status line that is read there."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import redirect, request, url_for
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.comment import Thread
from commentsvc.domain.decision import MODERATORS_VERBS, Decision, Stale, Status, Verb
from commentsvc.domain.ids import BulkId, CommentId, DecisionId, bulk_id, comment_id
from commentsvc.domain.refusal import Refused
from commentsvc.domain.thread import thread_id
from commentsvc.service.moderation import Item
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation import many_words, words
from commentsvc.web.moderation.door import actor, here
from commentsvc.web.moderation.marks import isolated, marked
from commentsvc.web.parts import service

END = "end"
"""The place after the last card of a page."""

PAGE_MAX = 4_000
_LISTS = re.compile("|list|approved|rejected|spam|search|threads/[0-9A-Z]{26}|authors/[a-z0-9]{2,80}", re.ASCII)
"""What may follow the site in the address of a page with a way back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """Where a form was: `list` is the name of a list, `comment` or `undo`; `after` its cursor; `at` the next card.

    `page` is the whole address of a list that has more than a cursor: lanes, filters, words that are searched for.
    """

    list: str
    after: str = ""
    at: str = ""
    page: str = ""

    def address(self, comment: str, **news: str) -> str:
        """The address to go back to, with what to say there; the status line has the focus and is read out."""
        names: dict[str, Any] = {"_anchor": "status", **news} if news else {}
        if self.page:
            return _with(self.page, {name: value for name, value in {**news, "at": self.at}.items() if value})
        if self.list == "comment":
            return url_for("moderation.comment", comment=comment, **names)
        if self.list == "undo":
            return url_for("moderation.undoable", site=here().key, **names)
        names |= {name: value for name, value in (("after", self.after), ("at", self.at)) if value}
        return list_address(Status(self.list), **names)

    def back(self, comment: str, **news: str) -> BaseResponse:
        """The answer to a form that worked: a page that can be reloaded without doing anything twice."""
        return redirect(self.address(comment, **news), 303)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """The status line: what happened, and what can be undone of it. `at` is the card that it stands before.

    `step` is a step of many decisions; `late` are those among them that colleagues had decided, each in a sentence.
    """

    words: Markup
    undo: DecisionId | None = None
    step: BulkId | None = None
    comment: CommentId | None = None
    detail: str = ""
    at: str = ""
    late: tuple[tuple[CommentId, Markup], ...] = ()


def list_address(status: Status, **names: Any) -> str:
    """The address of the list of a status on this site."""
    if status is Status.PENDING:
        return url_for("moderation.queue", site=here().key, **names)
    return url_for("moderation.listed", site=here().key, status=status.value, **names)


def way() -> Way:
    """The way back that a form carries; whatever is not one of our places leads to the queue."""
    lists = (Status.PENDING, Status.APPROVED, Status.REJECTED, Status.SPAM, "comment", "undo")
    where = request.form.get("list", "")
    return Way(
        list=where if where in lists else Status.PENDING,
        after=_an_id(request.form.get("after", "")),
        at=_place(request.form.get("at", "")),
        page=_page(request.form.get("back", "")),
    )


def notice() -> Notice | None:
    """The status line that the address asks for, in the words of what is stored now; None when there is none."""
    at = _place(request.args.get("at", ""))
    if done := request.args.get("done", ""):
        mine = service().moderation.undoable(actor(), here(), limit=10)
        decision = next((one for one in mine if one.id == done), None)
        return _made(decision, at) if decision else None
    if (step := bulk_id(request.args.get("step", ""))) and (said := _many_made(step)):
        return said
    if bulk_id(request.args.get("taken", "")):
        return _many_undone()
    if switched := thread_id(request.args.get("switched", "")):
        found = service().threads.talk(actor(), here(), switched, limit=1)
        return None if isinstance(found, Refused) else _switched(found.thread, at)
    for name, say in (("undone", _undone), ("thread", _thread), ("later", _later), *_OF_AUTHORS):
        if id := request.args.get(name, ""):
            item = service().moderation.item(actor(), id)
            return None if isinstance(item, Refused) else say(item, at)
    return None


def too_late(stale: Stale, *, undoing: bool = False) -> Notice:
    """What a moderator is told who was not the first."""
    if undoing:
        nothing = gettext("Nothing was undone. This is how the comment stands now.")
    else:
        nothing = gettext("Your decision changed nothing. This is how the comment stands now.")
    changed = escape(gettext("This comment is not what you saw"))
    return Notice(words=words.late(stale) if stale.by else changed, detail=nothing)


def _made(decision: Decision, at: str) -> Notice | None:
    item = service().moderation.item(actor(), decision.comment)
    if isinstance(item, Refused):
        return None
    return Notice(
        words=words.made(decision.after, _name(item), verb=decision.verb),
        undo=decision.id,
        comment=decision.comment,
        detail=words.reason_label(here(), decision.reason) if decision.reason else "",
        at=at,
    )


def _many_made(step: BulkId) -> Notice | None:
    """What became of many at once; the words are about what is stored, the numbers are those of the answer."""
    verb, done = request.args.get("did", ""), _number("made")
    if verb not in list(MODERATORS_VERBS):
        return None
    left = sum(service().bulks.sizes(actor(), here(), [step])) if done else 0
    return Notice(
        words=many_words.made(Verb(verb), done), step=step if left else None, detail=_not_done(), late=_late()
    )


def _many_undone() -> Notice:
    return Notice(words=many_words.undone(_number("made")), detail=_not_done(), late=_late())


def _not_done() -> str:
    return many_words.not_done(late=_number("late"), refused=_number("refused"))


def _late() -> tuple[tuple[CommentId, Markup], ...]:
    """Who was faster, and where: of the first few."""
    ids = [id for text in request.args.get("seen", "")[:400].split(".") if (id := comment_id(text))]
    found = [(id, service().moderation.item(actor(), id)) for id in ids]
    return tuple((id, _who_was_faster(item)) for id, item in found if not isinstance(item, Refused))


def _who_was_faster(item: Item) -> Markup:
    comment = item.comment
    said = (
        words.happened(
            comment.status,
            comment.decided_by,
            comment.decided_ms,
            verb=item.verb,
            edited=comment.edit is not None,
        )
        if comment.decided_by
        else None
    )
    return Markup("%s: %s") % (isolated(_name(item)), said or words.status_name(comment.status))


def _number(name: str) -> int:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _undone(item: Item, at: str) -> Notice:
    status = words.status_name(item.comment.status)
    sentence = words.filled(gettext("Undone: %(name)s"), name=isolated(_name(item)))
    return Notice(words=sentence, comment=item.comment.id, detail=status, at=at)


def _noted(item: Item, at: str) -> Notice:
    return Notice(words=words.filled(gettext("Noted about %(name)s"), name=isolated(_name(item))), at=at)


def _restricted(item: Item, at: str) -> Notice:
    return Notice(words=words.filled(gettext("Restricted: %(name)s"), name=isolated(_name(item))), at=at)


def _lifted(item: Item, at: str) -> Notice:
    return Notice(words=words.filled(gettext("Free to comment again: %(name)s"), name=isolated(_name(item))), at=at)


_OF_AUTHORS = (("noted", _noted), ("restricted", _restricted), ("lifted", _lifted))


def _later(item: Item, at: str) -> Notice:
    return Notice(words=words.filled(gettext("Put off for an hour: %(name)s"), name=isolated(_name(item))), at=at)


def _thread(item: Item, at: str) -> Notice:
    return _switched(item.thread, at)


def _switched(thread: Thread, at: str) -> Notice:
    title = thread.title or thread.url
    if thread.held:
        sentence = gettext("All new comments are held: %(title)s")
    elif thread.open:
        sentence = gettext("Comments are open again: %(title)s")
    else:
        sentence = gettext("Comments are closed: %(title)s")
    return Notice(words=words.filled(sentence, title=Markup("<bdi>%s</bdi>") % marked(title)), at=at)


def _name(item: Item) -> str:
    return item.comment.body.name if item.comment.body else gettext("a withdrawn comment")


def _page(text: str) -> str:
    """An address of a list of this site, or '' for whatever else was sent."""
    path = text.partition("?")[0].removeprefix(f"/moderation/{here().key}/")
    plain = text.isascii() and text.isprintable() and len(text) <= PAGE_MAX and "#" not in text
    return text if plain and path != text and _LISTS.fullmatch(path) else ""


def _with(page: str, names: dict[str, str]) -> str:
    """The address with these names in its query; the status line is where it opens."""
    path, _, query = page.partition("?")
    kept = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name not in names]
    query = urlencode([*kept, *names.items()])
    return path + (f"?{query}" if query else "") + ("#status" if names.keys() - {"at"} else "")


def _an_id(text: str) -> str:
    return comment_id(text) or ""


def _place(text: str) -> str:
    return END if text == END else _an_id(text)
