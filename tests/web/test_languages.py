"""Every page speaks the languages there are, in whole sentences: readers all of them, moderators those with a mark."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from commentsvc.domain.site import Site
from commentsvc.service import Service
from commentsvc.service.sites import BadSite
from commentsvc.service.words import console_languages, languages, messages
from commentsvc.web import catalogue
from commentsvc.web.moments import in_words
from tests.web.conftest import Reader, reject
from tests.web.messages import everybodys, missing, readers, translated

TRANSLATED = languages()[1:]


def test_readers_have_eight_languages() -> None:
    assert set(languages()) == {"en", "ar", "de", "es", "fa", "fr", "ru", "tr"}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_that_a_reader_can_meet_is_translated(language: str) -> None:
    assert missing(language, readers()) == {}


@pytest.mark.parametrize("language", [one for one in console_languages() if one != "en"])
def test_the_console_is_whole_in_the_languages_that_say_so(language: str) -> None:
    assert missing(language, everybodys()) == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_left_over_or_drops_a_placeholder(language: str) -> None:
    used = everybodys()
    for message, words in translated(language).items():
        assert message in used, f"nobody says {message!r} any more"
        wanted = places(message if isinstance(message, str) else message[1])
        assert places(words if isinstance(words, str) else words[-1]) == wanted, message
        for form in () if isinstance(words, str) else words:
            assert places(form) <= wanted, message


def places(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)s", text))


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "لا تعليقات بعد"),
        (1, "تعليق واحد"),
        (2, "تعليقان"),
        (3, "3 تعليقات"),
        (11, "11 تعليقًا"),
        (100, "100 تعليق"),
        (103, "103 تعليقات"),
    ],
)
def test_arabic_counts_as_arabic_does(app: Flask, count: int, words: str) -> None:
    template = app.jinja_env.from_string('{{ ngettext("Comments (%(num)s)", "Comments (%(num)s)", count) }}')
    with app.test_request_context("/?lang=ar"):
        app.preprocess_request()
        assert template.render(count=count) == words


def test_the_page_speaks_the_language_that_was_asked_for(alice: Reader) -> None:
    assert '<html lang="ar" dir="rtl"' in alice.opens(lang="ar").text
    assert "اكتب تعليقًا" in alice.opens(lang="ar").text
    assert '<html lang="en" dir="ltr"' in alice.opens(lang="en").text


def test_without_a_wish_in_the_address_the_browser_decides(alice: Reader) -> None:
    answer = alice.web.get(
        "/embed/daily", query_string={"url": alice.url}, headers={"Accept-Language": "nl, ar;q=0.8, en;q=0.5"}
    )
    assert '<html lang="ar" dir="rtl"' in answer.text
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("wish", ["xx", "../../etc", "ar<script>", "", "a" * 5000])
def test_an_unknown_language_is_english_and_never_a_fault(alice: Reader, wish: str) -> None:
    answer = alice.opens(lang=wish)
    assert answer.status_code == 200
    assert '<html lang="en" dir="ltr"' in answer.text


def test_a_refused_form_stays_in_its_language(alice: Reader) -> None:
    answer = alice.send(alice.form(name=""), query="?lang=ar")
    assert answer.status_code == 422
    assert "يُرجى ملء هذا الحقل." in answer.text
    assert "Please" not in answer.text


def test_a_receipt_speaks_as_its_author_did(alice: Reader) -> None:
    answer = alice.send(query="?lang=ar")
    assert "تعليقك في الانتظار" in alice.web.get(answer.location).text


def test_every_catalogue_can_be_read() -> None:
    for language in catalogue.languages():
        assert catalogue.direction(language) == ("rtl" if language in ("ar", "fa") else "ltr")
        assert isinstance(catalogue.translations(language).gettext("Send"), str)


NUMBERS = (0, 1, 2, 3, 5, 11, 21, 100)
AT_MOST = {
    "en": "characters character characters characters characters characters characters characters",
    "fr": "caractère caractère caractères caractères caractères caractères caractères caractères",
    "de": "Höchstens",
    "es": "caracteres carácter caracteres caracteres caracteres caracteres caracteres caracteres",
    "tr": "karakter",
    "fa": "نویسه",
    "ru": "знаков знака знаков знаков знаков знаков знака знаков",
}


@pytest.mark.parametrize("language", AT_MOST)
def test_each_language_counts_in_its_own_way(app: Flask, language: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        told = [catalogue.ngettext("At most %(num)s character.", "At most %(num)s characters.", n) for n in NUMBERS]
    for sentence, mark in zip(told, (AT_MOST[language].split() * 8)[:8], strict=True):
        assert mark in re.findall(r"\w+", sentence), sentence


@pytest.mark.parametrize(
    ("language", "date", "number"),
    [
        ("en", "1 March 2026, 10:00 UTC", "5,000"),
        ("ar", "1 مارس 2026، 10:00 UTC", "5,000"),
        ("de", "1. März 2026, 10:00 UTC", "5.000"),
        ("es", "1 de marzo de 2026, 10:00 UTC", "5.000"),
        ("fa", "۱ مارس ۲۰۲۶، ساعت ۱۰:۰۰ UTC", "۵٬۰۰۰"),
        ("fr", "1 mars 2026, 10:00 UTC", "5\u202f000"),
        ("ru", "1 марта 2026\u202fг., 10:00 UTC", "5\u00a0000"),
        ("tr", "1 Mart 2026 10:00 UTC", "5.000"),
    ],
)
def test_dates_and_numbers_are_the_languages_own(app: Flask, language: str, date: str, number: str) -> None:
    with app.test_request_context(f"/?lang={language}"):
        assert in_words(1_772_359_200_000) == date
        assert catalogue.number(5000) == number


@pytest.mark.parametrize("language", languages())
def test_the_rules_and_the_reasons_are_told_in_every_language(alice: Reader, service: Service, language: str) -> None:
    rules = alice.web.get(f"/rules/daily?lang={language}", headers={"Accept": "application/json"}).get_json()
    assert (rules["language"], len({one["rule"] for one in rules["rules"]})) == (language, 5)
    assert ("Stay with" in rules["rules"][2]["rule"]) == (language == "en")
    token = alice.sent()
    opened = service.receipts.open(token)
    reject(service, opened.comment.id, "insult")  # type: ignore[union-attr]  # a receipt just given opens
    receipt = alice.web.get(f"/receipts/{token}?lang={language}").text
    assert rules["rules"][0]["rule"] in receipt.replace("&#39;", "'")


def test_a_sites_own_translation_goes_before_ours(alice: Reader, service: Service) -> None:
    insult = alice.site.reasons[0]
    said = {**insult.rules, "de": "Bleiben Sie freundlich."}
    changed = (insult.__class__(code="insult", labels=insult.labels, rules=said), *alice.site.reasons[1:])
    service.sites.change("daily", {"reasons": changed})
    assert "Bleiben Sie freundlich." in alice.web.get("/rules/daily?lang=de").text


def test_a_site_may_say_things_in_its_own_words(alice: Reader, service: Service) -> None:
    own = {"de": {"Write a comment": 'Mit<reden> & "jetzt"', "Comments (%(num)s)": "Leserstimmen: %(num)s"}}
    service.sites.change("daily", {"words": own})
    page = alice.opens(lang="de").text
    assert "Mit&lt;reden&gt; &amp; &#34;jetzt&#34;" in page
    assert "Leserstimmen: 0" in page
    assert "Write a comment" in alice.opens(lang="en").text
    assert "reden&gt;" not in alice.opens(lang="fr").text
    service.sites.change("daily", {"words": {}})
    assert "Kommentar schreiben" in alice.opens(lang="de").text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"xx": {"Send": "x"}}, "do not speak"),
        ({"de": {"Sned": "x"}}, "no page says"),
        ({"de": {"Send": ""}}, "plain characters"),
        ({"de": {"Send": "x" * 501}}, "plain characters"),
        ({"de": {"Send": "a\u202eb"}}, "plain characters"),
        ({"de": {"Send": "100 %"}}, "no other %"),
        ({"de": {"Send": "%(num)s"}}, "no other %"),
        ({"de": {"House rules of %(site)s": "Regeln"}}, "needs exactly %(site)s"),
        ({"de": {"Comments (%(num)s)": "%(num)s %(x)s"}}, "needs exactly %(num)s"),
    ],
)
def test_words_that_would_break_a_page_are_refused(
    service: Service, daily: Site, words: dict[str, dict[str, str]], why: str
) -> None:
    with pytest.raises(BadSite, match=re.escape(why)):
        service.sites.change("daily", {"words": words})


def test_a_site_cannot_have_words_without_end(service: Service, daily: Site) -> None:
    everything = {
        language: dict.fromkeys((m for m, long in messages().items() if "%" not in long), "x")
        for language in languages()
    }
    with pytest.raises(BadSite, match="300 messages"):
        service.sites.change("daily", {"words": everything})


def test_the_console_speaks_whole_languages_only(web: FlaskClient, daily: Site) -> None:
    page = web.get("/login?lang=fr", headers={"Accept-Language": "de, ar;q=0.5"}).text
    assert '<html lang="ar" dir="rtl"' in page
    assert '<html lang="en"' in web.get("/login", headers={"Accept-Language": "fr, ru"}).text
