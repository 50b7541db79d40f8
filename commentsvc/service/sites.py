"""Sites: looked up on every request, changed rarely."""

import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from commentsvc.domain import look
from commentsvc.domain.change import OPERATOR, Change, Deed, Subject, differences, new_change_id
from commentsvc.domain.ids import MAX_SITE_NUMBER
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import SITE_KEY, Field, Site, SlashPolicy
from commentsvc.domain.thread import Article, article, normal_origin
from commentsvc.service.words import NAME_MAX, is_plain_line, languages, wrong_words
from commentsvc.store.failures import UNREACHABLE
from commentsvc.store.sites import SiteRegistry

FRESH_MS = 1_000
ARTICLES_KEPT = 2_000
"""Addresses whose article is remembered: the same few are asked for all the time."""

FIXED = frozenset({"key", "number", "partitions", "salt", "version"})


class BadSite(ValueError):
    """A site cannot be as it was asked for; the message says what to do, `fields` what is wrong where."""

    def __init__(self, sentence: str, fields: Mapping[str, Code] | None = None) -> None:
        super().__init__(sentence)
        self.fields = dict(fields or {})


class Sites:
    """The registry with a memory: one read a second per process, and the last one known while Redis is away."""

    def __init__(self, registry: SiteRegistry, clock: Callable[[], int]) -> None:
        self._registry = registry
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Site] = {}
        self._by_number: dict[int, Site] = {}
        self._articles: dict[tuple[str, int, str, str], Article] = {}
        self._read_ms: int | None = None
        self._changes = 0

    def get(self, key: str) -> Site | Refused:
        """The site with this key."""
        site = self._sites().get(key) if SITE_KEY.fullmatch(key) else None
        return site or Refused(code=Code.UNKNOWN_SITE)

    def is_known(self, key: str) -> bool:
        """Whether there is a site with this key."""
        return not isinstance(self.get(key), Refused)

    def newest(self, key: str) -> Site | None:
        """The site as it is stored just now, however lately it was read."""
        return self._registry.all().get(key)

    def by_number(self, number: int) -> Site | None:
        """The site whose number an id carries."""
        self._sites()
        return self._by_number.get(number)

    def all(self) -> list[Site]:
        """Every site by key."""
        return [site for _, site in sorted(self._sites().items())]

    def article(self, key: str, url: str, thread: str = "") -> tuple[Site, Article] | Refused:
        """The site and the article at `url`, or why there is none."""
        site = self.get(key)
        if isinstance(site, Refused):
            return site
        asked = (site.salt, site.version, url, thread)
        found = self._articles.get(asked) or article(site, url, thread)
        if isinstance(found, Refused):
            return found
        if len(self._articles) >= ARTICLES_KEPT:
            self._articles.clear()
        self._articles[asked] = found
        return site, found

    def changed(self) -> None:
        """Forgets what is known, because somebody has changed a site."""
        with self._lock:
            self._changes += 1
            self._read_ms = None

    def add(
        self, *, key: str, name: str, origins: Sequence[str], partitions: int = 1, by: str = OPERATOR, **more: Any
    ) -> Site:
        """The new site; BadSite when the key is taken or anything is malformed. `more` are other fields of `Site`."""
        if not SITE_KEY.fullmatch(key):
            raise BadSite(f"{key!r} is not a site key: use 1-32 of a-z, 0-9 and '-', not beginning with '-'")
        if not 1 <= partitions <= 1024:
            raise BadSite("partitions must be 1 to 1024 (1 on one Redis, 8 to 16 on a cluster)")
        if key in self._registry.all():
            raise BadSite(f"there is a site {key!r} already: change it with `commentsvc site set {key} …`")
        name = name or key
        judge({"name": name, "origins": origins, **more})
        number = self._registry.next_number()
        if number > MAX_SITE_NUMBER:
            raise BadSite(
                f"this installation has had {MAX_SITE_NUMBER} sites: ids have no room for another, start a new one"
            )
        site = Site(
            key=key,
            number=number,
            name=name,
            origins=normal_origins(origins),
            salt=secrets.token_hex(16),
            partitions=partitions,
            **_normal(more),
        )
        if not self._registry.put(None, site, change=self._change(None, site, by)):
            raise BadSite(f"somebody else has just made a site {key!r}")
        self.changed()
        return site

    def change(self, key: str, changes: Mapping[str, Any], *, seen: int | None = None, by: str = OPERATOR) -> Site:
        """The site with these fields changed; BadSite for an unknown one, or when somebody else changed it just now.

        `seen` is the version that the changes were made from, where they depend on it; `by` is who the log says it was.
        """
        judge(changes)
        before = self._registry.all().get(key)
        if before is None:
            raise BadSite(f"there is no site {key!r}: `commentsvc site list` shows them")
        fixed = sorted(FIXED & changes.keys())
        if fixed:
            raise BadSite(f"{', '.join(fixed)} of a site cannot be changed: ids and hashes are made with it")
        changes = _normal(changes)
        _judge_slash(before, changes)
        after = replace(before, **changes, version=before.version + 1)
        if seen not in (None, before.version) or not self._put(before, after, by):
            raise BadSite(f"somebody else has just changed {key!r}: look at it again and repeat")
        self.changed()
        return after

    def _put(self, before: Site, after: Site, by: str) -> bool:
        return self._registry.put(before, after, change=self._change(before, after, by))

    def _change(self, before: Site | None, after: Site, by: str) -> Change:
        now_ms = self._clock()
        return Change(
            id=new_change_id(now_ms=now_ms),
            at_ms=now_ms,
            by=by,
            subject=Subject.SITE,
            name=after.key,
            deed=Deed.CHANGED if before else Deed.ADDED,
            sites=(after.key,),
            differences=differences(before, after),
        )

    def _sites(self) -> dict[str, Site]:
        now_ms, read_ms, changes = self._clock(), self._read_ms, self._changes
        if read_ms is not None and 0 <= now_ms - read_ms < FRESH_MS:
            return self._known
        try:
            known = self._registry.all()
        except UNREACHABLE:
            if not self._known:
                raise
            return self._known  # so that the reader's form can still be shown, with the text, while Redis is away
        with self._lock:
            self._known = known
            self._by_number = {site.number: site for site in known.values()}
            self._read_ms = now_ms if changes == self._changes else None
        return known


def judge(changes: Mapping[str, Any]) -> None:
    """Raises BadSite with everything that is wrong with these fields of a site, however they came."""
    wrong = [*_wrong_origins(changes), *_wrong_words(changes), *_wrong_look(changes)]
    if wrong:
        raise BadSite("; ".join(sentence for _, _, sentence in wrong), {field: code for field, code, _ in wrong})


def _judge_slash(before: Site, changes: Mapping[str, Any]) -> None:
    """Raises BadSite for a change of what makes two addresses one article: threads would lose their comments."""
    slash = changes.get("slash", before.slash)
    if slash != before.slash and SlashPolicy.KEEP in (slash, before.slash):
        sentence = (
            "slash cannot be changed to or from 'keep', because the comments of articles whose address ends in a slash "
            "would be lost from sight: strip and add may replace each other"
        )
        raise BadSite(sentence, {"slash": Code.INVALID_CHOICE})


def normal_origins(origins: Sequence[str]) -> tuple[str, ...]:
    """Origins that were judged, in their one form and each once."""
    return tuple(dict.fromkeys(normal for origin in origins if (normal := normal_origin(origin))))


def _normal(changes: Mapping[str, Any]) -> dict[str, Any]:
    forms: Mapping[str, Callable[[Any], Any]] = {"origins": normal_origins, "look": look.normal}
    return {name: forms[name](value) if name in forms else value for name, value in changes.items()}


def _wrong_origins(changes: Mapping[str, Any]) -> Iterator[tuple[str, Code, str]]:
    if "origins" in changes and not changes["origins"]:
        yield "origins", Code.TOO_SHORT, "a site needs at least one origin, such as https://daily.example"
    for at, origin in enumerate(changes.get("origins", ())):
        if normal_origin(origin) is None:
            advice = "is not an origin: write it like https://daily.example (no path)"
            yield f"origins[{at}]", Code.INVALID_URL, f"{origin!r} {advice}"


def _wrong_words(changes: Mapping[str, Any]) -> Iterator[tuple[str, Code, str]]:
    name = changes.get("name", "x")
    if not is_plain_line(name):
        yield "name", Code.INVALID_CHARACTERS, f"{name!r} has characters that no name needs: write plain letters"
    elif not 1 <= len(name) <= NAME_MAX:
        yield "name", Code.TOO_LONG if name else Code.TOO_SHORT, f"a site's name has 1 to {NAME_MAX} characters"
    language = changes.get("language", languages()[0])
    if language not in languages():
        known = ", ".join(languages())
        yield "language", Code.INVALID_CHOICE, f"pages do not speak {language!r}: choose one of {known}"
    for sentence in wrong_words(changes.get("words", {})):
        yield "words", Code.INVALID_CHARACTERS, sentence
    for field in changes.get("fields", ()):
        if not all(is_plain_line(said) for said in _said(field)):
            yield "fields", Code.INVALID_CHARACTERS, f"a label or choice of the field {field.key!r} is no plain text"


def _wrong_look(changes: Mapping[str, Any]) -> Iterator[tuple[str, Code, str]]:
    own = look.normal(changes.get("look", {}))
    for name, code in look.wrong(own).items():
        yield f"look.{name}", code, f"{name} of the look cannot be {own[name]!r}: {Refused(code=code).sentence}"


def _said(field: Field) -> Iterator[str]:
    """Everything of a field that people are shown."""
    yield from field.labels.values()
    for choice in field.choices:
        yield choice.value
        yield from choice.labels.values()
