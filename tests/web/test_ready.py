"""Hot answers kept in front of Flask: the view's own bytes, dropped when they change, bounded, never private."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import Client, TestResponse

from commentsvc.bootstrap import Notice, Parts, hear
from commentsvc.domain.decision import Verb
from commentsvc.domain.site import Site
from commentsvc.ready import Ready
from commentsvc.service import Service
from commentsvc.service.moderation import Wanted
from commentsvc.web import assets, create_app
from tests.servers import wait_until
from tests.web.conftest import ARTICLE, MO, Reader, approve, waiting

OTHER = "https://daily.example/news/43"
LIST = "/api/v1/comments?" + urlencode({"site": "daily", "url": ARTICLE})
OTHER_LIST = "/api/v1/comments?" + urlencode({"site": "daily", "url": OTHER})
COUNTS = "/api/v1/counts?" + urlencode([("site", "daily"), ("url", ARTICLE), ("url", OTHER)])
FRAGMENT = "/embed/daily/list?" + urlencode({"url": ARTICLE})
FEED = "/feeds/daily.atom"
ROOM = 4 << 20


@dataclass(kw_only=True)
class Front:
    """The application behind its kept answers; `hows` says how each answer came about."""

    web: Client
    ready: Ready
    hows: list[str] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> TestResponse:
        """The answer to a GET."""
        return self.web.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def settle(self, path: str) -> TestResponse:
        """The answer, once it is kept: the notice of what was just done may still be on its way."""
        wait_until(lambda: self.get(path) and self.hows[-1] == "kept", what="a kept answer")
        self.hows.clear()
        return self.get(path)


@pytest.fixture
def front(parts: Parts, daily: Site) -> Iterator[Front]:
    hows: list[str] = []
    line = hear(parts)
    app = create_app(parts)  # its own: a test client in `with` keeps its context, and whose `g` that is
    ready = Ready(app.wsgi_app, line, hows.append, room=ROOM, stale_s=60)

    def tell(notice: Notice | None) -> None:
        parts.service.sites.changed()
        ready.changed(*((notice.site, notice.thread) if notice else ()))

    line.start(tell)
    wait_until(line.current, what="the line of notices")
    yield Front(web=Client(ready), ready=ready, hows=hows)
    line.end()


def paths(comment: str) -> list[str]:
    """Every kind of address whose answers are kept."""
    feed_of_one = f"{FEED}?{urlencode({'url': ARTICLE})}"
    return [LIST, COUNTS, FRAGMENT, FEED, feed_of_one, f"/api/v1/comments/{comment}", "/embed.js", "/count.js"]


def test_a_kept_answer_is_what_the_view_answers_and_nobody_is_asked_for_it(
    front: Front, web: FlaskClient, alice: Reader
) -> None:
    id = alice.published(text="long enough to be compressed " * 20)
    for path in [*paths(id), assets.asset_url("frame.js")]:
        wanted = web.get(path)
        front.settle(f"{LIST}&limit=99")
        front.hows.clear()
        answers = [front.get(path) for _ in range(2)]
        for answer in answers:
            assert (answer.status_code, answer.data) == (200, wanted.data), path
            own = {name: value for name, value in answer.headers if name not in ("Vary", "Date")}
            assert own == {name: value for name, value in wanted.headers if name not in ("Vary", "Date")}, path
            assert set(wanted.vary) <= set(answer.vary)
        assert front.hows == ["made", "kept"], path


def test_the_compressed_answer_has_a_tag_of_its_own_and_both_tags_are_known(front: Front, alice: Reader) -> None:
    id = alice.published(text="long enough to be compressed " * 20)
    for path in paths(id):
        plain = front.get(path)
        packed = front.get(path, Accept_Encoding="br, gzip;q=0.5")
        if len(plain.data) < 500:
            assert packed.data == plain.data
            continue
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.data) == plain.data
        assert "Accept-Encoding" in packed.vary
        assert "Accept-Encoding" in plain.vary
        assert packed.headers["ETag"] != plain.headers["ETag"]
        for tag in (plain.headers["ETag"], packed.headers["ETag"], f'W/{packed.headers["ETag"]}, "other"', "*"):
            unchanged = front.get(path, If_None_Match=tag, Accept_Encoding="gzip")
            assert (unchanged.status_code, unchanged.data) == (304, b"")
            assert unchanged.headers["ETag"] == packed.headers["ETag"]
            assert "Content-Length" not in unchanged.headers
        assert front.get(path, If_None_Match='"other"').status_code == 200


@pytest.mark.parametrize("accepted", ["identity", "gzip;q=0", "gzip; q=0.000, br", "", "xgzip"])
def test_who_does_not_take_gzip_gets_none(front: Front, alice: Reader, accepted: str) -> None:
    alice.published(text="long enough to be compressed " * 20)
    assert "Content-Encoding" not in front.get(LIST, Accept_Encoding=accepted).headers


def test_a_head_is_the_get_without_its_body(front: Front, alice: Reader) -> None:
    alice.published()
    for _ in range(2):
        head = front.web.head(LIST)
        assert head.data == b""
        whole = front.get(LIST)
        assert head.headers["Content-Length"] == str(len(whole.data))
        assert head.headers["ETag"] == whole.headers["ETag"]


def test_a_decision_drops_what_shows_it_and_nothing_else(front: Front, alice: Reader, service: Service) -> None:
    first = alice.published(text="the first")
    alice.sent(text="the second")
    shown = [LIST, COUNTS, FRAGMENT, FEED, f"/api/v1/comments/{first}", OTHER_LIST]
    before = {path: front.settle(path).data for path in shown}
    approve(service, waiting(service, alice.site)[0].comment.id)
    wait_until(lambda: "the second" in front.get(LIST).text, what="the new list")
    front.hows.clear()
    assert front.get(OTHER_LIST).data == before[OTHER_LIST]
    assert front.hows == ["kept"]
    front.hows.clear()
    for path in (COUNTS, FRAGMENT, FEED):
        assert front.get(path).data != before[path], path
    front.get(f"/api/v1/comments/{first}")
    assert front.hows == ["made"] * 4


def test_a_submission_drops_nothing(front: Front, alice: Reader) -> None:
    alice.published()
    front.settle(LIST)
    alice.sent(text="not public")
    front.hows.clear()
    assert "not public" not in front.get(LIST).text
    assert front.hows == ["kept"]


def test_what_changes_at_the_site_drops_its_answers(front: Front, alice: Reader, service: Service) -> None:
    alice.published()
    assert "frame-ancestors https://daily.example" in front.get(FRAGMENT).headers["Content-Security-Policy"]
    service.sites.change("daily", {"origins": ["https://daily.example", "https://beta.daily.example"]})
    wait_until(
        lambda: "https://beta.daily.example" in front.get(FRAGMENT).headers["Content-Security-Policy"],
        what="the new origin",
    )


def test_closing_an_article_is_seen(front: Front, alice: Reader, service: Service) -> None:
    assert front.get(LIST).json["thread"]["open"] is True  # type: ignore[index]  # an answer with a body
    found = service.sites.article("daily", ARTICLE)
    assert isinstance(found, tuple)
    service.moderation.open_thread(MO, *found, open=False)
    wait_until(lambda: front.get(LIST).json["thread"]["open"] is False, what="the closed article")  # type: ignore[index]


def test_each_language_gets_its_own_fragment(front: Front, alice: Reader) -> None:
    alice.published()
    english, arabic = (front.get(FRAGMENT, Accept_Language=one) for one in ("en", "ar"))
    assert english.data != arabic.data
    assert front.get(FRAGMENT, Accept_Language="ar").data == arabic.data
    too_long = "ar," + "x" * 300
    assert front.get(FRAGMENT, Accept_Language=too_long).data == english.data
    assert front.get(FRAGMENT, Accept_Language=too_long[:256]).data == arabic.data


def test_nothing_private_or_refused_is_kept(front: Front, alice: Reader) -> None:
    token = alice.sent()
    waits = waiting(alice.service, alice.site)[0].comment.id
    ticket = alice.ticket()
    for path in (
        f"/receipts/{token}",
        f"/embed/daily?{urlencode({'url': ARTICLE})}",
        f"/embed/daily/form?{urlencode({'url': ARTICLE})}",
        f"/challenges/{ticket}.webp",
        f"/api/v1/comments/{waits}",
        "/api/v1/comments?site=nobody&url=x",
        "/feeds/nobody.atom",
        "/static/none.js",
        "/login",
        "/moderation/queue",
        "/api/v1/queue?site=daily",
        "/healthz",
    ):
        front.hows.clear()
        first, second = front.get(path), front.get(path)
        assert "kept" not in front.hows, path
        assert first.status_code == second.status_code, path


def test_a_rejected_comment_is_gone_from_every_kept_answer(front: Front, alice: Reader, service: Service) -> None:
    id = alice.published(text="to be taken down")
    every = [LIST, FRAGMENT, FEED, f"/api/v1/comments/{id}"]
    assert all("to be taken down" in front.get(path).text for path in every)
    service.moderation.decide(MO, Wanted(id=id, version=2, verb=Verb.REJECT, reason="insult"))
    wait_until(lambda: not any("to be taken down" in front.get(path).text for path in every), what="the take-down")
    assert front.get(f"/api/v1/comments/{id}").status_code == 404


def test_memory_is_bounded_and_what_is_asked_for_stays(front: Front, alice: Reader) -> None:
    alice.published(text="x" * 4_000)
    front.settle(LIST)
    for number in range(1_500):
        front.get(f"{LIST}&flood={number}")
        if number % 50 == 0:
            front.get(LIST)
    assert front.ready._size <= ROOM
    front.hows.clear()
    front.get(LIST)
    assert front.hows == ["kept"]
    front.ready.changed("daily")
    front.ready.changed("")
    assert set(front.ready._by_tag) <= {""}
    assert front.ready._size == sum(kept.size + 2 * len(key) for key, kept in front.ready._kept.items())
