"""Undo: of one's own decisions, by a row of its own, stopped by whoever acted since."""

from commentsvc.domain.decision import Status, Verb
from tests.moderation.cast import Cast, Sitting


def test_undo_brings_the_comment_back_to_its_old_place(cast: Cast, mo: Sitting) -> None:
    ids = [cast.comment(name=f"Reader {n}", ago_s=9 - n) for n in range(3)]
    done = mo.press(mo.get("/moderation/daily/"), "Approve", ids[1])
    page = mo.press(done, "Undo")
    assert page.url == "/moderation/daily/"
    assert "Undone: Reader 1 · Waiting" in page.text
    order = [got["id"] for tag, got in page.tags if tag == "article" or got.get("id") == "status"]
    assert order == [ids[0], "status", *ids[1:]]
    assert cast.stored(ids[1]).status is Status.PENDING


def test_undo_pressed_twice_undoes_once(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    done = mo.press(mo.get("/moderation/daily/"), "Approve", id)
    assert mo.send(done, "Undo").location == mo.send(done, "Undo").location
    assert cast.stored(id).version == 3


def test_undo_stops_when_somebody_acted_since(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    done = mo.press(mo.get("/moderation/daily/"), "Approve", id)
    cast.decided("max", id, Verb.REJECT, reason="insult")
    page = mo.press(done, "Undo")
    assert page.status == 409
    assert "max rejected this just now · Nothing was undone." in page.text
    assert cast.stored(id).status is Status.REJECTED


def test_nobody_undoes_a_colleagues_decision(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id, other = cast.comment(), cast.comment()
    made = cast.decided("mo", id, Verb.APPROVE)
    form = max_.get("/moderation/daily/").form("Approve", other)
    answer = max_.web.post(f"/moderation/decisions/{made.id}/undo", data=form.fields | {"comment": id})
    assert answer.status_code == 403
    assert cast.stored(id).status is Status.APPROVED


def test_an_undo_cannot_be_undone(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    mo.press(mo.press(mo.get("/moderation/daily/"), "Approve", id), "Undo")
    undone = cast.stored(id).decision
    form = mo.get("/moderation/daily/").form("Approve", id)
    answer = mo.web.post(f"/moderation/decisions/{undone}/undo", data=form.fields | {"comment": id})
    assert (answer.status_code, "There is nothing of yours to undo." in answer.text) == (409, True)


def test_an_undo_without_its_comment_is_refused_before_it_does_anything(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    done = mo.press(mo.get("/moderation/daily/"), "Approve", id)
    assert mo.press(done, "Undo", comment="nonsense").status == 400
    assert cast.stored(id).status is Status.APPROVED


def test_ones_last_decisions_are_listed_newest_first_each_with_its_button(cast: Cast, mo: Sitting) -> None:
    first, second, foreign = (cast.comment(name=name, ago_s=60) for name in ("Ann", "Ben", "Cy"))
    one = cast.decided("mo", first, Verb.APPROVE, ago_s=30)
    two = cast.decided("mo", second, Verb.REJECT, reason="insult", ago_s=20)
    cast.decided("max", foreign, Verb.APPROVE, ago_s=10)
    page = mo.get("/moderation/daily/undo")
    rows = [got["id"] for tag, got in page.tags if got.get("class") == "row"]
    assert rows == [two.id, one.id]
    assert (page.links["Ann"][-30:], page.links["Ben"][-30:]) == (first, second)
    ids = [got["id"] for _, got in page.tags if got.get("id")]
    described = [str(got["aria-describedby"]).split() for tag, got in page.tags if "aria-describedby" in got]
    assert described == [[f"did-{two.id}", f"of-{two.id}"], [f"did-{one.id}", f"of-{one.id}"]]
    assert all(id in ids for named in described for id in named)
    after = mo.press(page, "Undo", one.id)
    assert after.url == "/moderation/daily/undo"
    assert "Undone: Ann · Waiting" in after.text
    assert [got["id"] for tag, got in after.tags if got.get("class") == "row"] == [two.id]


def test_undoing_a_take_down_publishes_the_comment_again(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(ago_s=60)
    cast.decided("mo", id, Verb.APPROVE, ago_s=50)
    done = mo.press(mo.get("/moderation/daily/approved"), "Take down", id, reason="insult")
    assert mo.press(done, "Undo").ids() == [id]
    assert cast.stored(id).status is Status.APPROVED


def test_nothing_to_undo_is_said(cast: Cast, mo: Sitting) -> None:
    assert "There is nothing of yours to undo." in mo.get("/moderation/daily/undo").text
