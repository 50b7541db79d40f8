"""Joins the parts, once: settings → store → service."""

import logging
import os
import sys
import time
from dataclasses import dataclass

import structlog

from commentsvc.domain.relay import sender
from commentsvc.service import Limits, Post, Service, assemble
from commentsvc.settings import Settings, signing_secrets
from commentsvc.store.connect import connect
from commentsvc.store.embedded import attach
from commentsvc.store.failures import UNREACHABLE
from commentsvc.store.health import Problem, check
from commentsvc.store.layout import claim
from commentsvc.store.notices import Line
from commentsvc.store.notices import Notice as Notice
from commentsvc.store.scripts import Client

log = structlog.get_logger()

DAY_MS = 24 * 3_600_000


class NoRedis(Exception):
    """There is no Redis to use; the message says what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Everything that a door (web, worker, command line) needs; `secrets` are the signing secrets, newest first."""

    settings: Settings
    secrets: tuple[str, ...]
    client: Client
    service: Service


def now_ms() -> int:
    """UTC milliseconds: the one clock of the running system; rules and scripts are given the time."""
    return time.time_ns() // 1_000_000


def join(settings: Settings, *, url: str | None = None) -> Parts:
    """The parts on the configured Redis, or on the embedded one that runs for the data directory.

    `url` names the embedded server where the caller knows it: it may be away just now. Raises NoRedis where there is
    neither, OtherLayout where the data is not of this version's layout.
    """
    url = settings.redis_url or url or attach(settings.data_dir)
    if url is None:
        raise NoRedis(
            f"no Redis runs for {settings.data_dir}: start `commentsvc serve` there, "
            "or set COMMENTSVC_REDIS_URL to a server of yours."
        )
    secrets = signing_secrets(settings)
    client = connect(url, wait_replicas=settings.wait_replicas)
    try:
        claim(client)
    except UNREACHABLE as error:
        # A process that starts while Redis is away must answer 503 until it is back, not die in a circle.
        log.warning("redis is away at start", error=type(error).__name__)
    return Parts(settings=settings, secrets=secrets, client=client, service=serve_from(client, settings, secrets))


def problems(parts: Parts) -> tuple[Problem, ...]:
    """What keeps the store from keeping what it acknowledges, the worst first; asked at start and by `doctor`."""
    settings = parts.settings
    ours = settings.data_dir if settings.redis_url is None else None
    return check(parts.client, data_dir=ours, min_free_bytes=settings.min_free_disk_mib << 20)


def hear(parts: Parts) -> Line:
    """The line on which the store tells what has a new public face; not begun yet."""
    return Line(parts.client)


def has_room(settings: Settings) -> bool:
    """Whether the embedded server's disk can take more: a full one ends the server, and reads with it.

    Somebody else's Redis has its disk elsewhere and guards it itself.
    """
    if settings.redis_url is not None:
        return True
    disk = os.statvfs(settings.data_dir)
    return disk.f_bavail * disk.f_frsize >= settings.min_free_disk_mib << 20


def serve_from(client: Client, settings: Settings, secrets: tuple[str, ...]) -> Service:
    """The service on this store with the limits of these settings."""
    limits = Limits(
        text_max=settings.text_max,
        ticket_ms=settings.ticket_minutes * 60_000,
        submissions_per_minute=settings.submissions_per_minute,
        once_ms=settings.submission_days * DAY_MS,
        sounds_per_second=settings.sounds_per_second,
    )
    return assemble(
        client,
        clock=now_ms,
        secrets=secrets,
        limits=limits,
        session_hours=settings.session_hours,
        session_days=settings.session_days,
        private_webhooks=settings.allow_private_webhooks,
        post=post_of(settings),
        has_room=lambda: has_room(settings),
    )


def post_of(settings: Settings) -> Post | None:
    """How letters are written, or None where there is no mail server."""
    known = sender(settings.mail_from or "") if settings.smtp_url else None
    if known is None:
        return None
    name, address = known
    return Post(sender=address, name=name, public_url=settings.public_url, grace_ms=settings.decision_grace_s * 1000)


def log_to_stderr(level: str) -> None:
    """Structured log lines on standard error; nothing that a reader typed is ever in them."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
