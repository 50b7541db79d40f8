"""Nothing unapproved is ever public, and nobody's address ever is: all public answers, whatever became of a comment."""

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.service.edits import Rewrite
from commentsvc.service.moderation import Wanted
from commentsvc.service.receipts import Opened
from commentsvc.web.api.routes import OPERATIONS
from tests.api.conftest import MO, URL, World

CHANGES = st.lists(
    st.sampled_from(
        ["approve", "reject", "spam", "not_spam", "withdraw", "undo", "edit", "turn_down", "feature", "unfeature"]
    ),
    max_size=7,
)


def change(world: World, id: CommentId, token: str, what: str) -> None:
    """Does this to the comment, where it is possible from what it is now."""
    world.clock.advance(ms=1)
    moderation = world.parts.service.moderation
    opened = world.parts.service.receipts.open(token)
    assert isinstance(opened, Opened)
    comment = opened.comment
    if what == "withdraw":
        world.parts.service.receipts.withdraw(token)
    elif what == "edit":
        values = {"name": ["Kilian"], "text": [f"Kilimanjaro {world.clock()} is high."]}
        world.parts.service.edits.edit(Rewrite(token=token, values=values, network="192.0.2.1"))
    elif what == "undo":
        if comment.decision:
            moderation.undo(MO, comment.decision)
    else:
        reason = "insult" if what in ("reject", "turn_down") else ""
        moderation.decide(MO, Wanted(id=id, version=comment.version, verb=Verb(what), reason=reason))


def public_answers(world: World, id: CommentId) -> dict[str, Any]:
    """Every public answer about the thread and the comment, by what was asked."""
    get = world.anybody.get
    asked = {"site": "daily", "url": URL}
    answers = {
        "page": get("/api/v1/comments", query=asked),
        "newest": get("/api/v1/comments", query=asked | {"sort": "newest"}),
        "after": get("/api/v1/comments", query=asked | {"cursor": id, "sort": "newest"}),
        "one": get(f"/api/v1/comments/{id}"),
        "counts": get("/api/v1/counts", query=asked),
        "more counts": world.anybody.post("/api/v1/counts", {"site": "daily", "urls": [URL]}),
        "challenge": world.anybody.post("/api/v1/challenges", asked),
        "openapi": get("/openapi.json"),
        "docs": get("/api/v1/docs"),
        "site's feed": get("/feeds/daily.atom"),
        "article's feed": get("/feeds/daily.atom", query={"url": URL}),
        "rules": get("/rules/daily"),
        "health": get("/healthz"),
        "readiness": world.anybody.open_unchecked("/readyz"),
    }
    # A reply to it may be handed in only while it is public.
    answers["reply"] = world.anybody.post("/api/v1/comments", world.submission(parent=id, challenge="x"))
    return answers


def test_every_public_operation_is_asked_here(world: World) -> None:
    id = world.publish()
    asked = {response.request.path for response in public_answers(world, id).values()}
    public = {one.path.replace("<id>", id) for one in OPERATIONS.values() if one.scope is None}
    feeds = {"/feeds/daily.atom", "/rules/daily", "/healthz", "/readyz"}
    assert asked == public | feeds


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_only_an_approved_comment_is_ever_seen_whatever_was_done_to_it(world: World, changes: list[str]) -> None:
    receipt = world.submit("Zanzibar is lovely.", name="Zacharias", email="zacharias@private.example")
    for what in changes:
        change(world, receipt.id, receipt.token, what)
    opened = world.parts.service.receipts.open(receipt.token)
    assert isinstance(opened, Opened)
    approved = opened.comment.status is Status.APPROVED
    seen = [asked for asked, answer in public_answers(world, receipt.id).items() if receipt.id in answer.text]
    if approved:
        assert set(seen) == {"page", "newest", "one", "site's feed", "article's feed"}
        assert opened.comment.body is not None
        only = opened.comment.body.text
        for asked, answer in public_answers(world, receipt.id).items():
            shown = re.findall(r"(?:Zanzibar is lovely|Kilimanjaro \d+ is high)\.", answer.text)
            assert set(shown) == ({only} if asked in seen else set()), asked
        change(world, receipt.id, receipt.token, "withdraw")  # the next example begins without it
    else:
        assert seen == []
    for asked, answer in public_answers(world, receipt.id).items():
        assert "Zanzibar" not in answer.text, asked
        assert "Kili" not in answer.text, asked
        assert "private.example" not in answer.text, asked


def test_nobodys_address_is_in_any_public_answer(world: World) -> None:
    id = world.publish("Hello.", email="zacharias@private.example")
    for asked, answer in public_answers(world, id).items():
        for private in ("private.example", "192.0.2.1", world.daily.salt):
            assert private not in answer.text + str(answer.headers), asked


def test_a_search_for_an_address_finds_nothing(world: World) -> None:
    world.publish("Hello.", email="zacharias@private.example")
    plain = world.anybody.get("/api/v1/comments", query={"site": "daily", "url": URL})
    for name in ("email", "q", "author", "author_key", "network", "status"):
        answer = world.anybody.get("/api/v1/comments", query={"site": "daily", "url": URL, name: "zacharias"})
        assert answer.data == plain.data, "a parameter that finds people by what is private"
