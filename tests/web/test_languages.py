"""Every page speaks English and Arabic, whole sentences of it."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from commentsvc.domain.refusal import REASONS
from commentsvc.web import catalogue
from tests.web.conftest import Reader

ROOT = Path(__file__).parents[2]
MessageId = str | tuple[str, ...]


def message_ids() -> dict[MessageId, str]:
    """Every message of the templates, the code and the refusals, with a place where it is used."""
    found: dict[MessageId, str] = {reason.sentence: "commentsvc/domain/refusal.py" for reason in REASONS.values()}
    for folder, methods in (
        (ROOT / "templates", [("**.html", "jinja2")]),
        (ROOT / "commentsvc/web", [("**.py", "python")]),
    ):
        for file, line, message, _, _ in extract_from_dir(str(folder), methods):
            found.setdefault(_hashable(message), f"{folder.name}/{file}:{line}")
    return found


def arabic() -> dict[MessageId, MessageId]:
    raw = (ROOT / "commentsvc/locale/ar.po").read_bytes()
    found = [(message.id, message.string) for message in read_po(io.BytesIO(raw)) if message.id]
    return {_hashable(id): _hashable(string or "") for id, string in found}


def _hashable(message: str | list[str] | tuple[str, ...]) -> MessageId:
    return message if isinstance(message, str) else tuple(message)


def test_every_message_has_a_translation() -> None:
    known = arabic()
    missing = {message: place for message, place in message_ids().items() if not _whole(known.get(message))}
    assert missing == {}


def _whole(translated: MessageId | None) -> bool:
    return bool(translated) and (isinstance(translated, str) or all(translated or ()))


def test_no_translation_is_left_over_or_drops_a_placeholder() -> None:
    used = message_ids()
    for message, translated in arabic().items():
        assert message in used, f"nobody says {message!r} any more"
        wanted = set(re.findall(r"%\(\w+\)s", message if isinstance(message, str) else message[1]))
        given = translated if isinstance(translated, str) else translated[-1]
        assert set(re.findall(r"%\(\w+\)s", given)) == wanted, message


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
        "/embed/daily", query_string={"url": alice.url}, headers={"Accept-Language": "fr, ar;q=0.8, en;q=0.5"}
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
        assert catalogue.direction(language) in ("ltr", "rtl")
        assert isinstance(catalogue.translations(language).gettext("Send"), str)
