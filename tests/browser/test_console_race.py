"""Two browsers on one queue without leases between them: each comment is decided once, and every loser is told."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext

from commentsvc.domain.decision import Status
from commentsvc.store.keys import Partition
from tests.browser import console
from tests.browser.conftest import Live
from tests.browser.console import Desk
from tests.servers import wait_until

COMMENTS = 500
LISTEN = """() => { window.told = 0; new MutationObserver(all => {
  window.told += all.filter(one => one.addedNodes.length).length;
}).observe(document.querySelector('#lost'), { childList: true }); }"""
STEP = """key => {
  const last = performance.getEntriesByName('console:shown').at(-1);
  const card = document.querySelector('.card.is-shown');
  if (!card || !last || performance.now() < last.startTime + last.duration + 155) return;
  const waits = card.dataset.status === 'pending' && !card.querySelector('.happened');
  document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: waits ? key : 'j', bubbles: true }));
}"""


@dataclass(kw_only=True)
class Ledger:
    """A WSGI application, and what it answered to decisions: how many were made, how many came too late."""

    app: Any
    results: Counter[str] = field(default_factory=Counter)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        answer = self.app(environ, start_response)
        if not environ["PATH_INFO"].endswith("/desk/decisions"):
            return answer
        body = b"".join(answer)
        self.results.update(one["result"] for one in json.loads(body)["results"])
        return [body]


@contextmanager
def forgotten_leases(live: Live) -> Iterator[None]:
    """Nobody knows who looks at what, so that both work on the same comments."""
    over = threading.Event()

    def forget() -> None:
        while not over.wait(0.01):
            live.parts.client.delete(Partition(site="daily", number=0).leases)

    thread = threading.Thread(target=forget)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(30)


def test_two_browsers_race_through_one_queue(live: Live, new_context: Callable[..., BrowserContext]) -> None:
    ids = console.waiting(live, COMMENTS)
    console.hire(live, "mo", "max")
    ledger = Ledger(app=live.app.wsgi_app)
    live.app.wsgi_app = ledger  # type: ignore[method-assign]
    with forgotten_leases(live):
        desks = {"a": console.sit_down(live, new_context(), "mo"), "!": console.sit_down(live, new_context(), "max")}
        for desk in desks.values():
            desk.page.evaluate(LISTEN)
        wait_until(lambda: _all_decided(desks, live), timeout_s=400, what="the end of the queue")
    for desk in desks.values():
        desk.saved()
        assert desk.complaints == []
    assert console.decided(live) == Counter(ids), "each was decided exactly once"
    assert ledger.results["ok"] == COMMENTS
    assert ledger.results["stale"] >= COMMENTS / 50, "they hardly met: the test proves nothing"
    assert set(ledger.results) == {"ok", "stale"}
    assert sum(desk.page.evaluate("told") for desk in desks.values()) == ledger.results["stale"], "every loser is told"


def _all_decided(desks: dict[str, Desk], live: Live) -> bool:
    for key, desk in desks.items():
        desk.page.evaluate(STEP, key)
    return console.counts(live)[Status.PENDING] == 0
