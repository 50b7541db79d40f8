"""From the text an operator wrote to a value, or a `ValueError` whose words say what to write instead."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from commentsvc.domain.relay import relay, sender

SHORTEST_SECRET = 32  # characters; half of what `rotate_secrets` makes, so that hand-made hex of 128 bit passes

TRUTH = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
LEVELS = ("debug", "info", "warning", "error")


class BadSettings(Exception):
    """The service cannot start as configured; the message names every problem and what to do about it."""


def whole(low: int, high: int) -> Callable[[str], int]:
    """A parser of whole numbers from `low` to `high`."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", text, re.ASCII) or not low <= int(text) <= high:
            raise ValueError(f"write a whole number from {low} to {high}")
        return int(text)

    return parse


def truth(text: str) -> bool:
    """True or False as the word says: "false" is false, and any other word is refused."""
    if text.lower() not in TRUTH:
        raise ValueError("write true or false")
    return TRUTH[text.lower()]


def level(text: str) -> str:
    """A log level in lower case."""
    if text.lower() not in LEVELS:
        raise ValueError("write debug, info, warning or error")
    return text.lower()


def language(text: str) -> str:
    """A language tag (BCP 47, without private parts)."""
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise ValueError("write a language tag such as en, de or pt-BR")
    return text


def path(text: str) -> Path:
    """A path, with `~` made the home directory: no shell did that for a TOML file."""
    return Path(text).expanduser()


def host(text: str) -> str:
    """An address or name to listen on."""
    if not re.fullmatch(r"[A-Za-z0-9.:_-]+", text):
        raise ValueError("write an address to listen on, such as 127.0.0.1, 0.0.0.0 or ::1")
    return text


def base_url(text: str) -> str:
    """An absolute http(s) URL without a slash at its end, so that paths can be added to it."""
    if not _is_web_address(text):
        raise ValueError("write the address readers use, such as https://comments.example")
    return text.rstrip("/")


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:  # a port that is no number, half an IPv6 address
        return False
    extra = parts.query or parts.fragment or parts.username or re.search(r"\s", text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0 and not extra


def redis_url(text: str) -> str:
    """The URL of a server, of sentinels or of a cluster; which kinds there are is judged where one is connected to."""
    if not re.fullmatch(r"[a-z][a-z0-9+.-]*://\S+", text):
        raise ValueError("write a URL such as redis://127.0.0.1:6379/0, rediss://… or unix:///run/redis.sock")
    return text


def smtp_url(text: str) -> str:
    """The URL of a mail server."""
    if relay(text) is None:
        raise ValueError(
            "write smtps://user:password@mail.example, smtp://… (STARTTLS), "
            "or smtp+plain://host without a password for a server on your own network"
        )
    return text


def mail_from(text: str) -> str:
    """Whom letters are from."""
    if sender(text) is None:
        raise ValueError("write an e-mail address, such as comments@daily.example or Daily <comments@daily.example>")
    return text


def secrets(text: str) -> tuple[str, ...]:
    """Signing secrets, separated by commas, spaces or line ends; the first one signs."""
    found = tuple(secret for secret in re.split(r"[\s,]+", text) if secret)
    if not found or any(len(secret) < SHORTEST_SECRET for secret in found):
        raise ValueError(f"give each secret at least {SHORTEST_SECRET} characters; `openssl rand -hex 32` makes one")
    return found


def token(text: str) -> str:
    """A bearer token that somebody else's program will send."""
    if not re.fullmatch(r"[\x21-\x7e]{16,}", text):
        raise ValueError("give at least 16 letters, digits or signs without spaces; `openssl rand -hex 16` makes one")
    return text
