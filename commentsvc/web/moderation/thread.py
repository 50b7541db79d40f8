"""An article's comments: open or closed."""

from flask import request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.thread import Article
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here
from commentsvc.web.moderation.way import way
from commentsvc.web.parts import service


@blueprint.post("/comments/<string(length=30):comment>/thread")
@asks(Right.DECIDE)
def set_thread(comment: str) -> BaseResponse:
    """Opens or closes the article that this comment is on; asking twice changes nothing more."""
    wish = request.form.get("thread", "")
    if wish not in ("open", "close"):
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    item = granted(service().moderation.item(actor(), comment))
    thread = item.thread
    article = Article(id=thread.id, key=thread.key, url=thread.url)
    granted(service().moderation.open_thread(actor(), here(), article, open=wish == "open"))
    return way().back(comment, thread=comment)
