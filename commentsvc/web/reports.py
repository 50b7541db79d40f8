"""Reporting a published comment: a rule of the house in one tap, illegal content with what the law asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse
from wtforms import BooleanField, EmailField, Form, HiddenField, StringField, TextAreaField

from commentsvc.domain.case import ILLEGAL, WHY_MAX, Ending
from commentsvc.domain.challenge import LENGTH
from commentsvc.domain.decision import Status
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.submission import TICKED
from commentsvc.domain.thread import Article, article
from commentsvc.picture import HEIGHT, WIDTH
from commentsvc.service.reports import Filed, Outcome, Reportable
from commentsvc.web.bodies import read_form
from commentsvc.web.catalogue import gettext, languages, said, speak_for
from commentsvc.web.errors import Refusal
from commentsvc.web.frame import Frame, theme
from commentsvc.web.headers import frameable, private
from commentsvc.web.moments import in_words
from commentsvc.web.network import network_of
from commentsvc.web.origins import may_send
from commentsvc.web.pages import sentences, worded
from commentsvc.web.parts import service, settings

SPENT = frozenset({Code.WRONG_CODE, Code.EXPIRED_CODE, Code.USED_CODE, Code.INVALID_CHALLENGE})
CARRIED = ("comment", "lang", "theme", "top")
"""What of the address goes with the reader from page to page; `top`: the way back leads to the article, to no frame."""


class ReportForm(Form):  # type: ignore[misc]  # ships no types
    """The fields of a notice of illegal content, and the code."""

    why = TextAreaField(render_kw={"rows": 5, "maxlength": WHY_MAX, "spellcheck": "true"})
    name = StringField(render_kw={"autocomplete": "name"})
    email = EmailField(render_kw={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"})
    faith = BooleanField(render_kw={"value": TICKED})
    code = StringField(
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
    )
    challenge = HiddenField()

    def __init__(self, sent: Mapping[str, Sequence[str]] | None = None) -> None:
        # A NUL can stand in no page; the judge has seen the real one.
        data = None if sent is None else MultiDict((k, v.replace("\0", "\ufffd")) for k, vs in sent.items() for v in vs)
        super().__init__(formdata=data)
        self.why.label.text = gettext("Why is it illegal?")
        self.name.label.text = gettext("Name")
        self.email.label.text = gettext("E-mail")
        self.faith.label.text = gettext("I believe in good faith that what I say here is true and complete.")
        self.code.label.text = gettext("Confirmation code")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportPage:
    """The page with both forms. `chosen` was reported already and takes a code; `rules` are (code, name, rule)."""

    action: str
    name: str
    html: Markup
    language: str
    permalink: str
    rules: tuple[tuple[str, str, str], ...]
    form: ReportForm
    reason: str
    chosen: str
    theme: str
    back: str
    top: bool
    site: Site
    problems: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    code_length: int = LENGTH
    picture_width: int = WIDTH
    picture_height: int = HEIGHT

    @property
    def ticket(self) -> str:
        """The ticket shown, whose picture and sound the page points to."""
        return str(self.form["challenge"].data or "")


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomePage:
    """What became of a report. `address` is the page's own, whole, because a frame hides it."""

    address: str
    ending: Ending | None
    reported: str
    ended: str
    permalink: str
    back: str
    top: bool
    theme: str
    site: Site


def form() -> Response:
    """`GET /report?comment=`: the comment, and what can be said about it."""
    found = _found()
    return _page(found, ReportForm(), reason="")


def report() -> BaseResponse:
    """`POST /report?comment=`: 303 to the reporter's receipt, or the form with what is wrong and all that was typed."""
    found, sent = _found(), read_form()
    if not may_send(found.site):
        return worded(
            Code.FORBIDDEN,
            gettext("This form was sent by another website. Please open it again on the article's page."),
        )
    if isinstance(sent, Refused):
        raise Refusal(sent)
    if sent.size > settings().body_max_kib * 1024:
        raise Refusal(Refused(code=Code.TOO_LARGE))
    outcome = service().reports.report(found, sent.values, network=network_of(request))
    if isinstance(outcome, Filed):
        return redirect(f"/reports/{outcome.token}{_query('lang', 'theme', 'top')}", 303)
    return _page(found, ReportForm(sent.values), reason=sent.one("reason"), refused=outcome)


def outcome(token: str) -> Response:
    """`GET /reports/<token>`: private, for who reported it; says nothing of the comment but how it was judged."""
    found = service().reports.open(token)
    if isinstance(found, Refused):
        raise Refusal(found)
    speak_for(found.site)
    html = render_template("report/outcome.html", page=_outcome_page(token, found))
    response = frameable(private(Response(html, mimetype="text/html")), found.site.origins)
    response.vary.add("Accept-Language")
    return response


def _found() -> Reportable:
    found = service().reports.find(request.args.get("comment", ""))
    if isinstance(found, Refused):
        raise Refusal(found)
    speak_for(found.site)
    return found


def _page(found: Reportable, form: ReportForm, *, reason: str, refused: Refused | None = None) -> Response:
    site, comment, body = found.site, found.comment, found.comment.body
    fields = refused.fields if refused else {}
    if not form["challenge"].data or fields.get("code") in SPENT:
        form["challenge"].data = service().reports.code(found).ticket
        form["code"].data = ""
    known = site.reason(reason)
    page = ReportPage(
        action=f"/report{_query(*CARRIED)}",
        name=body.name if body else "",
        html=Markup(comment.html),  # noqa: S704  # made by `domain.text.safe_html`, and nowhere else
        language=body.language if body and body.language in languages() else "",
        permalink=_permalink(found),
        rules=tuple((one.code, said(one.labels), said(one.rules)) for one in site.reasons),
        form=form,
        reason=reason if reason == ILLEGAL or known else "",
        chosen=said(known.labels) if known else "",
        theme=theme(),
        back=_back(found),
        top=_is_top(),
        site=site,
        problems=sentences(fields),
        summary=gettext(refused.sentence) if refused else "",
    )
    status = refused.status if refused else 200
    response = Response(render_template("report/page.html", page=page), status=status, mimetype="text/html")
    # The code is one reader's own. Not `no-referrer`: browsers then send `Origin: null` with the form.
    frameable(private(response), site.origins).headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if refused and refused.retry_after_s is not None:
        response.headers["Retry-After"] = str(refused.retry_after_s)
    response.vary.add("Accept-Language")
    return response


def _outcome_page(token: str, found: Outcome) -> OutcomePage:
    told, here = found.reported, Reportable(site=found.site, comment=found.comment)
    published = found.comment.status is Status.APPROVED
    return OutcomePage(
        address=f"{settings().public_url}/reports/{token}",
        ending=told.ending,
        reported=in_words(told.at_ms),
        ended=in_words(told.ended_ms) if told.ending else "",
        permalink=_permalink(here) if published else "",
        back=_back(here),
        top=_is_top(),
        theme=theme(),
        site=found.site,
    )


def _is_top() -> bool:
    return request.args.get("top") == "1"


def _query(*names: str) -> str:
    kept = {name: request.args[name] for name in names if request.args.get(name)}
    return f"?{urlencode(kept)}" if kept else ""


def _permalink(found: Reportable) -> str:
    body = found.comment.body
    return f"{body.url}#{found.comment.id}" if body else ""


def _back(found: Reportable) -> str:
    """Where the comment is shown: the article, or the frame that the reader came from."""
    comment, site, body = found.comment, found.site, found.comment.body
    if body is None:
        return ""
    if _is_top():
        return _permalink(found)
    thread = "" if body.thread_key == body.url else body.thread_key
    known = article(site, body.url, thread)
    if not isinstance(known, Article):  # the site has given up that origin since
        return ""
    language = request.args["lang"] if request.args.get("lang") in languages() else ""
    frame = Frame(
        site=site, article=known, title=body.title, thread=thread, theme=theme(), newest=False, language=language
    )
    return f"{frame.link(comment=comment.id)}#{comment.id}"
