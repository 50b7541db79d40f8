"""Sites: looked up on every request, changed rarely."""

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from commentsvc.domain.ids import MAX_SITE_NUMBER
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import SITE_KEY, Site
from commentsvc.domain.thread import Article, article, normal_origin
from commentsvc.store.failures import UNREACHABLE
from commentsvc.store.sites import SiteRegistry

FRESH_MS = 1_000
FIXED = frozenset({"key", "number", "partitions", "salt", "version"})


class BadSite(ValueError):
    """A site cannot be as it was asked for; the message says what to do."""


class Sites:
    """The registry with a memory: one read a second per process, and the last one known while Redis is away."""

    def __init__(self, registry: SiteRegistry, clock: Callable[[], int]) -> None:
        self._registry = registry
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Site] = {}
        self._by_number: dict[int, Site] = {}
        self._read_ms: int | None = None

    def get(self, key: str) -> Site | Refused:
        """The site with this key."""
        site = self._sites().get(key) if SITE_KEY.fullmatch(key) else None
        return site or Refused(code=Code.UNKNOWN_SITE)

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
        found = article(site, url, thread)
        return found if isinstance(found, Refused) else (site, found)

    def add(self, *, key: str, name: str, origins: Sequence[str], partitions: int = 1, **more: Any) -> Site:
        """The new site; BadSite when the key is taken or anything is malformed. `more` are other fields of `Site`."""
        if not SITE_KEY.fullmatch(key):
            raise BadSite(f"{key!r} is not a site key: use 1-32 of a-z, 0-9 and '-', not beginning with '-'")
        if not 1 <= partitions <= 1024:
            raise BadSite("partitions must be 1 to 1024 (1 on one Redis, 8 to 16 on a cluster)")
        if key in self._registry.all():
            raise BadSite(f"there is a site {key!r} already: change it with `commentsvc site set {key} …`")
        checked = checked_origins(origins)
        number = self._registry.next_number()
        if number > MAX_SITE_NUMBER:
            raise BadSite(
                f"this installation has had {MAX_SITE_NUMBER} sites: ids have no room for another, start a new one"
            )
        site = Site(
            key=key,
            number=number,
            name=name or key,
            origins=checked,
            salt=secrets.token_hex(16),
            partitions=partitions,
            **more,
        )
        if not self._registry.put(None, site):
            raise BadSite(f"somebody else has just made a site {key!r}")
        self._read_ms = None
        return site

    def change(self, key: str, changes: Mapping[str, Any], *, seen: int | None = None) -> Site:
        """The site with these fields changed; BadSite for an unknown one, or when somebody else changed it just now.

        `seen` is the version that the changes were made from, where they depend on it.
        """
        before = self._registry.all().get(key)
        if before is None:
            raise BadSite(f"there is no site {key!r}: `commentsvc site list` shows them")
        fixed = sorted(FIXED & changes.keys())
        if fixed:
            raise BadSite(f"{', '.join(fixed)} of a site cannot be changed: ids and hashes are made with it")
        if "origins" in changes:
            changes = {**changes, "origins": checked_origins(changes["origins"])}
        after = replace(before, **changes, version=before.version + 1)
        if seen not in (None, before.version) or not self._registry.put(before, after):
            raise BadSite(f"somebody else has just changed {key!r}: look at it again and repeat")
        self._read_ms = None
        return after

    def _sites(self) -> dict[str, Site]:
        now_ms = self._clock()
        if self._read_ms is not None and now_ms - self._read_ms < FRESH_MS:
            return self._known
        try:
            known = self._registry.all()
        except UNREACHABLE:
            if self._read_ms is None:
                raise
            return self._known  # so that the reader's form can still be shown, with the text, while Redis is away
        with self._lock:
            self._known = known
            self._by_number = {site.number: site for site in known.values()}
            self._read_ms = now_ms
        return known


def checked_origins(origins: Sequence[str]) -> tuple[str, ...]:
    """The origins in their one form; BadSite names the one that is not an origin."""
    checked: list[str] = []
    for origin in origins:
        normal = normal_origin(origin)
        if normal is None:
            raise BadSite(f"{origin!r} is not an origin: write it like https://daily.example (no path)")
        checked.append(normal)
    if not checked:
        raise BadSite("a site needs at least one origin, such as https://daily.example")
    return tuple(dict.fromkeys(checked))
