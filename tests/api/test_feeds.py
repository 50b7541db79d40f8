"""`GET /feeds/<site>.atom`: approved comments for feed readers."""

import re
import xml.etree.ElementTree as ET

from commentsvc.domain.decision import Verb
from tests.api.conftest import PUBLIC_URL, URL, World
from tests.conftest import Corpus

ATOM = "{http://www.w3.org/2005/Atom}"


def entries(text: str) -> list[ET.Element]:
    return ET.fromstring(text).findall(f"{ATOM}entry")


def said(element: ET.Element, name: str) -> str:
    found = element.findtext("/".join(ATOM + part for part in name.split("/")))
    assert found is not None, name
    return found


def test_a_feed_has_the_newest_comments_of_all_articles(world: World) -> None:
    ids = [world.publish(f"Comment {number}.", url=f"{URL}/{number}", title=f"News {number}") for number in range(3)]
    answer = world.anybody.get("/feeds/daily.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.text)
    assert said(feed, "title") == "The Daily"
    assert said(feed, "id") == "tag:comments.example,2026:daily/"
    found = entries(answer.text)
    assert [said(entry, "id") for entry in found] == [f"tag:comments.example,2026:{id}" for id in reversed(ids)]
    newest = found[0]
    assert said(feed, "updated") == said(newest, "updated") == "2026-03-01T10:00:00.005Z"
    assert (said(newest, "title"), said(newest, "author/name")) == ("Alice: News 2", "Alice")
    link = newest.find(f"{ATOM}link")
    assert link is not None
    assert link.get("href") == f"{URL}/2#{ids[2]}"


def test_a_feed_of_one_article_has_only_its_comments(world: World) -> None:
    id = world.publish(title="News & more")
    world.publish(url=URL + "/other")
    answer = world.anybody.get("/feeds/daily.atom", query={"url": URL + "?utm_source=x"})
    assert [said(entry, "id") for entry in entries(answer.text)] == [f"tag:comments.example,2026:{id}"]
    feed = ET.fromstring(answer.text)
    assert said(feed, "title") == "News & more"
    own = [link.get("href") for link in feed.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert own == [f"{PUBLIC_URL}/feeds/daily.atom?url=https%3A%2F%2Fdaily.example%2Fnews%2F42"]


def test_a_feed_escapes_each_text_once(world: World) -> None:
    text = 'Tom & Jerry <b>]]></content><script>alert("1")</script>'
    world.publish(text, name='<"&Bob>', title="1 < 2 & 3")
    entry = entries(world.anybody.get("/feeds/daily.atom").text)[0]
    assert said(entry, "author/name") == '<"&Bob>'
    assert said(entry, "title") == '<"&Bob>: 1 < 2 & 3'
    html = said(entry, "content")
    assert html.startswith('<p dir="auto">Tom &amp; Jerry &lt;b&gt;')
    assert "<script" not in html


def test_what_attackers_put_into_exports_stays_text(world: World, corpus: Corpus) -> None:
    published = []
    for row in corpus("export_injection"):
        answer = world.anybody.post("/api/v1/comments", world.submission(text=str(row["v"])))
        if answer.status_code == 202:
            world.decide(answer.get_json()["id"], Verb.APPROVE)
            published.append(row["v"])
    assert published
    assert len(entries(world.anybody.get("/feeds/daily.atom").text)) == len(published)


def test_an_empty_feed_is_a_feed_and_always_the_same(world: World) -> None:
    first = world.anybody.get("/feeds/daily.atom")
    world.clock.advance(ms=86_400_000)
    assert world.anybody.get("/feeds/daily.atom").data == first.data
    assert said(ET.fromstring(first.text), "updated") == "1970-01-01T00:00:00.000Z"


def test_what_has_not_changed_is_answered_with_304(world: World) -> None:
    world.publish()
    for query in ({}, {"url": URL}):
        tag = world.anybody.get("/feeds/daily.atom", query=query).headers["ETag"]
        headers = {"If-None-Match": tag}
        assert world.anybody.get("/feeds/daily.atom", query=query, headers=headers).status_code == 304
        world.publish()
        assert world.anybody.get("/feeds/daily.atom", query=query, headers=headers).status_code == 200


def test_a_comment_taken_down_leaves_the_feed(world: World) -> None:
    id = world.publish()
    world.decide(id, Verb.REJECT, version=2, reason="insult")
    assert entries(world.anybody.get("/feeds/daily.atom").text) == []


def test_a_feed_of_nothing_we_know_is_a_page_that_says_so(world: World) -> None:
    client = world.app.test_client(use_cookies=False)
    assert client.get("/feeds/nobody.atom").status_code == 404
    assert client.get("/feeds/daily.atom", query_string={"url": "https://evil.example/"}).status_code == 403
    assert client.get("/feeds/daily.rss").status_code == 404


DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
KNOWN = {"feed": {"id", "title", "updated", "link", "generator", "entry"}}
KNOWN["entry"] = {"id", "title", "updated", "published", "author", "link", "content"}


def test_a_feed_keeps_every_rule_of_rfc_4287(world: World) -> None:
    first = world.publish("One & <two>", title="News <1>")
    world.publish("An answer.", parent=first)
    for query in ({}, {"url": URL}):
        answer = world.anybody.get("/feeds/daily.atom", query=query)
        assert answer.data.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
        feed = ET.fromstring(answer.text)
        assert feed.tag == f"{ATOM}feed"
        assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
        by_the_rules(feed, "feed")
        found = feed.findall(f"{ATOM}entry")
        for entry in found:
            by_the_rules(entry, "entry")
            (content,) = entry.findall(f"{ATOM}content")
            assert (content.get("type"), list(content)) == ("html", [])
            assert len(entry.findall(f"{ATOM}author/{ATOM}name")) == 1  # else the feed would need an author (4.1.1)
        assert len({said(entry, "id") for entry in found}) == len(found) == 2
        assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]


def by_the_rules(element: ET.Element, kind: str) -> None:
    """Sections 4.1.1 and 4.1.2: what there must be once, what there may be, and how each is written."""
    names = [child.tag.removeprefix(ATOM) for child in element]
    assert set(names) <= KNOWN[kind]
    assert [names.count(name) for name in ("id", "title", "updated")] == [1, 1, 1]
    assert IRI.fullmatch(said(element, "id"))
    assert said(element, "title").strip()
    for child in element:
        if child.tag in (f"{ATOM}updated", f"{ATOM}published"):
            assert DATE.fullmatch(child.text or "")
    links = [(link.get("rel"), link.get("type"), link.get("hreflang")) for link in element.findall(f"{ATOM}link")]
    assert len(set(links)) == len(links)  # two alternates of one kind are forbidden
    assert all(IRI.fullmatch(link.get("href") or "") for link in element.findall(f"{ATOM}link"))
