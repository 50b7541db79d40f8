"""What was approved, rejected, called spam: newest first, with what can still be done."""

import pytest

from commentsvc.domain.decision import Status, Verb
from tests.moderation.cast import Cast, Sitting


@pytest.mark.parametrize(
    ("verb", "listed", "button", "after"),
    [
        (Verb.APPROVE, "approved", "Take down", Status.REJECTED),
        (Verb.REJECT, "rejected", "Approve after all", Status.APPROVED),
        (Verb.SPAM, "spam", "Not spam", Status.PENDING),
    ],
)
def test_a_list_offers_what_the_table_allows(
    cast: Cast, mo: Sitting, verb: Verb, listed: str, button: str, after: Status
) -> None:
    id = cast.comment()
    cast.decided("mo", id, verb, reason="insult")
    page = mo.get(f"/moderation/daily/{listed}")
    decisions = [label for form in page.forms if form.action.endswith("/decision") for label in form.buttons]
    assert decisions == [button]
    following = mo.press(page, button, id, reason="hate")
    assert following.url == f"/moderation/daily/{listed}"
    assert following.ids() == []
    assert cast.stored(id).status is after


def test_a_list_is_newest_first_and_comes_in_pages(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(text=f"remark {n}", ago_s=100 - n) for n in range(23)]
    for id in ids:
        cast.decided("mo", id, Verb.APPROVE)
    page = mo.get("/moderation/daily/approved")
    following = mo.get(page.links["Older ones"])
    assert page.ids() + following.ids() == ids[::-1]
    assert mo.get(following.links["Back to the newest"]).ids() == page.ids()


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
