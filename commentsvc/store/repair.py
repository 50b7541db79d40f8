"""Repair the embedded server's append-only file whose tail is garbage, keeping a copy of what was there."""

import mmap
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from commentsvc.store import leftover, ownership, server_binary
from commentsvc.store.embedded import socket_path
from commentsvc.store.keeper import STOP_LIMIT_S
from commentsvc.store.ownership import EmbeddedServerError

CHECK_LIMIT_S = 3600.0
"""Reading a very large file takes minutes; a check that hangs must end some day."""


WRITE = re.compile(rb"\*\d+\r\n\$\d+\r\n")
"""How every write begins in the file: the number of its words, the length of the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Repair:
    """What was found and done.

    `cut_bytes` is the length of the damaged tail of `file`, 0 for sound data. `writes_in_tail` counts what looks like
    writes inside that tail: 0 or 1 after a power cut; more means damage in the middle, and cutting would lose them.
    `copy` is where the damaged file was kept, or None when nothing was cut.
    """

    file: Path | None
    cut_bytes: int
    writes_in_tail: int
    copy: Path | None
    report: str


def repair(data_dir: Path, *, holder: str, cut: bool) -> Repair:
    """Return how much of the data's tail is garbage, and with `cut` cut it off after copying the files.

    Under `appendfsync always` everything acknowledged lies before such a tail. Raises DataInUseError while a service
    runs on the directory, EmbeddedServerError when the file cannot be mended without losing writes.
    """
    data_dir = data_dir.resolve()
    now_ms = time.time_ns() // 1_000_000
    former = ownership.read(data_dir)
    owner = ownership.Owner(
        pid=os.getpid(), since_ms=now_ms, command=holder, socket=former.socket if former else str(socket_path(data_dir))
    )
    lock = ownership.take(data_dir, owner)
    try:
        server = leftover.end(data_dir, Path(owner.socket), limit_s=STOP_LIMIT_S)
        try:
            return _repair(data_dir, cut=cut, now_ms=now_ms)
        finally:
            os.close(server)
    finally:
        ownership.release(lock)


def _repair(data_dir: Path, *, cut: bool, now_ms: int) -> Repair:
    file = _last_file(data_dir)
    if file is None:
        report = f"There is no append-only file in {data_dir}."
        return Repair(file=None, cut_bytes=0, writes_in_tail=0, copy=None, report=report)
    sound, report = _check(file, fix=False)
    if sound:
        return Repair(file=file, cut_bytes=0, writes_in_tail=0, copy=None, report=report)
    match = re.search(r"\bok_up_to=(\d+)", report)
    if match is None:
        raise EmbeddedServerError(f"{file} cannot be checked: {report}")
    tail, writes = _measure_tail(file, int(match[1]))
    copy = None
    if cut and writes > 1:
        raise EmbeddedServerError(
            f"{file} is damaged {tail} bytes before its end, and about {writes} writes follow the damage: this is no "
            "power cut, and cutting would lose them. Nothing was changed. Restore the latest backup, or mend the file."
        )
    if cut:
        copy = file.with_name(f"{file.name}.damaged-{now_ms}")
        shutil.copy2(file, copy)
        sound, report = _check(file, fix=True)
        if not sound:
            raise EmbeddedServerError(f"{file} could not be repaired; as it was, it is kept as {copy}. {report}")
    return Repair(file=file, cut_bytes=tail, writes_in_tail=writes, copy=copy, report=report)


def _last_file(data_dir: Path) -> Path | None:
    """Return the file the server wrote to last: Redis 7 and Valkey list several in a manifest, Redis 6.2 has one."""
    manifest = data_dir / "appendonlydir" / "appendonly.aof.manifest"
    if manifest.exists():
        # A line of it: "file appendonly.aof.2.incr.aof seq 2 type i"
        names = re.findall(r"^file (\S+) .*type i\b", manifest.read_text(), re.MULTILINE)
        return manifest.with_name(names[-1]) if names else None
    single = data_dir / "appendonly.aof"
    return single if single.exists() else None


def _check(file: Path, *, fix: bool) -> tuple[bool, str]:
    # The server's program is its own checker when it is called by that name. It gets the one file, not the manifest:
    # Valkey 9.1 takes its own snapshot at the head of the set for damaged ("format error") and stops there.
    binary = server_binary.find()
    command = [f"{binary.name}-check-aof", *(["--fix"] if fix else []), str(file)]
    answer = subprocess.run(  # noqa: S603
        command, executable=binary.path, input="y\n", capture_output=True, text=True, timeout=CHECK_LIMIT_S, check=False
    )
    return answer.returncode == 0, (answer.stdout + answer.stderr).strip()


def _measure_tail(file: Path, start: int) -> tuple[int, int]:
    with file.open("rb") as content, mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        return len(mapped) - start, sum(1 for _ in WRITE.finditer(mapped, start))
