"""The mail server that letters are handed to, and whom they are from."""

import re
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from commentsvc.domain.wish import mailbox

PORTS = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
"""TLS from the first byte; STARTTLS, without which nothing is said; none, for a server on this machine or network."""

_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}", re.ASCII)
_PLAIN = re.compile(r"[ -~]{1,200}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Relay:
    """Where the mail server listens, how it is spoken to, and who we are there; no `user` where it does not ask."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"Relay({self.scheme}://{self.host}:{self.port})"


def relay(url: str) -> Relay | None:
    """The mail server of this address, or None for anything else; a password never goes over a line without TLS."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is no number, half an IPv6 address
        return None
    host, user, password = parts.hostname or "", unquote(parts.username or ""), unquote(parts.password or "")
    extra = parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in PORTS or not _HOST.fullmatch(host) or port == 0 or extra:
        return None
    if bool(user) != bool(password) or (user and parts.scheme == "smtp+plain"):
        return None
    if user and not (_PLAIN.fullmatch(user) and _PLAIN.fullmatch(password)):
        return None
    return Relay(scheme=parts.scheme, host=host, port=port or PORTS[parts.scheme], user=user, password=password)


def sender(text: str) -> tuple[str, str] | None:
    """The name (perhaps empty) and the address of `Daily <comments@daily.example>`, or None for what is neither."""
    if not text.isprintable():
        return None
    name, address = parseaddr(text)
    ascii = mailbox(address) if address else None
    return (name, ascii) if ascii else None
