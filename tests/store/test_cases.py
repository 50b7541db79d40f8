"""Reports and appeals: one case a comment, judged once, by who may, and told to whom it concerns."""

from collections.abc import Mapping
from typing import Any

import pytest
import redis

from commentsvc.domain.case import APPEAL_MS, STATEMENTS, Ending
from commentsvc.domain.decision import Stale, Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import RIGHTS, Actor, Role
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.moderation import Listed
from commentsvc.service.queue import Buffer
from commentsvc.service.reports import FREE, TRIES, Filed
from commentsvc.store.decisions import Made
from tests.servers import FakeClock
from tests.store.casework import NOTICE, appeal, ending, filed, lane, rejected, report, sound
from tests.store.people import MAX, MO, PRIYA, Newsroom, everything, newsroom

PROGRAM = Actor(id="token:abc", sites=frozenset({"daily"}))


@pytest.fixture
def one(client: redis.Redis, clock: FakeClock) -> Newsroom:
    """The newsroom on one server, for what no deployment changes."""
    return newsroom(client, clock, partitions=1)


def test_reports_wait_as_one_case_until_a_moderator_keeps_or_takes_down(daily: Newsroom) -> None:
    kept, gone = daily.published("Calm."), daily.published("Not calm.", article=daily.other)
    first = filed(daily, kept)
    second = filed(daily, kept, network="198.51.100.2", reason="off_topic")
    third = filed(daily, gone, **NOTICE)
    assert lane(daily) == [gone, kept], "what is due first stands first"
    assert daily.item(kept).case.reports.counts == {"insult": 1, "off_topic": 1}  # type: ignore[union-attr]
    assert [comment.id for comment in daily.public()] == [kept], "it stays public until it is judged"
    assert sound(daily)
    daily.made(MO, kept, Verb.KEEP)
    assert lane(daily) == [gone]
    assert daily.find(kept).status is Status.APPROVED
    daily.made(MO, gone, Verb.REJECT)
    assert lane(daily) == []
    assert [ending(daily, token) for token in (first, second, third)] == [Ending.KEPT, Ending.KEPT, Ending.REMOVED]
    assert [row.verb for row in daily.log().decisions[:2]] == [Verb.REJECT, Verb.KEEP]
    assert sound(daily)


def test_an_appeal_is_judged_by_another_person_with_the_right_to_it(daily: Newsroom) -> None:
    id, token = rejected(daily)
    program = rejected(daily, by=PROGRAM)[1]
    assert not isinstance(appeal(daily, token), Refused)
    assert lane(daily) == [id]
    for actor in (MO, PROGRAM):
        for verb in (Verb.UPHOLD, Verb.APPROVE):
            assert daily.decide(actor, id, verb) == Refused(code=Code.NOT_YOURS_TO_JUDGE)
    plain = Actor(id="max", sites=frozenset({"daily"}), rights=RIGHTS[Role.MODERATOR])
    assert daily.decide(plain, id, Verb.UPHOLD) == Refused(code=Code.NOT_YOURS_TO_OVERRULE)
    made = daily.made(MAX, id, Verb.UPHOLD)
    assert (daily.find(id).status, lane(daily)) == (Status.REJECTED, [])
    assert daily.decide(MAX, id, Verb.UPHOLD, seen=made.version - 1) == made, "a retry is known"
    assert daily.find(id).reason == "insult", "its author still reads why"
    assert appeal(daily, token, "Once more!") == Refused(code=Code.NOT_ALLOWED_NOW)
    assert not isinstance(appeal(daily, program), Refused)
    assert sound(daily)


def test_an_undo_brings_a_case_back_to_where_it_waited(daily: Newsroom) -> None:
    published = daily.published()
    token = filed(daily, published)
    for verb in (Verb.KEEP, Verb.REJECT):
        made = daily.made(MO, published, verb)
        assert (lane(daily), ending(daily, token) is None) == ([], False)
        assert isinstance(daily.undo(MO, made.id), Made)
        assert (lane(daily), ending(daily, token)) == ([published], None)
    id, receipt = rejected(daily)
    appeal(daily, receipt)
    for verb in (Verb.UPHOLD, Verb.APPROVE):
        made = daily.made(MAX, id, verb)
        assert lane(daily) == [published]
        assert isinstance(daily.undo(MAX, made.id), Made)
        assert lane(daily) == [published, id]
        assert daily.find(id).status is Status.REJECTED
    assert sound(daily)


def test_the_buffer_hands_cases_to_who_may_judge_them_and_to_one_at_a_time(daily: Newsroom) -> None:
    reported, (appealed, token), new = daily.published(), rejected(daily), daily.comment("New.").id
    filed(daily, reported)
    appeal(daily, token)

    def buffer(who: Actor, of: Lane | None = Lane.NOTICES, have: tuple[CommentId, ...] = ()) -> list[CommentId]:
        found = daily.service.queue.buffer(who, daily.site, lane=of, have=have)
        assert isinstance(found, Buffer)
        return [item.comment.id for item in found.items]

    assert buffer(MO) == [reported], "the appeal is against Mo's own decision"
    assert buffer(MAX) == [appealed], "Mo has the other before them"
    assert buffer(MO, None) == [reported, new]
    assert buffer(MO, have=(reported,)) == []
    renewed = daily.service.queue.renew(MO, daily.site, [reported])
    assert not isinstance(renewed, Refused)
    assert renewed[reported].holder == "mo"


def test_a_flood_of_taps_is_one_case_that_anybody_can_still_decide(one: Newsroom) -> None:
    id = one.published()
    before = one.find(id).version
    tokens = {filed(one, id, network=f"198.51.100.{number}") for number in range(250)}
    assert len(tokens) == 250
    again = report(one, id, network="198.51.100.9")
    assert isinstance(again, Filed)
    assert again.again
    case = one.item(id).case.reports
    assert case is not None
    assert case.counts == {"insult": 250}
    assert one.find(id).version == before, "nobody's decision is late because of taps"
    (raw,) = one.client.keys("*:reports:*")
    size: Any = one.client.memory_usage(raw)
    assert size < 3_000
    one.made(MO, id, Verb.KEEP)
    judged = filed(one, id, network="203.0.113.5")
    assert (lane(one), ending(one, judged)) == ([], Ending.KEPT), "what was just judged has its answer already"
    filed(one, id, network="203.0.113.5", **NOTICE)
    assert lane(one) == [id], "a notice of illegal content is always looked at"


def test_who_has_not_seen_a_written_notice_decides_nothing_and_so_few_are_kept(one: Newsroom) -> None:
    id = one.published()
    filed(one, id)
    seen = one.find(id).version
    filed(one, id, **NOTICE)
    assert isinstance(one.decide(MO, id, Verb.KEEP, seen=seen), Stale)
    for number in range(STATEMENTS + 5):
        filed(one, id, network=f"203.0.113.{number}", **{**NOTICE, "why": "This is a threat, " * 100})
    case = one.item(id).case.reports
    assert case is not None
    assert len(case.statements) == STATEMENTS
    assert case.counts["illegal"] == STATEMENTS + 6
    assert one.find(id).version == seen + STATEMENTS


def test_one_network_needs_a_code_after_some_reports_and_has_an_end(one: Newsroom) -> None:
    ids = [one.published(f"Number {number}.") for number in range(TRIES + 1)]
    for id in ids[:FREE]:
        filed(one, id)
    asked = report(one, ids[FREE])
    assert asked == Refused(code=Code.INVALID_FIELDS, fields={"code": Code.REQUIRED})
    for id in ids[FREE:TRIES]:
        assert isinstance(report(one, id, solved=True), Filed)
    refused = report(one, ids[TRIES], solved=True)
    assert isinstance(refused, Refused)
    assert (refused.code, refused.retry_after_s is not None) == (Code.TOO_MANY, True)
    assert isinstance(report(one, ids[TRIES], network="203.0.113.1"), Filed)


def test_a_code_is_good_for_one_notice(one: Newsroom) -> None:
    id = one.published()
    found = one.service.reports.find(id)
    assert not isinstance(found, Refused)
    ticket = one.service.reports.code(found).ticket
    wrong = report(one, id, challenge=ticket, code="?????", **NOTICE)
    right = report(one, id, challenge=ticket, code=one.code(ticket), **NOTICE)
    assert [refused.fields for refused in (wrong, right) if isinstance(refused, Refused)] == [
        {"code": Code.WRONG_CODE},
        {"code": Code.USED_CODE},
    ]
    assert lane(one) == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"why": " "}, "why", Code.REQUIRED),
        ({"why": "x" * 2_001}, "why", Code.TOO_LONG),
        ({"faith": ""}, "faith", Code.REQUIRED),
        ({"email": "nobody"}, "email", Code.INVALID_EMAIL),
        ({"name": "\u202eevil"}, "name", Code.INVALID_CHARACTERS),
        ({"reason": "nonsense"}, "reason", Code.INVALID_CHOICE),
    ],
)
def test_a_notice_that_says_too_little_or_too_much_is_told_what(
    one: Newsroom, changes: Mapping[str, str], field: str, code: Code
) -> None:
    refused = report(one, one.published(), solved=True, **{**NOTICE, **changes})
    assert refused == Refused(code=Code.INVALID_FIELDS, fields={field: code})


def test_only_what_is_published_can_be_reported_and_no_other_token_opens_a_receipt(one: Newsroom) -> None:
    waiting, id = one.comment().id, one.published()
    assert report(one, waiting) == report(one, "cmt_" + "Z" * 26) == Refused(code=Code.NOT_FOUND)
    token = filed(one, id)
    for other in (token[:-1] + "0", token[:36], token + "0", token.lower(), token[:26] + "0" * 10 + token[36:], "x"):
        assert other == token or one.service.reports.open(other) == Refused(code=Code.NOT_FOUND)


def test_a_withdrawn_comment_ends_its_cases_and_nothing_that_was_written_stays(one: Newsroom) -> None:
    receipt = one.comment("Mine.")
    one.made(MO, receipt.id, Verb.APPROVE)
    token = filed(one, receipt.id, **NOTICE)
    one.made(MO, receipt.id, Verb.REJECT)
    appeal(one, receipt.token, "A word of mine.")
    assert not isinstance(one.service.receipts.withdraw(receipt.token), Refused)
    assert (lane(one), ending(one, token)) == ([], Ending.REMOVED)
    stored = repr(everything(one.client)).encode()
    assert b"A word of mine" not in stored
    assert b"a named person" not in stored
    assert sound(one)


def test_an_appeal_has_half_a_year_and_one_try_and_a_reason(one: Newsroom) -> None:
    id, token = rejected(one)
    assert appeal(one, token, " ") == Refused(code=Code.INVALID_FIELDS, fields={"appeal": Code.REQUIRED})
    assert not isinstance(appeal(one, token), Refused)
    assert not isinstance(appeal(one, token), Refused), "the same again is a retry"
    assert appeal(one, token, "Something else.") == Refused(code=Code.NOT_ALLOWED_NOW)
    one.made(MAX, id, Verb.APPROVE)
    assert appeal(one, token) == Refused(code=Code.NOT_ALLOWED_NOW)
    one.made(MO, id, Verb.REJECT)
    one.clock.advance(ms=APPEAL_MS - 10)
    opened = one.service.receipts.open(token)
    assert not isinstance(opened, Refused)
    assert one.service.appeals.of(opened).possible, "another decision, another appeal"
    one.clock.advance(ms=11)
    assert appeal(one, token) == Refused(code=Code.NOT_ALLOWED_NOW)


def test_a_report_of_a_comment_that_waits_again_is_judged_with_it(one: Newsroom) -> None:
    receipt = one.comment("Twice.")
    made = one.made(MO, receipt.id, Verb.APPROVE)
    token = filed(one, receipt.id)
    one.undo(MO, made.id)
    assert (lane(one), ending(one, token)) == ([], None)
    assert sound(one)
    one.made(MO, receipt.id, Verb.APPROVE)
    assert (lane(one), ending(one, token)) == ([], Ending.KEPT)


def test_clocks_that_differ_lose_no_report(one: Newsroom) -> None:
    id = one.published()
    one.clock.advance(ms=5_000)
    token = filed(one, id)
    one.clock.advance(ms=-4_000)
    one.made(MO, id, Verb.REJECT)
    assert ending(one, token) is Ending.REMOVED


def test_the_lane_is_read_page_by_page_also_past_what_was_judged_meanwhile(
    client: redis.Redis, clock: FakeClock
) -> None:
    room = newsroom(client, clock, partitions=3)
    ids = [room.published(f"Number {at}.", article=article) for at, article in enumerate(room.articles(7))]
    for at, id in enumerate(ids):
        filed(room, id, network=f"198.51.100.{at}", **(NOTICE if at == 6 else {}))
    seen: list[str] = []
    cursor = ""
    while True:
        page = room.service.moderation.listed(PRIYA, room.site, lane=Lane.NOTICES, limit=2, cursor=cursor)
        assert isinstance(page, Listed)
        seen += [item.comment.id for item in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
        room.made(MO, cursor, Verb.KEEP)
    assert seen == [ids[6], *ids[:6]]
