"""A like: a form of the list without a script, in place with one; the page that shows the number is not made anew."""

from flask import g, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.refusal import Code, Refused
from commentsvc.web.bodies import read_form
from commentsvc.web.errors import Refusal
from commentsvc.web.frame import asked
from commentsvc.web.network import network_of
from commentsvc.web.origins import may_send
from commentsvc.web.parts import service

FIELD = "like"
BROWSER_MAX = 512


def like(site: str) -> BaseResponse:
    """`POST /embed/<site>/like?…`: back to the comment; with `inside=1`, for our script, the number of likes."""
    frame, sent = asked(site), read_form()
    g.typed = ()
    if isinstance(frame, Refused):
        raise Refusal(frame)
    if isinstance(sent, Refused):
        raise Refusal(sent)
    if not may_send(frame.site):
        raise Refusal(Refused(code=Code.FORBIDDEN))
    id = sent.one(FIELD)
    outcome = service().likes.like(frame.site, frame.article, id, network=network_of(request), browser=_browser())
    if isinstance(outcome, Refused):
        raise Refusal(outcome)
    if sent.one("inside") == "1":
        return jsonify(likes=outcome.likes)
    said = "again" if outcome.again else "yes"
    return redirect(f"{frame.link(comment=id, liked=said)}#{id}", 303)


def _browser() -> str:
    """What a browser says of itself unasked: enough to tell people behind one network apart now and then."""
    told = (request.headers.get(name, "")[:BROWSER_MAX] for name in ("User-Agent", "Accept-Language"))
    return "\n".join(told)
