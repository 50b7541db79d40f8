"""`POST /embed/<site>`: from a form to a receipt, or back to the form with every typed word."""

import secrets
from dataclasses import replace

import structlog
from flask import Response, redirect, request
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.submission import Submission, check
from commentsvc.domain.text import normalised, safe_html
from commentsvc.service import UNREACHABLE
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.web import errors, mails
from commentsvc.web.bodies import Sent, read_form
from commentsvc.web.catalogue import current, gettext
from commentsvc.web.errors import RETRY_AFTER_S, Refusal
from commentsvc.web.forms import CommentForm, comment_form
from commentsvc.web.frame import Frame, asked
from commentsvc.web.listing import last_listing
from commentsvc.web.moments import in_words
from commentsvc.web.network import network_of
from commentsvc.web.origins import may_send
from commentsvc.web.pages import listed_if_reachable, repeated, sentences, typed, whole, worded
from commentsvc.web.parts import service, settings
from commentsvc.web.shape import Shape, form_html, reply_name, shaped

log = structlog.get_logger()

AGAIN = "again"
"""The name of the button that asks for a new code; nothing is judged then."""

PREVIEW = "preview"
"""The name of the button that shows the text as it would appear; nothing is kept then."""

SUBMISSION_LENGTH = len(secrets.token_urlsafe(16))
"""What is shorter was not made by our page, and might be guessed."""

SPENT = frozenset({Code.WRONG_CODE, Code.EXPIRED_CODE, Code.USED_CODE, Code.INVALID_CHALLENGE})


def post(site: str) -> BaseResponse:
    """303 to the receipt, or the form again: what is wrong, all that was typed, and a new code if need be."""
    sent = read_form()
    if isinstance(sent, Refused):
        if sent.code is Code.UNSUPPORTED_TYPE:
            return worded(sent.code, gettext("This form must be sent as application/x-www-form-urlencoded."))
        raise Refusal(sent)
    frame = asked(site, sent=sent)
    if isinstance(frame, Refused):
        raise Refusal(frame)
    if not may_send(frame.site):
        return worded(
            Code.FORBIDDEN, gettext("This form was sent by another website. Please write on the article's page.")
        )
    if AGAIN in sent.values:
        return _with_new_code(frame, comment_form(frame.site, frame.article, sent.values))
    if PREVIEW in sent.values:
        return _with_preview(frame, comment_form(frame.site, frame.article, sent.values), sent)
    outcome = _judged(frame, sent)
    if isinstance(outcome, Receipt):
        mails.wish_with(outcome, sent)
        return redirect(_receipt_address(frame, outcome), 303)
    return _refused(frame, comment_form(frame.site, frame.article, sent.values), outcome)


def _judged(frame: Frame, sent: Sent) -> Receipt | Refused:
    if sent.size > settings().body_max_kib * 1024:
        return Refused(code=Code.TOO_LARGE)
    attempt = Attempt(
        site=frame.site,
        article=frame.article,
        values=sent.values,
        challenge=sent.one("challenge"),
        once=sent.one("submission"),
        once_is_secret=len(sent.one("submission")) >= SUBMISSION_LENGTH,
        network=network_of(request),
        language=current(),
    )
    try:
        return service().submissions.submit(attempt)
    except Exception as error:
        if not errors.store_is_down(error):
            raise
        log.warning("store down", route=errors.route(), error=type(error).__name__)
        return Refused(code=Code.STORE_DOWN, retry_after_s=RETRY_AFTER_S)


def _receipt_address(frame: Frame, receipt: Receipt) -> str:
    address = f"/receipts/{receipt.token}"
    return address if frame.theme == "auto" else f"{address}?theme={frame.theme}"


def _with_new_code(frame: Frame, form: CommentForm) -> Response:
    _exchange(frame, form)
    shown = listed_if_reachable(frame)
    shape = _shape(frame, form, autofocus="code", reachable=shown is not None)
    return whole(frame, shown, form_html(shape, repeated()))


def _with_preview(frame: Frame, form: CommentForm, sent: Sent) -> Response:
    """The form with the text as it would be shown; what the reader has yet to fill in is nobody's mistake so far."""
    judged = check(frame.site, sent.values, text_max=service().submissions.limits.text_max)
    wrong = {} if isinstance(judged, Submission) else {"text": judged["text"]} if "text" in judged else {}
    shown = listed_if_reachable(frame)
    refused = Refused(code=Code.INVALID_FIELDS, fields=wrong) if wrong else None
    shape = _shape(frame, form, refused=refused, reachable=shown is not None)
    if not wrong:
        html = Markup(safe_html(normalised(sent.one("text"))))  # noqa: S704  # what a published comment's is made by
        shape = replace(shape, preview=html)
    return whole(frame, shown, form_html(shape, repeated()), status=refused.status if refused else 200)


def _refused(frame: Frame, form: CommentForm, refused: Refused) -> Response:
    if refused.code is Code.KEY_REUSED:  # sent again from the page before, with other words: a submission of its own
        form.hold(submission=secrets.token_urlsafe(16))
        refused = replace(refused, code=Code.INVALID_FIELDS, fields={"code": Code.USED_CODE})
    if refused.fields.get("code") in SPENT or refused.code is Code.RESTRICTED:
        _exchange(frame, form)
    if "parent" in refused.fields:
        form.hold(parent="")
    if "submission" in refused.fields:
        form.hold(submission=secrets.token_urlsafe(16))
    down = refused.code is Code.STORE_DOWN
    shown = last_listing(frame) if down else listed_if_reachable(frame)
    if refused.code is Code.THREAD_CLOSED:
        closed = form_html(None, typed())
        return whole(frame, shown, closed, notice=gettext(refused.sentence), status=refused.status)
    shape = _shape(frame, form, refused=refused, reachable=not down and shown is not None)
    html = form_html(shape, repeated())
    return whole(frame, shown, html, status=refused.status, retry_after_s=refused.retry_after_s)


def _exchange(frame: Frame, form: CommentForm) -> None:
    form.hold(challenge=service().challenges.open(frame.site, frame.article).ticket)
    form["code"].data = ""


def _shape(
    frame: Frame, form: CommentForm, *, refused: Refused | None = None, autofocus: str = "", reachable: bool
) -> Shape:
    form.hold(url=frame.article.url, title=frame.title, thread=frame.thread)
    if not form.typed("submission"):
        form.hold(submission=secrets.token_urlsafe(16))
    if not form.typed("challenge"):
        _exchange(frame, form)
    problems = sentences(refused.fields) if refused else {}
    wrong = next((name for name in form.visible if name in problems), "")
    return shaped(
        frame,
        form,
        problems=problems,
        summary=_summary(refused) if refused else "",
        reply_name=_reply_name(frame, form, reachable),
        autofocus=wrong or autofocus,
    )


def _summary(refused: Refused) -> str:
    """What is wrong as a whole, and when that ends where it is known."""
    if not refused.until_ms:
        return gettext(refused.sentence)
    again = gettext("You can write here again from %(when)s.") % {"when": in_words(refused.until_ms)}
    return f"{gettext(refused.sentence)} {again}"


def _reply_name(frame: Frame, form: CommentForm, reachable: bool) -> str:
    try:
        return reply_name(frame, form.typed("parent")) if reachable else ""
    except UNREACHABLE:
        return ""
