"""The signing secrets of an installation that was given none: one per line in `data_dir/secrets`, the first signs.

Every form, receipt and session signed with a secret stays valid as long as the secret is in the file, so the file
belongs in the backup, and several hosts that serve the same Redis need the same one.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe

from commentsvc.settings import parsers
from commentsvc.settings.definition import Settings
from commentsvc.settings.parsers import BadSettings

FILE = "secrets"
KEPT = 2  # old secrets that still verify after a rotation


def signing_secrets(settings: Settings) -> tuple[str, ...]:
    """The secrets to sign (the first) and verify (all) with: the configured ones, or else those of `data_dir`."""
    return settings.secrets or load_or_create_secrets(settings.data_dir)


def load_or_create_secrets(data_dir: Path) -> tuple[str, ...]:
    """The secrets of `data_dir`, made on the first call; processes that start together agree on one.

    Raises BadSettings if the file cannot be used.
    """
    file = data_dir / FILE
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            _create(file)
        return _read(file)
    except OSError as error:
        raise BadSettings(f"{error.filename} ({error.strerror}): correct data_dir, or its permissions.") from error


def rotate_secrets(data_dir: Path) -> tuple[str, ...]:
    """The secrets after a new one was put first; the last two still verify, running processes must be restarted."""
    rotated = (_new(), *load_or_create_secrets(data_dir)[:KEPT])
    with _written(data_dir / FILE, rotated) as draft:
        draft.replace(data_dir / FILE)
    return rotated


def _new() -> str:
    return token_urlsafe(48)


def _read(file: Path) -> tuple[str, ...]:
    try:
        return parsers.secrets(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadSettings(
            f"{file} holds no usable secrets: restore it from the backup. Only if there is none, delete it: "
            "a new one is made, and receipts, forms and sessions signed with the old one stop working."
        ) from error


def _create(file: Path) -> None:
    with _written(file, (_new(),)) as draft:
        try:
            os.link(draft, file)  # unlike a rename, a link never replaces what another process just made
        except FileExistsError:
            return


@contextmanager
def _written(file: Path, found: tuple[str, ...]) -> Iterator[Path]:
    """A complete draft beside `file`, readable by its owner only and on disk; after the block the directory is too."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f"{FILE}.")  # made with mode 0600
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write("".join(f"{secret}\n" for secret in found))
            stream.flush()
            os.fsync(stream.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)
    _sync_directory(file.parent)


def _sync_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
