"""Read a Redis URL, or say what is wrong with it without ever showing the password."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit


class Scheme(StrEnum):
    """How the server is reached."""

    REDIS = "redis"
    REDISS = "rediss"
    UNIX = "unix"
    SENTINEL = "redis+sentinel"
    SENTINEL_TLS = "rediss+sentinel"
    CLUSTER = "redis+cluster"
    CLUSTER_TLS = "rediss+cluster"

    @property
    def secure(self) -> bool:
        """Whether the servers are spoken to over TLS, the sentinels among them."""
        return self.startswith("rediss")

    @property
    def sentinels(self) -> bool:
        """Whether the URL names those who know the master."""
        return self in (Scheme.SENTINEL, Scheme.SENTINEL_TLS)

    @property
    def cluster(self) -> bool:
        """Whether the URL names some nodes of a cluster."""
        return self in (Scheme.CLUSTER, Scheme.CLUSTER_TLS)


EXAMPLES = {
    Scheme.REDIS: "redis://[user:password@]host:6379/0",
    Scheme.REDISS: "rediss://[user:password@]host:6379/0",
    Scheme.UNIX: "unix:///path/to/redis.sock[?db=0]",
    Scheme.SENTINEL: "redis+sentinel://[user:password@]host:26379,host:26379/service/0",
    Scheme.SENTINEL_TLS: "rediss+sentinel://[user:password@]host:26379,host:26379/service/0",
    Scheme.CLUSTER: "redis+cluster://[user:password@]host:6379,host:6379",
    Scheme.CLUSTER_TLS: "rediss+cluster://[user:password@]host:6379,host:6379",
}

NODE = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.%]+)\]|(?P<name>[^:\[\]\s]+))(?::(?P<port>\d{1,5}))?")


class AddressError(ValueError):
    """A Redis URL that cannot work; the message says why and shows the URL with the password hidden."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where to connect: `nodes` are (host, port), `path` is a socket's, `service` what sentinels call the master."""

    scheme: Scheme
    nodes: tuple[tuple[str, int], ...] = ()
    path: str = ""
    service: str = ""
    db: int = 0
    username: str | None = None
    password: str | None = field(default=None, repr=False)


def parse(url: str) -> Address:
    """Return what `url` says. Raises AddressError."""
    try:
        parts = urlsplit(url)
        scheme = Scheme(parts.scheme)
    except ValueError:
        known = ", ".join(f"{scheme}://" for scheme in Scheme)
        raise _problem(url, f"it must begin with one of {known}") from None
    if parts.fragment or ("@" in parts.path + parts.query and "@" not in parts.netloc):
        raise _problem(url, "write the characters / ? # @ in a user name or password as %2F %3F %23 %40")
    return _unix(url, parts) if scheme is Scheme.UNIX else _network(url, parts, scheme)


def redact(url: str) -> str:
    """Return `url` fit for a log: everything that could be a password is hidden."""
    # Up to the LAST @: a password with an unescaped @ or / in it is just what a wrong URL contains.
    hidden = re.sub(r"(?s)://.*@", "://***@", url)
    return re.sub(r"(?i)(password=)[^&]*", r"\1***", hidden)


def _unix(url: str, parts: SplitResult) -> Address:
    place = parts.netloc.rpartition("@")[2]
    if place or not parts.path.startswith("/"):
        raise _problem(url, "the path of a socket is absolute, so three slashes follow unix:")
    query = parse_qs(parts.query, keep_blank_values=True)
    if set(query) - {"db"}:
        raise _problem(url, "after ? only db=NUMBER is understood")
    username, password = _credentials(parts)
    db = _number(url, query.get("db", ["0"])[0])
    return Address(scheme=Scheme.UNIX, path=unquote(parts.path), db=db, username=username, password=password)


def _network(url: str, parts: SplitResult, scheme: Scheme) -> Address:
    if parts.query:
        raise _problem(url, "nothing is understood after ?")
    nodes = tuple(_node(url, text, scheme) for text in parts.netloc.rpartition("@")[2].split(","))
    if len(nodes) > 1 and scheme in (Scheme.REDIS, Scheme.REDISS):
        raise _problem(url, "several hosts need redis+sentinel:// or redis+cluster://")
    words = [unquote(word) for word in parts.path.split("/") if word]
    service = ""
    if scheme.sentinels:
        if not words:
            raise _problem(url, "the name that the sentinels watch the master under is missing")
        service = words.pop(0)
    if len(words) > 1:
        raise _problem(url, "its path has too many parts")
    db = _number(url, words[0]) if words else 0
    if scheme.cluster and db:
        raise _problem(url, "a cluster has only database 0")
    username, password = _credentials(parts)
    return Address(scheme=scheme, nodes=nodes, service=service, db=db, username=username, password=password)


def _node(url: str, text: str, scheme: Scheme) -> tuple[str, int]:
    match = NODE.fullmatch(text)
    if match is None:
        raise _problem(url, "write each server as host:port" if text else "the host is missing")
    port = int(match["port"] or (26379 if scheme.sentinels else 6379))
    if not 0 < port < 65536:
        raise _problem(url, f"{port} is no port (1 to 65535)")
    return match["v6"] or unquote(match["name"]), port


def _credentials(parts: SplitResult) -> tuple[str | None, str | None]:
    username, _, password = parts.netloc.rpartition("@")[0].partition(":")
    return unquote(username) or None, unquote(password) or None


def _number(url: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text):
        raise _problem(url, "the database is a number, such as 0")
    return int(text)


def _problem(url: str, reason: str) -> AddressError:
    scheme = url.partition(":")[0].lower()
    examples = [example for known, example in EXAMPLES.items() if known == scheme] or list(EXAMPLES.values())
    return AddressError(
        f"The Redis URL {redact(url)} cannot be used: {reason}. Write, for example, {' or '.join(examples)}."
    )
