"""Likes as readers meet them: a plain form, one for each person, and never a page made anew for one."""

import html
import re

import pytest
from werkzeug.test import TestResponse

from commentsvc.service import Service
from tests.web.conftest import ARTICLE, Reader, waiting


@pytest.fixture
def liked(alice: Reader, service: Service) -> Reader:
    """Alice, on a site whose readers may like."""
    alice.site = service.sites.change("daily", {"likes": True})
    return alice


def like(reader: Reader, id: str, *, browser: str = "Firefox", **more: str) -> TestResponse:
    """The answer to a like."""
    form = re.search(r'id="comments-likes" action="([^"]+)"', reader.opens().text)
    address = html.unescape(form[1]) if form else f"/embed/daily/like?url={ARTICLE}"
    origin = more.pop("origin", "https://daily.example")
    headers = {"User-Agent": browser, "Origin": origin}
    return reader.web.post(address, data={"like": id, **more}, headers=headers)


def test_a_like_is_counted_and_said_and_seen_with_the_next_round(liked: Reader) -> None:
    first, second = liked.published(), liked.published()
    assert liked.opens().text.count('class="comments-like"') == 2
    etag = liked.web.get(f"/embed/daily/list?url={ARTICLE}").headers["ETag"]
    answer = like(liked, second)
    assert answer.status_code == 303
    assert answer.location.endswith(f"&comment={second}&liked=yes#{second}")
    back = liked.web.get(answer.location)
    assert "Your like is counted." in back.text
    assert "Set-Cookie" not in answer.headers
    assert "each person&#39;s like counts once" in liked.web.get(like(liked, second).location).text
    assert like(liked, second, browser="Another", inside="1").get_json() == {"likes": 2}

    fragment = f"/embed/daily/list?url={ARTICLE}"
    assert liked.web.get(fragment, headers={"If-None-Match": etag}).status_code == 304
    assert "Likes: " not in liked.opens().text.replace("Likes: {num}", "")
    liked.service.outbox.show_likes()
    assert liked.web.get(fragment, headers={"If-None-Match": etag}).status_code == 200
    assert '<span class="comments-liked">Likes: 2</span>' in liked.opens().text
    best = re.findall(r'<li id="(cmt_\w+)"', liked.opens(sort="best").text)
    assert best == [second, first]
    query = {"site": "daily", "url": ARTICLE, "sort": "best"}
    page = liked.web.get("/api/v1/comments", query_string=query).get_json()["comments"]
    assert [(one["id"], one["likes"]) for one in page] == [(second, 2), (first, 0)]
    assert liked.web.get(f"/api/v1/comments/{second}").get_json()["likes"] == 2


def test_what_is_not_public_or_comes_from_elsewhere_cannot_be_liked(liked: Reader) -> None:
    liked.sent()
    (waits,) = waiting(liked.service, liked.site)
    for id in (waits.comment.id, "cmt_" + "0" * 26, "x", ""):
        assert like(liked, id).status_code == 404, id
    id = liked.published()
    assert like(liked, id, origin="https://evil.example").status_code == 403
    assert liked.web.get(f"/embed/daily/like?url={ARTICLE}").status_code == 405
    other = liked.web.post("/embed/daily/like?url=https://daily.example/other", data={"like": id})
    assert other.status_code == 404
    liked.service.outbox.show_likes()
    assert "Likes: 1" not in liked.opens().text


def test_a_site_without_likes_shows_none_and_takes_none(alice: Reader) -> None:
    id = alice.published()
    assert like(alice, id).status_code == 404
    page = alice.opens(sort="best").text
    assert "comments-like" not in page
    assert "sort=best" not in page


def test_a_flood_of_likes_is_refused_in_words(liked: Reader) -> None:
    id = liked.published()
    for _ in range(60):
        like(liked, id)
    answer = like(liked, id)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
