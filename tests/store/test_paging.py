"""A page costs a page: whatever the thread's length, the order, the place in it and the depth of its replies."""

from typing import Any, cast

from redis import Redis

from commentsvc.bench import seed
from commentsvc.bench.tape import Tape, playing
from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.thread import Article
from commentsvc.store.comments import Sort
from tests.servers import FakeClock
from tests.store.people import Newsroom, newsroom

SHORT, LONG = 300, 3_000
"""Comments of two threads: the first one's indexes are flat lists in the store, the second one's skip lists."""

PAGE = 20


def test_a_page_reads_as_much_at_every_place_of_a_short_and_of_a_long_thread(client: Redis, clock: FakeClock) -> None:
    daily = newsroom(client, clock, partitions=1)
    read: list[dict[str, int]] = []
    for article, size in zip(daily.articles(2), (SHORT, LONG), strict=True):
        made = _thread(daily, article, size)
        in_order = {
            Sort.OLDEST: made,
            Sort.NEWEST: made[::-1],
            Sort.CONVERSATION: sorted(made, key=lambda comment: comment.path),
        }
        for sort, comments in in_order.items():
            for start in (0, size // 2, size - PAGE - 1):
                cursor = comments[start - 1].id if start else ""
                client.config_resetstat()
                page = daily.page(sort=sort, limit=PAGE, cursor=cursor, article=article)
                read.append(_records_read(client))
                assert [c.id for c in page.comments or ()] == [c.id for c in comments[start : start + PAGE]]

    assert all(one == {"evalsha": 1, "hgetall": 1, "range": 1, "hmget": PAGE + 1} for one in read)


def _thread(daily: Newsroom, article: Article, size: int) -> list[Comment]:
    """Approved comments, oldest first, each tenth on the article and the others under the one before: ever deeper."""
    made: list[Comment] = []
    tape = Tape()
    for at in range(size):
        body = Body(
            name="Alice",
            email="alice@daily.example",
            text=f"No {at}",
            url=article.url,
            thread_key=article.key,
            author_key="e" + 20 * "0",
            created_ms=daily.clock() + at,
        )
        parent = made[-1] if at % 10 else None
        made.append(seed.submitted(tape, daily.site, article, body, at, parent))
        seed.approve(tape, daily.site, made[-1])
    with playing(daily.client) as play:
        play(tape)
    return made


def _records_read(client: Redis) -> dict[str, int]:
    """How often each command that reads ran; the one that looks up where a cursor stands is left out."""
    ran = cast(dict[str, dict[str, Any]], client.info("commandstats"))
    calls = {name.removeprefix("cmdstat_"): row["calls"] for name, row in ran.items()}
    ranges = sum(calls.pop(name, 0) for name in ("zrangebylex", "zrevrangebylex"))
    return {"range": ranges, **{name: calls[name] for name in ("evalsha", "hgetall", "hmget")}}
