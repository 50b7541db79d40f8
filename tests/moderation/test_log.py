"""The decision log: everything, newest first, every row with an address."""

from urllib.parse import urlsplit

from commentsvc.domain.decision import Verb
from tests.moderation.cast import Cast, Page, Sitting


def rows(page: Page) -> list[str]:
    return [got["id"] or "" for _, got in page.tags if got.get("class") == "row"]


def test_a_row_says_who_did_what_when_and_why(cast: Cast, mo: Sitting) -> None:
    cast.decided("mo", cast.comment(ago_s=900), Verb.REJECT, reason="insult", note="Second time.", ago_s=600)
    page = mo.get("/moderation/daily/log")
    assert "Mo rejected · Insult Second time. Maria K. 10 min. ago" in page.text
    exact = [got["title"] for tag, got in page.tags if tag == "time"]
    assert len(exact) == 1
    assert str(exact[0]).endswith("UTC")


def test_an_undo_is_a_row_and_marks_the_row_it_undoes(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    mo.press(mo.press(mo.get("/moderation/daily/"), "Approve", id), "Undo")
    page = mo.get("/moderation/daily/log")
    undo, approval = rows(page)
    assert "Mo undid · Approved → Waiting · what was undone" in page.text
    assert page.links["what was undone"].endswith(f"#{approval}")
    assert page.links["undone"].endswith(f"#{undo}")


def test_an_undone_row_is_set_off_from_its_reason(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    mo.press(mo.press(mo.get("/moderation/daily/"), "Reject", id, reason="insult"), "Undo")
    assert "Mo rejected · Insult · undone" in mo.get("/moderation/daily/log").text


def test_the_arrow_between_two_statuses_points_as_people_read(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    mo.press(mo.press(mo.get("/moderation/daily/"), "Approve", id), "Undo")
    text = mo.get("/moderation/daily/log?lang=ar").text
    assert ("←" in text, "→" in text) == (True, False)


def test_each_row_leads_to_its_comment_by_the_authors_name(cast: Cast, mo: Sitting) -> None:
    ann, gone = cast.comment(name="Ann"), cast.comment(name="Gone")
    cast.decided("mo", ann, Verb.APPROVE)
    cast.decided("mo", gone, Verb.APPROVE)
    cast.service.receipts.withdraw(cast.service.receipts.token(gone))
    page = mo.get("/moderation/daily/log")
    assert page.links["Ann"].endswith(ann)
    assert page.links["a withdrawn comment"].endswith(gone)
    assert "Gone" not in page.text


def test_every_row_has_an_address_that_opens_at_it(cast: Cast, mo: Sitting) -> None:
    made = [cast.decided("mo", cast.comment(ago_s=900), Verb.APPROVE, ago_s=800 - n).id for n in range(4)]
    page = mo.get("/moderation/daily/log")
    assert rows(page) == made[::-1]
    address = next(got["href"] for tag, got in page.tags if tag == "a" and str(got.get("href")).endswith(f"#{made[1]}"))
    parts = urlsplit(str(address))
    assert rows(mo.get(f"{parts.path}?{parts.query}")) == [made[1], made[0]]


def test_the_log_comes_in_pages(cast: Cast, mo: Sitting) -> None:
    made = [cast.decided("mo", cast.comment(ago_s=900), Verb.APPROVE, ago_s=800 - n).id for n in range(53)]
    page = mo.get("/moderation/daily/log")
    assert rows(page) + rows(mo.get(page.links["Older ones"])) == made[::-1]


def test_a_program_and_an_author_are_called_what_they_are(cast: Cast, mo: Sitting) -> None:
    cast.decided("token:a1b2", cast.comment(), Verb.APPROVE)
    cast.service.receipts.withdraw(cast.service.receipts.token(cast.comment()))
    text = mo.get("/moderation/daily/log").text
    assert "The program a1b2 approved" in text
    assert "The author withdrew" in text


def test_the_log_of_one_site_holds_nothing_of_another(cast: Cast, mo: Sitting) -> None:
    cast.site("weekly")
    cast.decided("mo", cast.comment("weekly"), Verb.APPROVE)
    assert "Nothing has been decided yet." in mo.get("/moderation/daily/log").text


def test_a_cursor_that_is_none_is_refused_in_words(cast: Cast, mo: Sitting) -> None:
    assert mo.get("/moderation/daily/log?before=nonsense").status == 422
    assert mo.get("/moderation/daily/log?at=nonsense").status == 200
