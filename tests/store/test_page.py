"""What readers get: approved comments only, in the order asked for, every one once, however many there are."""

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId, new_comment_id
from commentsvc.domain.refusal import Code, Refused
from commentsvc.store.comments import Sort
from tests.store.people import ALICE, BOB, HOME, MO, Newsroom


def ids(daily: Newsroom, sort: Sort, *, limit: int = 100) -> list[CommentId]:
    return [comment.id for comment in daily.public(sort=sort, limit=limit)]


def test_an_article_nobody_has_written_about_is_open_and_empty(daily: Newsroom) -> None:
    page = daily.page()
    assert page.comments == ()
    assert not page.more
    assert (page.thread.open, page.thread.revision, page.thread.title) == (True, 0, "")
    assert (page.thread.key, page.thread.url) == (daily.article.key, daily.article.url)


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_oldest_and_newest_first(daily: Newsroom, limit: int) -> None:
    made = [daily.published(f"Comment {number}") for number in range(7)]
    assert ids(daily, Sort.OLDEST, limit=limit) == made
    assert ids(daily, Sort.NEWEST, limit=limit) == made[::-1]


def test_replies_stand_under_what_they_answer(daily: Newsroom) -> None:
    first = daily.published("No 1")
    second = daily.published("No 2")
    late_reply = daily.published("No 1.1", parent=first)
    reply = daily.published("No 2.1", parent=second)
    deep = daily.published("No 1.1.1", parent=late_reply)
    later = daily.published("No 1.2", parent=first)
    order = [first, late_reply, deep, later, second, reply]
    for limit in (1, 2, 4, 100):
        assert ids(daily, Sort.CONVERSATION, limit=limit) == order
    assert [comment.depth for comment in daily.public(sort=Sort.CONVERSATION)] == [0, 1, 2, 1, 0, 1]
    assert [comment.replies for comment in daily.public(sort=Sort.CONVERSATION)] == [2, 1, 0, 0, 1, 0]


@pytest.mark.parametrize("sort", list(Sort))
def test_a_cursor_holds_while_comments_come_and_go(daily: Newsroom, sort: Sort) -> None:
    made = [daily.published(f"No {number}") for number in range(6)]
    made += [daily.published("Re:", parent=parent) for parent in made[:3]]
    order = ids(daily, sort)
    assert len(order) == len(made) == 9
    waiting = [daily.comment("Late") for _ in range(2)]
    page = daily.page(sort=sort, limit=4)
    assert page.comments is not None
    shown = [comment.id for comment in page.comments]
    # Meanwhile the last one shown and the next one are taken down, and new ones appear.
    daily.made(MO, shown[-1], Verb.REJECT)
    daily.made(MO, order[4], Verb.REJECT)
    for receipt in waiting:
        daily.made(MO, receipt.id, Verb.APPROVE)
    rest: list[CommentId] = []
    cursor: str = shown[-1]
    while True:
        page = daily.page(sort=sort, limit=2, cursor=cursor)
        assert page.comments is not None
        rest += [comment.id for comment in page.comments]
        if not page.more:
            break
        cursor = rest[-1]
    new = {receipt.id for receipt in waiting}
    assert [id for id in rest if id not in new] == order[5:]
    assert len(set(rest)) == len(rest)
    assert not set(rest) & set(shown)
    assert new <= set(rest) or sort is Sort.NEWEST


def test_a_cursor_holds_when_its_comment_was_withdrawn(daily: Newsroom) -> None:
    first = daily.comment("No 1")
    daily.made(MO, first.id, Verb.APPROVE)
    reply = daily.comment("No 1.1", parent=first.id)
    daily.made(MO, reply.id, Verb.APPROVE)
    last = daily.published("No 2")
    daily.service.receipts.withdraw(reply.token)
    for sort in (Sort.OLDEST, Sort.CONVERSATION):
        page = daily.page(sort=sort, cursor=reply.id)
        assert page.comments is not None
        assert [comment.id for comment in page.comments] == [last]


def test_three_hundred_comments_come_page_by_page_each_once(daily: Newsroom) -> None:
    made: list[CommentId] = []
    for number in range(300):
        parent = made[number // 2] if number % 3 == 1 else ""
        made.append(daily.published(f"Comment {number}", parent=parent))
    assert daily.page().thread.counts[Status.APPROVED] == 300
    assert ids(daily, Sort.OLDEST) == made
    assert ids(daily, Sort.NEWEST, limit=64) == made[::-1]
    conversation = daily.public(sort=Sort.CONVERSATION, limit=30)
    assert sorted(comment.id for comment in conversation) == made
    paths = [comment.path for comment in conversation]
    assert paths == sorted(paths)
    # More than a hundred are never given at once.
    page = daily.page(limit=10_000)
    assert page.comments is not None
    assert (len(page.comments), page.more) == (100, True)


def test_whoever_has_the_revision_gets_no_comments(daily: Newsroom) -> None:
    daily.published()
    page = daily.page()
    same = daily.page(known=page.thread.revision)
    assert same.comments is None
    assert same.thread == page.thread
    assert daily.page(known=page.thread.revision - 1).comments == page.comments
    daily.comment("This one waits.")
    assert daily.page(known=page.thread.revision).comments is None
    daily.published("This one does not.")
    fresh = daily.page(known=page.thread.revision)
    assert fresh.comments is not None
    assert len(fresh.comments) == 2


def test_a_take_down_is_not_on_the_next_page_asked_for(daily: Newsroom) -> None:
    id = daily.published()
    revision = daily.page().thread.revision
    daily.made(MO, id, Verb.REJECT)
    assert daily.page(known=revision).comments == ()


def test_an_article_shows_its_own_comments_only(daily: Newsroom) -> None:
    mine, other = daily.published(), daily.published(article=daily.other)
    assert [comment.id for comment in daily.public()] == [mine]
    assert [comment.id for comment in daily.public(article=daily.other)] == [other]


def test_a_public_comment_carries_nothing_private_that_a_reader_could_get_at(daily: Newsroom) -> None:
    parent = daily.published(by=ALICE)
    (shown,) = daily.public()
    assert (shown.decided_by, shown.decided_ms, shown.decision, shown.reason) == ("", 0, None, "")
    assert shown.status is Status.APPROVED
    found = daily.service.reading.comment(parent)
    assert not isinstance(found, Refused)
    assert found.comment.id == parent


def test_a_cursor_that_this_list_never_gave_out_is_refused(daily: Newsroom) -> None:
    foreign = new_comment_id(now_ms=daily.clock.now_ms, site_number=daily.site.number + 1, bucket=0)
    for cursor in ("x", "cmt_", foreign, "dec_" + foreign[4:], foreign.lower(), "\0"):
        page = daily.service.reading.page(daily.site, daily.article, cursor=cursor)
        assert page == Refused(code=Code.INVALID_CURSOR)


def test_another_articles_cursor_is_only_a_moment_in_time(daily: Newsroom) -> None:
    before = daily.published(article=daily.other)
    mine = daily.published()
    for sort, shown in ((Sort.OLDEST, (mine,)), (Sort.CONVERSATION, (mine,)), (Sort.NEWEST, ())):
        page = daily.page(sort=sort, cursor=before)
        assert page.comments is not None
        assert tuple(comment.id for comment in page.comments) == shown


def test_no_limit_gives_everything(daily: Newsroom) -> None:
    for _ in range(3):
        daily.published()
    for limit in (0, -1, -10):
        page = daily.page(limit=limit)
        assert page.comments is not None
        assert (len(page.comments), page.more) == (1, True)


def test_counts_of_many_addresses_in_one_call(daily: Newsroom) -> None:
    daily.published()
    daily.published(by=BOB)
    daily.published(article=daily.other)
    daily.comment("This one waits.")
    same = f"{HOME}/news/42/?utm_source=feed"
    foreign, broken = "https://evil.example/", "javascript:alert(1)"
    urls = [daily.article.url, same, daily.other.url, f"{HOME}/none", foreign, broken]
    counts = daily.service.reading.counts(daily.site, urls).counts
    assert counts == {urls[0]: 2, same: 2, urls[2]: 1, urls[3]: 0, foreign: 0, broken: 0}
    assert daily.service.reading.counts(daily.site, []).counts == {}


def test_names_are_told_of_public_comments_only(daily: Newsroom) -> None:
    public, waiting = daily.published(by=ALICE), daily.comment(by=BOB).id
    foreign = new_comment_id(now_ms=1, site_number=daily.site.number + 1, bucket=0)
    assert daily.service.reading.names(daily.site, [public, waiting, foreign, public]) == {public: "Alice"}
    assert daily.service.reading.names(daily.site, []) == {}
    assert daily.service.reading.names(daily.site, [foreign]) == {}


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("size", [1, 4, 100])
def test_the_page_that_shows_a_comment_and_the_one_before_it_can_be_found(
    daily: Newsroom, sort: Sort, size: int
) -> None:
    made = [daily.published(f"No {number}") for number in range(6)]
    made += [daily.published("Re:", parent=parent) for parent in made[:3]]
    order = ids(daily, sort)
    for at, id in enumerate(order):
        start = at - at % size
        found = daily.start(id, sort=sort, limit=size)
        assert found == (order[start - 1] if start else "")
        shown = [comment.id for comment in daily.page(sort=sort, limit=size, cursor=found).comments or ()]
        assert shown == order[start : start + size]
        before = daily.start(id, sort=sort, limit=size, before=True)
        assert before == (order[at - size - 1] if at > size else "")


def test_a_comment_that_is_not_public_in_the_thread_is_on_no_page(daily: Newsroom) -> None:
    shown, waiting = daily.published("Public"), daily.comment("Waits")
    assert daily.start(shown) == ""
    assert daily.start(waiting.id) is None
    daily.made(MO, shown, Verb.REJECT)
    assert daily.start(shown) is None
    assert daily.start("cmt_" + "0" * 26) is None
    assert daily.start("nonsense") is None
