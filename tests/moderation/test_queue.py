"""The queue: what waits, oldest first, with everything that is needed to judge it."""

from commentsvc.domain.decision import Verb
from commentsvc.domain.site import Choice, Field, FieldKind
from tests.moderation.cast import Cast, Sitting


def test_the_oldest_comment_comes_first(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(text=f"remark {n}", ago_s=100 - n) for n in range(3)]
    assert mo.get("/moderation/daily/").ids() == ids


def test_a_moderator_of_one_site_starts_at_its_queue(cast: Cast, mo: Sitting) -> None:
    cast.comment(text="Here I am.")
    assert "Here I am." in mo.get("/moderation/").text


def test_a_card_shows_what_is_needed_to_judge_a_comment(cast: Cast, mo: Sitting) -> None:
    first = cast.comment(name="Ben", email="ben@readers.example", text="The first word.", ago_s=3600)
    cast.decided("mo", first, Verb.APPROVE)
    refused = cast.comment(text="Buy this.", ago_s=3000)
    cast.decided("mo", refused, Verb.REJECT, reason="advertising")
    cast.comment(text="An answer to that.", parent=first, ago_s=12 * 60)
    page = mo.get("/moderation/daily/")
    for shown in ("The news", "Maria K.", "maria@readers.example", "An answer to that.", "Waiting 12 min"):
        assert shown in page.text
    assert "In reply to Ben The first word." in page.text
    assert "Same e-mail: Rejected 1" in page.text
    assert page.links["The news"] == "https://daily.example/news/42"


def test_a_first_comment_is_called_one(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    assert "First comment" in mo.get("/moderation/daily/").text


def test_an_author_without_an_address_is_perhaps_many_people(cast: Cast, mo: Sitting) -> None:
    cast.service.sites.change("daily", {"email_required": False})
    cast.comment(email="")
    cast.comment(email="")
    assert "Same network, perhaps many people: Waiting 1" in mo.get("/moderation/daily/").text


def test_the_sites_own_fields_are_shown_by_their_labels(cast: Cast, mo: Sitting) -> None:
    country = Field(
        key="country",
        kind=FieldKind.CHOICE,
        labels={"en": "Country"},
        choices=(Choice(value="eg", labels={"en": "Egypt"}),),
    )
    cast.service.sites.change("daily", {"fields": (country,)})
    cast.comment(country="eg")
    assert "Country: Egypt" in mo.get("/moderation/daily/").text


def test_the_buttons_are_those_of_the_table(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.get("/moderation/daily/")
    labels = {label for form in page.forms if id in form.action for label in form.buttons}
    assert labels == {
        "Approve",
        "Reject",
        "Spam",
        "Feature",
        "Ask",
        "Later",
        "Keep the note",
        "Hold all new ones",
        "Close comments",
    }


def test_enter_in_the_form_of_reasons_can_only_reject(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    page = mo.get("/moderation/daily/")
    assert list(page.form("Reject").buttons) == ["Reject"]


def test_the_queue_comes_in_pages_and_each_comment_once(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(text=f"remark {n}", ago_s=100 - n) for n in range(13)]
    page = mo.get("/moderation/daily/")
    following = mo.get(page.links["Newer ones"])
    assert page.ids() + following.ids() == ids
    assert "Newer ones" not in following.links
    assert mo.get(following.links["Back to the oldest"]).ids() == page.ids()


def test_an_empty_queue_says_so(cast: Cast, mo: Sitting) -> None:
    assert "Nothing waiting." in mo.get("/moderation/daily/").text


def test_counts_are_in_the_navigation(cast: Cast, mo: Sitting) -> None:
    cast.decided("mo", cast.comment(), Verb.APPROVE)
    cast.comment()
    cast.comment()
    assert "Waiting 2 List Approved 1 Rejected 0 Spam 0" in mo.get("/moderation/daily/").text


def test_a_cursor_that_is_none_is_refused_in_words(cast: Cast, mo: Sitting) -> None:
    page = mo.get("/moderation/daily/?after=nonsense")
    assert (page.status, "This did not work" in page.text) == (422, True)


def test_who_looks_at_a_comment_is_said_to_the_second(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id = cast.comment()
    assert "looking at this" not in mo.get("/moderation/daily/").text
    page = max_.get("/moderation/daily/")
    assert "Mo is looking at this" in page.text
    assert "Approved Maria K." in max_.press(page, "Approve", id).text, "a lease informs, it never blocks"


def test_a_lease_that_ran_out_says_nothing(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    cast.comment(ago_s=600)
    cast.watch.behind_ms = 130_000
    mo.get("/moderation/daily/")
    cast.watch.behind_ms = 0
    assert "looking at this" not in max_.get("/moderation/daily/").text
