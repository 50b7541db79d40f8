"""Articles of a fictional newspaper, to see the comments where they live; only with the setting `demo`."""

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request
from werkzeug.exceptions import NotFound

from commentsvc.domain.look import EXAMPLES
from commentsvc.domain.refusal import Refused
from commentsvc.web import looks, pages
from commentsvc.web.assets import TYPES
from commentsvc.web.frame import asked
from commentsvc.web.headers import PAGE
from commentsvc.web.parts import service

SITE = "daily"

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """One article: `path` is its address on the newspaper's site, `template` its text."""

    path: str
    template: str
    language: str
    section: str
    title: str
    lead: str
    author: str
    date: str


NAMES_AR = {"broadsheet": "الصحيفة", "harbour": "الميناء", "orchard": "البستان"}

STORIES = (
    Story(
        path="/demo/",
        template="tram",
        language="en",
        section="City",
        title="The night tram returns, and this time it stops at the harbour",
        lead="Two years after the last late car left Mill Street, the council has voted 23 to 18 to bring the night "
        "line back, with four new stops and a promise about the noise.",
        author="Hana Marek",
        date="Tuesday",
    ),
    Story(
        path="/demo/library",
        template="library",
        language="en",
        section="Culture",
        title="One library card for the whole valley",
        lead="Eleven libraries, eleven catalogues and eleven kinds of late fee become one in spring. The smallest "
        "branch had the idea.",
        author="Piet Aldous",
        date="Thursday",
    ),
    Story(
        path="/demo/ar",
        template="caravan",
        language="ar",
        section="ثقافة",
        title="المكتبة المتنقلة تعود إلى قرى الوادي",
        lead="بعد عامين من الغياب تعود حافلة الكتب الزرقاء إلى أربع عشرة قرية، ومعها ثلاثة آلاف كتاب وسائق "
        "يحفظ أسماء القراء.",
        author="سلمى الحداد",
        date="الأربعاء",
    ),
)


NAMES = (("", "Ours", "لنا"), *((name, name.title(), NAMES_AR[name]) for name in EXAMPLES))
"""Each look with its name in both languages of the newspaper."""


@blueprint.get("/")
def tram() -> Response:
    """The article that `make demo` names."""
    return _article(STORIES[0])


@blueprint.get("/library")
def library() -> Response:
    """A second article, with its own thread."""
    return _article(STORIES[1])


@blueprint.get("/ar")
def arabic() -> Response:
    """An article in Arabic, from right to left."""
    return _article(STORIES[2])


@blueprint.get(f"/{SITE}/<look>")
def dressed(look: str) -> Response:
    """The frame in one of the example looks. (Our script takes the site for the second part of the path.)"""
    frame = asked(SITE)
    if isinstance(frame, Refused) or look not in EXAMPLES:
        raise NotFound
    return pages.opened(frame, sheet=f"/demo/looks/{look}.css")


@blueprint.get("/looks/<look>.css")
def sheet(look: str) -> Response:
    """The stylesheet of an example look."""
    if look not in EXAMPLES:
        raise NotFound
    return Response(looks.css(EXAMPLES[look]), content_type=TYPES["css"])


@blueprint.get("/articles")
def articles() -> Response:
    """All articles, each with the number of its comments."""
    g.language = "en"
    return _page("demo/articles.html", home=_home())


def _article(story: Story) -> Response:
    g.language = story.language
    url = _home() + story.path
    query = urlencode({"url": url, "title": story.title, "lang": story.language})
    look = request.args.get("look", "")
    frame = f"/demo/{SITE}/{look}" if look in EXAMPLES else f"/embed/{SITE}"
    return _page("demo/article.html", story=story, url=url, frame=f"{frame}?{query}", look=look, looks=NAMES)


def _page(template: str, **shown: object) -> Response:
    html = render_template(template, stories=STORIES, site=SITE, **shown)
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = f"{PAGE}; frame-src 'self'; frame-ancestors 'none'"
    return response


def _home() -> str:
    """The origin under which the articles are known: the first start's, whatever port this one has."""
    site = service().sites.get(SITE)
    if isinstance(site, Refused):
        raise NotFound
    return next((origin for origin in site.origins if origin.startswith("http://127.0.0.1:")), site.origins[0])
