"""The search page: a question in the address, results with the words set off, and the buttons of a list."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import Role
from commentsvc.web.moderation import bulk, search
from tests.moderation.cast import Cast, Page, Sitting
from tests.moderation.test_bulk import decide, go_on
from tests.moderation.test_hostile import harm


def ask(sitting: Sitting, question: str, **more: str) -> Page:
    return sitting.get("/moderation/daily/search?" + urlencode({"q": question, **more}))


def test_words_are_found_in_any_script_and_set_off_where_they_stand(cast: Cast, mo: Sitting) -> None:
    tram = cast.comment(text="The TRAM, again.", ago_s=90)
    arabic = cast.comment(text="هذا المقالُ ممتاز", ago_s=80)
    cast.comment(text="Nothing of the kind.", ago_s=70)
    page = ask(mo, "tram")
    assert page.rows() == [tram]
    assert page.source.count('<mark title="Searched for">TRAM</mark>') == 2, "in its row, and where it is read"
    found = ask(mo, "المقال")
    assert found.rows() == [arabic]
    assert '<mark title="Searched for">المقالُ</mark>' in found.source


def test_a_word_far_into_a_long_comment_is_in_its_row(cast: Cast, mo: Sitting) -> None:
    cast.comment(text="once " * 100 + "needle " + "more " * 100)
    page = ask(mo, "needle")
    row = page.source[page.source.index('class="excerpt"') :]
    row = row[: row.index("</span>")]
    assert "…once" in row
    assert "needle" in row
    assert row.rstrip().endswith("…")


def test_what_was_understood_stands_as_chips_each_with_the_way_out(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(name="Ann", text="a tram", ago_s=90)
    cast.decided("mo", id, Verb.REJECT, reason="insult")
    page = ask(mo, "tram author:ann reason:insult -status:spam before:someday")
    for chip in ("Words: tram ×", "Author: ann ×", "Reason: Insult ×", "Not · Status: Spam ×"):
        assert chip in page.text
    assert "Not understood, and left out: before:someday" in page.text
    assert page.rows() == [id]
    out = {str(got["aria-label"]): str(got["href"]) for tag, got in page.tags if tag == "a" and "aria-label" in got}
    question = parse_qs(urlsplit(out["Without the filter Author"]).query)["q"]
    assert question == ["tram reason:insult -status:spam"]


def test_single_fields_are_written_into_the_question(cast: Cast, mo: Sitting) -> None:
    address = "/moderation/daily/search?" + urlencode(
        {"q": "tram", "author": 'Maria "K."', "status": "approved", "after": "2026-01-31", "has": "link", "email": ""}
    )
    answer = mo.web.get(address)
    question = parse_qs(urlsplit(answer.location).query)["q"]
    assert (answer.status_code, question) == (
        303,
        ['tram author:"Maria K." status:approved after:2026-01-31 has:link'],
    )


def test_without_a_question_the_language_is_shown(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    page = mo.get("/moderation/daily/search")
    assert "words that stand together" in page.text
    assert page.rows() == []


def test_results_come_in_pages_by_cursor(cast: Cast, mo: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 2)
    ids = [cast.comment(text=f"tram {n}", ago_s=100 - n) for n in range(5)]
    page = ask(mo, "tram")
    second = mo.get(page.links["Older ones"])
    third = mo.get(second.links["Older ones"])
    assert page.rows() + second.rows() + third.rows() == ids[::-1]
    assert mo.get(third.links["Back to the newest"]).rows() == page.rows()


def test_a_result_is_decided_beside_the_rows_and_one_stays_there(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(name=f"Reader {n}", text="tram", ago_s=100 - n) for n in range(2)]
    page = mo.press(ask(mo, "tram", at=ids[0]), "Approve", ids[0])
    assert page.url == "/moderation/daily/search"
    assert "Approved Reader 0" in page.text
    assert page.rows() == ids[::-1]
    assert mo.press(page, "Undo", "/decisions/").rows() == ids[::-1]


def test_all_that_match_are_decided_as_one_step(cast: Cast, mo: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "PAGE", 2)
    monkeypatch.setattr(bulk, "TYPED_OVER", 2)
    ids = [cast.comment(text="buy tram pills", ago_s=100 - n) for n in range(4)]
    other = cast.comment(text="A calm remark.")
    asked = decide(mo, ask(mo, "pills"), "Spam", scope="all")
    assert "Mark 4 comments as spam?" in asked.text
    done = go_on(mo, asked, "Spam", word="spam")
    assert "Marked 4 comments as spam" in done.text
    assert {cast.stored(id).status for id in ids} == {Status.SPAM}
    assert cast.stored(other).status is Status.PENDING
    assert "Undone: 4 comments" in mo.press(done, "Undo", "/bulk/").text


@pytest.mark.parametrize(
    "question", ['"><script>alert(1)</script>', "<b>", "'\"&amp;", "\u202e tram", "x" * 5000, "-", '"']
)
def test_nothing_in_a_question_is_anything_but_text(cast: Cast, mo: Sitting, question: str) -> None:
    cast.comment(text="<b>tram</b>")
    page = ask(mo, question)
    assert page.status == 200
    assert harm(page) == []


def test_a_cursor_that_is_none_is_refused_in_words(cast: Cast, mo: Sitting) -> None:
    assert ask(mo, "tram", older="nonsense").status == 422


def test_nothing_of_another_site_is_found(cast: Cast, mo: Sitting) -> None:
    cast.site("weekly")
    cast.comment("weekly", text="tram")
    assert ask(mo, "tram").rows() == []


def test_an_auditor_finds_without_buttons(cast: Cast) -> None:
    id = cast.comment(text="tram")
    cast.hire("ida", "daily", role=Role.AUDITOR)
    page = ask(cast.sits_down("ida"), "tram")
    assert page.rows() == [id]
    assert not any("/bulk" in form.action or "/decision" in form.action for form in page.forms)


def test_every_page_has_the_field(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    for path in ("", "list", "approved", "log", "undo"):
        page = mo.get(f"/moderation/daily/{path}")
        assert any(form.action == "/moderation/daily/search" and "q" in form.fields for form in page.forms), path
