"""A recount finds every number that is not what the comments say."""

from collections.abc import Callable

import pytest
import redis

from commentsvc.domain.decision import Status
from commentsvc.store.keys import Partition
from commentsvc.store.recount import Recount, recount
from tests.servers import FakeClock
from tests.store.moves import busy

OWN = Partition(site="daily", number=0)


def one(client: redis.Redis, pattern: str) -> bytes:
    """A key like this."""
    found: bytes = min(client.scan_iter(match=pattern.replace("{", "[{]"), count=1_000))
    return found


SPOILS: dict[str, Callable[[redis.Redis], object]] = {
    "a comment is gone": lambda client: client.delete(one(client, OWN.comment("*"))),
    "a comment stands in no index": lambda client: client.zpopmin(OWN.status(Status.APPROVED)),
    "an index has one too many": lambda client: client.zadd(OWN.status(Status.SPAM), {bytes(17): 0}),
    "a thread miscounts": lambda client: client.hincrby(one(client, OWN.thread("?" * 26)), "approved", 1),
    "a thread shows one too few": lambda client: client.zpopmin(one(client, OWN.approved("*"))),
    "the conversation shows one too few": lambda client: client.zpopmin(one(client, OWN.order("*"))),
    "a comment miscounts its replies": lambda client: client.hincrby(one(client, OWN.comment("*")), "n", 1),
    "an author is miscounted": lambda client: client.hincrby(one(client, OWN.author("e*")), "approved", 1),
    "the log lost a decision": lambda client: client.zpopmin(OWN.log),
    "a decision is gone": lambda client: client.delete(one(client, OWN.decision("*"))),
    "the search index lost a segment": lambda client: client.hdel(OWN.index, "0"),
    "the search index lost a comment": lambda client: client.setrange(OWN.ids(0), 0, bytes(17)),
    "a delivery is lost": lambda client: client.zpopmin(OWN.dead),
    "a comment lies elsewhere": lambda client: client.copy(
        one(client, OWN.comment("*")).decode(), Partition(site="daily", number=1).comment("0" * 26)
    ),
}


@pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)
def test_what_is_wrong_is_found(spoil: Callable[[redis.Redis], object], client: redis.Redis, clock: FakeClock) -> None:
    room = busy(client, clock, partitions=1, articles=4)
    assert _recount(client, room.service.sites.all()) == []
    spoil(client)
    assert _recount(client, room.service.sites.all())


def _recount(client: redis.Redis, sites: object) -> list[str]:
    found: Recount = recount(client, sites)  # type: ignore[arg-type]
    assert len(found.sentences) == found.wrong
    return found.sentences
