"""What is counted by the hour is what the log and the comments say, on every deployment."""

from collections import Counter

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import made_ms
from commentsvc.domain.moderator import Actor
from commentsvc.domain.numbers import HOUR_MS, Period
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.numbers import Report
from commentsvc.store.numbers import WAITS, Numbers, hour_of
from tests.store.people import ALICE, BOB, MAX, MO, PRIYA, Newsroom

STRANGER = Actor(id="stranger", sites=frozenset({"other"}))


def report(daily: Newsroom, period: Period = Period.DAY) -> Report:
    """The page of the numbers."""
    found = daily.service.numbers.report(PRIYA, daily.site, period)
    assert isinstance(found, Report), found
    return found


def counted(daily: Newsroom, *, hours: int) -> Counter[str]:
    """The sum of what was counted in the last hours."""
    last, sums = hour_of(daily.clock()), Counter[str]()
    for one in Numbers(daily.client).hours(daily.site, last - hours, last):
        sums.update(one.counts)
    return sums


def test_the_counters_are_what_a_recount_of_the_log_gives(daily: Newsroom) -> None:
    for at, article in enumerate(daily.articles(6)):
        first = daily.comment(article=article, text=f"First {at}.")
        second = daily.comment(by=BOB, article=article, text=f"Second {at}.")
        daily.submit(daily.attempt(article=article, code="00000"))
        daily.clock.advance(ms=(at + 1) * 777_777)
        daily.made(MO, first.id, Verb.FEATURE if at == 4 else Verb.APPROVE)
        daily.made(MAX, second.id, Verb.REJECT, reason=("insult", "hate")[at % 2])
        if at == 1:
            daily.undo_last(MO)
        if at == 2:
            daily.made(PRIYA, second.id, Verb.APPROVE)
            daily.made(PRIYA, second.id, Verb.FEATURE)
        if at == 3:
            daily.service.receipts.withdraw(first.token)
    expected = Counter[str]({"arrived": 12, "wrong": 6})
    for row in daily.log().decisions:
        publishes = row.verb is Verb.FEATURE and row.before is Status.PENDING
        expected[f"verb:{Verb.APPROVE if publishes else row.verb}"] += 1
        if row.verb is Verb.REJECT:
            expected[f"reason:{row.reason}"] += 1
        if row.verb is not Verb.WITHDRAW and row.before not in (Status.PENDING, row.after):
            expected["reversed"] += 1
        if row.before is Status.PENDING:
            seconds = (row.at_ms - made_ms(row.comment)) / 1000
            expected[f"waited:{next(limit for limit in WAITS if seconds <= limit)}"] += 1
    assert counted(daily, hours=24) == expected


def test_every_wait_is_counted_in_its_band(daily: Newsroom) -> None:
    for limit in WAITS:
        receipt = daily.comment(f"Decided after {limit} s.")
        daily.clock.advance(ms=limit * 1000 - 1)
        daily.made(MO, receipt.id, Verb.APPROVE)
        assert counted(daily, hours=1)[f"waited:{limit}"] == 1
    last = daily.comment("Decided very late.")
    daily.clock.advance(ms=WAITS[-1] * 1000)
    daily.made(MO, last.id, Verb.APPROVE)
    assert counted(daily, hours=1)["waited:longer"] == 1


def test_a_report_says_what_happened(daily: Newsroom) -> None:
    for n in range(4):
        daily.comment(f"Waiting {n}.", article=daily.other)
    daily.clock.advance(ms=3 * HOUR_MS)
    one, two = daily.comment("Soon decided."), daily.comment("Later decided.", by=ALICE)
    daily.clock.advance(ms=40_000)
    daily.made(MO, one.id, Verb.APPROVE)
    daily.clock.advance(ms=400_000)
    daily.made(MO, two.id, Verb.REJECT, reason="insult")
    daily.undo_last(MO)
    daily.submit(daily.attempt(code="00000"))
    found = report(daily)
    assert (found.arrived, found.decided, found.reversed, found.wrong_codes) == (6, 2, 1, 1)
    assert found.wrong_share == 1 / 7
    assert found.reversed_share == 1 / 2
    assert found.median_s is not None
    assert found.p90_s is not None
    assert 30 <= found.median_s <= 60 < found.p90_s <= 600
    assert sum(band.count for band in found.waits) == 2
    assert [(band.to_s, band.count) for band in found.ages if band.count] == [(3600, 1), (4 * 3600, 4)]
    assert found.forecast.waiting == 5
    assert [(thread.id, count) for thread, count in found.busiest] == [(daily.other.id, 4), (daily.article.id, 2)]
    assert sum(step.arrived for step in found.steps) == sum(step.arrived for step in found.blocks) == 6
    assert sum(block.reasons.get("insult", 0) for block in found.blocks) == 1


def test_periods_look_back_so_far_and_numbers_end(daily: Newsroom) -> None:
    daily.made(MO, daily.comment().id, Verb.APPROVE)
    arrived = []
    for days in (0, 2, 10, 40):
        daily.clock.advance(ms=days * 24 * HOUR_MS)
        arrived.append([report(daily, period).arrived for period in Period])
    assert arrived == [[1, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 0]]
    ends = [daily.client.pttl(key) for key in daily.client.scan_iter() if b"}:n:" in key or b"}:busy:" in key]
    assert ends
    assert all(0 < ms <= 90 * 24 * HOUR_MS for ms in ends)


def test_who_may_not_read_a_site_gets_no_numbers(daily: Newsroom) -> None:
    assert daily.service.numbers.report(STRANGER, daily.site, Period.DAY) == Refused(code=Code.FORBIDDEN)
