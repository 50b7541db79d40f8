"""The approved comments: in order, nested, paged, cached by revision — and nothing else, ever."""

import json
import re

import pytest
import redis

from commentsvc.domain.decision import Verb
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Choice, Field, FieldKind
from commentsvc.service import Service
from commentsvc.service.moderation import Wanted
from tests import servers
from tests.web.conftest import MO, Reader, reject


def order(page: str) -> list[str]:
    """The ids of the comments of a page."""
    return re.findall(r'<li id="(cmt_\w+)"', page)


def test_only_approved_comments_are_shown(alice: Reader, service: Service) -> None:
    alice.sent(text="waiting words")
    refused = service.receipts.open(alice.sent(text="rejected words"))
    assert not isinstance(refused, Refused)
    reject(service, refused.comment.id, "insult")
    alice.published(text="public words")
    page = alice.opens().text
    assert "Comments (1)" in page
    assert "public words" in page
    assert "waiting words" not in page
    assert "rejected words" not in page
    assert "alice@daily.example" not in page


def test_replies_stand_under_what_they_answer(alice: Reader, clock: servers.FakeClock) -> None:
    first = alice.published(name="Ann")
    clock.advance(ms=1000)
    second = alice.published(name="Ben")
    clock.advance(ms=1000)
    reply = alice.published(name="Cem", parent=first)
    page = alice.opens().text
    assert order(page) == [first, reply, second]
    assert f'<li id="{reply}" class="comments-depth-1">' in page
    assert "In reply to \u2068Ann\u2069" in page


def test_the_newest_first_is_a_flat_list_that_says_who_is_answered(alice: Reader, clock: servers.FakeClock) -> None:
    first = alice.published(name="Ann")
    clock.advance(ms=1000)
    reply = alice.published(name="Cem", parent=first)
    page = alice.opens(sort="newest").text
    assert order(page) == [reply, first]
    assert "comments-depth-1" not in page
    assert "In reply to \u2068Ann\u2069" in page


def test_a_reply_outlives_the_comment_it_answers(alice: Reader, service: Service) -> None:
    first = alice.published(name="Ann")
    alice.published(name="Cem", parent=first)
    service.moderation.decide(MO, Wanted(id=first, version=2, verb=Verb.REJECT, reason="insult"))
    page = alice.opens().text
    assert "In reply to a comment that is no longer here" in page
    assert "Ann" not in page


def test_a_long_thread_is_read_page_by_page_without_a_script(
    alice: Reader, service: Service, clock: servers.FakeClock
) -> None:
    ids = []
    for number in range(53):
        clock.advance(ms=1000)
        alice.network = f"192.0.2.{number}"
        ids.append(alice.published(text=f"number {number}", name=f"Reader {number}"))
    first = alice.opens().text
    assert order(first) == ids[:50]
    more = re.search(r'href="([^"]+)" rel="next"', first)
    assert more is not None
    second = alice.web.get(more[1].replace("&amp;", "&")).text
    assert order(second) == ids[50:]
    assert "Back to the first page" in second
    assert 'rel="next"' not in second
    back = re.search(r'href="([^"]+)" rel="prev"', second)
    assert back is not None
    assert order(alice.web.get(back[1].replace("&amp;", "&")).text) == ids[:50]


def test_the_address_of_a_comment_leads_to_the_page_that_shows_it(
    alice: Reader, service: Service, clock: servers.FakeClock
) -> None:
    ids = []
    for number in range(52):
        clock.advance(ms=1000)
        alice.network = f"192.0.2.{number}"
        ids.append(alice.published(text=f"number {number}", name=f"Reader {number}"))
    assert order(alice.opens(comment=ids[51]).text) == ids[50:]
    assert order(alice.opens(comment=ids[51], sort="newest").text) == ids[:1:-1]
    inside = alice.web.get("/embed/daily/list", query_string={"url": alice.url, "comment": ids[50], "inside": "1"})
    assert order(inside.text) == ids[50:]
    assert "http://127.0.0.1:8000" not in inside.text
    service.moderation.decide(MO, Wanted(id=ids[51], version=2, verb=Verb.REJECT, reason="insult"))
    gone = alice.opens(comment=ids[51]).text
    assert "This comment is no longer here." in gone
    assert order(gone) == ids[:50]


def test_an_answer_leads_to_what_it_answers_on_whatever_page_that_is(alice: Reader, clock: servers.FakeClock) -> None:
    first = alice.published(name="Ann")
    clock.advance(ms=1000)
    reply = alice.published(name="Ben", parent=first)
    assert f'<a href="#{first}">In reply to' in alice.opens().text
    for number in range(50):
        clock.advance(ms=1000)
        alice.network = f"192.0.2.{number}"
        alice.published(name="Cem", parent=reply)
    page = alice.opens(sort="newest", cursor="").text
    assert re.search(rf'<a href="[^"#]*&amp;sort=newest&amp;comment={reply}#{reply}">In reply to', page)


@pytest.mark.parametrize("name", ["comment", "before"])
@pytest.mark.parametrize("value", ["x", "cmt_" + "0" * 26, "cmt_" + "7" * 26, "'\"<b>", "\0"])
def test_no_strange_address_of_a_comment_is_a_fault(alice: Reader, name: str, value: str) -> None:
    alice.published()
    assert alice.opens(**{name: value}).status_code == 200


def test_search_engines_read_the_included_comments_as_data(alice: Reader, clock: servers.FakeClock) -> None:
    attack = "</script><script>alert(1)</script> & <!--"
    first = alice.published(name="Ann <b>", text=attack)
    clock.advance(ms=1000)
    reply = alice.published(parent=first)
    text = fragment(alice)[1]
    (block,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text)
    data = json.loads(block)
    assert (data["@type"], data["url"], data["commentCount"]) == ("WebPage", alice.url, 2)
    one, two = data["comment"]
    assert one == {
        "@type": "Comment",
        "@id": f"{alice.url}#{first}",
        "url": f"{alice.url}#{first}",
        "datePublished": "2026-03-01T10:00:00.000Z",
        "text": attack,
        "author": {"@type": "Person", "name": "Ann <b>"},
    }
    assert two["parentItem"] == {"@type": "Comment", "@id": one["@id"]}
    assert two["@id"] == f"{alice.url}#{reply}"
    assert "ld+json" not in alice.opens().text
    assert f'<link rel="canonical" href="{alice.url}">' in alice.opens().text


def test_times_are_absolute_words_in_the_pages_language(alice: Reader) -> None:
    alice.published()
    assert '<time datetime="2026-03-01T10:00:00Z">1 March 2026, 10:00 UTC</time>' in alice.opens().text
    assert "1 مارس 2026" in alice.opens(lang="ar").text


def test_a_comment_has_an_address_on_the_article(alice: Reader) -> None:
    id = alice.published()
    assert f'href="https://daily.example/news/42#{id}" target="_top"' in alice.opens().text


def test_public_fields_are_shown_and_private_ones_are_not(alice: Reader, service: Service) -> None:
    country = (Choice(value="jo", labels={"en": "Jordan", "ar": "الأردن"}),)
    service.sites.change(
        "daily",
        {
            "fields": (
                Field(key="country", kind=FieldKind.CHOICE, labels={"en": "Country"}, public=True, choices=country),
                Field(key="member", kind=FieldKind.TEXT, labels={"en": "Member number"}),
            )
        },
    )
    alice.published(country="jo", member="4711-secret")
    assert "Jordan" in alice.opens().text
    assert "الأردن" in alice.opens(lang="ar").text
    assert "4711-secret" not in alice.opens().text


def fragment(alice: Reader, **headers: str) -> tuple[int, str, dict[str, str]]:
    answer = alice.web.get("/embed/daily/list", query_string={"url": alice.url}, headers=headers)
    return answer.status_code, answer.text, dict(answer.headers)


def test_the_fragment_is_asked_for_again_by_revision(alice: Reader) -> None:
    alice.published()
    status, text, headers = fragment(alice)
    assert (status, "<html" in text) == (200, False)
    known = {"If-None-Match": headers["ETag"]}
    assert fragment(alice, **known)[:2] == (304, "")
    assert fragment(alice, **known, **{"Accept-Language": "ar"})[0] == 200
    alice.published(text="a second one")
    assert fragment(alice, **known)[0] == 200


def test_the_fragment_changes_when_a_comment_is_taken_down(alice: Reader, service: Service) -> None:
    id = alice.published(text="to be taken down")
    known = {"If-None-Match": fragment(alice)[2]["ETag"]}
    service.moderation.decide(MO, Wanted(id=id, version=2, verb=Verb.REJECT, reason="insult"))
    status, text, _ = fragment(alice, **known)
    assert status == 200
    assert "to be taken down" not in text


@pytest.mark.parametrize(("seconds", "said"), [(0, "no-cache"), (30, "public, max-age=30")])
def test_the_fragment_is_cached_as_the_site_says(alice: Reader, service: Service, seconds: int, said: str) -> None:
    service.sites.change("daily", {"cache_seconds": seconds})
    assert fragment(alice)[2]["Cache-Control"] == said


@pytest.mark.parametrize("tag", ['"r-1-0"', '"r99999999999999999999-0123456789abcdef"', "*", "W/x", '"' * 99])
def test_a_strange_etag_is_no_fault(alice: Reader, tag: str) -> None:
    alice.published()
    assert fragment(alice, **{"If-None-Match": tag})[0] == 200


def test_fragments_lead_back_to_this_service_wherever_they_are_included(alice: Reader) -> None:
    alice.published()
    text = fragment(alice)[1]
    assert 'href="http://127.0.0.1:8000/embed/daily?' in text
    answer = alice.web.get("/embed/daily/form", query_string={"url": alice.url})
    assert 'action="http://127.0.0.1:8000/embed/daily?' in answer.text
    assert 'src="http://127.0.0.1:8000/challenges/' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    ids = re.findall(r'\sid="([^"]+)"', text + answer.text)
    assert len(ids) == len(set(ids))
    assert all(id.startswith(("comments-", "cmt_")) for id in ids)


def test_what_was_taken_down_never_comes_back_from_memory(alice: Reader, service: Service) -> None:
    alice.published(text="stays")
    gone = alice.published(text="goes")
    assert ["goes" in alice.opens(lang=lang).text for lang in ("en", "ar", "en")] == [True] * 3
    service.moderation.decide(MO, Wanted(id=gone, version=2, verb=Verb.REJECT, reason="insult"))
    assert ["goes" in alice.opens(lang=lang).text for lang in ("en", "ar", "en")] == [False] * 3
    assert "stays" in alice.opens().text


def test_what_one_reader_asked_for_is_in_no_other_readers_page(alice: Reader) -> None:
    alice.published(name="Ann")
    first = alice.opens(title="A title <of> mine", theme="dark", lang="ar").text
    other = alice.opens(sort="newest").text
    assert "A title &lt;of&gt; mine" in first
    assert "mine" not in other
    assert "theme=dark" not in other
    assert "lang=ar" not in other
    assert 'lang="en"' in other
    assert re.findall(r'href="([^"]*)#comments-form"', other) != re.findall(r'href="([^"]*)#comments-form"', first)
    assert "A title &lt;of&gt; mine" in alice.opens(title="A title <of> mine").text


def test_a_page_of_a_known_revision_asks_the_store_once(alice: Reader, client: redis.Redis, service: Service) -> None:
    alice.published(text="read once")
    alice.opens()
    service.sites.get("daily")
    before = commands(client)
    assert "read once" in alice.opens().text
    assert {
        name: count - before.get(name, 0) for name, count in commands(client).items() if count > before.get(name, 0)
    } == {
        "evalsha": 1,
        "hgetall": 1,
        "info": 1,
    }


def commands(client: redis.Redis) -> dict[str, int]:
    """How often the server has run each command, those inside scripts too."""
    found = client.info("commandstats")
    return {name.removeprefix("cmdstat_"): int(row["calls"]) for name, row in found.items()}


def test_what_is_featured_says_so_in_words_until_it_is_no_longer(
    alice: Reader, service: Service, clock: servers.FakeClock
) -> None:
    first = alice.published(name="Ann")
    clock.advance(ms=1000)
    second = alice.published(name="Ben")
    assert "comments-featured" not in alice.opens().text
    service.moderation.decide(MO, Wanted(id=second, version=2, verb=Verb.FEATURE))
    badge = '<span class="comments-featured">Featured by the editors</span>'
    page = alice.opens().text
    assert page.count(badge) == 1
    assert page.index(first) < page.index(second) < page.index(badge), "it stays in its place"
    assert "Von der Redaktion empfohlen" in alice.opens(lang="de").text
    service.moderation.decide(MO, Wanted(id=second, version=3, verb=Verb.UNFEATURE))
    assert badge not in alice.opens().text
