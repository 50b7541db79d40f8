"""E-mails to a comment's author: wished on the receipt, confirmed and ended on the page that each of them links to."""

from dataclasses import dataclass

import structlog
from flask import Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.wish import About, State, Wish
from commentsvc.service.receipts import Opened
from commentsvc.service.submissions import Receipt
from commentsvc.service.wishes import Linked
from commentsvc.web import errors
from commentsvc.web.bodies import Sent, read_any_form, read_form
from commentsvc.web.catalogue import speak_as, speak_for
from commentsvc.web.errors import Refusal
from commentsvc.web.forms import WISHED
from commentsvc.web.frame import theme
from commentsvc.web.headers import frameable, private
from commentsvc.web.network import network_of
from commentsvc.web.parts import service

log = structlog.get_logger()

ONE_CLICK = ("List-Unsubscribe", "One-Click")
"""What a mail program sends by itself when its reader presses "unsubscribe" (RFC 8058)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailPart:
    """What a receipt says of e-mails: the wish as it is, whether its address may still confirm it, what went wrong."""

    action: str
    wish: Wish | None
    is_asked: bool
    problem: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Whether the address has said yes."""
        return self.wish is not None and self.wish.state is State.CONFIRMED

    @property
    def is_ended(self) -> bool:
        """Whether the address has said no more."""
        return self.wish is not None and self.wish.state is State.ENDED

    @property
    def is_open(self) -> bool:
        """Whether there is something to be seen at once."""
        return self.wish is not None or bool(self.problem)

    def wants(self, about: str) -> bool:
        """Whether a box is ticked; before anything was said, what most would like to hear of is."""
        return about in (self.wish.about if self.wish else (About.OUTCOME,))


def part(token: str, opened: Opened, problem: str = "") -> MailPart | None:
    """What the receipt shows, or None where this author cannot be written to."""
    wishes = service().wishes
    if not wishes.may_ask(opened):
        return None
    wish = wishes.shown(opened)
    query = request.query_string.decode("ascii", "replace")
    action = f"/receipts/{token}/mail" + (f"?{query}" if query else "")
    return MailPart(action=action, wish=wish, is_asked=wishes.awaits(wish), problem=problem)


def wished(opened: Opened) -> Wish | Refused:
    """The wish that the form on the receipt makes."""
    sent = read_form()
    g.typed = ()
    if isinstance(sent, Refused):
        raise Refusal(sent)
    about = frozenset(one for one in About if sent.one(one) == "yes")
    return service().wishes.ask(opened, about, network=network_of(request))


def wish_with(receipt: Receipt, sent: Sent) -> None:
    """Takes the box of the comment form for a wish; whatever becomes of that, the comment is safely stored."""
    if not sent.one(WISHED) or not service().wishes.are_granted:
        return
    try:
        opened = service().receipts.open(receipt.token)
        if not isinstance(opened, Refused):
            service().wishes.ask(opened, frozenset(About), network=network_of(request))
    except Exception as error:  # the receipt must come, and says that nothing is wished
        log.error("a wish was lost", route=errors.route(), exc_info=None if errors.store_is_down(error) else error)


def show_mail(token: str) -> Response:
    """`GET /mail/<token>`: changes nothing, whoever follows the link."""
    return _page(service().wishes.open(token))


def answer_mail(token: str) -> BaseResponse:
    """`POST /mail/<token>`: the yes, or the no more; also by a mail program itself, with one click."""
    sent, wishes = read_any_form(), service().wishes
    if sent.one(ONE_CLICK[0]) == ONE_CLICK[1]:  # no redirect: mail programs follow none
        return _page(wishes.end(token))
    # `no-referrer` makes the browser send `Origin: null` from our own page.
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Refusal(Refused(code=Code.FORBIDDEN))
    verb = {"confirm": wishes.confirm, "end": wishes.end, "never": wishes.end_all}.get(sent.one("do"))
    if verb is None:
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    done = verb(token)
    if isinstance(done, Refused) and done.code is not Code.EXPIRED:  # of what is too old, the page says so
        raise Refusal(done)
    query = request.query_string.decode("ascii", "replace")
    return redirect(f"/mail/{token}" + (f"?{query}" if query else ""), 303)


def _page(linked: Linked | Refused) -> Response:
    if isinstance(linked, Refused):
        raise Refusal(linked)
    speak_for(linked.site)
    if linked.comment.body:
        speak_as(linked.comment.body.language)
    html = render_template(
        "mail/page.html",
        site=linked.site,
        wish=linked.wish,
        awaits=service().wishes.awaits(linked.wish),
        never=linked.never,
        may_end_all=bool(linked.email),
        theme=theme(),
    )
    response = frameable(private(Response(html, mimetype="text/html")), [])
    response.vary.add("Accept-Language")
    return response
