"""What the console's script asks and sends: the next cards, acts in batches, leases, news; and what it is told."""

from dataclasses import dataclass
from typing import Any

import pytest

from commentsvc.bench import seed
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Role
from tests.moderation.cast import Cast, Page, Sitting

TEXT = "Buy the finest carpets of the whole valley at half the price today, at stall number fourteen"


@dataclass(kw_only=True)
class Desk:
    """The script's side of a moderator who has the Focus view open."""

    sitting: Sitting
    token: str

    def send(self, path: str, body: Any) -> Any:
        """The answer to what is sent as JSON."""
        return self.sitting.web.post(f"/moderation/daily/desk/{path}", json=body, headers={"X-CSRFToken": self.token})

    def does(self, *acts: dict[str, Any]) -> list[dict[str, Any]]:
        """What became of these acts."""
        answer = self.send("decisions", {"acts": list(acts)})
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.get_json()["results"]
        return results

    def cards(self, **wish: Any) -> Page:
        """A document of cards."""
        return Page(self.send("buffer", wish))


def open_desk(sitting: Sitting) -> Desk:
    page = sitting.get("/moderation/daily/")
    return Desk(sitting=sitting, token=next(str(got["data-token"]) for _, got in page.tags if "data-work" in got))


@pytest.fixture
def desk(mo: Sitting) -> Desk:
    """Mo's; opened before anything waits, so that nothing is leased yet."""
    return open_desk(mo)


def approve(id: CommentId, version: int = 1) -> dict[str, Any]:
    return {"act": "decide", "id": id, "version": version, "verb": "approve"}


def test_the_next_cards_come_oldest_first_without_those_at_hand(cast: Cast, desk: Desk) -> None:
    ids = [cast.comment(text=seed.text(n), email=f"r{n}@x.example", ago_s=50 - n) for n in range(20)]
    assert desk.cards().ids() == ids[:15]
    assert desk.cards(have=ids[:15]).ids() == ids[15:]


def test_what_a_colleague_has_before_them_is_not_handed_out(cast: Cast, desk: Desk, max_: Sitting) -> None:
    other = open_desk(max_)
    first, second = (cast.comment(text=seed.text(n), email=f"r{n}@x.example") for n in range(2))
    assert desk.cards().ids() == [first, second]
    assert other.cards().ids() == []
    tokens = {got["id"]: got["data-token"] for tag, got in desk.cards().tags if tag == "article"}
    form = {str(id): str(token) for id, token in tokens.items()} | {"csrf_token": desk.token}
    assert desk.sitting.web.post("/moderation/daily/desk/release", data=form).status_code == 204
    assert other.cards().ids() == [first, second]


def test_each_act_is_done_in_order_and_once(cast: Cast, desk: Desk) -> None:
    first, second = (cast.comment(text=seed.text(n), email=f"r{n}@x.example") for n in range(2))
    reject = {"act": "decide", "id": second, "version": 1, "verb": "reject", "reason": "insult", "note": " why "}
    results = desk.does(approve(first), reject)
    assert [one["result"] for one in results] == ["ok", "ok"]
    assert desk.does(approve(first), reject) == results
    assert [cast.stored(id).status for id in (first, second)] == [Status.APPROVED, Status.REJECTED]
    undone = desk.does({"act": "undo", "id": second, "decision": results[1]["decision"]})
    assert (undone[0]["result"], undone[0]["version"]) == ("ok", 3)
    assert cast.stored(second).version == 3


def test_who_was_late_is_told_in_words_and_the_others_are_done(cast: Cast, desk: Desk) -> None:
    late, other = (cast.comment(text=seed.text(n), email=f"r{n}@x.example") for n in range(2))
    cast.decided("max", late, Verb.REJECT, reason="insult")
    stale, done = desk.does(approve(late), approve(other))
    assert (stale["result"], stale["status"], stale["version"]) == ("stale", "rejected", 2)
    assert stale["said"].startswith("\u2068max\u2069 rejected this")
    assert done["result"] == "ok"


def test_what_cannot_be_is_refused_one_by_one(cast: Cast, desk: Desk) -> None:
    id = cast.comment()
    nameless, unknown, wrong = desk.does(
        {"act": "decide", "id": id, "version": 1, "verb": "reject"},
        approve(CommentId("cmt_" + "0" * 26)),
        {"act": "decide", "id": id, "version": 1, "verb": "not_spam"},
    )
    assert (nameless["result"], nameless["said"]) == ("refused", "Choose one of the site's reasons.")
    assert (unknown["result"], unknown["code"]) == ("refused", "not_found")
    assert (wrong["result"], wrong["code"]) == ("refused", "not_allowed_now")
    assert cast.stored(id).status is Status.PENDING


@pytest.mark.parametrize("body", [{}, {"acts": []}, {"acts": [{"act": "erase"}]}, {"acts": [{"act": "decide"}]}, []])
def test_what_is_no_batch_is_a_problem_document(desk: Desk, body: Any) -> None:
    answer = desk.send("decisions", body)
    assert answer.status_code in (400, 422)
    assert answer.content_type == "application/problem+json"
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_token_that_is_none_is_named(cast: Cast, desk: Desk) -> None:
    id = cast.comment()
    desk.token = "nonsense"
    answer = desk.send("decisions", {"acts": [approve(id)]})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "form_expired")
    desk.token = desk.sitting.web.get("/moderation/daily/desk/pass").get_json()["token"]
    assert desk.does(approve(id))[0]["result"] == "ok"


def test_a_store_that_is_away_is_a_problem_and_the_retry_decides_once(cast: Cast, desk: Desk) -> None:
    id = cast.comment()
    with cast.store_away():
        answer = desk.send("decisions", {"acts": [approve(id)]})
    assert (answer.status_code, answer.get_json()["code"]) == (503, "store_down")
    assert desk.does(approve(id))[0]["result"] == "ok"
    assert cast.stored(id).version == 2


def test_later_means_not_now_for_anybody_until_it_is_brought_back(cast: Cast, desk: Desk, max_: Sitting) -> None:
    other = open_desk(max_)
    id = cast.comment()
    assert desk.cards().ids() == [id]
    assert desk.does({"act": "later", "id": id})[0]["result"] == "ok"
    assert desk.cards().ids() == other.cards().ids() == []
    assert desk.does({"act": "back", "id": id})[0]["result"] == "ok"
    assert desk.cards().ids() == [id]


def test_putting_off_what_waits_no_longer_tells_why(cast: Cast, desk: Desk) -> None:
    id = cast.comment()
    cast.decided("max", id, Verb.APPROVE)
    told = desk.does({"act": "later", "id": id})[0]
    assert (told["result"], told["status"]) == ("stale", "approved")


def test_a_question_waits_for_colleagues_with_its_words_and_can_be_undone(
    cast: Cast, desk: Desk, max_: Sitting
) -> None:
    other = open_desk(max_)
    id = cast.comment()
    asked = desk.does({"act": "ask", "id": id, "version": 1, "note": "Is this a <b>quote</b>?"})[0]
    assert asked["result"] == "ok"
    page = other.cards(lane="colleague")
    assert page.ids() == [id]
    assert "Mo asks a colleague: Is this a <b>quote</b>?" in page.text
    assert desk.does({"act": "undo", "id": id, "decision": asked["decision"]})[0]["result"] == "ok"
    assert other.cards(lane="colleague").ids() == []


def test_a_lane_that_is_none_is_refused(desk: Desk) -> None:
    assert desk.send("buffer", {"lane": "nonsense"}).status_code == 404


def test_those_that_say_nearly_the_same_come_once_with_the_others_named(cast: Cast, desk: Desk) -> None:
    ids = [cast.comment(text=TEXT + "!" * n, email=f"r{n}@x.example", ago_s=9 - n) for n in range(4)]
    page = desk.cards()
    assert page.ids() == [ids[0]]
    near = next(str(got["data-near"]) for tag, got in page.tags if tag == "article")
    assert near.split() == [f"{id}:1" for id in ids[1:]]
    assert "3 more that wait say nearly the same" in page.text


def test_a_card_knows_what_its_author_wrote_before(cast: Cast, desk: Desk) -> None:
    earlier = cast.comment(text="An earlier word.", ago_s=900)
    cast.decided("mo", earlier, Verb.REJECT, reason="insult")
    cast.comment(text="Another word.")
    text = desk.cards().text
    assert "Last comments" in text
    assert "Rejected · 15 min. ago An earlier word." in text


def test_news_is_told_once(cast: Cast, desk: Desk) -> None:
    first = cast.comment()
    answer = desk.sitting.web.get(f"/moderation/daily/desk/news?since={first}")
    assert (answer.get_json()["lanes"][""], answer.get_json()["fresh"], answer.get_json()["newest"]) == (1, 0, first)
    known = {"If-None-Match": answer.headers["ETag"]}
    assert desk.sitting.web.get(f"/moderation/daily/desk/news?since={first}", headers=known).status_code == 304
    second = cast.comment(text="A newer one.")
    answer = desk.sitting.web.get(f"/moderation/daily/desk/news?since={first}", headers=known)
    assert (answer.get_json()["lanes"][""], answer.get_json()["fresh"], answer.get_json()["newest"]) == (2, 1, second)


def test_who_has_nothing_left_to_decide_reads_what_was_done_in_a_day(cast: Cast, desk: Desk) -> None:
    assert desk.sitting.web.get("/moderation/daily/desk/day").get_json() == {"said": ""}
    for number in range(3):
        id = cast.comment(text=seed.text(number), ago_s=120)
        assert [one["result"] for one in desk.does(approve(id))] == ["ok"]
    said = desk.sitting.web.get("/moderation/daily/desk/day").get_json()["said"]
    assert said.startswith("3 decided in 24 hours, half of them within ")
    assert f"Nothing waiting. {said}" in desk.sitting.get("/moderation/daily/").text


def test_what_is_searched_for_is_marked_in_a_card_of_what_was_found(cast: Cast, desk: Desk) -> None:
    id = cast.comment(text="The TRAM is late.")
    assert '<mark title="Searched for">TRAM</mark>' in desk.cards(only=[id], q="tram status:waiting").source
    assert "Searched for" not in desk.cards(only=[id]).source


def test_who_only_reads_has_no_desk(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    cast.hire("aud", "daily", role=Role.AUDITOR)
    auditor = cast.sits_down("aud")
    page = auditor.get("/moderation/daily/")
    assert "A calm remark." in page.text
    assert not any(tag == "script" for tag, _ in page.tags)
    token = open_desk(mo).token
    desk = Desk(sitting=auditor, token=token)
    for path, body in (("buffer", {}), ("decisions", {"acts": [approve(id)]}), ("leases", {"ids": [id]})):
        assert desk.send(path, body).status_code in (400, 403)
    assert cast.stored(id).status is Status.PENDING


def test_without_a_script_a_comment_is_put_off_and_a_colleague_asked_by_forms(cast: Cast, mo: Sitting) -> None:
    first, second = (cast.comment(text=seed.text(n), name=f"Reader {n}", ago_s=9 - n) for n in range(2))
    page = mo.press(mo.get("/moderation/daily/"), "Later", first)
    assert "Put off for an hour: Reader 0" in page.text
    assert page.ids() == [second]
    page = mo.press(page, "Ask", second, note="What is this?")
    assert "Asked a colleague about Reader 1" in page.text
    assert mo.get("/moderation/daily/?lane=colleague").ids() == [second]
    assert "Mo asks a colleague: What is this?" in mo.get("/moderation/daily/?lane=colleague").text


def test_the_rail_says_how_much_waits_in_each_lane(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    page = mo.get("/moderation/daily/")
    names = ("All", "Notices", "Held", "First-time", "New", "Colleague", "Likely spam")
    counted = {name: next(label for label in page.links if label.rpartition(" ")[0] == name) for name in names}
    assert counted["All"] == "All 1"
    assert sum(int(label.rpartition(" ")[2]) for name, label in counted.items() if name != "All") == 1
    assert mo.get("/moderation/daily/?lane=nonsense").status == 404


def test_a_note_and_a_restriction_are_forms_of_the_card(cast: Cast, mo: Sitting) -> None:
    cast.hire("lea", "daily", role=Role.LEAD)
    lea = cast.sits_down("lea")
    id = cast.comment(ago_s=60)
    page = lea.press(lea.get("/moderation/daily/"), "Keep the note", id, note="Writes from two places.")
    assert "Noted about Maria K." in page.text
    assert "1 note" in page.text
    page = lea.press(page, "24 hours", id)
    assert "Restricted: Maria K." in page.text
    assert "May not comment until" in page.text
    page = lea.press(page, "Lift it", id)
    assert "Free to comment again: Maria K." in page.text
    assert "May not comment until" not in page.text
    assert "Hold everything" not in mo.get("/moderation/daily/").text, "a plain moderator restricts nobody"


def test_a_network_is_restricted_only_when_that_is_said_twice(cast: Cast) -> None:
    cast.hire("lea", "daily", role=Role.LEAD)
    lea = cast.sits_down("lea")
    cast.service.sites.change("daily", {"email_required": False})
    id = cast.comment(email="")
    page = lea.get("/moderation/daily/")
    assert "perhaps of many people" in page.text
    form = page.form("24 hours", id)
    once = form.fields | {"span": "24h"}
    assert "sure" not in once, "a box that nobody has ticked yet"
    assert lea.web.post(form.action, data=once).status_code == 400
    assert lea.web.post(form.action, data=once | {"sure": "yes"}).status_code == 303
