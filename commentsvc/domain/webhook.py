"""Where webhooks may go, what they may ask for, and how a delivery is signed."""

import base64
import binascii
import hmac
import ipaddress
import re
import secrets
import socket
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from commentsvc.domain.decision import Status

SUBMITTED = "comment.submitted"
EDITED = "comment.edited"
EVENTS = (SUBMITTED, EDITED, *(f"comment.{status}" for status in Status))
"""What a webhook can hear of: a submission, a newer text that is published, a comment that has come to a status."""

WEBHOOKS_MAX = 10
URL_MAX = 2_000
SECRET_PREFIX = "whsec_"  # noqa: S105  # a prefix, not a secret
_SECRET_BYTES = 32
_PORTS = {"http": 80, "https": 443}
_LOWEST_FREE_PORT = 1024
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?\.?", re.ASCII)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_V4_NEVER = tuple(
    ipaddress.IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "100.100.100.200/32",  # a cloud's metadata service
        "168.63.129.16/32",  # a cloud's metadata service, on an address that looks public
    )
)
_V4_PRIVATE = tuple(
    ipaddress.IPv4Network(block)
    for block in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
)
_V6_GLOBAL = ipaddress.IPv6Network("2000::/3")
_V6_NEVER = tuple(
    ipaddress.IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",
        "2002::/16",  # 6to4: a v4 address in disguise, and out of use
        "3fff::/20",
        "fd00:ec2::254/128",  # a cloud's metadata service
    )
)
_V6_PRIVATE = (ipaddress.IPv6Network("fc00::/7"), ipaddress.IPv6Network("::1/128"))
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A webhook's address in parts; `host` is ASCII and lower case, `path` begins with `/` and has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the `Host` header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def target(url: str) -> Target | None:
    """Where `url` leads, or None for anything but a plain http(s) address.

    Ports are 80, 443 and those from 1024 on: what else listens below is not a web server. Names are not resolved here.
    """
    if len(url) > URL_MAX or any(c <= " " or c in '\\"<>^`{|}' or "\x7f" <= c <= "\xa0" for c in url):
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or "@" in parts.netloc:
            return None
        port = _PORTS[parts.scheme] if parts.port is None else parts.port
        host = _host(parts.hostname or "")
    except (ValueError, UnicodeError):
        return None
    if host is None or (port not in _PORTS.values() and port < _LOWEST_FREE_PORT):
        return None
    path = quote(parts.path or "/", safe="/-._~!$&'()*+,;=:@%")
    query = "?" + quote(parts.query, safe="/-._~!$&'()*+,;=:@%?") if parts.query else ""
    return Target(scheme=parts.scheme, host=host, port=port, path=path + query)


def may_go_to(address: str, *, private: bool) -> bool:
    """Whether a webhook may connect to this literal address; `private` also permits intranet and loopback.

    Link-local (where clouds keep credentials), multicast, reserved and disguised addresses are never permitted.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id:
            return False
        found = _unwrapped(found)
    if isinstance(found, ipaddress.IPv4Address):
        return not _in(found, _V4_NEVER) and (private or not _in(found, _V4_PRIVATE))
    if _in(found, _V6_NEVER):
        return False
    return found in _V6_GLOBAL or (private and _in(found, _V6_PRIVATE))


def leads_inside(host: str, *, private: bool) -> bool:
    """Whether it is known without asking anybody that a webhook may never go to this host of a `Target`.

    That is an address, in whatever notation, to which `may_go_to` says no, or a name of loopback. Other names are
    judged at each delivery, by what they are resolved to.
    """
    host = host.removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        return not private
    try:
        address = host if ":" in host else socket.inet_ntoa(socket.inet_aton(host))  # 2130706433 and 0x7f.1, too
    except OSError:
        return False
    return not may_go_to(address, private=private)


def new_secret() -> str:
    """A new signing secret in the notation of Standard Webhooks, e.g. `whsec_MfKQ…`."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, *, id: str, timestamp_s: int, body: bytes) -> str:
    """The `webhook-signature` of a delivery, e.g. `v1,g0hM9SsE…` (Standard Webhooks, HMAC-SHA256)."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = secret.encode()  # a secret that an operator wrote by hand into the site's record
    signed = f"{id}.{timestamp_s}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def _host(name: str) -> str | None:
    if ":" in name:
        return str(ipaddress.IPv6Address(name))
    ascii_name = (name if name.isascii() else name.encode("idna").decode()).lower()
    return ascii_name if _HOST.fullmatch(ascii_name) else None


def _unwrapped(address: ipaddress.IPv6Address) -> Address:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def _in(address: Address, blocks: tuple[ipaddress.IPv4Network, ...] | tuple[ipaddress.IPv6Network, ...]) -> bool:
    return any(address in block for block in blocks)
