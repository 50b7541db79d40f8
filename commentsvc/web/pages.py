"""The frame's page and its two fragments."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from flask import Response, g, render_template, request
from markupsafe import Markup

from commentsvc.domain.refusal import REASONS, Code, Refused
from commentsvc.ready import depends
from commentsvc.service import UNREACHABLE
from commentsvc.web.catalogue import current, gettext, languages
from commentsvc.web.errors import RETRY_AFTER_S, Refusal
from commentsvc.web.frame import Frame, asked
from commentsvc.web.headers import frameable, private
from commentsvc.web.listing import PER_PAGE, Listing, last_listing, listing, listing_unless, none_listed
from commentsvc.web.looks import stylesheet
from commentsvc.web.parts import service, settings
from commentsvc.web.shape import empty_form, form_html

SHAPE = 4
"""Part of every entity tag: raised when the fragment of an unchanged thread changes its shape."""

_ETAG_REVISION = re.compile(r"r(\d{1,15})-[0-9a-f]{16}", re.ASCII)


def embed(site: str) -> Response:
    """`GET /embed/<site>`: the article's comments and the form, complete without a script."""
    return opened(_asked(site))


def opened(frame: Frame, *, sheet: str = "") -> Response:
    """The page of a frame; in another look than its site's where that has a stylesheet of its own, `sheet`."""
    start = _start_if_reachable(frame)
    shown = _listed_or_last(frame, start or "")
    form = empty_form(frame, request.args.get("reply_to", "")) if shown.open else form_html(None)
    notice = gettext("This comment is no longer here.") if start is None else ""
    return whole(frame, shown, form, notice=notice, sheet=sheet)


def list_fragment(site: str) -> Response:
    """`GET /embed/<site>/list`: the comments alone, to be included; cached as the site says, known by revision.

    With `inside=1` for our own page's script, which puts them in the place of others.
    """
    inside = request.args.get("inside") == "1"
    frame = _asked(site, base="" if inside else settings().public_url)
    depends(request.environ, frame.site.key, frame.article.id)
    cursor = _start(frame) or ""
    known = _known_revision()
    if known is not None and _etag(frame, cursor, known) in request.if_none_match:
        shown = listing_unless(frame, cursor=cursor, known=known)
        if shown is None:
            return _cached(Response(status=304), frame, _etag(frame, cursor, known))
    else:
        shown = listing(frame, cursor=cursor)
    if isinstance(shown, Refused):
        raise Refusal(shown)
    response = Response(shown.html(frame), mimetype="text/html")
    return _cached(response, frame, _etag(frame, cursor, shown.revision))


def form_fragment(site: str) -> Response:
    """`GET /embed/<site>/form`: the form alone, to be included."""
    frame = _asked(site, base=settings().public_url)
    open = service().reading.is_open(frame.site, frame.article)
    html = empty_form(frame, request.args.get("reply_to", "")) if open else form_html(None)
    response = Response(html, mimetype="text/html")
    return _varied(frameable(response, frame.site.origins))


def listed_if_reachable(frame: Frame) -> Listing | None:
    """The comments for the page of a form that was refused; the form matters more than they do."""
    try:
        shown = listing(frame)
    except UNREACHABLE:
        return None
    return None if isinstance(shown, Refused) else shown


def whole(
    frame: Frame,
    shown: Listing | None,
    form: Markup,
    *,
    status: int = 200,
    notice: str = "",
    retry_after_s: int | None = None,
    sheet: str = "",
) -> Response:
    """The complete page; `shown` is None where the comments cannot be read just now."""
    html = render_template(
        "embed/page.html",
        frame=frame,
        count=shown.count if shown else 0,
        list=shown.html(frame) if shown else none_listed(),
        form=form,
        notice=notice,
        sheet=sheet or stylesheet(frame.site),
        form_first=request.method == "POST",
        languages=languages(),
        liked=_liked(),
    )
    response = frameable(Response(html, status=status, mimetype="text/html"), frame.site.origins)
    response.headers["X-Robots-Tag"] = "noindex"
    # Not `no-referrer`: browsers then send `Origin: null` with the form.
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if retry_after_s is not None or status in (429, 503):
        response.headers["Retry-After"] = str(retry_after_s or RETRY_AFTER_S)
    return _varied(response)


def worded(code: Code, sentence: str) -> Response:
    """A refusal that needs other words for people than for programs."""
    html = render_template("errors/refusal.html", code=code, sentence=sentence, kept=typed())
    return private(Response(html, status=REASONS[code].status, mimetype="text/html"))


def sentences(fields: Mapping[str, Code]) -> dict[str, str]:
    """Each field's problem in the page's language."""
    return {name: gettext(REASONS[code].sentence) for name, code in fields.items()}


def typed() -> Sequence[tuple[str, str]]:
    """What was typed, field by field, where a form was sent."""
    typed: Sequence[tuple[str, str]] = g.get("typed", ())
    return typed


def repeated() -> Sequence[tuple[str, str]]:
    """Every value of the fields that were sent twice: the form has room for one of each only."""
    times = Counter(name for name, _ in typed())
    return [(name, value) for name, value in typed() if times[name] > 1]


def _liked() -> str:
    """What somebody is told who has just liked a comment and came back without a script."""
    words = {
        "yes": gettext("Your like is counted. The number follows within a minute or two."),
        "again": gettext("It was counted before: each person's like counts once."),
    }
    return words.get(request.args.get("liked", ""), "")


def _asked(site: str, *, base: str = "") -> Frame:
    frame = asked(site, base=base)
    if isinstance(frame, Refused):
        raise Refusal(frame)
    return frame


def _start_if_reachable(frame: Frame) -> str | None:
    try:
        return _start(frame)
    except UNREACHABLE:
        return ""


def _start(frame: Frame) -> str | None:
    """The cursor of the page that the address asks for: itself, or by a comment (`comment`, `before`).

    None where that comment is not here.
    """
    for name in ("comment", "before"):
        if id := request.args.get(name, ""):
            return service().reading.start(
                frame.site, frame.article, id, sort=frame.sort, limit=PER_PAGE, before=name == "before"
            )
    return request.args.get("cursor", "")


def _listed(frame: Frame, cursor: str) -> Listing:
    shown = listing(frame, cursor=cursor)
    if isinstance(shown, Refused):
        raise Refusal(shown)
    return shown


def _listed_or_last(frame: Frame, cursor: str) -> Listing:
    """The comments; while the store is away, as they were a moment ago: who only reads need not know of it."""
    try:
        return _listed(frame, cursor)
    except UNREACHABLE:
        last = last_listing(frame, cursor=cursor)
        if last is None:
            raise
        return last


def _known_revision() -> int | None:
    tags: Iterable[str | None] = request.if_none_match.as_set()  # an empty tag, `""`, is None
    matches = (_ETAG_REVISION.fullmatch(tag) for tag in tags if tag)
    return next((int(match[1]) for match in matches if match), None)


def _etag(frame: Frame, cursor: str, revision: int) -> str:
    site = frame.site
    what = f"{SHAPE} {site.key} {site.version} {frame.article.id} {frame.link(cursor=cursor)} {current()}"
    return f"r{revision}-{hashlib.sha256(what.encode()).hexdigest()[:16]}"


def _cached(response: Response, frame: Frame, etag: str) -> Response:
    seconds = frame.site.cache_seconds
    response.headers["Cache-Control"] = f"public, max-age={seconds}" if seconds else "no-cache"
    response.set_etag(etag)
    return _varied(frameable(response, frame.site.origins))


def _varied(response: Response) -> Response:
    response.vary.add("Accept-Language")
    return response
