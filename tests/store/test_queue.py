"""The queue of a site is one queue, oldest first, over however many partitions."""

from dataclasses import replace

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId, new_comment_id
from commentsvc.domain.refusal import Code, Refused
from commentsvc.store.keys import home
from tests.store.people import ALICE, BOB, MO, PRIYA, Newsroom


def pages(daily: Newsroom, status: Status, limit: int) -> list[CommentId]:
    """All comments of one status, page by page."""
    found: list[CommentId] = []
    cursor = ""
    while True:
        page = daily.listed(status, limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += [item.comment.id for item in page.items]
        cursor = page.next_cursor
        if not cursor:
            return found


def test_the_queue_is_merged_oldest_first_and_each_comment_comes_once(daily: Newsroom) -> None:
    ids = [daily.comment(article=article).id for article in daily.articles(50)]
    assert {home(daily.site, id).number for id in ids} == set(range(daily.site.partitions))
    for limit in (1, 3, 7, 49, 50, 51):
        assert pages(daily, Status.PENDING, limit) == ids


def test_what_was_decided_is_listed_newest_first(daily: Newsroom) -> None:
    ids = [daily.comment(article=article).id for article in daily.articles(10)]
    for id in ids:
        daily.made(MO, id, Verb.REJECT)
    for limit in (1, 4, 10):
        assert pages(daily, Status.REJECTED, limit) == ids[::-1]
    assert pages(daily, Status.PENDING, 5) == []


def test_a_cursor_holds_while_the_queue_is_worked_through(daily: Newsroom) -> None:
    ids = [daily.comment(article=article).id for article in daily.articles(12)]
    page = daily.listed(limit=5)
    for id in (*ids[:5], ids[7]):
        daily.made(MO, id, Verb.APPROVE)
    late = daily.comment().id
    rest = daily.listed(limit=20, cursor=page.next_cursor)
    assert [item.comment.id for item in rest.items] == [*ids[5:7], *ids[8:], late]


def test_an_item_has_everything_that_is_needed_to_judge_it(daily: Newsroom) -> None:
    parent = daily.published("The parent.", by=ALICE, title="The article")
    daily.published("Good.", by=BOB, article=daily.other)
    reply = daily.comment("The reply.", by=BOB, parent=parent).id
    (item,) = daily.listed().items
    assert item.comment.id == reply
    assert item.comment.body is not None
    assert item.comment.body.text == "The reply."
    assert item.parent is not None
    assert item.parent.id == parent
    assert item.thread.title == "The article"
    assert item.thread.url == daily.article.url
    assert (item.author[Status.APPROVED], item.author[Status.PENDING]) == (1, 1)
    assert item.lease is None
    assert item.strip == ()
    whole = daily.item(reply)
    assert [comment.body.text for comment in whole.strip if comment.body] == ["Good."]
    assert replace(whole, strip=()) == item


def test_a_listed_item_whose_author_erased_it_is_still_an_item(daily: Newsroom) -> None:
    receipt = daily.comment()
    daily.service.receipts.withdraw(receipt.token)
    (item,) = daily.listed(Status.ERASED).items
    assert item.comment.body is None
    assert item.author == {}


def test_counts_are_over_all_partitions(daily: Newsroom) -> None:
    ids = [daily.comment(article=article).id for article in daily.articles(9)]
    for verb, id in zip([Verb.APPROVE, Verb.REJECT, Verb.REJECT, Verb.SPAM], ids, strict=False):
        daily.made(MO, id, verb)
    assert daily.counts() == {
        Status.PENDING: 5,
        Status.APPROVED: 1,
        Status.REJECTED: 2,
        Status.SPAM: 1,
        Status.ERASED: 0,
    }


def test_a_cursor_that_is_none_is_refused(daily: Newsroom) -> None:
    for cursor in ("x", "dec_" + new_comment_id(now_ms=1, site_number=1, bucket=0)[4:], "\0"):
        page = daily.service.moderation.listed(PRIYA, daily.site, cursor=cursor)
        assert page == Refused(code=Code.INVALID_CURSOR)
