"""What the first layout wrote is read as it is, and goes on from there like everything else."""

from typing import Any

import msgspec
import pytest
from redis import Redis

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.store import layout
from commentsvc.store.keys import LAYOUT, home
from commentsvc.store.records import LAYOUT as NEWEST
from tests.servers import FakeClock
from tests.store.people import MO, Newsroom, newsroom


def test_old_comments_and_decisions_are_read_answered_undone_and_withdrawn(client: Redis, clock: FakeClock) -> None:
    daily = newsroom(client, clock, partitions=1)
    first, second = (daily.comment(text=text, title=text) for text in ("One.", "Two."))
    made = {receipt.id: daily.made(MO, receipt.id, Verb.APPROVE) for receipt in (first, second)}
    before = daily.public()
    for comment in before:
        _as_layout_1(daily, comment.id)
    assert daily.public() == before
    assert [row.id for row in daily.log().decisions] == [made[second.id].id, made[first.id].id]

    reply = daily.published("Three.", parent=first.id)
    assert [comment.id for comment in daily.public()] == [first.id, second.id, reply]
    assert daily.find(reply).parent == first.id
    daily.undo(MO, made[first.id].id)
    assert daily.page().thread.title == "Two."
    assert daily.find(first.id).status is Status.PENDING
    daily.service.receipts.withdraw(second.token)
    assert not any(b"Two" in value for value in client.hgetall(_key(daily, second.id)).values())


def test_data_of_an_older_layout_is_marked_as_this_ones(client: Redis) -> None:
    client.set(LAYOUT, 1)
    layout.claim(client)
    assert client.get(LAYOUT) == str(NEWEST).encode()


def test_a_comment_of_a_later_layout_says_what_to_do(client: Redis, clock: FakeClock) -> None:
    daily = newsroom(client, clock, partitions=1)
    id = daily.comment().id
    client.hset(_key(daily, id), "b", b"\x03what nobody knows yet")
    with pytest.raises(ValueError, match="a comment has layout 3, this version reads 2: upgrade commentsvc"):
        daily.find(id)


def _key(daily: Newsroom, id: CommentId) -> str:
    return home(daily.site, id).comment(id[4:])


def _as_layout_1(daily: Newsroom, id: CommentId) -> None:
    """Rewrites an approved comment and its decision as the first layout had them."""
    client, found = daily.client, daily.find(id)
    body, decision = found.body, found.decision
    assert body is not None
    assert decision is not None
    who = [body.name, body.email, body.text, dict(body.fields)]
    packed = msgspec.msgpack.encode([1, *who, body.url, body.title, "", body.author_key, body.language])
    old: dict[Any, Any] = {"t": found.thread, "b": packed, "h": found.html, "r": ""}
    client.hset(_key(daily, id), mapping={**old, "d": found.decided_ms, "f": decision[4:]})
    client.hdel(_key(daily, id), "u")
    row = home(daily.site, decision).decision(decision[4:])
    client.delete(row)
    words: dict[Any, Any] = {"comment": id[4:], "verb": "approve", "before": "pending"}
    words |= {"after": "approved", "by": MO.id, "at": found.decided_ms, "version": 2}
    client.hset(row, mapping={**words, "reason": "", "note": "", "prior": "", "previous": "", "over": ""})
