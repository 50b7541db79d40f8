"""Readers and moderators on a store that changes under them, who try again for as long as it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.thread import Article
from commentsvc.service.submissions import Receipt
from commentsvc.store.decisions import Made
from commentsvc.store.failures import UNREACHABLE
from commentsvc.store.keys import thread_home
from commentsvc.store.merge import partitions
from tests.clusters import Cluster
from tests.fault.crowd import Crowd
from tests.servers import wait_until
from tests.store.people import MO, Newsroom


@dataclass(kw_only=True)
class Desk:
    """What happens under one article: each text with the ids it was acknowledged with, and who was told to wait."""

    article: Article
    home: str
    published: dict[str, set[str]] = field(default_factory=dict)
    refused: int = 0


class Bustle(Crowd):
    """Under each article comments are submitted, approved and read, each as often as it takes, until the bustle ends.

    A refusal is one of UNREACHABLE, which the web turns into 503 with the text kept; anything else is a fault.
    """

    def __init__(self, daily: Newsroom, articles: Sequence[Article]) -> None:
        self._daily = daily
        homes = [thread_home(daily.site, article.id).tag for article in articles]
        self.desks = [Desk(article=article, home=home) for article, home in zip(articles, homes, strict=True)]
        self.faults: list[BaseException] = []
        super().__init__([partial(self._work, desk) for desk in self.desks])

    def of(self, cluster: Cluster, port: int) -> tuple[list[Desk], list[Desk]]:
        """The desks whose threads this master holds, and the others."""
        own = [desk for desk in self.desks if cluster.port_of(desk.home) == port]
        return own, [desk for desk in self.desks if desk not in own]

    def wait_for_more(self, desks: Sequence[Desk] | None = None, *, count: int = 3) -> None:
        """Return when at each of these desks so many more comments were acknowledged and approved."""
        goals = [(desk, len(desk.published) + count) for desk in desks or self.desks]
        wait_until(
            lambda: self.faults or all(len(desk.published) >= goal for desk, goal in goals),
            timeout_s=90,
            what="more comments at every desk",
        )
        assert self.faults == []

    def wait_for_refusals(self, desks: Sequence[Desk]) -> None:
        """Return when somebody at each of these desks was told to wait once more."""
        goals = [(desk, desk.refused + 1) for desk in desks]
        wait_until(lambda: all(desk.refused >= goal for desk, goal in goals), timeout_s=60, what="refusals")

    def assert_all_is_there_once(self) -> None:
        """Everything acknowledged is public, no text is there twice, and every index agrees with the counters."""
        assert self.faults == []
        for desk in self.desks:
            comments = self._daily.public(article=desk.article)
            public = {comment.id: comment.body.text for comment in comments if comment.body}
            assert {id for ids in desk.published.values() for id in ids} - set(public) == set(), "something is lost"
            assert all(len(ids) == 1 for ids in desk.published.values()), "one submission has two ids"
            assert len(set(public.values())) == len(public), "something is there twice"
            thread = self._daily.page(article=desk.article).thread
            assert thread.counts[Status.APPROVED] == len(public)
        threads = [self._daily.page(article=desk.article).thread for desk in self.desks]
        for status, count in self._daily.counts().items():
            assert sum(thread.counts[status] for thread in threads) == count, status

    def _work(self, desk: Desk) -> None:
        number = 0
        try:
            while not self._over.is_set():
                number += 1
                self._publish(desk, f"{desk.home} {number}")
        except Exception as fault:
            self.faults.append(fault)

    def _publish(self, desk: Desk, text: str) -> None:
        attempt = self._daily.attempt(text, once=text, article=desk.article)
        ids: set[str] = set()
        for _ in range(2):  # the second is what a reader does whose first answer was lost
            receipt = self._try(desk, lambda: self._daily.submit(attempt))
            if receipt is None:
                return
            assert isinstance(receipt, Receipt), receipt
            ids.add(receipt.id)
            made = self._try(desk, partial(self._daily.decide, MO, receipt.id, Verb.APPROVE, seen=1))
            if made is None:
                return
            assert isinstance(made, Made), made
        desk.published[text] = ids
        self._try(desk, lambda: self._daily.page(article=desk.article, limit=5))

    def _try(self, desk: Desk, act: Callable[[], Any]) -> Any:
        """What comes of it, however often it has to be tried; None when the bustle is over."""
        while True:
            try:
                return act()
            except UNREACHABLE:
                desk.refused += 1
            if self._over.wait(0.02):
                return None


def one_article_for_each_partition(daily: Newsroom) -> list[Article]:
    """Articles that lie in all partitions, one in each."""
    found: dict[str, Article] = {}
    for article in daily.articles(40 * daily.site.partitions):
        found.setdefault(thread_home(daily.site, article.id).tag, article)
    assert len(found) == len(list(partitions(daily.site)))
    return list(found.values())
