"""Folding keeps the way back to the original, whatever the text is made of, and takes bounded time."""

import time
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commentsvc.domain.folding import fold
from commentsvc.domain.judging import judge
from commentsvc.domain.rules import DEFAULT_RULES, Rule, RuleKind, Word
from commentsvc.domain.site import Site
from commentsvc.domain.wordlist import Wordlist
from tests.conftest import Corpus

TEXT_MAX = 5_000
ANY_TEXT = st.text(max_size=200) | st.text(alphabet="aаα1|!@ ıİßﬁ\u0301\u0651ـءل٣", max_size=60)


def check_way_back(text: str) -> None:
    """The promises about folding: places are in the text, in order, and cover what was read there."""
    for line in fold(text):
        assert len(line.text) == len(line.runs) == len(line.firsts)
        assert all(a != b for a, b in pairwise(line.text))
        places = [(line.start(at), line.end(at)) for at in range(len(line.text))]
        assert all(0 <= start < end <= len(text) for start, end in places)
        assert all(before[0] <= after[0] for before, after in pairwise(places))


@given(ANY_TEXT)
def test_every_letter_knows_where_it_was(text: str) -> None:
    check_way_back(text)


ANY_WORD = st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=20)


@given(ANY_WORD | st.text(alphabet="aаα1ıİßﬁىءل٣", min_size=1, max_size=20), st.booleans())
def test_a_word_is_found_in_itself_alone_and_among_others(text: str, fragment: bool) -> None:
    word = unicodedata.normalize("NFC", text)
    if not any(c.isalnum() for c in fold(word)[0].text):
        return
    words = Wordlist([Word(text=word, fragment=fragment)])
    for said in (word, f"so {word} so", f"{word}\n{word}"):
        assert list(words.found(said, now_ms=0)), said


@given(st.sampled_from(["idiot", "crétin", "дурак", "حمار", "βλάκας", "टोपी", "笨蛋"]), st.lists(ANY_TEXT, max_size=3))
def test_what_is_found_reads_as_the_word(word: str, around: list[str]) -> None:
    text = f" {word} ".join(around)
    words = Wordlist([Word(text=word)])
    readings = {line.text for line in fold(word)}
    for spot in words.found(text, now_ms=0):
        assert readings & {line.text for line in fold(text[spot.start : spot.end])}


def test_odd_texts_are_folded_and_judged_without_a_fault(corpus: Corpus) -> None:
    site = Site(
        key="daily",
        number=1,
        name="Daily",
        origins=("https://daily.example",),
        salt="pepper",
        rules=(*DEFAULT_RULES, Rule(id="w", kind=RuleKind.WORDS, words=(Word(text="a", fragment=True),))),
    )
    texts = [row["s"] for name in ("unicode", "naughty_strings") for row in corpus(name)]
    texts += [row["text"] for row in corpus("multiscript")]
    for text in texts:
        check_way_back(text)
        for hit in judge(site, text=text, name="Alice", seconds=9, now_ms=0):
            assert 0 <= hit.start < hit.end <= len(text)


def test_letters_that_pose_as_others_are_read_as_those(corpus: Corpus) -> None:
    rows = [row for row in corpus("unicode") if row["kind"] == "confusable"]
    read = [row for row in rows if fold(f"so z{row['s']}z")[0].text == fold(f"so z{row['looks_like']}z")[0].text]
    assert len(read) > 0.85 * len(rows)


MANY = Wordlist(
    [
        *(Word(text="a" * at + "b", fragment=True) for at in range(1, 79)),
        *(Word(text="ab" * at, fragment=True) for at in range(1, 40)),
        *(Word(text=f"word{at}", fragment=at % 2 == 0) for at in range(4_880)),
    ]
)
MADE_TO_TAKE_TIME = ["ab" * 2500, "a b " * 1250, "1 " * 2500, "a1" * 2500, "DE12 " * 1000, "аa" * 2500, "1|" * 2500]


def check_time(text: str) -> None:
    site = Site(key="daily", number=1, name="Daily", origins=("https://daily.example",), salt="pepper")
    for work in (
        lambda: list(MANY.found(text, now_ms=0)),
        lambda: judge(site, text=text, name=text[:80], seconds=9, now_ms=0),
    ):
        # CPU time of this thread, so that a busy machine does not count against the text.
        start = time.thread_time()
        work()
        assert time.thread_time() - start < 0.1, text[:20]


@pytest.mark.parametrize("text", MADE_TO_TAKE_TIME, ids=range(len(MADE_TO_TAKE_TIME)))
def test_no_text_takes_long_to_look_through_for_5000_words(text: str) -> None:
    check_time(text)


def test_no_known_text_that_makes_parsers_slow_takes_long(corpus: Corpus) -> None:
    for row in corpus("redos"):
        check_time((row["prefix"] + row["unit"] * row["n"])[: TEXT_MAX - 1] + row["suffix"][:1])
