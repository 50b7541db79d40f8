"""What moderators type is understood somehow, whatever it is, and never takes long."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain.decision import Status
from commentsvc.domain.query import CLAUSES_MAX, QUERY_MAX, Kind, Query, parse
from commentsvc.domain.site import RejectReason, Site
from tests.conftest import Corpus

INSULT = RejectReason(code="insult", labels={"en": "Insult", "ar": "إهانة"}, rules={"en": "Be kind."})
SITE = Site(key="daily", number=0, name="The Daily", origins=("https://daily.example",), salt="s", reasons=(INSULT,))
NOW_MS = 1_772_359_200_000
DAY_MS = 86_400_000


def parsed(text: str) -> Query:
    """The query that a text is."""
    return parse(text, site=SITE, now_ms=NOW_MS)


def told(text: str) -> list[tuple[str, str]]:
    """Its clauses: what each is about, and its words or value, a minus in front of what must not be."""
    return [
        (one.kind, "-" * one.negated + (" ".join(one.words) or one.thread or one.value)) for one in parsed(text).clauses
    ]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Bridge tram", [("words", "bridge"), ("words", "tram")]),
        ('"carry trams" -bus', [("words", "carry trams"), ("words", "-bus")]),
        ('"never closed', [("words", "never closed")]),
        ("author:Alice Author:BOB -author:eve", [("author", "alice"), ("author", "bob"), ("author", "-eve")]),
        ('author:"Jean-Pierre L."', [("author", "jean pierre l")]),
        ("email:a@b.example", [("email", "a@b.example")]),
        ("a@b.example", [("email", "a@b.example")]),
        ('"a@b.example"', [("words", "a b example")]),
        ("article:bridge", [("article", "bridge")]),
        ("reason:INSULT reason:إهانة", [("reason", "insult"), ("reason", "insult")]),
        ("status:waiting -status:Spam", [("status", "pending"), ("status", "-spam")]),
        ("has:link has:LINKS", [("has", "link"), ("has", "link")]),
        ("note:this", [("words", "note this")]),
        ("https://spam.example/pills", [("words", "https spam example pills")]),
        ("cmt_00000000000000000000000000", [("id", "cmt_00000000000000000000000000")]),
        ("", []),
    ],
)
def test_a_query_is_understood(text: str, clauses: list[tuple[str, str]]) -> None:
    assert told(text) == clauses
    assert parsed(text).ignored == ()


@pytest.mark.parametrize(
    "text",
    ["status:mad", "before:yesterday", "after:2026-13", "before:99999d", "has:cats", "author:", "email:@", "-", "…"],
)
def test_what_means_nothing_is_named_and_holds_nothing_back(text: str) -> None:
    query = parsed(f"bridge {text}")
    assert query.ignored == (text,)
    assert [one.kind for one in query.clauses] == [Kind.WORDS]


@pytest.mark.parametrize(
    ("text", "before", "after"),
    [
        ("before:2026", 1_767_225_600_000, 0),
        ("before:2026-02 after:2026-01-31", 1_769_904_000_000, 1_769_817_600_000),
        ("after:7d", None, NOW_MS - 7 * DAY_MS),
        ("after:7d after:36h", None, NOW_MS - 36 * 3_600_000),
        ("before:1m before:1y", NOW_MS - 365 * DAY_MS, 0),
        ("-before:2026", None, 0),
        ("before:٢٠٢٦", 1_767_225_600_000, 0),
        ("before:1950", 0, 0),
    ],
)
def test_moments(text: str, before: int | None, after: int) -> None:
    assert (parsed(text).before_ms, parsed(text).after_ms) == (before, after)


def test_an_articles_address_names_its_thread_however_it_is_written() -> None:
    addresses = ("https://daily.example/news/42", "https://daily.example/news/42/?utm_source=x#top", "/news/42")
    threads = {one.thread for text in addresses for one in parsed(f"article:{text}").clauses}
    assert len(threads) == 1
    assert None not in threads
    assert told("article:https://elsewhere.example/x") == [("article", "https elsewhere example x")]


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("", set(Status)),
        ("status:approved", {Status.APPROVED}),
        ("-status:approved", set(Status) - {Status.APPROVED}),
        ("reason:insult", {Status.REJECTED}),
        ("reason:insult status:spam", set()),
        ("-reason:insult", set(Status)),
    ],
)
def test_statuses_that_can_be(text: str, statuses: set[Status]) -> None:
    assert set(parsed(text).statuses) == statuses


def test_terms_are_of_what_must_hold_only() -> None:
    assert parsed("bridge -tram author:Eve status:spam").terms == {"bridge", "eve"}
    assert parsed("東京タ 東").terms == {"東京", "京タ"}
    assert parsed("-x status:spam before:2026").terms == set()


def test_a_query_is_bounded() -> None:
    many = parsed(" ".join(f"w{n}" for n in range(40)))
    assert (len(many.clauses), len(many.ignored)) == (CLAUSES_MAX, 40 - CLAUSES_MAX)
    assert len(parsed("x" * 9_999).text) == QUERY_MAX


@given(st.text(max_size=400) | st.text(alphabet='-":aeuthor:before:article:/@.0123456789 \t\n', max_size=400))
def test_whatever_is_typed_is_a_query(text: str) -> None:
    query = parsed(text)
    assert len(query.clauses) <= CLAUSES_MAX
    assert query == parsed(query.text)
    assert query.terms >= set()
    assert set(query.statuses) <= set(Status)
    assert query.after_ms >= 0


@pytest.mark.parametrize("name", ["redos", "naughty_strings", "unicode", "xss_html"])
def test_hostile_input_is_a_query_soon(corpus: Corpus, name: str) -> None:
    for row in corpus(name):
        text = row.get("v") or row.get("prefix", "") + row.get("unit", "") * row.get("n", 0) + row.get("suffix", "")
        start = time.process_time()
        for prefix in ("", "article:", "author:", "before:", "email:"):
            parsed(prefix + text)
        assert time.process_time() - start < 0.5
