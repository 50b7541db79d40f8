"""A power cut that a test can order: kill -9, and every file loses what no fsync has covered.

kill -9 alone proves nothing about power cuts, because the kernel keeps what the process had written.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests import servers

SOURCE = Path(__file__).with_name("record_fsync.c")


def build_library(directory: Path) -> Path:
    """Return the compiled preload library; skips the test where that cannot be done."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None or os.uname().sysname != "Linux":
        pytest.skip("the power-cut model needs Linux and a C compiler (Debian: apt install gcc libc6-dev)")
    library = directory / "record_fsync.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, SOURCE, "-ldl"], check=True, timeout=60
    )
    return library


class PowerCut:
    """A server whose power can be cut; `server` is the one running now, on the same files."""

    def __init__(self, directory: Path, library: Path, *options: str) -> None:
        self._directory, self._options = directory, ("--appendonly", "yes", *options)
        self._log = directory / "fsync.log"
        self._environment = {"LD_PRELOAD": str(library), "POWERCUT_LOG": str(self._log)}
        self.server = self._start()

    def cut(self) -> int:
        """Cut the power and bring it back: return how many bytes were lost, with `server` started anew on the rest."""
        self.server.kill()
        safe = self._sizes_on_disk()
        lost = 0
        for file in self._files():
            size, kept = file.stat().st_size, safe.get(file.stat().st_ino, 0)
            if size > kept:
                os.truncate(file, kept)
                lost += size - kept
        self.server = self._start()
        return lost

    def stop(self) -> None:
        """End the server."""
        self.server.stop()

    def _start(self) -> servers.Server:
        # What is there at the start has survived: it counts as being on the disk.
        self._log.write_text("".join(f"{file.stat().st_ino} {file.stat().st_size}\n" for file in self._files()))
        return servers.start_server(self._directory, *self._options, environment=self._environment)

    def _sizes_on_disk(self) -> dict[int, int]:
        lines = (line.split() for line in self._log.read_text().splitlines())
        return {int(inode): int(size) for inode, size in lines}

    def _files(self) -> list[Path]:
        kept = [
            *self._directory.glob("appendonlydir/*"),
            *self._directory.glob("*.aof"),
            *self._directory.glob("*.rdb"),
        ]
        return [path for path in kept if path.is_file()]
