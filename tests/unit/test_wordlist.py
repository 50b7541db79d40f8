"""Words are found however they are written, and other words are not taken for them."""

import pytest

from commentsvc.domain.rules import Word
from commentsvc.domain.wordlist import Wordlist

NOW = 1_000_000


def found(word: str, text: str, *, fragment: bool = False) -> list[str]:
    """What of the text is found, as it is written there."""
    words = Wordlist([Word(text=word, fragment=fragment)])
    return [text[spot.start : spot.end] for spot in words.found(text, now_ms=NOW)]


@pytest.mark.parametrize(
    ("word", "text", "written"),
    [
        ("idiot", "You IDIOT!", "IDIOT"),
        ("idiot", "what a 1d10t", "1d10t"),
        ("idiot", "ídîöt", "ídîöt"),
        ("idiot", "ｉｄｉｏｔ", "ｉｄｉｏｔ"),
        ("idiot", "oh idiiiiot", "idiiiiot"),
        ("idiot", "iddiot", "iddiot"),
        ("idiot", "i.d.i.o.t", "i.d.i.o.t"),
        ("idiot", "an i d i o t now", "i d i o t"),
        ("idiot", "idi\u200bot", "idi\u200bot"),
        ("idiot", "idi\u00adot", "idi\u00adot"),
        ("idiot", "𝓲𝓭𝓲𝓸𝓽", "𝓲𝓭𝓲𝓸𝓽"),
        ("idiot", "ⓘⓓⓘⓞⓣ", "ⓘⓓⓘⓞⓣ"),
        ("idiot", "🅘🅓🅘🅞🅣", "🅘🅓🅘🅞🅣"),
        ("idiot", "an іdіоt of three Cyrillic letters", "іdіоt"),
        ("idiot", "ιdιot", "ιdιot"),
        ("idiot", "you id!ot!", "id!ot"),
        ("idiot", "_idiot_", "idiot"),
        ("idiot", "an idiot's work", "idiot"),
        ("ass", "a$$", "a$$"),
        ("ass", "a55", "a55"),
        ("ass", "asss", "asss"),
        ("lick", "1ick", "1ick"),
        ("lick", "l1ck", "l1ck"),
        ("porn", "роrn", "роrn"),
        ("crétin", "CRETIN", "CRETIN"),
        ("cretin", "crétin", "crétin"),
        ("Straße", "STRASSE", "STRASSE"),
        ("kill yourself", "KILL\n  YOURSELF", "KILL\n  YOURSELF"),
        ("1488", "x 1488 x", "1488"),
        ("дурак", "Дурак", "Дурак"),
        ("дурак", "дypaк", "дypaк"),
        ("дурак", "дур@к", "дур@к"),
        ("حمار", "يا حِمَـــار", "حِمَـــار"),
        ("حمار", "ﺣﻤﺎﺭ", "ﺣﻤﺎﺭ"),
        ("حمار", "حماررررر", "حماررررر"),
        ("حمار", "والحمار", "حمار"),
        ("حمار", "وحمار", "حمار"),
        ("أحمق", "احمق", "احمق"),
        ("احمق", "الأحمق", "أحمق"),
        ("كلب", "الڪلب", "ڪلب"),
        ("کتاب", "كتاب", "كتاب"),
        ("يهودي", "یهودی", "یهودی"),
        ("٨٨", "88", "88"),
        ("88", "۸۸", "۸۸"),
        ("笨蛋", "你这个笨蛋吗", "笨蛋"),
    ],
)
def test_a_word_is_found_however_it_is_written(word: str, text: str, written: str) -> None:
    assert found(word, text) == [written]


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("cunt", "Scunthorpe"),
        ("ass", "class, assess, as"),
        ("idiot", "idiotic"),
        ("god", "good"),
        ("nigger", "Niger and Nigeria"),
        ("con", "the coon"),
        ("göt", "I got it"),
        ("sik", "sık sık SIK ığ"),
        ("pot", "рот и нос"),
        ("all", "a1"),
        ("soi", "501"),
        ("covid19", "covid 1"),
        ("1488", "14488"),
        ("كلب", "قلب"),
        ("كلب", "كلبشات"),
        ("عرب", "تعرب"),
        ("جه", "وجه"),
        ("か", "が"),
        ("कल", "कुल"),
        ("시바", "시발점"),
    ],
)
def test_another_word_is_not_taken_for_it(word: str, text: str) -> None:
    assert found(word, text) == []


def test_a_fragment_is_found_inside_words() -> None:
    assert found("cunt", "Scunthorpe", fragment=True) == ["cunt"]
    assert found("sik", "sıkıldım", fragment=True) == []


def test_a_word_that_has_expired_is_no_longer_looked_for() -> None:
    words = Wordlist([Word(text="idiot", expires_ms=NOW)])
    assert list(words.found("idiot", now_ms=NOW)) == []
    assert len(list(words.found("idiot", now_ms=NOW - 1))) == 1
