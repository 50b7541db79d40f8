"""The author's private page: where the comment stands and why, and the way to take it back."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from flask import Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.refusal import REASONS, Code, Refused
from commentsvc.domain.site import RejectReason, Site
from commentsvc.domain.thread import Article, article
from commentsvc.service.receipts import Opened
from commentsvc.web import mails
from commentsvc.web.appeals import AppealPart, appeal_part
from commentsvc.web.bodies import read_form
from commentsvc.web.catalogue import gettext, languages, said, speak_as, speak_for
from commentsvc.web.errors import Refusal
from commentsvc.web.frame import Frame, asked, theme
from commentsvc.web.headers import frameable, private
from commentsvc.web.moments import in_words
from commentsvc.web.parts import service, settings
from commentsvc.web.rewriting import EditPart, edit_part

SURE = "withdraw"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptPage:
    """What the page shows. `address` is its own, whole, because a frame hides it.

    `reason` and `rule` say why a comment is not published, or the last change of a published one, in the reader's
    language, or `told` does in a moderator's own words. `edit` is the form to change it, None where that cannot be,
    and `changed` when what waits was written.
    """

    address: str
    token: str
    query: str
    status: Status
    comment: Comment
    sent: str
    reason: str
    rule: str
    told: str
    permalink: str
    back: str
    theme: str
    draft: str
    site: Site
    appeal: AppealPart
    problem: str = ""
    mail: mails.MailPart | None = None
    edit: EditPart | None = None
    changed: str = ""


def show(token: str) -> Response:
    """`GET /receipts/<token>`: changes nothing, whoever follows the link."""
    return answer(token, opened(token))


def withdraw(token: str) -> BaseResponse:
    """`POST /receipts/<token>`: takes the comment back, for good, once its author has said so twice."""
    refuse_other_websites()
    found = opened(token)
    speak_as_its_author(found.comment)
    sent = read_form()
    g.typed = ()
    if isinstance(sent, Refused):
        raise Refusal(sent)
    if sent.one(SURE) != "yes":
        problem = gettext("Please tick the box if you want to take your comment back.")
        return answer(token, found, problem=problem, status=422)
    withdrawn = service().receipts.withdraw(token)
    if isinstance(withdrawn, Refused):
        raise Refusal(withdrawn)
    # Where it was written is deleted with it, so that the way back can only be kept in the address.
    query = urlsplit(_back(found)).query
    return redirect(f"/receipts/{token}" + (f"?{query}" if query else ""), 303)


def appeal(token: str) -> BaseResponse:
    """`POST /receipts/<token>/appeal`: 303 back to the receipt, or it with what is wrong and what was typed."""
    refuse_other_websites()
    found = opened(token)
    speak_as_its_author(found.comment)
    sent = read_form()
    if isinstance(sent, Refused):
        raise Refusal(sent)
    made = service().appeals.appeal(token, sent.values)
    if isinstance(made, Opened):
        return redirect(f"/receipts/{token}{_query()}", 303)
    problem = gettext(REASONS[made.fields.get("appeal", made.code)].sentence)
    part = appeal_part(found, typed=sent.one("appeal"), problem=problem)
    return answer(token, found, appeal=part, status=made.status)


def wish(token: str) -> BaseResponse:
    """`POST /receipts/<token>/mail`: what its author wishes to be told by e-mail."""
    refuse_other_websites()
    found = opened(token)
    speak_as_its_author(found.comment)
    made = mails.wished(found)
    if isinstance(made, Refused) and made.code is not Code.INVALID_FIELDS:  # of no box ticked there is nothing to keep
        return answer(token, found, mail_problem=gettext(made.sentence), status=made.status)
    return redirect(f"/receipts/{token}{_query()}#comments-mail", 303)


def refuse_other_websites() -> None:
    """Raises where another website sends a form of ours."""
    # The token is the right to do this. `no-referrer` makes the browser send `Origin: null` from our own page, so only
    # what another site sends openly is turned away.
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise Refusal(Refused(code=Code.FORBIDDEN))


def _query() -> str:
    query = request.query_string.decode("ascii", "ignore")
    return f"?{query}" if query else ""


def opened(token: str) -> Opened:
    """What a receipt leads to, in its site's own words from here on; raises the refusal otherwise."""
    found = service().receipts.open(token)
    if isinstance(found, Refused):
        raise Refusal(found)
    speak_for(found.site)
    return found


def answer(
    token: str,
    opened: Opened,
    *,
    problem: str = "",
    mail_problem: str = "",
    appeal: AppealPart | None = None,
    edit: EditPart | None = None,
    status: int = 200,
) -> Response:
    """The page, with what is wrong beside the form that was sent."""
    speak_as_its_author(opened.comment)
    page = _page(token, opened, problem, appeal or appeal_part(opened))
    page = replace(page, mail=mails.part(token, opened, mail_problem), edit=edit or edit_part(token, opened))
    html = render_template("receipt/page.html", page=page)
    response = frameable(private(Response(html, status=status, mimetype="text/html")), opened.site.origins)
    response.vary.add("Accept-Language")
    return response


def speak_as_its_author(comment: Comment) -> None:
    """The language in which the comment was sent, unless the address asks for another."""
    if comment.body:
        speak_as(comment.body.language)


def _page(token: str, opened: Opened, problem: str, appeal: AppealPart) -> ReceiptPage:
    comment, site = opened.comment, opened.site
    reason = site.reason(comment.reason) if comment.status in (Status.REJECTED, Status.APPROVED) else None
    label, rule = _why(reason)
    body = comment.body
    return ReceiptPage(
        address=f"{settings().public_url}/receipts/{token}",
        token=token,
        query=_query(),
        status=comment.status,
        comment=comment,
        sent=in_words(body.created_ms) if body else "",
        reason=label,
        rule=rule,
        told=opened.said,
        permalink=f"{body.url}#{comment.id}" if body and comment.status is Status.APPROVED else "",
        back=_back(opened),
        theme=theme(),
        draft=f"{site.key}:{comment.thread}",
        site=site,
        appeal=appeal,
        problem=problem,
        changed=in_words(comment.edit.body.edited_ms) if comment.edit else "",
    )


def _why(reason: RejectReason | None) -> tuple[str, str]:
    if reason is None:
        return "", ""
    return said(reason.labels), said(reason.rules)


def _back(opened: Opened) -> str:
    """The frame that the comment was sent from; of one that was taken back, what the address says, if it is true."""
    body, site = opened.comment.body, opened.site
    if body is None:
        named = asked(site.key)
        return named.link() if isinstance(named, Frame) and named.article.id == opened.comment.thread else ""
    thread = "" if body.thread_key == body.url else body.thread_key
    found = article(site, body.url, thread)
    if not isinstance(found, Article):  # the site has given up that origin since
        return ""
    language = request.args["lang"] if request.args.get("lang") in languages() else g.get("language", "")
    frame = Frame(
        site=site, article=found, title=body.title, thread=thread, theme=theme(), newest=False, language=language
    )
    return frame.link()
