"""The way from a verb to the service: its settings, and a store that is there for as long as the verb runs."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from commentsvc.bootstrap import Parts, join
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.settings import Settings, load
from commentsvc.store import embedded
from commentsvc.store.ownership import DataInUseError


def settings_here() -> Settings:
    """The settings of the environment and the current directory."""
    return load(os.environ, Path.cwd())


@contextmanager
def opened(holder: str) -> Iterator[Parts]:
    """The parts: beside a running service on its store, else on an embedded server that runs as long as this lasts."""
    settings = settings_here()
    with ExitStack() as stack:
        url = None
        if settings.redis_url is None and embedded.attach(settings.data_dir) is None:
            url = stack.enter_context(own(settings, holder)).url
        yield join(settings, url=url)


def own(settings: Settings, holder: str) -> embedded.Embedded:
    """A running embedded server for the data directory.

    Raises BadSettings-like sentences as EmbeddedServerError when the directory cannot be used or somebody else has it.
    """
    try:
        return embedded.start(settings.data_dir, holder=holder)
    except DataInUseError:
        raise
    except OSError as error:
        raise click.ClickException(
            f"The data directory {settings.data_dir} cannot be used ({error.strerror}): correct data_dir, or its "
            "permissions."
        ) from error


def known_site(parts: Parts, key: str) -> Site:
    """The site with this key; a sentence for an unknown one."""
    found = parts.service.sites.get(key)
    if isinstance(found, Refused):
        raise click.ClickException(f"there is no site {key!r}: `commentsvc site list` shows them")
    return found
