"""A site as it is when its publisher has said nothing."""

import pytest

from commentsvc.domain.site import (
    BUILT_IN_FIELDS,
    DEFAULT_REASONS,
    FIELD_KEY,
    REASON_CODE,
    SITE_KEY,
    Site,
    SlashPolicy,
    in_language,
)

SITE = Site(key="daily", number=1, name="Daily", origins=("https://daily.example",), salt="pepper")


def test_a_new_site_is_open_asks_for_an_address_and_has_one_partition() -> None:
    assert SITE.open
    assert SITE.email_required
    assert SITE.partitions == 1
    assert SITE.fields == ()
    assert SITE.slash is SlashPolicy.STRIP
    assert SITE.webhooks == ()
    assert SITE.version == 1


def test_there_are_reasons_to_reject_from_the_start_and_readers_can_read_them() -> None:
    assert len(DEFAULT_REASONS) >= 5
    assert len({reason.code for reason in DEFAULT_REASONS}) == len(DEFAULT_REASONS)
    for reason in DEFAULT_REASONS:
        assert REASON_CODE.fullmatch(reason.code)
        assert "en" in reason.labels
        assert "en" in reason.rules
        assert SITE.reason(reason.code) is reason
    assert SITE.reason("because") is None


def test_a_declared_field_can_be_told_from_every_built_in_one() -> None:
    assert all(FIELD_KEY.fullmatch(name) for name in BUILT_IN_FIELDS)
    assert {"name", "email", "text", "code", "parent", "challenge", "url", "title", "submission"} <= BUILT_IN_FIELDS


@pytest.mark.parametrize("key", ["daily", "d", "9", "the-daily-2", "a" * 32])
def test_keys_that_a_site_can_have(key: str) -> None:
    assert SITE_KEY.fullmatch(key)


@pytest.mark.parametrize("key", ["", "-a", "Daily", "a b", "a{b", "a}b", "a:b", "a.b", "a" * 33, "é", "a\n", "..", "*"])
def test_keys_that_would_mean_something_to_redis_or_to_a_url_are_none(key: str) -> None:
    assert not SITE_KEY.fullmatch(key)


def test_a_missing_translation_falls_back_to_english_and_then_to_what_there_is() -> None:
    assert in_language({"en": "Country", "ar": "البلد"}, "ar") == "البلد"
    assert in_language({"en": "Country", "ar": "البلد"}, "fr") == "Country"
    assert in_language({"ar": "البلد"}, "fr") == "البلد"
    assert in_language({}, "fr") == ""
