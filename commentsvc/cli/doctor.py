"""`doctor`: everything that can be wrong with an installation, each line with what to do about it."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import click

from commentsvc.bootstrap import Parts, problems
from commentsvc.cli.door import opened, settings_here
from commentsvc.service import UNREACHABLE
from commentsvc.settings import Settings
from commentsvc.store.embedded import attach
from commentsvc.store.health import Severity
from commentsvc.store.recount import recount


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One line of the report; `severity` is None for what is as it should be."""

    sentence: str
    severity: Severity | None = None


@click.command()
@click.option("--repair", is_flag=True, help="Cut garbage off the end of the data after a power cut; keeps a copy.")
@click.option("--recount", "anew", is_flag=True, help="Also count everything anew; what happens meanwhile looks wrong.")
@click.option("--reindex", is_flag=True, help="Make the search index anew from the comments; the service stands still.")
def doctor(repair: bool, anew: bool, reindex: bool) -> None:
    """Check settings, data directory, Redis and worker; exit code 1 when something must be done."""
    settings = settings_here()
    if repair:
        _repair(settings)
    serving = settings.redis_url is not None or attach(settings.data_dir) is not None
    findings = [*_about_settings(settings), *_about_data_dir(settings), *_about_mail(settings)]
    with opened("commentsvc doctor") as parts:
        findings += _about_store(parts)
        if not any(one.severity is Severity.ERROR for one in findings):
            findings += _about_use(parts, serving=serving)
            findings += _about_index(parts) if reindex else ()
            findings += _about_numbers(parts) if anew else ()
    for one in findings:
        click.echo(f"{_mark(one.severity)} {one.sentence}")
    if any(one.severity is Severity.ERROR for one in findings):
        raise SystemExit(1)


def _mark(severity: Severity | None) -> str:
    return {Severity.ERROR: "ERROR  ", Severity.WARNING: "WARNING", None: "ok     "}[severity]


def _repair(settings: Settings) -> None:
    from commentsvc.store.repair import repair

    if settings.redis_url is not None:
        raise click.UsageError("--repair mends the embedded server's data; redis_url names a server of yours")
    done = repair(settings.data_dir, holder="commentsvc doctor --repair", cut=True)
    if done.copy is None:
        click.echo(f"ok      Nothing to repair. {done.report.splitlines()[-1] if done.report else ''}")
        return
    click.echo(f"ok      Cut {done.cut_bytes} damaged bytes off {done.file}; as it was, it is kept as {done.copy}.")


def _about_settings(settings: Settings) -> Iterator[Finding]:
    yield Finding(sentence="The settings are valid; `commentsvc config` shows them.")
    url = urlsplit(settings.public_url)
    local = _is_local(url.hostname or "")
    if url.scheme == "http" and not local:
        yield Finding(
            severity=Severity.WARNING,
            sentence=f"public_url is {settings.public_url}: passwords and comments travel unencrypted, and pages "
            "under https cannot embed it. Put a proxy with a certificate in front and write https://.",
        )
    if url.scheme == "https" and settings.proxies == 0:
        yield Finding(
            severity=Severity.WARNING,
            sentence="public_url is https, so a proxy is in front, but proxies is 0: all readers count as one network "
            "and soon meet its limit. Set proxies to the number of proxies.",
        )
    if local and not _is_local(settings.host):
        yield Finding(
            severity=Severity.WARNING,
            sentence=f"The service listens on {settings.host} for other machines, but public_url is "
            f"{settings.public_url}: links in receipts would not work there. Set public_url.",
        )
    if settings.redis_url and settings.secrets is None:
        yield Finding(
            severity=Severity.WARNING,
            sentence=f"Redis is elsewhere, but the signing secrets are in {settings.data_dir}: a second host would "
            "refuse what the first signed. Set secrets on both.",
        )


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _about_data_dir(settings: Settings) -> Iterator[Finding]:
    directory = settings.data_dir
    if not directory.exists():
        yield Finding(sentence=f"The data directory {directory} is not there yet; the first start makes it.")
        return
    if not directory.is_dir() or not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        yield Finding(
            severity=Severity.ERROR,
            sentence=f"{directory} is no directory that this user may write to: correct data_dir, or its owner.",
        )
        return
    if directory.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield Finding(
            severity=Severity.WARNING,
            sentence=f"Others on this machine may look into {directory}, where secrets are: `chmod 700 {directory}`.",
        )
    yield Finding(sentence=f"The data directory {directory} can be used.")


def _about_mail(settings: Settings) -> Iterator[Finding]:
    from commentsvc.worker import knock

    if settings.smtp_url is None:
        return
    problem = knock(settings)
    if problem is None:
        yield Finding(sentence="The mail server answers and lets us in; whether it delivers, only a letter can tell.")
        return
    yield Finding(
        severity=Severity.ERROR,
        sentence=f"The mail server does not let us in ({problem}), so e-mails wait: correct smtp_url (docs/mail.md).",
    )


def _about_store(parts: Parts) -> Iterator[Finding]:
    found = problems(parts)
    for problem in found:
        yield Finding(severity=problem.severity, sentence=problem.sentence)
    if not found:
        yield Finding(sentence="Redis answers, keeps everything on disk and evicts nothing; its data has our layout.")


def _about_index(parts: Parts) -> Iterator[Finding]:
    from commentsvc.store.reindex import reindex

    if parts.service.outbox.worker_alive():
        yield Finding(
            severity=Severity.ERROR,
            sentence="The service runs, or did within the last 15 s, and what comes in meanwhile would be missed: "
            "stop it, wait so long, and run --reindex again.",
        )
        return
    for site in parts.service.sites.all():
        yield Finding(sentence=f"The search index of {site.key} is made anew: {reindex(parts.client, site)} comments.")


def _about_numbers(parts: Parts) -> Iterator[Finding]:
    found = recount(parts.client, parts.service.sites.all())
    for sentence in found.sentences:
        yield Finding(severity=Severity.ERROR, sentence=sentence)
    if found.wrong:
        sentence = f"{found.wrong} numbers are wrong. Stop the service and count again; if they still are, tell us."
        yield Finding(severity=Severity.ERROR, sentence=sentence)
    else:
        total = sum(found.comments.values())
        yield Finding(sentence=f"Counted anew: {total} comments, {found.threads} threads, {found.decisions} decisions.")


def _about_use(parts: Parts, *, serving: bool) -> Iterator[Finding]:
    try:
        sites, people = parts.service.sites.all(), parts.service.moderators.all()
        alive = parts.service.outbox.worker_alive()
    except UNREACHABLE as error:
        yield Finding(severity=Severity.ERROR, sentence=f"Redis went away meanwhile ({error}). Run this again.")
        return
    if not serving:
        yield Finding(sentence="No service runs here now; `commentsvc serve` starts one.")
    elif alive:
        yield Finding(sentence="A worker is alive: webhooks are delivered.")
    else:
        yield Finding(
            severity=Severity.ERROR,
            sentence="No worker has been heard of for 15 s, so webhooks wait: start `commentsvc serve`, or "
            "`commentsvc worker` beside another WSGI server, and look at its log.",
        )
    if not sites:
        yield Finding(
            severity=Severity.WARNING,
            sentence="There is no site yet: `commentsvc site add KEY --origin https://…` makes one.",
        )
    elif not any(not one.disabled for one in people):
        yield Finding(
            severity=Severity.WARNING,
            sentence="Nobody can decide, so nothing is ever published: `commentsvc moderator add NAME --site KEY`.",
        )
