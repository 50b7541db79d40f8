"""An author writes a comment anew: what waits has new words, what is published keeps its own until somebody decides."""

from typing import Any

import pytest
import redis

from commentsvc.domain.decision import AUTHOR, Stale, Status, Verb
from commentsvc.domain.ids import new_bulk_id
from commentsvc.domain.lane import Lane
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.bulk import Chosen, Swept
from commentsvc.service.edits import VERSION_MAX
from commentsvc.service.moderation import Wanted
from commentsvc.service.submissions import Limits
from commentsvc.store.decisions import Made
from tests.servers import FakeClock
from tests.store.people import MAX, MO, PRIYA, Newsroom, everything, newsroom
from tests.store.rewriting import found, public, published, rewrite, rewritten, sound


@pytest.fixture
def room(client: redis.Redis, clock: FakeClock) -> Newsroom:
    """The newsroom on one server: for what no deployment could make different."""
    return newsroom(client, clock, partitions=1)


def test_what_waits_has_its_new_words_and_nobody_decides_about_the_old_ones(room: Newsroom) -> None:
    receipt = room.comment("First draught.")
    comment = rewritten(room, receipt, "Second draft.")
    assert comment.body is not None
    assert (comment.status, comment.version, comment.body.text) == (Status.PENDING, 2, "Second draft.")
    late = room.decide(MO, receipt.id, Verb.APPROVE, seen=1)
    assert isinstance(late, Stale)
    assert (late.by, late.version, late.status) == (AUTHOR, 2, Status.PENDING)
    room.made(MO, receipt.id, Verb.APPROVE)
    (shown,) = room.public()
    assert shown.body is not None
    assert (shown.body.text, shown.body.edited_ms) == ("Second draft.", comment.body.edited_ms)
    assert "First draught" not in repr(everything(room.client))
    assert sound(room) == []


def test_praise_first_and_the_link_later_is_not_public_before_somebody_has_read_it(room: Newsroom) -> None:
    receipt = published(room)
    before = room.page().thread.revision
    rewritten(room, receipt, "Buy at https://spam.example now")
    assert public(room) == ["Praise."]
    assert room.page().thread.revision == before, "no cache is told of what nobody may see"
    assert room.waiting() == [receipt.id]
    assert room.item(receipt.id).comment.status is Status.APPROVED
    assert room.counts()[Status.APPROVED] == 1
    assert sound(room) == []


def test_approving_an_edit_puts_it_in_the_place_of_what_was_published(daily: Newsroom) -> None:
    receipt = published(daily)
    rewritten(daily, receipt, "Better praise.")
    before = daily.page().thread.revision
    made = daily.made(MAX, receipt.id, Verb.APPROVE)
    assert public(daily) == ["Better praise."]
    assert daily.page().thread.revision > before
    assert daily.waiting() == []
    assert daily.undo(MAX, made.id) == Made(id=daily.log().decisions[0].id, version=made.version + 1)
    assert public(daily) == ["Praise."]
    assert daily.waiting() == [receipt.id]
    daily.made(MAX, receipt.id, Verb.APPROVE)
    assert public(daily) == ["Better praise."]
    assert sound(daily) == []


def test_turning_an_edit_down_leaves_what_is_published_and_says_why(room: Newsroom) -> None:
    receipt = published(room)
    rewritten(room, receipt, "You idiot.")
    assert room.decide(MO, receipt.id, Verb.TURN_DOWN, reason="none") == Refused(
        code=Code.INVALID_FIELDS, fields={"reason": Code.UNKNOWN_REASON}
    )
    made = room.made(MO, receipt.id, Verb.TURN_DOWN, reason="insult")
    comment = room.find(receipt.id)
    assert (comment.status, comment.edit, comment.reason) == (Status.APPROVED, None, "insult")
    assert public(room) == ["Praise."]
    assert room.waiting() == []
    assert isinstance(room.undo(MO, made.id), Made)
    waiting = room.find(receipt.id).edit
    assert waiting is not None
    assert waiting.body.text == "You idiot."
    assert room.decide(MO, room.published("Other."), Verb.TURN_DOWN, reason="insult") == Refused(
        code=Code.NOT_ALLOWED_NOW
    )
    assert sound(room) == []


def test_to_reject_the_comment_takes_both_texts_down_and_an_undo_brings_both_back(daily: Newsroom) -> None:
    receipt = published(daily)
    rewritten(daily, receipt, "Worse.")
    made = daily.made(MO, receipt.id, Verb.REJECT)
    assert (public(daily), daily.waiting(), daily.find(receipt.id).edit) == ([], [], None)
    assert sound(daily) == []
    daily.undo(MO, made.id)
    assert (public(daily), daily.waiting()) == (["Praise."], [receipt.id])
    assert sound(daily) == []


def test_an_edit_ends_what_could_be_undone_before_it(room: Newsroom) -> None:
    receipt = room.comment("Praise.")
    made = room.made(MO, receipt.id, Verb.APPROVE)
    rewritten(room, receipt, "Other words.")
    undone = room.undo(MO, made.id)
    assert isinstance(undone, Stale)
    assert (undone.by, undone.edited) == (AUTHOR, True)


def test_a_decision_sent_again_is_not_made_twice(room: Newsroom) -> None:
    receipt = published(room)
    rewritten(room, receipt, "Better praise.")
    made = room.made(MO, receipt.id, Verb.APPROVE)
    assert room.decide(MO, receipt.id, Verb.APPROVE, seen=made.version - 1) == made
    rewritten(room, receipt, "Best praise.")
    asked = room.service.queue.ask(MO, receipt.id, version=made.version + 1, note="Well?")
    assert isinstance(asked, Made)
    late = room.decide(MO, receipt.id, Verb.APPROVE, seen=made.version + 1)
    assert isinstance(late, Stale), "a question is no approval, although both leave the comment published"
    assert (late.asked, late.edited) == (True, True)
    buffer = room.service.queue.buffer(MAX, room.site, lane=Lane.COLLEAGUE)
    assert not isinstance(buffer, Refused)
    assert [item.asked.note for item in buffer.items if item.asked] == ["Well?"]


def test_the_last_edit_is_the_one_that_waits_and_the_published_words_take_it_back(room: Newsroom) -> None:
    receipt = published(room)
    rewritten(room, receipt, "One.")
    comment = rewritten(room, receipt, "Two.")
    assert comment.edit is not None
    assert comment.edit.body.text == "Two."
    same = rewritten(room, receipt, "Two.")
    assert same.version == comment.version, "sent again, it is the same edit"
    back = rewritten(room, receipt, "Praise.")
    assert (back.edit, room.waiting(), public(room)) == (None, [], ["Praise."])
    assert "One." not in repr(everything(room.client))
    assert sound(room) == []


def test_withdrawing_takes_every_version_of_the_words_along(daily: Newsroom) -> None:
    receipt = published(daily, "Unrepeatable once.")
    rewritten(daily, receipt, "Unrepeatable twice.")
    daily.made(MO, receipt.id, Verb.APPROVE)
    rewritten(daily, receipt, "Unrepeatable thrice.", name="Alison")
    daily.service.receipts.withdraw(receipt.token)
    assert daily.waiting() == []
    assert found(daily, "unrepeatable") == []
    store = repr(everything(daily.client))
    assert not any(word in store for word in ("npeatable", "Unrepeatable", "Alice", "Alison", "alice@"))
    assert rewrite(daily, receipt, "Back again.") == Refused(code=Code.NOT_EDITABLE)
    assert sound(daily) == []


def test_an_edit_is_judged_by_the_rules_and_by_the_same_limits(room: Newsroom) -> None:
    receipt = published(room)
    assert rewrite(room, receipt, " ") == Refused(code=Code.INVALID_FIELDS, fields={"text": Code.REQUIRED})
    assert rewrite(room, receipt, "x" * 5_001) == Refused(code=Code.INVALID_FIELDS, fields={"text": Code.TOO_LONG})
    assert rewrite(room, receipt, "Fine.", name="") == Refused(code=Code.INVALID_FIELDS, fields={"name": Code.REQUIRED})
    comment = rewritten(room, receipt, " ".join(f"https://shop{n}.example/" for n in range(9)))
    assert comment.edit is not None
    assert comment.edit.lane is not Lane.NEW
    assert comment.edit.hits
    assert comment.hits == room.find(receipt.id).hits
    held = room.service.moderation.listed(PRIYA, room.site, lane=comment.edit.lane)
    assert not isinstance(held, Refused)
    assert [item.comment.id for item in held.items] == [receipt.id]
    for verb, published_hits in ((Verb.APPROVE, comment.edit.hits), (Verb.TURN_DOWN, comment.hits)):
        made = room.made(MO, receipt.id, verb, reason="insult" if verb is Verb.TURN_DOWN else "")
        assert room.find(receipt.id).hits == published_hits
        room.undo(MO, made.id)
        again = room.find(receipt.id)
        assert (again.hits, again.edit and (again.edit.hits, again.edit.lane)) == (
            comment.hits,
            (comment.edit.hits, comment.edit.lane),
        )


def test_what_was_rejected_is_not_edited_nor_what_is_closed_nor_without_an_end(room: Newsroom) -> None:
    receipt = room.comment("Hm.")
    room.made(MO, receipt.id, Verb.REJECT)
    assert rewrite(room, receipt, "Hm!") == Refused(code=Code.NOT_EDITABLE)
    other = room.comment("Well.")
    few = room.under(Limits(submissions_per_minute=3))
    outcomes = [rewrite(few, other, f"Well {n}.") for n in range(4)]
    refused = outcomes[-1]
    assert isinstance(refused, Refused)
    assert (refused.code, bool(refused.retry_after_s)) == (Code.TOO_MANY, True)
    for n in range(VERSION_MAX):
        rewrite(room, other, f"Well {n}.")
    assert room.find(other.id).version == VERSION_MAX
    assert rewrite(room, other, "Once more.") == Refused(code=Code.NOT_EDITABLE)
    third = room.comment("Third.")
    room.service.moderation.open_thread(PRIYA, room.site, room.article, open=False)
    before = everything(room.client)
    assert rewrite(room, third, "Third!") == Refused(code=Code.THREAD_CLOSED)
    assert everything(room.client) == before


def test_an_edit_is_found_by_its_new_words_while_it_waits_and_by_the_right_ones_after(room: Newsroom) -> None:
    receipt = published(room, "Nightingales sing.")
    rewritten(room, receipt, "Blackbirds sing.")
    assert found(room, "nightingales") == found(room, "blackbirds") == [receipt.id]
    assert found(room, "status:waiting") == found(room, "sing") == [receipt.id]
    room.made(MO, receipt.id, Verb.APPROVE)
    assert (found(room, "nightingales"), found(room, "blackbirds")) == ([], [receipt.id])
    waiting = room.comment("Swallows sing.")
    rewritten(room, waiting, "Swifts sing.")
    assert (found(room, "swallows"), found(room, "swifts")) == ([], [waiting.id])


def test_many_at_once_turn_edits_down_in_the_queue_and_leave_what_was_rewritten_unseen(room: Newsroom) -> None:
    receipt, unseen, plain = published(room), room.comment("Seen."), room.comment("Plain.")
    rewritten(room, receipt, "An edit.")
    room.clock.advance(ms=10)
    counted_ms = room.clock.now_ms
    rewritten(room, unseen, "Nobody has seen this.")
    bulk = new_bulk_id(now_ms=room.clock.now_ms, site_number=room.site.number)
    wish = Wanted(id="", version=0, verb=Verb.REJECT, reason="insult", queued=True)
    swept = room.service.bulks.decide_filter(MO, room.site, Chosen(before_ms=counted_ms), wish, bulk=bulk)
    assert isinstance(swept, Swept)
    outcomes: dict[str, Any] = dict(swept.outcomes)
    assert isinstance(outcomes[unseen.id], Stale)
    statuses = [room.find(id).status for id in (receipt.id, unseen.id, plain.id)]
    assert statuses == [Status.APPROVED, Status.PENDING, Status.REJECTED]
    assert room.waiting() == [unseen.id]
    room.service.bulks.undo(MO, room.site, bulk)
    assert sorted(room.waiting()) == sorted([receipt.id, unseen.id, plain.id])
    assert sound(room) == []


def test_an_edit_stands_alone_among_those_that_say_the_same(room: Newsroom) -> None:
    text = "Come to the square tonight at eight, all of you, and bring a friend along with you."
    receipt, other = published(room, "Praise."), room.comment(text)
    rewritten(room, receipt, text)
    buffer = room.service.queue.buffer(MO, room.site, lane=None)
    assert not isinstance(buffer, Refused)
    assert [(item.comment.id, item.near) for item in buffer.items] == [(receipt.id, ()), (other.id, ())]


def test_the_log_says_who_changed_what(room: Newsroom) -> None:
    receipt = published(room)
    rewritten(room, receipt, "Other.")
    room.made(MAX, receipt.id, Verb.TURN_DOWN, reason="insult")
    rows = [(row.verb, row.before, row.after, row.by) for row in room.log().decisions[:2]]
    assert rows == [
        (Verb.TURN_DOWN, Status.APPROVED, Status.APPROVED, "max"),
        (Verb.EDIT, Status.APPROVED, Status.APPROVED, AUTHOR),
    ]


def test_the_outside_hears_of_an_edit_when_it_is_published_and_when_that_is_undone(room: Newsroom) -> None:
    def told() -> list[bytes]:
        entries: Any = room.client.xrange("{daily.0}:events")
        return [fields[b"type"] for _, fields in entries if fields[b"type"].startswith(b"comment.")]

    receipt = published(room)
    before = told()
    rewritten(room, receipt, "Other.")
    rewritten(room, receipt, "Another.")
    assert told() == before
    made = room.made(MO, receipt.id, Verb.APPROVE)
    assert told() == [*before, b"comment.edited"]
    room.undo(MO, made.id)
    room.made(MO, receipt.id, Verb.TURN_DOWN, reason="insult")
    assert told() == [*before, b"comment.edited", b"comment.edited"]
