"""What was approved, rejected, called spam: newest first, with what can still be done."""

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.web.moderation import lists
from tests.moderation.cast import Cast, Page, Sitting


@pytest.mark.parametrize(
    ("verb", "listed", "buttons", "after"),
    [
        (Verb.APPROVE, "approved", ["Take down", "Feature"], Status.REJECTED),
        (Verb.FEATURE, "approved", ["Take down", "Stop featuring"], Status.REJECTED),
        (Verb.REJECT, "rejected", ["Approve after all"], Status.APPROVED),
        (Verb.SPAM, "spam", ["Not spam"], Status.PENDING),
    ],
)
def test_a_list_offers_what_the_table_allows(
    cast: Cast, mo: Sitting, verb: Verb, listed: str, buttons: list[str], after: Status
) -> None:
    id = cast.comment()
    cast.decided("mo", id, verb, reason="insult")
    page = mo.get(f"/moderation/daily/{listed}")
    decisions = [label for form in page.forms if form.action.endswith("/decision") for label in form.buttons]
    assert decisions == buttons
    following = mo.press(page, buttons[0], id, reason="hate")
    assert following.url == f"/moderation/daily/{listed}"
    assert following.rows() == []
    assert cast.stored(id).status is after


def test_a_list_is_newest_first_and_comes_in_pages(cast: Cast, mo: Sitting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 7)
    ids = [cast.comment(text=f"remark {n}", ago_s=100 - n) for n in range(10)]
    for id in ids:
        cast.decided("mo", id, Verb.APPROVE)
    page = mo.get("/moderation/daily/approved")
    following = mo.get(page.links["Older ones"])
    assert page.rows() + following.rows() == ids[::-1]
    assert mo.get(following.links["Back to the newest"]).rows() == page.rows()


def test_what_waits_is_oldest_first_and_comes_in_pages(
    cast: Cast, mo: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "PAGE", 3)
    ids = [cast.comment(text=f"remark {n}", ago_s=100 - n) for n in range(5)]
    page = mo.get("/moderation/daily/list")
    following = mo.get(page.links["Newer ones"])
    assert page.rows() + following.rows() == ids
    assert mo.get(following.links["Back to the oldest"]).rows() == page.rows()


def test_beside_the_rows_one_comment_is_open_the_first_until_another_is_chosen(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(name=f"Reader {n}", text=f"remark {n}", ago_s=100 - n) for n in range(3)]
    page = mo.get("/moderation/daily/list")
    assert (page.rows(), page.ids()) == (ids, ids[:1])
    chosen = mo.get(address_of(page, ids[2]))
    assert (chosen.rows(), chosen.ids()) == (ids, ids[2:])


def address_of(page: Page, id: str) -> str:
    """Where the row of a comment leads."""
    found = [str(got["href"]) for tag, got in page.tags if tag == "a" and f"at={id}" in str(got.get("href"))]
    return found[0].partition("#")[0]


def test_a_decision_in_the_list_leads_back_to_it_with_the_next_one_open(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(name=f"Reader {n}", ago_s=100 - n) for n in range(3)]
    page = mo.get(f"/moderation/daily/list?at={ids[1]}")
    done = mo.press(page, "Reject", ids[1], reason="insult")
    assert done.url == "/moderation/daily/list"
    assert "Rejected Reader 1 · Insult" in done.text
    assert (done.rows(), done.ids()) == ([ids[0], ids[2]], [ids[2]])
    undone = mo.press(done, "Undo")
    assert (undone.rows(), undone.ids()) == (ids, [ids[1]])


def test_the_last_row_decided_leads_to_the_one_before(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(ago_s=100 - n) for n in range(2)]
    page = mo.get(f"/moderation/daily/list?at={ids[1]}")
    assert mo.press(page, "Approve", ids[1]).ids() == [ids[0]]


def test_a_row_that_a_colleague_reads_says_so_and_the_comment_can_still_be_decided(
    cast: Cast, mo: Sitting, max_: Sitting
) -> None:
    ids = [cast.comment(name=f"Reader {n}", ago_s=100 - n) for n in range(2)]
    max_.get(f"/moderation/daily/list?at={ids[1]}")
    page = mo.get("/moderation/daily/list")
    assert page.text.count("Max is reading this") == 1
    assert "Mo is reading this" not in page.text, "one knows what one reads oneself"
    assert "Approved Reader 1" in mo.press(mo.get(f"/moderation/daily/list?at={ids[1]}"), "Approve", ids[1]).text


def test_the_height_of_rows_stays_as_it_was_chosen(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    compact = mo.get(mo.get("/moderation/daily/list").links["Compact rows"])
    assert "Roomy rows" in compact.links
    assert "Roomy rows" in mo.get("/moderation/daily/spam").links
    assert "Roomy rows" in mo.get("/moderation/daily/list").links


@pytest.mark.parametrize(
    "wish",
    [
        "https://evil.example/",
        "//evil.example/moderation/daily/list",
        "/moderation/weekly/list",
        "/moderation/daily/../../login",
        "/moderation/daily/list\r\nX: y",
        "/moderation/daily/list#x",
        "javascript:alert(1)",
        "/moderation/daily/list?" + "x" * 5000,
    ],
)
def test_the_way_back_leads_nowhere_but_to_a_list_of_the_site(cast: Cast, mo: Sitting, wish: str) -> None:
    id = cast.comment()
    answer = mo.send(mo.get("/moderation/daily/list"), "Approve", id, back=wish)
    assert answer.location.startswith("/moderation/daily/?")


def test_the_way_back_keeps_what_the_address_asked_for(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    answer = mo.send(mo.get("/moderation/daily/list"), "Approve", id, back="/moderation/daily/search?q=a%26b&at=x")
    assert answer.location.startswith("/moderation/daily/search?q=a%26b&done=dec_")


def test_a_card_says_who_decided_and_why(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(ago_s=4000)
    cast.decided("mo", id, Verb.REJECT, reason="off_topic", ago_s=600)
    assert "Mo rejected this 10 min. ago · Off topic" in mo.get("/moderation/daily/rejected").text


def test_looking_at_a_list_leases_nothing(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id = cast.comment()
    cast.decided("mo", id, Verb.APPROVE)
    mo.get("/moderation/daily/approved")
    assert "looking at this" not in max_.get("/moderation/daily/approved").text


@pytest.mark.parametrize("name", ["erased", "pending", "everything"])
def test_there_are_no_other_lists(cast: Cast, mo: Sitting, name: str) -> None:
    assert mo.get(f"/moderation/daily/{name}").status == 404


def test_an_empty_list_says_so(cast: Cast, mo: Sitting) -> None:
    assert "Nothing here yet." in mo.get("/moderation/daily/spam").text
