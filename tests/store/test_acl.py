"""The Redis user that docs/redis.md tells operators to make may do all that the service does, and nothing dangerous."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from commentsvc.domain.decision import Verb
from commentsvc.store import exchange, health
from commentsvc.store.connect import connect
from commentsvc.store.notices import Line
from tests.clusters import Cluster
from tests.servers import FakeClock, Server, wait_until
from tests.store.people import MO, newsroom

DOCUMENT = Path(__file__).parents[2] / "docs" / "redis.md"


def rules() -> list[str]:
    """The words after the user's name in the documented command."""
    found = re.search(r"^ACL SETUSER commentsvc (.*)$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert found is not None
    return found[1].split()


@pytest.fixture(params=["valkey", "cluster"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the documented user signs in, on one server and on a cluster; both are empty."""
    deployment: Server | Cluster = request.getfixturevalue(request.param)
    servers = [deployment] if isinstance(deployment, Server) else deployment.masters
    for server in servers:
        with server.client() as client:
            client.flushall()
            client.execute_command("ACL", "SETUSER", "commentsvc", "reset", *rules())
    yield deployment.url.replace("://", "://commentsvc:password@", 1)
    for server in servers:
        with server.client() as client:
            client.acl_deluser("commentsvc")


def test_the_documented_user_may_do_all_that_the_service_does_and_nothing_dangerous(url: str, clock: FakeClock) -> None:
    client, told = connect(url, wait_replicas=0), list[object]()
    daily = newsroom(client, clock, partitions=3)
    line = Line(client)
    line.start(told.append)
    wait_until(lambda: line.up, what="the line of notices")
    first = len(told)
    receipt, id = daily.comment(), daily.published()
    daily.decide(MO, id, Verb.REJECT)
    daily.service.receipts.withdraw(receipt.token)
    daily.service.moderation.lease(MO, daily.site, [daily.comment().id])
    assert daily.log().decisions
    assert daily.public() == []
    assert daily.listed().items
    wait_until(lambda: len(told) > first, what="a notice")
    assert {problem.code for problem in health.check(client)} <= {"no_aof", "full_coverage"}
    with pytest.raises(redis.exceptions.NoPermissionError):
        client.flushall()
    line.end()
    client.close()


def test_the_documented_user_may_wait_for_replicas(url: str) -> None:
    client = connect(url)
    assert exchange.execute(client, "commentsvc:layout", ("WAIT", 0, 1)) == 0
    client.close()
