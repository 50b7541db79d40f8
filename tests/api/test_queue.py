"""`GET /api/v1/queue`: what waits, with all that is needed to judge it."""

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor, Scope
from commentsvc.domain.refusal import Refused
from commentsvc.service.edits import Rewrite
from commentsvc.service.moderation import Wanted
from commentsvc.store.decisions import Made
from tests.api.conftest import MO, URL, World

PATH = "/api/v1/queue"


def test_an_item_has_everything_that_was_sent_and_the_version_to_decide_on(world: World) -> None:
    url = "https://weekly.example/a"
    world.publish(site="weekly", url=url, fields={"country": ["eg"]}, title="First")
    receipt = world.submit(
        "Waits.", site="weekly", url=url, name="Bob", fields={"country": ["no"], "phone": ["+47"]}, title="Second"
    )
    answer = world.program(Scope.READ, "weekly").get(PATH, query={"site": "weekly"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json() == {
        "comments": [
            {
                "id": receipt.id,
                "version": 1,
                "status": "pending",
                "lane": "likely_spam",
                "hits": [
                    {
                        "rule": "speed",
                        "kind": "speed",
                        "reason": None,
                        "where": "text",
                        "start": 0,
                        "end": 0,
                        "what": None,
                    }
                ],
                "suggested_reason": None,
                "parent": None,
                "name": "Bob",
                "email": "alice@private.example",
                "text": "Waits.",
                "fields": {"country": "no", "phone": "+47"},
                "language": "en",
                "created": "2026-03-01T10:00:00.003Z",
                "edited": None,
                "published": None,
                "featured": False,
                "url": url,
                "thread": {"key": url, "url": url, "title": "First", "open": True, "count": 1},
                "author_history": dict.fromkeys(("rejected", "spam", "erased"), 0) | {"pending": 1, "approved": 1},
                "author_restricted": None,
                "held": None,
                "reports": None,
                "appeal": None,
            }
        ],
        "next_cursor": None,
    }


def test_the_oldest_comes_first_over_all_partitions_and_the_cursor_leads_to_the_end(world: World) -> None:
    ids = [world.submit(f"Comment {number}.", url=f"{URL}/{number}").id for number in range(7)]
    program = world.program(Scope.READ)
    seen: list[str] = []
    cursor = ""
    while True:
        page = program.get(PATH, query={"limit": "3", "cursor": cursor}).get_json()
        seen += [item["id"] for item in page["comments"]]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert seen == ids


def test_a_lane_is_a_part_of_the_queue(world: World) -> None:
    id = world.submit("Call me: +44 20 7946 0958.").id
    program = world.program(Scope.READ)
    lanes = {lane: program.get(PATH, query={"lane": lane}).get_json()["comments"] for lane in Lane}
    ((item,),) = [items for items in lanes.values() if items]
    assert (item["id"], lanes[item["lane"]]) == (id, [item])
    hit = next(hit for hit in item["hits"] if hit["kind"] == "personal_data")
    assert (item["text"][hit["start"] : hit["end"]], hit["what"]) == ("+44 20 7946 0958", "phone")
    assert item["suggested_reason"] == "personal_data"
    assert program.get(PATH, query={"lane": "fast"}).status_code == 422


def test_a_restriction_is_told_while_it_is_in_force(world: World) -> None:
    world.submit()
    site, _ = world.article()
    listed = world.parts.service.moderation.listed(MO, site)
    assert not isinstance(listed, Refused)
    assert listed.items[0].comment.body is not None
    world.parts.service.authors.restrict(MO, site, listed.items[0].comment.body.author_key, until_ms=0)
    assert world.program_queue()[0]["author_restricted"] == {"until": None}


def test_who_looks_at_an_item_is_named(world: World) -> None:
    id = world.submit().id
    site, _ = world.article()
    world.parts.service.moderation.lease(Actor(id="mo", sites=None), site, [CommentId(id)])
    held = world.program_queue()[0]["held"]
    assert (held["by"], held["until"]) == ("mo", "2026-03-01T10:02:00.001Z")


@pytest.mark.parametrize(
    ("query", "problem"),
    [({"limit": "0"}, "invalid_fields"), ({"limit": "101"}, "invalid_fields"), ({"cursor": "x"}, "invalid_cursor")],
)
def test_what_cannot_be_answered_is_refused(world: World, query: dict[str, str], problem: str) -> None:
    answer = world.program(Scope.READ).get(PATH, query=query)
    assert (answer.status_code, answer.get_json()["code"]) == (422, problem)


def test_what_readers_brought_is_in_a_lane_of_its_own_with_its_clock(world: World) -> None:
    published, service = world.publish(), world.parts.service
    found = service.reports.find(published)
    assert not isinstance(found, Refused)
    assert not isinstance(service.reports.report(found, {"reason": ["insult"]}, network="192.0.2.7"), Refused)
    refused = world.submit("Not published.")
    decided = service.moderation.decide(MO, Wanted(id=refused.id, version=1, verb=Verb.SPAM))
    assert isinstance(decided, Made)
    assert not isinstance(service.appeals.appeal(refused.token, {"appeal": ["It is none."]}), Refused)
    program = world.program(Scope.MODERATE)
    reported, appealed = program.get(PATH, query={"lane": "notices"}).get_json()["comments"]
    assert (reported["id"], reported["lane"], reported["status"]) == (published, "notices", "approved")
    assert reported["reports"]["counts"] == {"insult": 1}
    assert reported["reports"]["due"] > reported["reports"]["since"]
    assert (appealed["id"], appealed["appeal"]["text"]) == (refused.id, "It is none.")
    assert appealed["appeal"]["decision"] == decided.id
    wishes = [{"id": one["id"], "version": one["version"], "decision": "keep"} for one in (reported, appealed)]
    kept, not_kept = program.post("/api/v1/decisions", {"decisions": wishes}).get_json()["results"]
    assert (kept["result"], not_kept["code"]) == ("ok", "not_allowed_now")
    page = program.get(PATH, query={"lane": "notices"}).get_json()
    assert [one["id"] for one in page["comments"]] == [refused.id]


def test_an_edit_of_a_published_comment_is_an_item_that_programs_can_decide(world: World) -> None:
    receipt = world.submit("Praise.")
    made = world.decide(receipt.id, Verb.APPROVE)
    values = {"name": ["Alice"], "text": ["Advertising."]}
    world.clock.advance(ms=1_000)
    world.parts.service.edits.edit(Rewrite(token=receipt.token, values=values, network="192.0.2.1"))
    program = world.program(Scope.MODERATE)
    (item,) = program.get(PATH).get_json()["comments"]
    assert (item["id"], item["status"], item["text"]) == (receipt.id, "approved", "Advertising.")
    assert item["published"] == {"name": "Alice", "text": "Praise.", "fields": {}}
    assert item["edited"] > item["created"]
    wish = {"id": receipt.id, "version": item["version"], "decision": "turn_down", "reason": "advertising"}
    late = program.post("/api/v1/decisions", {"decisions": [wish | {"version": made.version}]})
    assert late.get_json()["results"][0]["result"] == "stale"
    assert program.post("/api/v1/decisions", {"decisions": [wish]}).get_json()["results"][0]["result"] == "ok"
    assert program.get(PATH).get_json()["comments"] == []
    shown = world.anybody.get(f"/api/v1/comments/{receipt.id}").get_json()
    assert (shown["text"], shown["edited"]) == ("Praise.", None)
    world.clock.advance(ms=1_000)
    world.parts.service.edits.edit(Rewrite(token=receipt.token, values=values, network="192.0.2.1"))
    version = program.get(PATH).get_json()["comments"][0]["version"]
    wish = {"id": receipt.id, "version": version, "decision": "approve"}
    assert program.post("/api/v1/decisions", {"decisions": [wish]}).get_json()["results"][0]["result"] == "ok"
    shown = world.anybody.get(f"/api/v1/comments/{receipt.id}").get_json()
    assert (shown["text"], shown["edited"] > shown["created"]) == ("Advertising.", True)
    feed = world.anybody.get("/feeds/daily.atom").text
    assert f"<updated>{shown['edited']}</updated>" in feed
    assert f"<published>{shown['created']}</published>" in feed
