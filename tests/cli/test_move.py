"""`commentsvc move`: from the embedded server to a cluster and back, with the words that an operator needs."""

import signal
import subprocess
import sys

from commentsvc.bench import seed
from commentsvc.domain.decision import Status
from commentsvc.store import keys
from tests.clusters import Cluster, start_cluster
from tests.fault.running import Running, call, running
from tests.servers import short_directory, start_server, wait_until

ON_DISK = ("--appendonly", "yes", "--appendfsync", "always")


def test_a_running_service_is_told_to_stop_and_nothing_is_moved(beside: Running) -> None:
    tried = beside.run("move", "--to", "redis://127.0.0.1:1/0")
    assert tried.returncode == 1
    assert "in use by commentsvc serve" in tried.stderr


def test_wrong_calls_are_told_in_words(alone: Running) -> None:
    for options, words in (
        (("--to", "redis://127.0.0.1:1/0"), "nothing to move"),
        (("--to", "embedded"), "that is where the data is"),
        (("--to", "x", "--partitions", "many"), "write a number"),
        ((), "--to"),
    ):
        tried = alone.run("move", *options)
        assert tried.returncode in (1, 2)
        assert words in tried.stderr
        assert "Traceback" not in tried.stderr


def test_a_site_moves_to_a_cluster_is_served_from_there_and_moves_back() -> None:
    with short_directory() as directory, running() as service:
        cluster = start_cluster(directory, *ON_DISK)
        try:
            texts = _fill(service)
            gone = _killed_half_way(service, cluster)
            assert gone == -signal.SIGKILL
            moved = service.run("move", "--to", "-", "--partitions", "daily=8", given=f"{cluster.url}\n")
            assert moved.returncode == 0, moved.stderr
            assert f"Recounted {len(texts)} comments ({len(texts)} pending)" in moved.stdout
            service.more["COMMENTSVC_REDIS_URL"] = cluster.url
            assert service.texts(Status.PENDING) == texts
            service.start()
            wait_until(lambda: call(service.port, "GET", "/readyz")[0] == 200, timeout_s=30, what="a ready service")
            tried = service.run("move", "--to", "redis://127.0.0.1:1/0")
            assert (tried.returncode, "must stand still" in tried.stderr) == (1, True)
            service.stop()
            refused = service.run("move", "--to", "embedded")
            assert "is not empty" in refused.stderr
            with short_directory() as other:
                one = start_server(other, *ON_DISK)
                back = service.run("move", "--to", one.url, "--partitions", "1")
                assert back.returncode == 0, back.stderr
                service.more["COMMENTSVC_REDIS_URL"] = one.url
                assert service.texts(Status.PENDING) == texts
                one.stop()
        finally:
            cluster.stop()


def _fill(service: Running) -> dict[str, str]:
    """Many waiting comments in the embedded server, which is stopped again."""
    service.start()
    with service.parts() as parts:
        seed.pending(parts, seed.site(parts, "daily"), 1_500)
    texts = service.texts(Status.PENDING)
    service.stop()
    assert f"Counted anew: {len(texts)} comments" in service.run("doctor", "--recount").stdout
    return texts


def _killed_half_way(service: Running, cluster: Cluster) -> int:
    """The exit code of a move that was killed when some of it was done."""
    moving = subprocess.Popen(
        [sys.executable, "-m", "commentsvc.cli", "move", "--to", cluster.url, "--partitions", "3"],
        cwd=service.directory,
        env=service.environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = cluster.client()
    try:
        wait_until(lambda: client.dbsize() > 500, timeout_s=30, what="some copied comments")
        moving.kill()
        code = moving.wait()
        assert client.exists(keys.MOVING)
        assert not client.exists(keys.SITES)
        return code
    finally:
        client.close()
