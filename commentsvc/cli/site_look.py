"""A site's look as an operator writes it.

serif = "Georgia, serif"
radius = 0
light.accent = "#8a2b16"
dark.accent = "#f2a09a"
"""

import tomllib
from pathlib import Path

import msgspec

from commentsvc.domain.look import Look
from commentsvc.service.sites import BadSite


def from_file(path: Path) -> Look:
    """The look of a TOML file; BadSite says what is wrong with the file, the site's judge what is with the look."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        told = msgspec.convert(document, dict[str, str | int | dict[str, str]])
    except OSError as error:
        raise BadSite(f"{path} cannot be read ({error.strerror})") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSite(f"{path} is not valid TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise BadSite(f'{path} needs lines such as light.accent = "#8a2b16" and radius = 0: {error}') from error
    own: dict[str, str] = {}
    for name, value in told.items():
        own |= {f"{name}.{part}": one for part, one in value.items()} if isinstance(value, dict) else {name: str(value)}
    return own
