"""A comment that the editors feature: set off while it is published, by a decision like any other."""

import itertools
from typing import Any

import pytest
import redis

from commentsvc.domain.decision import FEATURING, OWN_WORDS, Stale, Status, Verb
from commentsvc.domain.ids import new_bulk_id
from commentsvc.domain.moderator import RIGHTS, Actor, Role
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.moderation import Wanted
from commentsvc.store.decisions import Made
from tests.servers import FakeClock
from tests.store.casework import filed, lane
from tests.store.people import BOB, MAX, MO, Newsroom, everything, newsroom
from tests.store.rewriting import rewritten, sound

REFUSED = Refused(code=Code.NOT_ALLOWED_NOW)


@pytest.fixture
def room(client: redis.Redis, clock: FakeClock) -> Newsroom:
    """The newsroom on one server: for what no deployment could make different."""
    return newsroom(client, clock, partitions=1)


def featured(daily: Newsroom) -> list[str]:
    """What readers see set off."""
    return [comment.id for comment in daily.public() if comment.featured]


def told(room: Newsroom) -> list[bytes]:
    """What the outside hears."""
    entries: Any = room.client.xrange("{daily.0}:events")
    return [fields[b"type"] for _, fields in entries]


def test_what_waits_is_published_and_featured_by_one_decision_and_one_undo_takes_both_back(daily: Newsroom) -> None:
    id = daily.comment().id
    made = daily.made(MO, id, Verb.FEATURE)
    assert (featured(daily), daily.waiting(), daily.find(id).version) == ([id], [], 2)
    (row,) = daily.log().decisions
    assert (row.verb, row.before, row.after) == (Verb.FEATURE, Status.PENDING, Status.APPROVED)
    assert isinstance(daily.undo(MO, made.id), Made)
    assert (daily.public(), daily.waiting(), daily.find(id).featured) == ([], [id], False)
    daily.made(MAX, id, Verb.APPROVE)
    assert featured(daily) == []
    assert sound(daily) == []


def test_what_is_published_is_featured_and_no_longer_and_each_can_be_undone(daily: Newsroom) -> None:
    id = daily.published()
    reply = daily.published("Re:", by=BOB, parent=id)
    made = daily.made(MO, id, Verb.FEATURE)
    assert featured(daily) == [id]
    daily.undo(MO, made.id)
    assert featured(daily) == []
    daily.made(MO, id, Verb.FEATURE)
    ended = daily.made(MAX, id, Verb.UNFEATURE)
    assert featured(daily) == []
    daily.undo(MAX, ended.id)
    assert featured(daily) == [id]
    assert [comment.id for comment in daily.public()] == [id, reply], "nothing else has changed"
    assert daily.public()[0].replies == 1
    assert sound(daily) == []


def test_readers_caches_are_told_and_webhooks_only_of_what_is_new(room: Newsroom) -> None:
    id = room.published()
    before, revision = told(room), room.page().thread.revision
    heard: Any = room.client.pubsub()  # type: ignore[no-untyped-call]  # redis-py's
    heard.subscribe("commentsvc:notices")
    for verb in FEATURING:
        room.made(MO, id, verb)
        assert room.page(known=revision).comments is not None
        revision = room.page().thread.revision
    room.undo_last(MO)
    assert room.page().thread.revision > revision
    room.decide(MO, id, Verb.KEEP)  # which is refused, and tells nobody
    room.client.publish("commentsvc:notices", "the end")
    notices = [message["data"] for message in itertools.islice(heard.listen(), 5)]
    assert notices == [1, *[f"{{daily.0}}:t:{room.article.id}".encode()] * 3, b"the end"]
    assert told(room) == before
    room.made(MO, room.comment("New.").id, Verb.FEATURE)
    assert told(room)[-1] == b"comment.approved"


@pytest.mark.parametrize("verb", FEATURING)
def test_a_decision_sent_again_is_made_once(daily: Newsroom, verb: Verb) -> None:
    id = daily.published()
    if verb is Verb.UNFEATURE:
        daily.made(MAX, id, Verb.FEATURE)
    made = daily.made(MO, id, verb)
    assert daily.decide(MO, id, verb, seen=made.version - 1) == made
    late = daily.decide(MAX, id, verb, seen=made.version - 1)
    assert isinstance(late, Stale)
    assert (late.by, late.verb, late.status) == ("mo", verb, Status.APPROVED)
    assert len(daily.log().decisions) == made.version - 1


def test_where_there_is_nothing_to_do_it_is_refused_and_nothing_is_written(daily: Newsroom) -> None:
    plain, chosen = daily.published(), daily.comment("Chosen.").id
    daily.made(MO, chosen, Verb.FEATURE)
    rejected, spam, erased = (daily.comment(f"Comment {n}.") for n in range(3))
    daily.made(MO, rejected.id, Verb.REJECT)
    daily.made(MO, spam.id, Verb.SPAM)
    daily.service.receipts.withdraw(erased.token)
    before = everything(daily.client)
    assert daily.decide(MAX, chosen, Verb.FEATURE) == REFUSED
    assert daily.decide(MAX, plain, Verb.UNFEATURE) == REFUSED
    for receipt in (rejected, spam, erased):
        for verb in FEATURING:
            assert daily.decide(MAX, receipt.id, verb) == REFUSED
    assert daily.decide(MAX, daily.comment("Waits.").id, Verb.UNFEATURE) == REFUSED
    reader = Actor(id="ada", sites=None, rights=RIGHTS[Role.AUDITOR])
    assert daily.decide(reader, plain, Verb.FEATURE) == Refused(code=Code.FORBIDDEN)
    assert {key: before[key] for key in before if b":d:" in key} == {
        key: value for key, value in everything(daily.client).items() if b":d:" in key
    }


def test_taking_it_down_ends_it_and_the_undo_of_that_brings_it_back(daily: Newsroom) -> None:
    id = daily.comment().id
    daily.made(MO, id, Verb.FEATURE)
    taken = daily.made(MO, id, Verb.REJECT)
    assert daily.find(id).featured is False
    daily.undo(MO, taken.id)
    assert featured(daily) == [id]
    daily.made(MO, id, Verb.REJECT)
    daily.made(MO, id, Verb.APPROVE)
    assert featured(daily) == [], "who publishes it again has not wished that"
    for _ in range(2):
        daily.undo_last(MO)
    assert featured(daily) == [id]
    assert sound(daily) == []


def test_a_bulk_that_takes_it_down_and_its_undo_do_the_same(daily: Newsroom) -> None:
    ids = [daily.published(f"Comment {n}.") for n in range(3)]
    daily.made(MAX, ids[1], Verb.FEATURE)
    step = new_bulk_id(now_ms=daily.clock.now_ms, site_number=daily.site.number)
    wanted = [Wanted(id=id, version=daily.find(id).version, verb=Verb.REJECT, reason="insult") for id in ids]
    daily.service.bulks.decide_all(MO, daily.site, wanted, bulk=step)
    assert daily.public() == []
    daily.undo_last(MO)
    assert featured(daily) == [ids[1]]
    assert sound(daily) == []


def test_while_a_change_waits_it_is_refused_and_a_change_that_is_published_leaves_it_featured(room: Newsroom) -> None:
    receipt = room.comment("Praise.")
    room.made(MO, receipt.id, Verb.FEATURE)
    rewritten(room, receipt, "Better praise.")
    for verb in FEATURING:
        assert room.decide(MO, receipt.id, verb) == REFUSED
    room.made(MO, receipt.id, Verb.APPROVE)
    assert featured(room) == [receipt.id]
    rewritten(room, receipt, "Worst of all.")
    room.made(MO, receipt.id, Verb.SPAM)
    assert room.find(receipt.id).featured is False
    room.undo_last(MO)
    assert featured(room) == [receipt.id]
    assert sound(room) == []


def test_what_its_author_takes_back_is_featured_no_longer(room: Newsroom) -> None:
    receipt = room.comment()
    room.made(MO, receipt.id, Verb.FEATURE)
    room.service.receipts.withdraw(receipt.token)
    assert (room.find(receipt.id).featured, room.public()) == (False, [])
    assert sound(room) == []


def test_the_author_still_reads_why_a_change_was_turned_down(room: Newsroom) -> None:
    receipt = room.comment("Praise.")
    room.made(MO, receipt.id, Verb.APPROVE)
    rewritten(room, receipt, "Other words.")
    wanted = Wanted(id=receipt.id, version=3, verb=Verb.TURN_DOWN, reason=OWN_WORDS, note="Not so loud!")
    assert isinstance(room.service.moderation.decide(MO, wanted), Made)
    for verb in (Verb.FEATURE, Verb.UNFEATURE, Verb.FEATURE):
        room.made(MAX, receipt.id, verb)
        opened = room.service.receipts.open(receipt.token)
        assert not isinstance(opened, Refused)
        assert opened.said == "Not so loud!"
    room.undo_last(MAX)
    opened = room.service.receipts.open(receipt.token)
    assert not isinstance(opened, Refused)
    assert opened.said == "Not so loud!"


def test_a_report_is_answered_by_nothing_but_an_answer(room: Newsroom) -> None:
    id = room.published()
    filed(room, id)
    room.made(MO, id, Verb.FEATURE)
    assert lane(room) == [id]
    room.made(MO, id, Verb.KEEP)
    assert (lane(room), featured(room)) == ([], [id])
    assert sound(room) == []
