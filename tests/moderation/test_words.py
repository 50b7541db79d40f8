"""The console in every language there is: times, numbers, directions."""

import pytest

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import Verb
from commentsvc.web.catalogue import languages
from commentsvc.web.moderation.words import moment, verb_name
from tests.moderation.cast import Cast, Sitting

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR
SPANS = [
    -5,
    0,
    1,
    2,
    3,
    11,
    59,
    61,
    2 * MINUTE,
    11 * MINUTE,
    HOUR,
    2 * HOUR,
    23 * HOUR,
    DAY,
    3 * DAY,
    15 * DAY,
    400 * DAY,
]


@pytest.mark.parametrize("language", languages())
def test_every_length_of_time_can_be_said_in_every_language(cast: Cast, language: str) -> None:
    with cast.app.test_request_context(f"/moderation/?lang={language}"):
        cast.app.preprocess_request()
        for seconds in SPANS:
            said = moment(now_ms() - seconds * 1000)
            assert said.ago, seconds
            assert said.span, seconds
            assert said.exact.endswith(" UTC")


@pytest.mark.parametrize(
    ("seconds", "ago", "span"),
    [(0, "just now", "1 sec"), (40, "40 sec. ago", "40 sec"), (720, "12 min. ago", "12 min")],
)
def test_a_moderator_reads_how_long_ago(cast: Cast, seconds: int, ago: str, span: str) -> None:
    with cast.app.test_request_context("/moderation/"):
        said = moment(now_ms() - seconds * 1000)
    assert (said.ago, said.span) == (ago, span)


def test_every_kind_of_decision_has_a_name(cast: Cast) -> None:
    with cast.app.test_request_context("/moderation/"):
        assert all(verb_name(verb) for verb in Verb)


def test_the_language_once_chosen_stays(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    assert 'dir="rtl"' in mo.get("/moderation/daily/?lang=ar").source
    page = mo.get("/moderation/daily/")
    assert 'lang="ar"' in page.source
    assert "قُبل: Maria K." in mo.press(page, "اقبل").text
    assert 'lang="en"' in mo.get("/moderation/daily/?lang=en").source
    assert 'lang="en"' in mo.get("/moderation/daily/?lang=xx").source


def test_the_language_chosen_before_the_sign_in_stays_after_it(cast: Cast) -> None:
    cast.hire("mo", "daily")
    visitor = cast.visitor()
    form = visitor.get("/login?lang=ar").form("تسجيل الدخول")
    visitor.web.post("/login", data=form.fields | {"name": "mo", "password": "a password of these tests"})
    assert 'lang="ar"' in visitor.get("/moderation/daily/").source


@pytest.mark.parametrize(
    ("waiting", "said"), [(0, "لا تعليقات"), (1, "تعليق واحد"), (2, "تعليقان"), (3, "3 تعليقات"), (11, "11 تعليقًا")]
)
def test_arabic_counts_in_its_own_forms(cast: Cast, waiting: int, said: str) -> None:
    cast.site("weekly")
    cast.hire("ana", "daily", "weekly")
    for n in range(waiting):
        cast.comment(text=f"remark {n}")
    text = cast.sits_down("ana").get("/moderation/?lang=ar").text
    assert f"Daily {said} قيد الانتظار" in text
