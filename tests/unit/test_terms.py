"""Words of every script become terms, and what is looked for becomes the same ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain import terms
from commentsvc.domain.comment import Body
from commentsvc.domain.thread import ThreadId
from tests.conftest import Corpus

THREAD = ThreadId("0" * 26)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't panic!", ["don", "t", "panic"]),
        ("Ünïted STRASSE Straße ŁÓDŹ", ["united", "strasse", "strasse", "lodz"]),
        ("ﬁne ｗｉｄｅ x² № 5", ["fine", "wide", "x2", "no", "5"]),
        ("Ёлка ёж", ["елка", "еж"]),
        ("هٰذَا الكِتَابُ الأوّل مـــد", ["هذا", "الكتاب", "الاول", "مد"]),
        ("می‌شود ٢٠٢٤", ["ميشود", "2024"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("日本語のtower東京", ["日本語の", "tower", "東京"]),
        ("café cafe\u0301", ["cafe", "cafe"]),
        ("İstanbul ISPARTA ısı", ["istanbul", "isparta", "isi"]),
        ("👍🏽 … —", []),
        ("", []),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert terms.words(text) == words


def test_a_script_without_spaces_gives_each_two_neighbours() -> None:
    assert terms.of_words(terms.words("東京タ x 東")) == {"東京", "京タ", "x"}


def test_an_address_is_found_by_either_part() -> None:
    assert terms.of_address("Alice@Daily.example") == {":ealice", ":edaily.example"}
    assert terms.of_address("@daily.example") == terms.of_address("daily.example") == {":edaily.example"}
    assert terms.of_address("@") == terms.of_address("") == set()


@pytest.mark.parametrize(
    ("text", "link"),
    [("see https://a.example", True), ("WWW.a.example", True), ("http:// nothing", False), ("awww.no", False)],
)
def test_links_are_seen(text: str, link: bool) -> None:
    assert terms.has_link(text) is link


def test_a_page_has_no_more_terms_than_it_may() -> None:
    body = Body(
        name="",
        email="",
        text="",
        url="https://daily.example/a",
        title=" ".join(map(str, range(300))),
        thread_key="",
        author_key="e0",
        created_ms=0,
    )
    found = terms.of_body(body, THREAD)
    assert sum(term.startswith(":p") for term in found) == terms.PAGE_TERMS
    assert ":p0" in found


def test_no_two_kinds_of_terms_meet() -> None:
    assert all(":" not in word for word in terms.words(":link :e x:r y::z ︓﹕："))


@given(st.text(max_size=200))
def test_any_text_has_words_that_fold_to_themselves(text: str) -> None:
    words = terms.words(text)
    assert terms.words(" ".join(words)) == words


@pytest.mark.parametrize("name", ["multiscript", "unicode", "naughty_strings"])
def test_every_text_of_the_corpora_has_words(corpus: Corpus, name: str) -> None:
    for row in corpus(name):
        for value in row.values():
            if isinstance(value, str):
                words = terms.words(value)
                assert terms.words(" ".join(words)) == words


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("The tram, the TRAM and trams. Trám!", "tram", ["tram", "TRAM", "Trám"]),
        ("Straßenbahn", "strassenbahn", ["Straßenbahn"]),
        ("هذا المقالُ ممتاز", "المقال", ["المقالُ"]),
        ("日本語の新聞", "日本", ["日本"]),
        ("carry  trams, carry-trams, carrytrams", "carry trams", ["carry  trams", "carry-trams"]),
        ("e\u0301te\u0301 été", "ete", ["e\u0301te\u0301", "été"]),
        ("٣٠ عاما", "30", ["٣٠"]),
        ("nothing", "tram", []),
        ("", "tram", []),
    ],
)
def test_words_are_found_where_they_stand(text: str, wanted: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in terms.places(text, [terms.words(wanted)])] == found
