"""Every setting, once: its name, type, default, parser and its sentence in docs/settings.md."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from commentsvc.settings import parsers
from commentsvc.settings.parsers import whole

T = TypeVar("T")


def _setting(default: T, parse: Callable[[str], T], doc: str, *, secret: bool = False) -> T:
    made: Any = field(default=default, metadata={"parse": parse, "doc": doc, "secret": secret})
    return made  # type: ignore[no-any-return]  # a dataclass field stands for its value until the class is made


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Settings:
    """What this installation was told, complete and checked; secrets do not show in its repr."""

    data_dir: Path = _setting(  # noqa: RUF009  # the "default" is a dataclass field, made anew for the one class
        Path("data"), parsers.path, "Directory of the embedded Redis and of the signing secrets: back it up"
    )
    redis_url: str | None = _setting(
        None, parsers.redis_url, "A Redis or Valkey ≥ 6.2 with AOF and `noeviction`; unset: the embedded server"
    )
    wait_replicas: int = _setting(
        0, whole(0, 5), "Replicas that must have a write before it is acknowledged (503, text kept, when they have not)"
    )
    secrets: tuple[str, ...] | None = _setting(
        None,
        parsers.secrets,
        "Signing secrets of ≥ 32 characters, separated by commas, spaces or line ends: the first signs, all verify; "
        "unset: kept in `data_dir/secrets`, made on the first start",
        secret=True,
    )
    public_url: str = _setting(
        "http://127.0.0.1:8000", parsers.base_url, "Address at which readers reach the service: receipts, embed code"
    )
    host: str = _setting("127.0.0.1", parsers.host, "Address to listen on")
    port: int = _setting(8000, whole(1, 65535), "Port to listen on; an unset `public_url` follows it")
    workers: int = _setting(2, whole(1, 256), "Web processes")
    threads: int = _setting(64, whole(1, 512), "Threads of one web process that may wait for Redis or a slow body")
    proxies: int = _setting(0, whole(0, 10), "Trusted proxies in front; 0: `X-Forwarded-*` is believed from nobody")
    default_language: str = _setting(
        "en", parsers.language, "Language where neither the page nor the browser asks for one we have"
    )
    text_max: int = _setting(5000, whole(100, 20_000), "Longest comment, in characters")
    body_max_kib: int = _setting(64, whole(8, 1024), "Largest request body, in KiB; beyond it 413")
    ticket_minutes: int = _setting(60, whole(5, 1440), "Minutes in which a confirmation code can be used")
    submissions_per_minute: int = _setting(
        30, whole(1, 10_000), "Submissions a minute from one network, in each partition"
    )
    sounds_per_second: int = _setting(20, whole(1, 1000), "Codes one web process speaks a second, 55 KB each")
    ready_mib: int = _setting(64, whole(1, 16_384), "Memory of one web process for answers kept ready, in MiB")
    stale_seconds: int = _setting(
        60, whole(0, 3600), "Seconds for which readers still get a page as it last was while Redis is away"
    )
    codes_percent: int = _setting(
        30, whole(1, 100), "Percent of one core that one web process gives to drawing and speaking codes"
    )
    submission_days: int = _setting(7, whole(1, 90), "Days in which a retried submission is known to be the same one")
    session_hours: int = _setting(12, whole(1, 168), "Idle hours after which a moderator signs in again")
    session_days: int = _setting(7, whole(1, 90), "Days after which a moderator signs in again in any case")
    decision_grace_s: int = _setting(
        10, whole(0, 600), "Seconds in which a decision can be undone before webhooks and e-mails leave"
    )
    webhook_timeout_s: int = _setting(10, whole(1, 60), "Seconds that a webhook's receiver has to answer")
    smtp_url: str | None = _setting(
        None,
        parsers.smtp_url,
        "The mail server that carries e-mails to authors who wish them (docs/mail.md): `smtps://user:password@host`, "
        "`smtp://…` (STARTTLS) or `smtp+plain://host`; unset: there are no e-mails",
        secret=True,
    )
    mail_from: str | None = _setting(
        None, parsers.mail_from, "Whom these e-mails are from, such as `Daily <comments@daily.example>`"
    )
    demo: bool = _setting(False, parsers.truth, "Whether `/demo/` shows a sample article; `commentsvc demo` sets it")
    allow_private_webhooks: bool = _setting(
        False, parsers.truth, "Whether webhooks may go to private and loopback addresses (an intranet)"
    )
    min_free_disk_mib: int = _setting(
        256, whole(1, 1_048_576), "Free disk space, in MiB, below which nothing new is accepted (503, text kept)"
    )
    metrics_token: str | None = _setting(
        None, parsers.token, "Bearer token that opens `/metrics`; unset: there are no metrics", secret=True
    )
    log_level: str = _setting("info", parsers.level, "`debug`, `info`, `warning` or `error`")
    sources: Mapping[str, str] = field(default_factory=dict, compare=False)  # name → where `load` found it

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{one.name}={one.value}' for one in described(self))})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """One setting for people: `name`, its `value` with secrets hidden, the `source` it came from, its `doc`."""

    name: str
    value: str
    source: str
    doc: str


def settings_fields() -> tuple[Field[Any], ...]:
    """Every setting in the order of the documentation; a field's metadata has `parse`, `doc` and `secret`."""
    return tuple(one for one in fields(Settings) if one.metadata)


def described(settings: Settings) -> Iterator[Described]:
    """Each setting as `commentsvc config` shows it: secrets hidden, with its source."""
    for one in settings_fields():
        value = getattr(settings, one.name)
        source = settings.sources.get(one.name, "default" if value == one.default else "code")
        yield Described(name=one.name, value=_shown(one, value), source=source, doc=one.metadata["doc"])


def table() -> str:
    """The Markdown table of docs/settings.md."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for one in settings_fields():
        rows.append(f"| `{one.name}` | {_shown(one, one.default)} | {one.metadata['doc']} |")
    return "\n".join(rows)


def _shown(one: Field[Any], value: Any) -> str:
    if value is None:
        return "unset"
    if one.metadata["secret"]:
        return "hidden"
    if one.name == "redis_url":
        return _without_password(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without_password(url: str) -> str:
    """The URL as it may be logged; a password stands before the `@`, in the query, or is not escaped."""
    scheme, _, rest = url.partition("://")
    place, *more = re.split(r"(?=[/?#])", rest, maxsplit=1)
    if "@" in "".join(more):
        return f"{scheme}://hidden"
    path = re.split(r"[?#]", more[0])[0] if more else ""
    return f"{scheme}://{place.rpartition('@')[2]}{path}"
