"""`/healthz`, `/readyz`, `/metrics`: for whoever runs the service."""

import subprocess
import sys
from pathlib import Path

import pytest

from commentsvc.service import Limits
from tests import servers
from tests.api.conftest import METRICS_TOKEN, URL, World, connect, make_world

ROOT = Path(__file__).parents[2]
TOKEN = {"Authorization": f"Bearer {METRICS_TOKEN}"}


def test_a_process_is_alive_whatever_became_of_the_store(tmp_path: Path, clock: servers.FakeClock) -> None:
    with servers.short_directory() as directory:
        server = servers.start_server(directory)
        world = make_world(connect(server), clock, tmp_path, Limits())
        server.stop()
        assert world.anybody.get("/healthz").get_json() == {"alive": True}
        answer = world.anybody.open_unchecked("/readyz")
        assert (answer.status_code, answer.get_json()["ready"]) == (503, False)
        assert answer.get_json()["problems"][0] == {"code": "unreachable", "severity": "error"}


def test_ready_means_kept_on_disk_and_worked_on(tmp_path: Path, clock: servers.FakeClock) -> None:
    with servers.short_directory() as directory:
        server = servers.start_server(directory, "--appendonly", "yes", "--appendfsync", "always")
        world = make_world(connect(server), clock, tmp_path, Limits())
        world.parts.service.outbox.beat()
        answer = world.anybody.get("/readyz")
        assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "problems": []})
        clock.advance(ms=60_000)
        late = world.anybody.open_unchecked("/readyz")
        assert late.get_json() == {"ready": False, "problems": [{"code": "worker_away", "severity": "error"}]}
        world.parts.service.outbox.beat()
        world.client.config_set("appendonly", "no")
        world.client.config_set("maxmemory-policy", "allkeys-lru")
        codes = {one["code"] for one in world.anybody.open_unchecked("/readyz").get_json()["problems"]}
        assert {"no_aof", "evicts"} <= codes
        server.stop()


def test_problems_name_no_hosts_or_paths_to_strangers(world: World) -> None:
    answer = world.anybody.open_unchecked("/readyz")
    assert answer.status_code == 503
    assert set(answer.get_json()["problems"][0]) == {"code", "severity"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_metrics_are_for_who_has_the_token(world: World) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {METRICS_TOKEN}"}):
        answer = world.anybody.get("/metrics", headers=headers)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "Access-Control-Allow-Origin" not in answer.headers
    assert world.anybody.get("/metrics", headers=TOKEN).status_code == 200


def test_there_are_no_metrics_without_the_setting(
    valkey: servers.Server, clock: servers.FakeClock, tmp_path: Path
) -> None:
    client = connect(valkey)
    world = make_world(client, clock, tmp_path, Limits(), metrics_token=None)
    assert world.anybody.get("/metrics", headers=TOKEN).status_code == 404
    client.close()


def value(text: str, series: str) -> float:
    """The value of a series, 0 where there is none."""
    found = [line.rpartition(" ")[2] for line in text.splitlines() if line.rpartition(" ")[0] == series]
    return float(found[0]) if found else 0


def test_metrics_count_answers_by_route_and_comments_by_status(world: World) -> None:
    series = 'commentsvc_answers_total{method="GET",route="/api/v1/comments/<id>",status="404"}'
    before = world.anybody.get("/metrics", headers=TOKEN).text
    world.publish()
    world.submit()
    for _ in range(3):
        world.anybody.get("/api/v1/comments/cmt_x")
    after = world.anybody.get("/metrics", headers=TOKEN).text
    assert value(after, series) - value(before, series) == 3
    timed = 'commentsvc_answer_seconds_count{route="/api/v1/comments/<id>"}'
    assert value(after, timed) - value(before, timed) == 3
    assert value(after, 'commentsvc_comments{site="daily",status="pending"}') == 1
    assert value(after, 'commentsvc_comments{site="daily",status="approved"}') == 1
    assert value(after, "commentsvc_store_up") == 1


def test_nobody_can_make_up_new_series(world: World) -> None:
    world.anybody.open("BREW", "/api/v1/comments")
    for number in range(5):
        world.anybody.get(f"/api/v1/nothing/{number}", query={"url": URL})
    text = world.anybody.get("/metrics", headers=TOKEN).text
    assert "BREW" not in text
    assert "nothing" not in text
    assert 'method="other"' in text


PROCESS = """
import os, sys
import redis
from commentsvc.bootstrap import Parts
from commentsvc.service import Limits, assemble
from commentsvc.settings import Settings
from commentsvc.web import create_app  # imports all before it is known where the processes meet, as `serve` does
from tests import servers
os.environ["PROMETHEUS_MULTIPROC_DIR"] = sys.argv[1]
client = redis.Redis(unix_socket_path=sys.argv[2])
parts = Parts(
    settings=Settings(metrics_token=sys.argv[3]),
    secrets=("s" * 32,),
    client=client,
    service=assemble(client, clock=servers.FakeClock(), secrets=["s" * 32], limits=Limits()),
)
web = create_app(parts).test_client()
web.get("/healthz")
print(web.get("/metrics", headers={"Authorization": f"Bearer {sys.argv[3]}"}).text)
"""


def test_several_processes_add_up_where_they_share_a_directory(valkey: servers.Server, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROCESS, str(tmp_path), str(valkey.directory / "s"), METRICS_TOKEN]
    told = [
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60).stdout
        for _ in range(3)
    ]
    series = 'commentsvc_answers_total{method="GET",route="/healthz",status="200"}'
    assert [value(text, series) for text in told] == [1, 2, 3], "figures of ended processes count too"


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_only_get_is_possible(world: World, path: str) -> None:
    assert world.anybody.post(path, {}).status_code == 405
