"""What the address of a frame says: which article, in which order, look and language; every link carries it on."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.domain.text import has_controls, normalised
from commentsvc.domain.thread import TITLE_MAX, Article
from commentsvc.service import Sort
from commentsvc.web.bodies import Sent
from commentsvc.web.catalogue import languages, speak_for
from commentsvc.web.parts import service

THEMES = ("auto", "light", "dark")
NEWEST = "newest"
BEST = "best"


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """One article's comments as a page asked for them. `base` is empty, or our origin where links leave our pages."""

    site: Site
    article: Article
    title: str
    thread: str
    theme: str
    newest: bool
    language: str
    base: str = ""
    best: bool = False

    @property
    def included(self) -> bool:
        """Whether the publisher's own page includes it."""
        return self.base != ""

    @property
    def sort(self) -> Sort:
        """The order: replies under what they answer, the newest first, or what was liked most."""
        return Sort.BEST if self.best else Sort.NEWEST if self.newest else Sort.CONVERSATION

    @property
    def report(self) -> str:
        """The address of the form that reports a comment of this frame; the comment's id goes to its end.

        From a page that includes the list, it is opened on top, and leads back to the article.
        """
        words = {
            "lang": self.language,
            "theme": self.theme if self.theme != "auto" else "",
            "top": "1" if self.included else "",
        }
        kept = {name: value for name, value in words.items() if value}
        return f"{self.base}/report?{urlencode({**kept, 'comment': ''})}"

    def link(self, **more: str) -> str:
        """The address of this frame, with `more` in its query."""
        return self._address("", more)

    @property
    def like(self) -> str:
        """The address to which a like is sent."""
        return self._address("/like", {})

    def _address(self, path: str, more: Mapping[str, str]) -> str:
        query = {
            "url": self.article.url,
            "title": self.title,
            "thread": self.thread,
            "lang": self.language,
            "theme": self.theme if self.theme != "auto" else "",
            "sort": BEST if self.best else NEWEST if self.newest else "",
            **more,
        }
        said = {name: value for name, value in query.items() if value}
        return f"{self.base}/embed/{self.site.key}{path}?{urlencode(said)}"


def asked(site_key: str, *, sent: Sent | None = None, base: str = "") -> Frame | Refused:
    """The frame that the request's address asks for; what its form says (`sent`) goes before what its address says."""

    def word(name: str) -> str:
        said = sent.one(name) if sent else ""
        return said or request.args.get(name, "")

    found = service().sites.article(site_key, word("url"), word("thread"))
    if isinstance(found, Refused):
        return found
    site, article = found
    speak_for(site)
    return Frame(
        site=site,
        article=article,
        title=_shown_title(word("title")),
        thread=word("thread"),
        theme=theme(),
        newest=word("sort") == NEWEST,
        language=request.args["lang"] if request.args.get("lang") in languages() else "",
        base=base,
        # A comment that is looked for is found in the conversation: its place among the best changes all the time.
        best=site.likes and word("sort") == BEST and not request.args.keys() & {"comment", "before"},
    )


def theme() -> str:
    """The look that the address asks for; `auto`, the system's, where it asks for none that we have."""
    wanted = request.args.get("theme", "")
    return wanted if wanted in THEMES else "auto"


def _shown_title(title: str) -> str:
    """The title as our form carries it: an overlong or odd one is the page's fault and must not stop its readers."""
    one_line = " ".join(normalised(title[: 4 * TITLE_MAX]).split())[:TITLE_MAX]
    return "" if has_controls(one_line, lines=False) else one_line
