"""What a power cut leaves behind: a last write cut short, a garbage tail, and damage that nobody may cut away."""

from pathlib import Path

import pytest

from commentsvc.store import embedded, ownership, repair
from commentsvc.store.keeper import DamagedDataError
from tests.store.test_embedded import client_of


def newest_file(data_dir: Path) -> Path:
    return max((data_dir / "appendonlydir").glob("*.incr.aof"))


def write_keys(data_dir: Path, count: int) -> None:
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        for number in range(count):
            client.set(f"key{number}", "value")


def count_keys(data_dir: Path) -> int:
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        return int(client.dbsize())


def test_a_last_write_cut_short_is_dropped_quietly(data_dir: Path) -> None:
    write_keys(data_dir, 10)
    with newest_file(data_dir).open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$4\r\nkey")
    assert count_keys(data_dir) == 10


@pytest.mark.parametrize("garbage", [b"\0" * 200, bytes(range(128, 256)) * 3], ids=["zeros", "noise"])
def test_a_garbage_tail_says_what_to_run_and_is_repaired(data_dir: Path, garbage: bytes) -> None:
    write_keys(data_dir, 10)
    with newest_file(data_dir).open("ab") as file:
        file.write(garbage)
    with pytest.raises(DamagedDataError, match="commentsvc doctor --repair"):
        embedded.start(data_dir, holder="test")
    assert repair.repair(data_dir, holder="test", cut=False).cut_bytes == len(garbage)
    done = repair.repair(data_dir, holder="test", cut=True)
    assert done.copy is not None
    assert done.copy.read_bytes().endswith(garbage)
    assert count_keys(data_dir) == 10
    assert repair.repair(data_dir, holder="test", cut=False).cut_bytes == 0


def test_damage_in_the_middle_is_never_cut_off(data_dir: Path) -> None:
    write_keys(data_dir, 10)
    damaged = bytearray(newest_file(data_dir).read_bytes())
    middle = damaged.index(b"$4\r\nkey4")
    damaged[middle : middle + 2] = b"XX"
    newest_file(data_dir).write_bytes(damaged)
    with pytest.raises(ownership.EmbeddedServerError, match="would lose them"):
        repair.repair(data_dir, holder="test", cut=True)
    assert newest_file(data_dir).read_bytes() == damaged


def test_nothing_is_repaired_under_a_running_service(data_dir: Path) -> None:
    with embedded.start(data_dir, holder="commentsvc serve"), pytest.raises(ownership.DataInUseError):
        repair.repair(data_dir, holder="test", cut=True)
