"""Closing and opening the comments of an article."""

from tests.moderation.cast import Cast, Sitting


def test_an_article_is_closed_and_opened_from_the_card(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    closed = mo.press(mo.get("/moderation/daily/"), "Close comments", id)
    assert "Comments are closed:" in closed.text
    assert not cast.item(id).thread.open
    opened = mo.press(closed, "Open comments", id)
    assert "Comments are open again:" in opened.text
    assert cast.item(id).thread.open


def test_closing_twice_is_closed(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.get("/moderation/daily/")
    assert mo.send(page, "Close comments", id).status_code == 303
    assert mo.send(page, "Close comments", id).status_code == 303
    assert not cast.item(id).thread.open


def test_what_waits_can_still_be_decided_on_a_closed_article(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    closed = mo.press(mo.get("/moderation/daily/"), "Close comments", id)
    assert "Approved Maria K." in mo.press(closed, "Approve", id).text


def test_a_wish_that_is_neither_is_refused(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    assert mo.press(mo.get("/moderation/daily/"), "Close comments", id, thread="burn").status == 400
    assert cast.item(id).thread.open


def test_all_that_comes_to_an_article_can_be_held_and_says_why(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.get("/moderation/daily/")
    held = mo.press(page, "Hold all new ones", id)
    assert "All new comments are held:" in held.text
    assert cast.item(id).thread.open
    later = cast.comment(text="Another word.")
    assert "all on this article is held" in mo.get(f"/moderation/comments/{later}").text
    talk = mo.get(f"/moderation/daily/threads/{cast.item(id).comment.thread}")
    assert "All new comments are held." in talk.text
    assert "Comments are open again:" in mo.press(talk, "Open comments").text
    assert not cast.item(id).thread.held
