"""`demo`: the whole service with sample articles and comments, on this machine only."""

import os
import secrets
from pathlib import Path
from urllib.parse import quote

import click

from commentsvc.bootstrap import Parts, join, log_to_stderr
from commentsvc.cli.door import settings_here
from commentsvc.settings import Settings
from commentsvc.store.embedded import attach

PASSWORD = "demo-password"  # noqa: S105  # a file's name


@click.command()
@click.option("--port", type=click.IntRange(1, 65_535), help="Where to listen; 8000 unless a setting says otherwise.")
def demo(port: int | None) -> None:
    """Show the service with a newspaper, its readers and their comments. Ctrl-C ends it; the data stays."""
    from commentsvc.cli.demo_seed import seed
    from commentsvc.cli.serve import run

    settings = _demo_settings(port)
    log_to_stderr(settings.log_level)
    said: list[str] = []

    def before() -> None:
        parts = _parts(settings)
        password = _password(settings, parts)
        home = seed(parts, port=settings.port, password=password)
        parts.client.close()
        said.extend(_lines(settings.port, home, password))

    run(settings, holder="commentsvc demo", before=before, ready=lambda: click.echo("\n".join(said)), hup_stops=True)


def _demo_settings(port: int | None) -> Settings:
    """The settings of this directory with the demo on; the child processes read the same from the environment."""
    os.environ["COMMENTSVC_DEMO"] = "true"
    os.environ.setdefault("COMMENTSVC_LOG_LEVEL", "warning")
    if port is not None:
        os.environ["COMMENTSVC_PORT"] = str(port)
    return settings_here()


def _parts(settings: Settings) -> Parts:
    return join(settings, url=attach(settings.data_dir))


def _password(settings: Settings, parts: Parts) -> str:
    """The password of everybody in the demo: made on the first start, kept where only this user can read it."""
    file: Path = settings.data_dir / PASSWORD
    if file.exists():
        return file.read_text(encoding="utf-8").strip()
    if parts.service.sites.all():
        raise click.ClickException(
            f"The data in {settings.data_dir} is not the demo's, which would add people with a known password to it. "
            "Give the demo a directory of its own: COMMENTSVC_DATA_DIR=demo-data commentsvc demo"
        )
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secrets.token_urlsafe(9)
    draft = file.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(password + "\n")
    draft.replace(file)
    return password


def _lines(port: int, home: str, password: str) -> tuple[str, str, str]:
    here = f"http://127.0.0.1:{port}"
    article = quote(f"{home}/demo/", safe="")
    return (
        f"Article  {here}/demo/",
        f"Console  {here}/moderation/  (sign in as mo, password {password})",
        f"API      curl '{here}/api/v1/comments?site=daily&url={article}'",
    )
