"""A directory for one run, and what a killed run has left behind."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "commentsvc-bench-"
LOCK = "lock"
"""Locked for as long as its run lives, however that ends."""


@contextmanager
def own_directory() -> Iterator[Path]:
    """A directory among those for temporary files, removed after the block; those of killed runs go first."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _remove_if_left(left)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        directory = Path(name).resolve()
        lock = _locked(directory / "new-lock", os.O_CREAT)
        (directory / "new-lock").rename(directory / LOCK)  # it is never there unlocked
        try:
            yield directory
        finally:
            os.close(lock)


def _locked(path: Path, how: int = 0) -> int:
    file = os.open(path, os.O_RDWR | os.O_NOFOLLOW | how, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        raise
    return file


def _remove_if_left(directory: Path) -> None:
    """Removes a directory whose run is dead. Another user's, or one that has no lock yet, is not ours to judge."""
    try:
        if directory.lstat().st_uid != os.getuid():
            return
        lock = _locked(directory / LOCK)
    except OSError:
        return
    try:
        shutil.rmtree(directory, ignore_errors=True)
    finally:
        os.close(lock)
