"""Everything that was decided about one comment, on its own page."""

from commentsvc.domain.decision import Verb
from tests.moderation.cast import Cast, Sitting


def test_every_decision_is_there_newest_first(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(ago_s=900)
    cast.decided("mo", id, Verb.SPAM, ago_s=800)
    cast.decided("max", id, Verb.NOT_SPAM, ago_s=700)
    cast.decided("mo", id, Verb.APPROVE, ago_s=600)
    cast.decided("max", id, Verb.REJECT, reason="insult", note="Look at the third line.", ago_s=500)
    text = mo.get(f"/moderation/comments/{id}").text
    deeds = ["max took down", "Mo approved", "max said: not spam", "Mo marked as spam"]
    places = [text.index(deed, text.index("What was decided")) for deed in deeds]
    assert places == sorted(places)
    assert "Insult" in text
    assert "Look at the third line." in text


def test_the_history_of_one_comment_holds_no_row_of_another(cast: Cast, mo: Sitting) -> None:
    id, other = cast.comment(ago_s=900), cast.comment(ago_s=900)
    cast.decided("mo", other, Verb.REJECT, reason="insult", note="about the other", ago_s=800)
    cast.decided("mo", id, Verb.APPROVE, ago_s=700)
    page = mo.get(f"/moderation/comments/{id}")
    assert "about the other" not in page.text
    assert sum(tag == "li" for tag, got in page.tags if got.get("class") == "row") == 1


def test_a_comment_nobody_decided_on_has_no_history(cast: Cast, mo: Sitting) -> None:
    assert "Nothing yet." in mo.get(f"/moderation/comments/{cast.comment()}").text
