"""The gate before Flask: forms and codes can be asked for without end, and must slow neither decisions nor lists.

What costs most and is asked for by anybody passes one of two turnstiles. Each serves one at a time, lets some more
wait for their turn, and turns the others away in ready-made words; a network may take most of the places, never all of
them. That of the codes has a budget of processor time besides, and where it becomes scarce each network has a share.
Nothing that somebody typed ever comes by here: every POST goes straight on.
"""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask, g, render_template

from commentsvc.domain.budget import Budget, Shares
from commentsvc.domain.refusal import REASONS, Code
from commentsvc.web.catalogue import chosen, gettext
from commentsvc.web.headers import PAGE, secured
from commentsvc.web.mould import Mould, gap
from commentsvc.web.network import network

TURN_S = 0.5
"""How long somebody waits for a turn. A full turnstile is through in a tenth of that, unless the store does not answer:
then those before are waiting and not computing, and whoever comes next may as well."""

AT_ONCE = 1
"""Both compute nearly all the time: measured with two and four at once they were no faster, and all else was slower."""

REST_S = 0.05
"""How long being turned away takes while there are threads to spare: who asks again at once asks less often."""

OF_THE_PLACES = 0.8
OF_THE_BUDGET = 0.25
AGAIN_S = (3, 8)
"""When a page that was turned away loads itself again: spread, so that a crowd does not come back as one."""

REPORT = "/report"
"""A form with a code as well."""

_STATUS = {429: "429 Too Many Requests", 503: "503 Service Unavailable"}
_LANG = re.compile(r"(?:^|&)lang=([^&]{1,40})")

Environ = dict[str, Any]
Count = Callable[[str, int], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnedAway:
    """Not now: 429 where the network has had its part, 503 where everybody has."""

    status: int
    retry_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Somebody who was let in. `seated`: one of those who work at once; the others have waited for too long."""

    network: str
    seated: bool


class Turnstile:
    """Lets so many requests work `at_once`, and as many wait as there are `places`.

    `percent` of one core is what they may use; 100 is as much as there is.
    """

    def __init__(self, *, at_once: int, places: int, percent: int) -> None:
        self._seats = threading.Semaphore(at_once)
        self._lock = threading.Lock()
        self._places, self._places_of_one = max(1, places), max(1, round(places * OF_THE_PLACES))
        self._here: Counter[str] = Counter()
        self._inside = 0
        # In milliseconds of processor time: ten a second are one percent, and there is a second's worth for a crowd.
        self._everybodys = Budget(per_second=percent * 10, burst=1_000)
        self._shares = Shares(per_second=percent * 10 * OF_THE_BUDGET, burst=500)

    @property
    def inside(self) -> int:
        """How many work or wait."""
        return self._inside

    def enter(self, network: str) -> TurnedAway | Turn:
        """Waits for a turn, after which `leave` must follow; does not wait where there is no place."""
        with self._lock:
            turned = self._full(network) or self._spent(network, time.monotonic())
            if turned:
                return turned
            self._here[network] += 1
            self._inside += 1
        return Turn(network=network, seated=self._seats.acquire(timeout=TURN_S))

    def leave(self, turn: Turn, *, used_ms: float) -> None:
        """Makes room for the next one."""
        if turn.seated:
            self._seats.release()
        with self._lock:
            self._everybodys.spend(used_ms)
            self._shares.of(turn.network).spend(used_ms)
            self._inside -= 1
            self._here[turn.network] -= 1
            if not self._here[turn.network]:
                del self._here[turn.network]

    def _full(self, network: str) -> TurnedAway | None:
        if self._here[network] >= self._places_of_one:
            return TurnedAway(status=429, retry_s=1)
        # The last places are for networks of which nobody is here yet: a few cannot keep all others out.
        places = self._places_of_one if self._here[network] else self._places
        return TurnedAway(status=503, retry_s=1) if self._inside >= places else None

    def _spent(self, network: str, now_s: float) -> TurnedAway | None:
        share, wait_s = self._shares.of(network), self._everybodys.wait_s(now_s)
        if wait_s:
            # Who has hardly asked for anything may still do so, and those who asked for most of it wait for that.
            owing = not share.is_scarce(now_s) and not self._everybodys.is_owed(now_s)
            return None if owing else TurnedAway(status=503, retry_s=wait_s)
        wait_s = share.wait_s(now_s) if self._everybodys.is_scarce(now_s) else 0
        return TurnedAway(status=429, retry_s=wait_s) if wait_s else None


class Gate:
    """The application behind its two turnstiles; `count` is told the turnstile and status of everybody turned away."""

    def __init__(self, app: Flask, *, threads: int, codes_percent: int, language: str, count: Count) -> None:
        self._flask, self._app = app, app.wsgi_app
        self._language, self._count = language, count
        # However long somebody waits here, a third of the threads is left to everything else.
        self._threads, self._resting, self._lock = threads * 2 // 3, 0, threading.Lock()
        self._forms = Turnstile(at_once=AT_ONCE, places=threads * 3 // 8, percent=100)
        self._codes = Turnstile(at_once=AT_ONCE, places=threads * 5 // 16, percent=codes_percent)
        self._made: dict[tuple[bool, int, str], Mould] = {}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """The application's answer, or that it must be asked again later."""
        turnstile = self._turnstile(environ)
        if turnstile is None:
            return self._app(environ, start_response)
        turn = turnstile.enter(network(environ.get("REMOTE_ADDR", "")))
        if isinstance(turn, TurnedAway):
            self._rest()
            return self._turned_away(turn, environ, start_response, form=turnstile is self._forms)
        began = time.thread_time()
        try:
            return self._app(environ, start_response)
        finally:
            turnstile.leave(turn, used_ms=(time.thread_time() - began) * 1_000)

    def _rest(self) -> None:
        with self._lock:
            if self._resting + self._forms.inside + self._codes.inside >= self._threads:
                return
            self._resting += 1
        time.sleep(REST_S)
        with self._lock:
            self._resting -= 1

    def _turnstile(self, environ: Environ) -> Turnstile | None:
        path: str = environ["PATH_INFO"]
        known = path.startswith(("/embed/", "/challenges/")) or path == REPORT
        if not known or environ["REQUEST_METHOD"].upper() == "POST":
            return None
        if path.startswith("/challenges/"):
            return self._codes
        return None if path.rstrip("/").endswith("/list") else self._forms

    def _turned_away(self, turned: TurnedAway, environ: Environ, start_response: Any, *, form: bool) -> list[bytes]:
        self._count("form" if form else "code", turned.status)
        retry_s = max(turned.retry_s, random.randint(*AGAIN_S)) if form else turned.retry_s  # noqa: S311  # no secret
        body = self._words(turned.status, environ, form=form).filled(retry=str(retry_s)).encode()
        headers = [("Retry-After", str(retry_s)), ("Content-Length", str(len(body))), *(_FORM if form else _CODE)]
        start_response(_STATUS[turned.status], headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _words(self, status: int, environ: Environ, *, form: bool) -> Mould:
        asked = _LANG.search(environ.get("QUERY_STRING", ""))
        language = chosen(unquote_plus(asked[1]) if asked else "", environ, self._language)
        key = (form, status, language)
        if key not in self._made:
            with self._flask.request_context(environ):
                g.language = language
                self._made[key] = Mould(_page(status) if form else _sentence(status))
        return self._made[key]


def _page(status: int) -> str:
    return render_template("errors/busy.html", sentence=_sentence(status), retry=gap("retry"))


def _sentence(status: int) -> str:
    if status == 503:
        return gettext(REASONS[Code.BUSY].sentence)
    return gettext("Your network has asked for very much just now. Please try again in a moment.")


_COMMON = ("X-Robots-Tag", "noindex"), ("Referrer-Policy", "no-referrer")
_FORM = secured(
    [
        ("Content-Type", "text/html; charset=utf-8"),
        # Whose site it is was not looked up: words, and nothing to click.
        ("Content-Security-Policy", f"{PAGE}; frame-ancestors *"),
        *_COMMON,
    ]
)
_CODE = secured(
    [("Content-Type", "text/plain; charset=utf-8"), ("Cross-Origin-Resource-Policy", "cross-origin"), *_COMMON]
)
