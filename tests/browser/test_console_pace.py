"""How long a key takes to show the next card while very many comments wait behind a slow line: a figure, not a promise.

`make pace` prints it, with 50,000 of them. What is promised is counted: every decision is made, and none twice.
"""

import os
from collections import Counter
from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from commentsvc.bench import seed
from tests.browser import console
from tests.browser.conftest import Live
from tests.browser.console import Weather

PENDING = int(os.environ.get("PACE_PENDING", "1000"))
LATE_S = 0.2
DECISIONS = 60


def test_the_next_card_is_there_at_once_however_many_wait_and_however_slow_the_line_is(
    live: Live, context: BrowserContext, record_property: Callable[[str, object], None]
) -> None:
    home = live.service.sites.change("daily", {"origins": (*live.site.origins, seed.ORIGIN)})
    seed.pending(live.parts, home, PENDING)
    console.hire(live, "mo")
    live.app.wsgi_app = Weather(app=live.app.wsgi_app, late_s=LATE_S)  # type: ignore[method-assign]
    desk = console.sit_down(live, context)
    expect(desk.card).to_be_visible()
    done: list[str] = []
    for number in range(DECISIONS):
        done.append(desk.shown)
        desk.press(*("r1" if number % 4 == 3 else "a"))
    desk.saved()
    assert console.decided(live) == Counter(done)
    assert desk.complaints == []
    took = sorted(desk.page.evaluate("performance.getEntriesByName('console:shown').map(one => one.duration)")[1:])
    middle, most = took[len(took) // 2], took[int(len(took) * 0.95)]
    record_property("key_to_next_card_p95_ms", round(most, 1))
    where = f"{PENDING:,} waiting, {LATE_S * 1000:.0f} ms to the server"
    print(f"key → next card painted ({where}): median {middle:.0f} ms, p95 {most:.0f} ms")
