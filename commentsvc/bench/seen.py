"""How long a decision takes to reach readers: from its acknowledgement to the first new answer of the web process."""

import json
from contextlib import closing
from http.client import HTTPConnection
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from commentsvc.bench import seed
from commentsvc.bench.figures import Figures
from commentsvc.bench.http import ANSWER_LIMIT_S, HOST
from commentsvc.bench.rows import API
from commentsvc.bench.stage import Stage
from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Actor
from commentsvc.service.moderation import Wanted

NAME = "decision seen"
DECISIONS = 50
SITE = "seen"


def measure(stage: Stage, port: int) -> Figures:
    """The median over some decisions, made outside the web process that is asked; the longest one in the note."""
    home = seed.site(stage.parts, SITE)
    moderator = Actor(id=seed.MODERATOR, sites=None)
    waiting = seed.pending(stage.parts, home, DECISIONS)  # meanwhile the web process learns of the site
    took: list[float] = []
    with closing(HTTPConnection(HOST, port, timeout=ANSWER_LIMIT_S)) as connection:
        known = _counted(connection)
        for id in waiting:
            stage.parts.service.moderation.decide(moderator, Wanted(id=id, version=1, verb=Verb.APPROVE))
            acknowledged, known = perf_counter(), known + 1
            while _counted(connection) < known:
                if perf_counter() - acknowledged > ANSWER_LIMIT_S:
                    return Figures(name=NAME, error=f"a decision was not seen within {ANSWER_LIMIT_S:.0f} s")
            took.append((perf_counter() - acknowledged) * 1000)
    return Figures(name=NAME, value=median(took), unit="ms", note=f"longest of {len(took)}: {max(took):.1f} ms")


def _counted(connection: HTTPConnection) -> int:
    """The published comments of the site's articles, which is an answer that is kept ready."""
    urls = [("url", seed.url(number)) for number in range(seed.ARTICLES)]
    connection.request("GET", f"{API}/counts?" + urlencode([("site", SITE), *urls]))
    return sum(json.loads(connection.getresponse().read())["counts"].values())
