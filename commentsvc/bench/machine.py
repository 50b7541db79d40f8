"""What the figures were taken on, and how much memory it took."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from commentsvc.bench.measuring import Figures
from commentsvc.bench.stage import Stage

PROC = Path("/proc")


def describe(stage: Stage) -> dict[str, Any]:
    """The machine in words and numbers; `disk` is the kind of file system that the durable rows wrote to."""
    store: Any = stage.parts.client.info("server")
    return {
        "system": _system(),
        "architecture": platform.machine(),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "granian": version("granian"),
        "store": f"{store.get('server_name', 'redis')} {store.get('valkey_version') or store['redis_version']}",
        "disk": _file_system(stage.directory),
    }


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
            # After the name, which may hold anything but ends with the last parenthesis: state, parent (proc(5)).
            if entry.name.isdigit() and int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(entry.name))
        except OSError:
            continue  # it ended while we looked
    return found


def _resident(pid: int) -> float:
    for line in (PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


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
