"""A moderator finds comments by what is in them, on every deployment, newest first, and nothing of an erased one."""

from collections.abc import Iterator

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Actor
from commentsvc.domain.query import parse
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service import search
from commentsvc.service.search import Found
from commentsvc.store import signature
from commentsvc.store.reindex import reindex
from tests.servers import FakeClock
from tests.store.people import ALICE, BOB, HOME, MALLORY, MO, PRIYA, Newsroom, everything, newsroom

STRANGER = Actor(id="stranger", sites=frozenset({"other"}))


def found(daily: Newsroom, query: str, *, cursor: str = "", limit: int = 20) -> Found:
    """What comes of a search."""
    outcome = daily.service.search.find(PRIYA, daily.site, query, cursor=cursor, limit=limit)
    assert isinstance(outcome, Found), outcome
    return outcome


def texts(daily: Newsroom, query: str) -> list[str]:
    """The words of what is found on the first page."""
    return [item.comment.body.text for item in found(daily, query).items if item.comment.body]


def pages(daily: Newsroom, query: str, *, limit: int) -> Iterator[CommentId]:
    """The ids of all that is found, page by page."""
    cursor = ""
    while True:
        page = found(daily, query, cursor=cursor, limit=limit)
        yield from (item.comment.id for item in page.items)
        cursor = page.next_cursor
        if not cursor:
            return


SAID = (
    "The bridge could carry trams.",
    "Ein schöner Straßenzug, café inklusive",
    "Вечером ЁЛКА горит",
    "هذا الكِتَابُ الأوّل مفيد",
    "昨日は東京タワーに行きました",
    "ภาษาไทยไม่มีช่องว่าง",
    "हिन्दी में लिखा है",
    "대한민국은 아름답다",
    "Look at https://spam.example/pills now",
)


@pytest.mark.parametrize(
    ("query", "which"),
    [
        *(("bridge", [0]), ("BRIDGE trams", [0]), ("bridge -trams", []), ('"carry trams"', [0]), ('"trams carry"', [])),
        *(("schoner strassenzug", [1]), ("CAFÉ", [1]), ("елка", [2]), ("الاول كتاب", []), ("الاول الكتاب", [3])),
        *(("東京", [4]), ("京タ", [4]), ("京東", []), ("東", [4]), ("ไทย", [5]), ("हिन्दी", [6]), ("대한민국", [7])),
        *(("has:link", [8]), ("has:link -pills", []), ("spam.example", [8]), ("-has:link bridge", [0])),
        *(("bri", []), ("nothing of the kind", [])),
    ],
)
def test_words_of_any_script_are_found(daily: Newsroom, query: str, which: list[int]) -> None:
    for text in SAID:
        daily.comment(text)
    assert texts(daily, query) == [SAID[at] for at in which]


def test_facts_are_found(daily: Newsroom) -> None:
    first = daily.comment("One about cats.", by=ALICE, title="The council and the bridge")
    second = daily.comment("Two about dogs.", by=BOB, article=daily.other, title="Cup final")
    third = daily.comment("Three about cats.", by=MALLORY, article=daily.other, title="Cup final")
    daily.made(MO, second.id, Verb.APPROVE)
    daily.made(MO, third.id, Verb.REJECT, reason="insult")
    expected = {
        "author:alice": [first.id],
        "alice": [first.id],
        "email:bob@daily.example": [second.id],
        "bob@daily.example": [second.id],
        "email:evil.example": [third.id],
        "email:@daily.example": [second.id, first.id],
        "email:mallory@": [third.id],
        "article:bridge": [first.id],
        "article:sport": [third.id, second.id],
        'article:"cup final"': [third.id, second.id],
        f"article:{HOME}/sport/7?utm_source=x": [third.id, second.id],
        "article:/news/42": [first.id],
        "reason:insult": [third.id],
        "reason:INSULT cats": [third.id],
        "reason:hate": [],
        "status:approved": [second.id],
        "status:waiting cats": [first.id],
        "-status:rejected cats": [first.id],
        "before:2001": [],
        "after:2001": [third.id, second.id, first.id],
        "after:1d about": [third.id, second.id, first.id],
        "": [third.id, second.id, first.id],
        second.id: [second.id],
        "status:approved status:rejected": [],
    }
    assert {query: list(pages(daily, query, limit=2)) for query in expected} == expected


def test_pages_follow_each_other_over_all_partitions_and_segments(
    daily: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "LOOKED_AT", 7)
    made = [
        daily.comment(f"Comment {n} says {'even' if n % 2 == 0 else 'odd'}.", article=daily.articles(9)[n % 9]).id
        for n in range(40)
    ]
    assert list(pages(daily, "says even", limit=3)) == made[::2][::-1]
    assert list(pages(daily, "-even", limit=3)) == made[1::2][::-1]
    stopped = found(daily, "-says", limit=3)
    assert (stopped.items, bool(stopped.next_cursor)) == ((), True)
    assert stopped.back_to_ms > 0


def test_a_long_comment_is_found_by_each_of_its_words_and_by_all_of_them(daily: Newsroom) -> None:
    words = [f"word{n}" for n in range(600)]
    long = daily.comment(" ".join(words)).id
    daily.comment(" ".join(words[:300]))
    assert len(words) > signature.ROW_TERMS * 4
    for query in (words[599], f"{words[0]} {words[599]}", f"{words[1]} {words[2]} {words[301]} {words[400]}"):
        assert list(pages(daily, query, limit=9)) == [long]


@pytest.mark.parametrize("length", [1, 500])
def test_nothing_of_an_erased_comment_is_found_nor_left(daily: Newsroom, length: int) -> None:
    words = " ".join(f"secret{n}" for n in range(length))
    daily.comment("A neighbour before.")
    receipt = daily.comment(words)
    daily.comment("A neighbour after.")
    assert len(texts(daily, "secret0")) == 1
    before = _set_bits(daily)
    daily.service.receipts.withdraw(receipt.token)
    assert texts(daily, "secret0") == []
    assert texts(daily, "neighbour") == ["A neighbour after.", "A neighbour before."]
    assert _set_bits(daily) < before
    assert [item.comment.id for item in found(daily, "status:erased").items] == [receipt.id]
    assert all(not key.startswith(b"secret") for key in daily.client.scan_iter())


def test_who_may_not_decide_on_a_site_may_not_search_it(daily: Newsroom) -> None:
    assert daily.service.search.find(STRANGER, daily.site, "bridge") == Refused(code=Code.FORBIDDEN)
    assert daily.service.search.find(MO, daily.site, "bridge", cursor="x") == Refused(code=Code.INVALID_CURSOR)


def _set_bits(daily: Newsroom) -> int:
    store = everything(daily.client)
    return sum(
        int.from_bytes(value, "big").bit_count()
        for key, value in store.items()
        if isinstance(value, bytes) and b":bits:" in key
    )


def test_an_index_made_anew_finds_the_same(daily: Newsroom) -> None:
    for at, article in enumerate(daily.articles(9)):
        daily.comment(f"Comment {at} on a bridge.", article=article)
    long = daily.comment(" ".join(f"word{n}" for n in range(500)))
    gone = daily.comment("Erased before.")
    daily.service.receipts.withdraw(gone.token)
    before = [list(pages(daily, query, limit=4)) for query in ("bridge", "word499", "erased")]
    for key in daily.client.scan_iter(match="*:index"):
        daily.client.delete(key)
    assert list(pages(daily, "bridge", limit=4)) == []
    assert reindex(daily.client, daily.site) == 10
    assert [list(pages(daily, query, limit=4)) for query in ("bridge", "word499", "erased")] == before
    daily.service.receipts.withdraw(long.token)
    assert texts(daily, "word499") == []
    assert texts(daily, "fresh") == []
    assert texts(daily, "bridge") != []
    daily.comment("A fresh one.")
    assert texts(daily, "fresh") == ["A fresh one."]


WORDS = ("bridge", "tram", "東京", "Über", "٢٠٢٤", "ёлка", "x", "reader", "spam.example")
CLAUSES = st.tuples(
    st.sampled_from(("", "-")),
    st.sampled_from((*WORDS, "author:ann", "email:bob@x.example", "status:approved", "status:erased", "has:link")),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(
        st.tuples(
            st.lists(st.sampled_from((*WORDS, "https://a.example/b")), min_size=1, max_size=4),
            st.sampled_from(("ann", "bob")),
            st.sampled_from(("", "approve", "withdraw")),
        ),
        min_size=1,
        max_size=12,
    ),
    clauses=st.lists(CLAUSES, min_size=1, max_size=3),
    limit=st.integers(1, 4),
)
def test_a_search_finds_what_looking_at_every_comment_finds(
    client: redis.Redis,
    clock: FakeClock,
    said: list[tuple[list[str], str, str]],
    clauses: list[tuple[str, str]],
    limit: int,
) -> None:
    client.flushall()
    daily = newsroom(client, clock, partitions=3)
    articles = daily.articles(5)
    ids = []
    for at, (words, who, then) in enumerate(said):
        by = {"name": who.title(), "email": f"{who}@x.example"}
        receipt = daily.comment(" ".join([f"n{at}", *words]), by=by, article=articles[at % 5])
        ids.append(receipt.id)
        if then == "approve":
            daily.made(MO, receipt.id, Verb.APPROVE)
        if then == "withdraw":
            daily.clock.advance(ms=1)
            daily.service.receipts.withdraw(receipt.token)
    text = " ".join(minus + clause for minus, clause in clauses)
    query = parse(text, site=daily.site, now_ms=clock())
    expected = [id for id in reversed(ids) if query.matches(daily.find(id))]
    assert list(pages(daily, text, limit=limit)) == expected
