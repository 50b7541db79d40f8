"""What the figures were taken on, and how much memory it took."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from commentsvc.bench.figures import Figures
from commentsvc.bench.stage import Stage

PROC = Path("/proc")


def describe(stage: Stage) -> dict[str, Any]:
    """The machine in words and numbers; `disk` is the kind of file system that the durable rows write to."""
    store: Any = stage.parts.client.info("server")
    return {
        "processor": _first_value(PROC / "cpuinfo", "model name") or "not told",
        "cpus": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / (1 << 30), 1),
        "architecture": platform.machine(),
        "system": _system(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "granian": version("granian"),
        "store": f"{store.get('server_name', 'redis')} {store.get('valkey_version') or store['redis_version']}",
        "disk": _file_system(stage.directory),
    }


def load() -> float:
    """How many processes want a processor, as an average over the last minute."""
    return round(os.getloadavg()[0], 2)


def cpu_s(web_pid: int) -> float | None:
    """Seconds of CPU that the web processes under this supervisor have used; None where that cannot be read."""
    if not PROC.is_dir():
        return None
    # utime and stime in clock ticks: proc(5).
    spent = [_stat(pid)[11:13] for pid in _children(web_pid)]
    return sum(int(ticks) for both in spent for ticks in both) / os.sysconf("SC_CLK_TCK")


def memory(web_pid: int, store_pid: int) -> Figures:
    """The resident memory of the web process that answers, in MB; the others' in the note. Linux only."""
    if not PROC.is_dir():
        return Figures(name="rss", error="this system has no /proc to read it from")
    note = f"the supervisor {_resident(web_pid):.0f} MB, the store {_resident(store_pid):.0f} MB"
    return Figures(name="rss", value=max(_resident(pid) for pid in _children(web_pid)), unit="MB", note=note)


def _children(parent: int) -> list[int]:
    found = []
    for entry in PROC.iterdir():
        try:
            if entry.name.isdigit() and int(_stat(int(entry.name))[1]) == parent:
                found.append(int(entry.name))
        except OSError:
            continue  # it ended while we looked
    return found


def _stat(pid: int) -> list[str]:
    """The fields from the third on: the second is the name, which may hold anything but ends with a parenthesis."""
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()


def _resident(pid: int) -> float:
    found = _first_value(PROC / str(pid) / "status", "VmRSS")
    return int(found.split()[0]) / 1024 if found else 0.0


def _first_value(file: Path, name: str) -> str | None:
    """What stands behind the first `name:` of a file of such lines."""
    if not file.is_file():
        return None
    for line in file.read_text().splitlines():
        key, colon, value = line.partition(":")
        if colon and key.strip() == name:
            return value.strip()
    return None


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return f"{platform.system()} {platform.release()}"


def _file_system(directory: Path) -> str:
    """The type of the file system under `directory`, from the longest mount point that leads to it."""
    if sys.platform != "linux":
        return "unknown"
    best, kind = "", "unknown"
    for line in (PROC / "mounts").read_text().splitlines():
        _, point, type_, *_ = line.split()
        if directory.is_relative_to(point) and len(point) >= len(best):
            best, kind = point, type_
    return kind
