"""An author's change in the console: what is new and what would go, two buttons, and nothing else happens."""

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.difference import pieces
from commentsvc.domain.moderator import Role
from commentsvc.domain.refusal import Refused
from commentsvc.service.edits import Rewrite
from tests.moderation.cast import Cast, Sitting
from tests.moderation.test_cases import report


def edit(cast: Cast, id: str, text: str, *, name: str = "Maria K.") -> None:
    """Maria writes her comment anew."""
    token = cast.service.receipts.token(id)  # type: ignore[arg-type]  # an id as pages have it
    values = {"name": [name], "text": [text]}
    outcome = cast.service.edits.edit(Rewrite(token=token, values=values, network="192.0.2.1"))
    assert not isinstance(outcome, Refused), outcome


def published(cast: Cast, text: str = "The quick brown fox jumps.") -> str:
    """A comment that Mo has approved."""
    id = cast.comment(text=text, ago_s=60)
    cast.decided("mo", id, Verb.APPROVE, ago_s=30)
    return id


def test_a_card_shows_what_is_new_and_what_would_go(cast: Cast, mo: Sitting) -> None:
    id = published(cast)
    edit(cast, id, "The slow red fox <b>jumps</b>.")
    page = mo.get("/moderation/daily/")
    assert "The author changed a published comment." in page.text
    for shown in ("<del>quick brown</del><ins>slow red</ins>", "<ins>&lt;b&gt;</ins>jumps<ins>&lt;/b&gt;</ins>"):
        assert shown in page.source
    assert "What is published now Maria K. The quick brown fox jumps." in page.text
    assert "The author changed this" in page.text
    labels = {label for form in page.forms if id in form.action for label in form.buttons}
    assert {"Publish the change", "Turn the change down", "Spam: both texts", "Later", "Ask"} <= labels
    assert "Take down" not in labels


def test_a_new_name_is_not_overlooked(cast: Cast, mo: Sitting) -> None:
    id = published(cast)
    edit(cast, id, "The quick brown fox jumps.", name="The Editor")
    page = mo.get("/moderation/daily/")
    assert "Name: <del><bdi>Maria K.</bdi></del> <ins><bdi>The Editor</bdi></ins>" in page.source


def test_publishing_the_change_and_undoing_it(cast: Cast, mo: Sitting) -> None:
    id = published(cast)
    edit(cast, id, "The slow fox.")
    page = mo.press(mo.get("/moderation/daily/"), "Publish the change", id)
    assert "Approved Maria K." in page.text
    body = cast.stored(id).body
    assert body is not None
    assert body.text == "The slow fox."
    page = mo.press(page, "Undo")
    assert "The author changed a published comment." in page.text
    assert cast.stored(id).edit is not None


def test_turning_the_change_down_keeps_what_is_published(cast: Cast, mo: Sitting) -> None:
    id = published(cast)
    edit(cast, id, "The idiot fox.")
    listed = mo.get("/moderation/daily/list")
    assert "The idiot fox." in listed.text
    page = mo.press(listed, "Turn the change down", id, reason="insult")
    assert "Change turned down: Maria K." in page.text
    assert (cast.stored(id).status, cast.stored(id).edit) == (Status.APPROVED, None)
    history = mo.get(f"/moderation/comments/{id}").text
    for said in ("Mo turned the change down", "The author changed the text", "Mo approved"):
        assert said in history


def test_who_saw_the_old_words_is_told_that_there_are_new_ones(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(text="First words.")
    page = mo.get("/moderation/daily/")
    edit(cast, id, "Second words.")
    answer = mo.press(page, "Approve", id)
    assert answer.status == 409
    assert "The author changed this" in answer.text
    assert "Second words." in answer.text
    assert cast.stored(id).status is Status.PENDING


def test_many_rejected_in_the_queue_lose_their_changes_and_stay_published(cast: Cast, mo: Sitting) -> None:
    id, other = published(cast), cast.comment(text="Another.")
    edit(cast, id, "Changed words.")
    listed = mo.get("/moderation/daily/list")
    form = next(form for form in listed.forms if form.action.endswith("/bulk"))
    picks = [
        value for tag, got in listed.tags if tag == "input" and got.get("name") == "pick" and (value := got["value"])
    ]
    data = form.fields | {"decision": "reject", "reason": "insult", "pick": picks}
    answer = mo.web.post(form.action, data=data)
    assert answer.status_code == 303
    assert (cast.stored(id).status, cast.stored(id).edit) == (Status.APPROVED, None)
    assert cast.stored(other).status is Status.REJECTED


def test_the_conversation_shows_a_change_in_its_place(cast: Cast, mo: Sitting) -> None:
    id = published(cast)
    edit(cast, id, "The slow fox.")
    page = mo.get(f"/moderation/daily/threads/{cast.stored(id).thread}")
    assert page.text.count("Change waits") == 1
    assert [got["id"] for _, got in page.tags if got.get("id") == id] == [id]


def test_what_hides_in_a_change_is_shown(cast: Cast, mo: Sitting) -> None:
    id = published(cast)
    edit(cast, id, "The quick brown fox\u202e jumps.")
    assert '<ins><span class="mark">⟦U+202E⟧</span></ins>' in mo.get("/moderation/daily/").source


def test_a_difference_is_made_of_the_two_texts_however_long_they_are() -> None:
    long = " ".join(str(number) for number in range(4_000))
    for old, new in (
        ("", "new"),
        ("old", ""),
        ("a b c", "a c"),
        (long, long[::-1]),
        ("你好世界", "你坏世界"),
        ("x", "x"),
    ):
        found = list(pieces(old, new))
        assert "".join(new[one.start : one.end] for one in found) == new
        kept = "".join(one.removed + ("" if one.added else new[one.start : one.end]) for one in found)
        assert kept == old


def test_what_is_reported_is_judged_before_what_its_author_would_have_instead(cast: Cast, mo: Sitting) -> None:
    id = published(cast)
    report(cast, cast.stored(id).id)
    edit(cast, id, "The slow fox.")
    page = mo.get("/moderation/daily/?lane=notices")
    labels = {label for form in page.forms if id in form.action for label in form.buttons}
    assert {"Keep it", "Take down"} <= labels
    assert "The quick brown fox jumps." in page.text
    assert "slow" not in page.text
    mo.press(page, "Keep it", id)
    assert cast.stored(id).edit is not None
    assert "The author changed a published comment." in mo.get("/moderation/daily/").text


def test_the_numbers_count_from_when_a_change_was_written(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(ago_s=3 * 24 * 3600)
    cast.decided("mo", id, Verb.APPROVE, ago_s=2 * 24 * 3600)
    edit(cast, id, "Three days later.")
    page = mo.get("/moderation/daily/numbers").text
    assert "the oldest for" in page
    assert "the oldest for 3 days" not in page


def test_a_whole_author_taken_out_has_what_waits_too(cast: Cast) -> None:
    id = published(cast)
    edit(cast, id, "Not yet seen.")
    cast.hire("ada", role=Role.ADMIN)
    ada, body = cast.sits_down("ada"), cast.stored(id).body
    assert body is not None
    (held,) = ada.web.get(f"/moderation/daily/authors/{body.author_key}/export.json").get_json()["comments"]
    assert (held["text"], held["edit_that_waits"]["text"]) == ("The quick brown fox jumps.", "Not yet seen.")
