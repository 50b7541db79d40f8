"""Fixtures for all tests: real servers (one per worker), a clock, the corpora, a browser.

Every test process of pytest-xdist has its own session, so its own servers, in directories and on ports of its own.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from redis.cluster import RedisCluster
from werkzeug.routing import Rule

from commentsvc.service import passwords
from tests import clusters, servers

Corpus = Callable[[str], list[dict[str, Any]]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keeps tests of one file under `fault` in one process (`--dist loadgroup`): they share services and masters."""
    for item in items:
        if item.path.parent.name == "fault":
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """Argon2 with its least parameters: what is promised does not depend on the cost of a hash, but for one test."""
    least = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "PasswordHasher", lambda: least)
        yield


class Compiled(BytecodeCache):
    """Templates by what their source says, in memory."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled of this source before."""
        bucket.code = self._made.get(f"{bucket.key} {bucket.checksum}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keeps what was compiled."""
        self._made[f"{bucket.key} {bucket.checksum}"] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    """Templates are compiled once for all applications of this process: each test has one of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Compiled()})
        yield


@pytest.fixture(scope="session", autouse=True)
def compiled_routes() -> Iterator[None]:
    """So are the functions that make a route's addresses: 0.1 s of each test. They know nothing of an application."""
    made: dict[Any, Any] = {}
    make = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), tuple((rule.defaults or {}).items()), append_unknown)
        if key not in made:
            made[key] = make(rule, append_unknown)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield


@pytest.fixture(scope="session")
def valkey() -> Iterator[servers.Server]:
    """A server on a unix socket that writes nothing to disk."""
    with servers.short_directory() as directory:
        server = servers.start_server(directory, "--hz", "100")
        yield server
        server.stop()


@pytest.fixture
def client(valkey: servers.Server) -> Iterator[redis.Redis]:
    """A client that never tries twice, on an emptied server; answers are bytes."""
    with valkey.client() as client:
        client.flushall()
        yield client


@pytest.fixture(scope="session")
def cluster() -> Iterator[clusters.Cluster]:
    """Three masters that share all slots."""
    with servers.short_directory() as directory:
        cluster = clusters.start_cluster(directory)
        yield cluster
        cluster.stop()


@pytest.fixture
def cluster_client(cluster: clusters.Cluster) -> Iterator[RedisCluster]:
    """A client of the emptied cluster; answers are bytes."""
    cluster.flush()
    client = cluster.client()
    yield client
    client.close()


@pytest.fixture
def clock() -> servers.FakeClock:
    """A clock that stands at 2026-03-01 10:00:00 UTC until the test advances it."""
    return servers.FakeClock()


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """A function that returns the rows of a corpus (`corpus("xss_html")`), and skips the test when it is absent.

    Corpora are hostile inputs that live outside the repository, beside the checkout or in $COMMENTSVC_CORPORA.
    """
    beside = Path(__file__).resolve().parents[2] / "shared" / "corpora"
    folder = Path(os.environ.get("COMMENTSVC_CORPORA") or beside)

    def rows(name: str) -> list[dict[str, Any]]:
        path = folder / f"{name}.jsonl"
        if not path.is_file():
            pytest.skip(f"the corpus {name}.jsonl is not there: put it beside the checkout or set COMMENTSVC_CORPORA")
        with path.open(encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    return rows


@pytest.fixture(scope="session")
def browser_executable() -> str:
    """The path of the system's Chromium; without one the test is skipped, or fails when REQUIRE_BROWSER=1.

    The one without windows is the same engine, and takes half the time: it draws no tabs and bars for itself.
    """
    for name in ("chromium-headless-shell", "chromium", "chromium-browser"):
        if found := shutil.which(name):
            return found
    message = "there is no Chromium on PATH (Debian: apt install chromium-headless-shell)"
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """No address: a test names the server it opens."""
    # Replaces the plugin's own, which is an instance method: pytest 9.2 deprecates that, and here warnings are errors.
    return None


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], browser_executable: str) -> dict[str, Any]:
    """pytest-playwright's own, with the system's Chromium."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {
        **browser_type_launch_args,
        "executable_path": browser_executable,
        "args": [*as_root, "--disable-background-networking", "--disable-gpu"],
    }
