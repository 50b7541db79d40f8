"""Links as rules count them: also those that readers cannot click, because spam needs no scheme."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

# Enough for what is advertised without a scheme; with one, or with www., any host counts.
_ENDINGS = (
    "com net org info biz shop store online site club top xyz vip win bet casino live life pro app dev link click "
    "ru su cn tk ml ga cf gq cc io co me tv ly de uk fr it es nl pl tr eu us in ir ae sa eg sy рф"
).replace(" ", "|")
_HOST = r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,8}"
_LINK = re.compile(
    rf"(?<![\w@.-])(?:(?:https?://|www\.)([^\s<>\"'/?#]{{1,300}})|({_HOST}(?:{_ENDINGS}))(?![\w@-]|\.\w))"
    r"[^\s<>\"]{0,500}",
    re.IGNORECASE,
)
_TAIL = ".,;:!?)]}'،؛؟»”"
LINKS_MAX = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link in a text: where it stands and the host it leads to, in small letters and without `www.`."""

    start: int
    end: int
    host: str


def links(text: str) -> tuple[Link, ...]:
    """The first hundred links of a text, in their order."""
    if "." not in text and "://" not in text:
        return ()
    found: list[Link] = []
    for match in _LINK.finditer(text):
        shown = match[0].rstrip(_TAIL)
        host = host_of(match[1] or match[2])
        if host:
            found.append(Link(start=match.start(), end=match.start() + len(shown), host=host))
        if len(found) == LINKS_MAX:
            break
    return tuple(found)


def hosts(found: Collection[Link]) -> tuple[str, ...]:
    """The hosts of these links, each once."""
    return tuple(dict.fromkeys(link.host for link in found))


def host_of(authority: str) -> str:
    """The host of what stands between `//` and the path: no user, no port, no `www.`, small letters."""
    host = authority.rpartition("@")[2].partition(":")[0].lower().strip(_TAIL)
    return host.removeprefix("www.")


def belongs(host: str, domains: Collection[str]) -> bool:
    """Whether the host is one of the domains or lies below one."""
    return any(part in domains for part in _above(host))


def _above(host: str) -> Iterator[str]:
    """The host and every domain that it lies below, ten at the most."""
    for _ in range(10):
        yield host
        host = host.partition(".")[2]
        if not host:
            return
