"""What a moderator types to find comments, understood: words and `author:`, `email:`, `article:`, `reason:`,
`status:`, `before:`, `after:`, `has:link`, each also with a minus in front; words in quotes stand together.

Whatever is typed is understood somehow, and never raises.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from commentsvc.domain import terms
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import comment_id, made_ms
from commentsvc.domain.site import Site
from commentsvc.domain.thread import Article, ThreadId, article

QUERY_MAX = 300
"""Characters that are read."""
CLAUSES_MAX = 12

_CLAUSE = re.compile(r'(-?)(?:([a-z]+):)?("[^"]*"?|\S+)', re.IGNORECASE)
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([hdwmy])")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24, "m": 30 * 24, "y": 365 * 24}
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")

_STATUSES = {
    **{status.value: status for status in Status},
    "waiting": Status.PENDING,
    "published": Status.APPROVED,
}


_BARE = frozenset(f"{key}:" for key in ("author", "email", "article", "reason", "status", "before", "after", "has"))
"""What is typed before anything of it: it holds nothing back yet."""


class Kind(StrEnum):
    """What a part of a query is about."""

    WORDS = "words"
    AUTHOR = "author"
    EMAIL = "email"
    ARTICLE = "article"
    REASON = "reason"
    STATUS = "status"
    BEFORE = "before"
    AFTER = "after"
    HAS = "has"
    ID = "id"


@dataclass(frozen=True, kw_only=True, slots=True)
class Clause:
    """One part of a query. `value` is as it was typed, without quotes; `negated` for what must not be.

    `words` are its words folded; `thread` is the article's where an address of the site was given; `at_ms` the moment
    of `before:` and `after:`.
    """

    kind: Kind
    value: str
    negated: bool = False
    words: tuple[str, ...] = ()
    thread: ThreadId | None = None
    at_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Query:
    """All parts of a query, which must all hold; `ignored` are those that mean nothing, as they were typed."""

    text: str
    clauses: tuple[Clause, ...]
    ignored: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.clauses)

    def wanted(self, *kinds: Kind) -> list[Clause]:
        """The clauses of these kinds that must hold."""
        return [one for one in self.clauses if one.kind in kinds and not one.negated]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are looked for in texts and names, folded: to mark them where they were found."""
        return tuple(dict.fromkeys(word for one in self.wanted(Kind.WORDS) for word in one.words))

    @property
    def statuses(self) -> tuple[Status, ...]:
        """The statuses that a comment may have."""
        asked = [{Status(one.value)} for one in self.wanted(Kind.STATUS)]
        if self.wanted(Kind.REASON):
            asked.append({Status.REJECTED})
        refused = {one.value for one in self.clauses if one.kind is Kind.STATUS and one.negated}
        return tuple(one for one in Status if one not in refused and all(one in some for some in asked))

    @property
    def terms(self) -> frozenset[str]:
        """Terms that every comment looked for is found by; none where the query asks for none of their kind."""
        return frozenset().union(*(_terms(one) for one in self.clauses if not one.negated))

    @property
    def before_ms(self) -> int | None:
        """The moment before which comments must be made, or None."""
        return min((one.at_ms for one in self.wanted(Kind.BEFORE)), default=None)

    @property
    def after_ms(self) -> int:
        """The moment from which on comments must be made; 0 for any."""
        return max((one.at_ms for one in self.wanted(Kind.AFTER)), default=0)

    def matches(self, comment: Comment) -> bool:
        """Whether all that was asked for is true of a comment."""
        seen = _Seen(comment)
        return all(seen.holds(one) is not one.negated for one in self.clauses)


def parse(text: str, *, site: Site, now_ms: int) -> Query:
    """What was typed, understood; ages such as `7d` are counted from `now_ms`."""
    text = " ".join(text[:QUERY_MAX].split())
    clauses: list[Clause] = []
    ignored: list[str] = []
    for match in _CLAUSE.finditer(text):
        found = _clause(site, now_ms, match) if len(clauses) < CLAUSES_MAX else None
        if found is None:
            ignored.append(match[0])
        else:
            clauses.append(found)
    return Query(text=text, clauses=tuple(clauses), ignored=tuple(ignored))


def _clause(site: Site, now_ms: int, match: re.Match[str]) -> Clause | None:
    minus, key, quoted = match[1], (match[2] or "").lower(), match[3]
    value, negated = quoted.strip('"').strip(), bool(minus)
    match key:
        case "author":
            return _worded(Kind.AUTHOR, value, negated)
        case "email":
            return Clause(kind=Kind.EMAIL, value=value, negated=negated) if value.strip("@") else None
        case "article":
            return _article(site, value, negated)
        case "reason":
            return _reason(site, value, negated)
        case "status":
            status = _STATUSES.get(value.lower())
            return Clause(kind=Kind.STATUS, value=status, negated=negated) if status else None
        case "before" | "after":
            at_ms = _moment(value, now_ms)
            return None if at_ms is None else Clause(kind=Kind(key), value=value, negated=negated, at_ms=at_ms)
        case "has":
            return Clause(kind=Kind.HAS, value="link", negated=negated) if value.lower() in ("link", "links") else None
    if key:
        value = f"{match[2]}:{value}"
    elif quoted.lower() in _BARE:
        return None
    if not quoted.startswith('"') and not key:
        if comment_id(value):
            return Clause(kind=Kind.ID, value=value, negated=negated)
        if _ADDRESS.fullmatch(value):
            return Clause(kind=Kind.EMAIL, value=value, negated=negated)
    return _worded(Kind.WORDS, value, negated)


def _worded(kind: Kind, value: str, negated: bool) -> Clause | None:
    words = tuple(terms.words(value))
    return Clause(kind=kind, value=value, negated=negated, words=words) if words else None


def _article(site: Site, value: str, negated: bool) -> Clause | None:
    address = value if "://" in value else f"{site.origins[0]}{value}" if value.startswith("/") and site.origins else ""
    found = article(site, address) if address else None
    if isinstance(found, Article):
        return Clause(kind=Kind.ARTICLE, value=value, negated=negated, thread=found.id)
    return _worded(Kind.ARTICLE, value, negated)


def _reason(site: Site, value: str, negated: bool) -> Clause | None:
    """One of the site's reasons by its code or what it is called in any language; or a code that it had once."""
    said = value.casefold()
    codes = (one.code for one in site.reasons if said in (one.code, *(name.casefold() for name in one.labels.values())))
    return Clause(kind=Kind.REASON, value=next(codes, said), negated=negated) if said else None


def _moment(value: str, now_ms: int) -> int | None:
    if ago := _AGO.fullmatch(value.lower()):
        return max(now_ms - int(ago[1]) * _HOURS[ago[2]] * 3_600_000, 0)
    day = _DAY.fullmatch(value)
    if day is None:
        return None
    try:
        start = datetime(int(day[1]), int(day[2] or 1), int(day[3] or 1), tzinfo=UTC)
    except ValueError:
        return None
    return max((start - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1), 0)


def _terms(clause: Clause) -> set[str]:
    match clause.kind:
        case Kind.WORDS | Kind.AUTHOR:
            return terms.of_words(clause.words)
        case Kind.EMAIL:
            return terms.of_address(clause.value)
        case Kind.ARTICLE:
            return {terms.of_thread(clause.thread)} if clause.thread else set(terms.of_page(clause.words))
        case Kind.HAS:
            return {terms.LINK}
    return set()


class _Seen:
    """A comment as it is held against a query: each of its parts is folded at most once."""

    def __init__(self, comment: Comment) -> None:
        self._comment = comment
        self._folded: dict[str, str] = {}

    def holds(self, clause: Clause) -> bool:
        """Whether what a clause says, minus or not, is true."""
        comment, body = self._comment, self._comment.body
        match clause.kind:
            case Kind.ID:
                return comment.id == clause.value
            case Kind.STATUS:
                return comment.status == clause.value or (clause.value == Status.PENDING and comment.waits)
            case Kind.REASON:
                return comment.reason == clause.value
            case Kind.BEFORE:
                return made_ms(comment.id) < clause.at_ms
            case Kind.AFTER:
                return made_ms(comment.id) >= clause.at_ms
        if body is None:
            return False
        match clause.kind:
            case Kind.HAS:
                return terms.has_link(body.text)
            case Kind.EMAIL:
                return _is_of(clause.value.casefold(), body.email.casefold())
            case Kind.AUTHOR:
                return self._says("name", body.name, clause.words)
            case Kind.ARTICLE if clause.thread:
                return comment.thread == clause.thread
            case Kind.ARTICLE:
                title, address = terms.page_parts(body)
                return self._says("title", title, clause.words) or self._says("address", address, clause.words)
        texts = [body, comment.edit.body] if comment.edit else [body]
        said = [
            (f"{what}{at}", text) for at, b in enumerate(texts) for what, text in (("text", b.text), ("name", b.name))
        ]
        return any(self._says(what, text, clause.words) for what, text in said)

    def _says(self, what: str, text: str, phrase: Sequence[str]) -> bool:
        if what not in self._folded:
            self._folded[what] = f" {' '.join(terms.words(text))} "
        return _pattern(phrase) in self._folded[what]


def _is_of(wanted: str, address: str) -> bool:
    """Whether an address is this one, or this is what stands before or behind its @."""
    name, _, host = address.partition("@")
    return wanted in (address, name, host, f"{name}@", f"@{host}") and address != ""


def _pattern(phrase: Sequence[str]) -> str:
    """Words that stand together, for folded words between spaces; a run of a script without spaces may go on."""
    before = "" if terms.is_unspaced(phrase[0]) else " "
    after = "" if terms.is_unspaced(phrase[-1]) else " "
    return f"{before}{' '.join(phrase)}{after}"
