"""`GET /api/v1/comments/<id>`: one approved comment."""

import pytest

from commentsvc.domain.decision import Verb
from tests.api.conftest import URL, World


def test_one_approved_comment_is_the_same_as_in_its_page(world: World) -> None:
    id = world.publish("Hello.")
    page = world.anybody.get("/api/v1/comments", query={"site": "daily", "url": URL})
    answer = world.anybody.get(f"/api/v1/comments/{id}")
    assert answer.get_json() == page.get_json()["comments"][0]
    again = world.anybody.get(f"/api/v1/comments/{id}", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("verb", [None, Verb.REJECT, Verb.SPAM, Verb.WITHDRAW])
def test_a_comment_that_is_not_approved_looks_like_one_that_is_not_there(world: World, verb: Verb | None) -> None:
    receipt = world.submit("Not public.")
    if verb is Verb.WITHDRAW:
        world.parts.service.receipts.withdraw(receipt.token)
    elif verb is not None:
        world.decide(receipt.id, verb, reason="insult" if verb is Verb.REJECT else "")
    answer = world.anybody.get(f"/api/v1/comments/{receipt.id}")
    nobody = world.anybody.get("/api/v1/comments/cmt_" + "0" * 26)
    assert answer.status_code == nobody.status_code == 404
    assert answer.get_json() == nobody.get_json()


def test_no_id_whatever_is_typed_is_a_fault(world: World) -> None:
    for typed in ("x", "cmt_", "cmt_" + "Z" * 26, "%00", "%F0%9F%92%A9", "..%2f..", "cmt_" + "٠" * 26, "a" * 5000):
        assert world.anybody.get(f"/api/v1/comments/{typed}").status_code == 404, typed
