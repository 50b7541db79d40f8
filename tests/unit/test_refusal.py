"""Refusals: every code has its sentence and a fitting HTTP status."""

import re

import pytest

from commentsvc.domain.refusal import REASONS, Code, Refused


def test_every_code_means_something_to_people() -> None:
    assert set(REASONS) == set(Code)


@pytest.mark.parametrize("code", list(Code))
def test_a_sentence_is_a_sentence_and_a_code_a_stable_word(code: Code) -> None:
    refused = Refused(code=code)
    assert re.fullmatch(r"[A-Z].*[.]", refused.sentence), refused.sentence
    assert re.fullmatch(r"[a-z][a-z_]*", code)
    assert 400 <= refused.status <= 503


def test_no_two_codes_share_a_sentence() -> None:
    sentences = [reason.sentence for reason in REASONS.values()]
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("code", [Code.WRONG_CODE, Code.EXPIRED_CODE, Code.USED_CODE, Code.INVALID_CHALLENGE])
def test_whoever_mistyped_the_code_is_told_that_the_text_is_kept(code: Code) -> None:
    assert "your text is kept" in Refused(code=code).sentence


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (Code.INVALID_FIELDS, 422),
        (Code.UNKNOWN_SITE, 404),
        (Code.ORIGIN_NOT_ALLOWED, 403),
        (Code.THREAD_CLOSED, 409),
        (Code.EXPIRED, 410),
        (Code.TOO_LARGE, 413),
        (Code.TOO_MANY, 429),
        (Code.STORE_DOWN, 503),
        (Code.UNAUTHENTICATED, 401),
    ],
)
def test_the_statuses_of_the_http_contract(code: Code, status: int) -> None:
    assert Refused(code=code).status == status
