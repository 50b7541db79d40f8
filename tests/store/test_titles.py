"""An article is named by what a moderator has seen and published, and by nothing else."""

from dataclasses import replace

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.store.decisions import Made
from tests.store.people import HOME, MO, Newsroom


def test_a_title_is_shown_from_the_first_published_comment_on(daily: Newsroom) -> None:
    waiting = daily.comment(title="Spam title")
    assert daily.page().thread.title == ""
    daily.made(MO, waiting.id, Verb.SPAM)
    assert daily.page().thread.title == ""
    daily.published(title="The title")
    assert daily.page().thread.title == "The title"


def test_an_article_is_not_renamed_by_whoever_comes_later(daily: Newsroom) -> None:
    daily.published(title="The title")
    daily.published(title="A libel")
    assert daily.page().thread.title == "The title"


@pytest.mark.parametrize("gone", ["undone", "taken down", "withdrawn"])
def test_a_title_goes_with_the_comment_it_came_with(daily: Newsroom, gone: str) -> None:
    first = daily.comment(title="A libel")
    made = daily.made(MO, first.id, Verb.APPROVE)
    daily.published(title="The title")
    assert daily.page().thread.title == "A libel"
    if gone == "undone":
        assert isinstance(daily.undo(MO, made.id), Made)
    elif gone == "taken down":
        daily.made(MO, first.id, Verb.REJECT, reason="insult")
    else:
        daily.service.receipts.withdraw(first.token)
    assert daily.page().thread.title == "The title"


def test_an_article_with_nothing_published_has_no_words_of_strangers(daily: Newsroom) -> None:
    found = daily.service.sites.article("daily", f"{HOME}/x?buy=pills-from-evil", "story-77")
    asked = daily.service.sites.article("daily", HOME, "story-77")
    assert isinstance(found, tuple)
    assert isinstance(asked, tuple)
    before = daily.page(article=asked[1])
    receipt = daily.comment(title="A libel", article=found[1])
    assert daily.page(article=asked[1]).thread == replace(
        before.thread, counts={**before.thread.counts, Status.PENDING: 1}
    )
    made = daily.made(MO, receipt.id, Verb.APPROVE)
    assert daily.page(article=asked[1]).thread.url == f"{HOME}/x?buy=pills-from-evil"
    daily.undo(MO, made.id)
    after = daily.page(article=asked[1]).thread
    assert (after.url, after.title) == (before.thread.url, "")


def test_a_thread_is_named_by_the_oldest_title_that_is_still_published(daily: Newsroom) -> None:
    first = daily.comment(title="A")
    made = daily.made(MO, first.id, Verb.APPROVE)
    daily.published(title="")
    daily.published(title="C")
    daily.undo(MO, made.id)
    assert daily.page().thread.title == "C"
