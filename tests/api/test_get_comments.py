"""`GET /api/v1/comments`: the approved comments of an article, page by page."""

import pytest

from commentsvc.domain.decision import Verb
from tests.api.conftest import PUBLIC_URL, URL, World

PATH = "/api/v1/comments"


def test_an_article_that_nobody_commented_on_is_an_open_thread_without_comments(world: World) -> None:
    answer = world.anybody.get(PATH, query={"site": "daily", "url": URL + "?utm_source=letter#top"})
    assert answer.status_code == 200
    assert answer.get_json() == {
        "thread": {"key": URL, "url": URL, "title": "", "open": True, "count": 0},
        "comments": [],
        "next_cursor": None,
    }


def test_an_approved_comment_has_exactly_the_shape_that_is_promised(world: World) -> None:
    first = world.publish("Tom & Jerry\nsee https://x.example", title="News & more", name="Alice <b>")
    reply = world.publish("A reply.", parent=first, name="Bob")
    answer = world.anybody.get(PATH, query={"site": "daily", "url": URL})
    assert answer.get_json()["thread"] == {"key": URL, "url": URL, "title": "News & more", "open": True, "count": 2}
    shown = answer.get_json()["comments"]
    assert [one["id"] for one in shown] == [first, reply]
    assert shown[0] == {
        "id": first,
        "parent": None,
        "depth": 0,
        "author": {"name": "Alice <b>"},
        "html": '<p dir="auto">Tom &amp; Jerry<br>see <a href="https://x.example" rel="nofollow ugc noopener" '
        'target="_blank">https://x.example</a></p>',
        "text": "Tom & Jerry\nsee https://x.example",
        "created": "2026-03-01T10:00:00.001Z",
        "edited": None,
        "url": f"{URL}#{first}",
        "replies": 1,
        "likes": 0,
        "featured": False,
        "fields": {},
    }
    assert (shown[1]["parent"], shown[1]["depth"], shown[1]["replies"]) == (first, 1, 0)


def test_only_the_public_fields_of_a_site_are_shown(world: World) -> None:
    world.publish(site="weekly", url="https://weekly.example/a", fields={"country": ["no"], "phone": ["+47 555"]})
    answer = world.anybody.get(PATH, query={"site": "weekly", "url": "https://weekly.example/a"})
    assert answer.get_json()["comments"][0]["fields"] == {"country": "no"}
    assert "555" not in answer.text


def test_a_thread_is_found_by_the_publishers_key_alone(world: World) -> None:
    id = world.publish(thread="story-42")
    answer = world.anybody.get(PATH, query={"site": "daily", "thread": "story-42"})
    assert answer.get_json()["thread"]["url"] == URL
    assert [one["id"] for one in answer.get_json()["comments"]] == [id]
    unknown = world.anybody.get(PATH, query={"site": "daily", "thread": "story-43"})
    assert unknown.get_json()["thread"] == {"key": "story-43", "url": None, "title": "", "open": True, "count": 0}


@pytest.mark.parametrize("sort", ["oldest", "newest"])
def test_following_the_cursor_shows_every_comment_once_in_order(world: World, sort: str) -> None:
    ids = [world.publish(f"Comment {number}.") for number in range(7)]
    seen: list[str] = []
    query = {"site": "daily", "url": URL, "sort": sort, "limit": "3"}
    answer = world.anybody.get(PATH, query=query)
    while True:
        seen += [one["id"] for one in answer.get_json()["comments"]]
        cursor = answer.get_json()["next_cursor"]
        if cursor is None:
            assert "Link" not in answer.headers
            break
        address, _, relation = answer.headers["Link"].partition("; ")
        assert relation == 'rel="next"'
        assert address.startswith(f"<{PUBLIC_URL}{PATH}?")
        answer = world.anybody.get(address[len(PUBLIC_URL) + 1 : -1])
    assert seen == (ids if sort == "oldest" else ids[::-1])


def test_what_has_not_changed_is_answered_with_304_and_what_has_is_not(world: World) -> None:
    world.publish("One.")
    query = {"site": "daily", "url": URL}
    first = world.anybody.get(PATH, query=query)
    tag = first.headers["ETag"]
    assert tag.startswith('"')
    for sent in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = world.anybody.get(PATH, query=query, headers={"If-None-Match": sent})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert again.headers["Access-Control-Allow-Origin"] == "*"
    world.submit("Waits: nothing public has changed.")
    assert world.anybody.get(PATH, query=query, headers={"If-None-Match": tag}).status_code == 304
    world.publish("Two.")
    changed = world.anybody.get(PATH, query=query, headers={"If-None-Match": tag})
    assert (changed.status_code, len(changed.get_json()["comments"])) == (200, 2)


def test_a_304_reads_no_comments(world: World) -> None:
    for number in range(20):
        world.publish(f"Comment {number}.")
    query = {"site": "daily", "url": URL}
    tag = world.anybody.get(PATH, query=query).headers["ETag"]
    world.client.config_resetstat()
    assert world.anybody.get(PATH, query=query, headers={"If-None-Match": tag}).status_code == 304
    ran = world.client.info("commandstats")
    assert "cmdstat_hmget" not in ran, "the rows of a page were read"
    assert ran["cmdstat_evalsha"]["calls"] == 1


def test_every_way_to_ask_has_a_tag_of_its_own(world: World) -> None:
    id = world.publish("One.")
    world.publish("Two.")
    ways = [
        {"site": "daily", "url": URL},
        {"site": "daily", "url": URL, "sort": "newest"},
        {"site": "daily", "url": URL, "limit": "1"},
        {"site": "daily", "url": URL, "cursor": id},
        {"site": "daily", "url": URL + "/2"},
        {"site": "daily", "thread": URL},
        {"site": "weekly", "url": "https://weekly.example/"},
    ]
    tags = [world.anybody.get(PATH, query=way).headers["ETag"] for way in ways]
    assert len(set(tags)) == len(ways)


def test_a_tag_made_up_by_mallory_is_just_not_known(world: World) -> None:
    world.publish()
    query = {"site": "daily", "url": URL}
    tag = world.anybody.get(PATH, query=query).headers["ETag"].strip('"')
    own = tag.partition("-")[2]
    for made_up in (f"99-{own}", f"-{own}", f"{'9' * 60}-{own}", f"١-{own}", f"1e1-{own}", "", "0-"):
        answer = world.anybody.get(PATH, query=query, headers={"If-None-Match": f'"{made_up}"'})
        assert answer.status_code == 200, made_up


def test_a_change_of_the_site_makes_new_answers(world: World) -> None:
    query = {"site": "daily", "url": URL}
    tag = world.anybody.get(PATH, query=query).headers["ETag"]
    world.parts.service.sites.change("daily", {"open": False})
    answer = world.anybody.get(PATH, query=query, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.get_json()["thread"]["open"]) == (200, False)


def test_caches_keep_an_answer_for_as_long_as_the_site_says(world: World) -> None:
    daily = world.anybody.get(PATH, query={"site": "daily", "url": URL})
    weekly = world.anybody.get(PATH, query={"site": "weekly", "url": "https://weekly.example/"})
    assert daily.headers["Cache-Control"] == "public, no-cache"
    assert weekly.headers["Cache-Control"] == "public, max-age=60"


def test_one_page_costs_one_round_trip(world: World) -> None:
    for number in range(5):
        world.publish(f"Comment {number}.")
    query = {"site": "daily", "url": URL}
    world.anybody.get(PATH, query=query)  # the sites are read once a second, the script is loaded once
    world.client.trips = 0
    assert len(world.anybody.get(PATH, query=query).get_json()["comments"]) == 5
    assert world.client.trips == 1


def test_head_says_what_get_would_say(world: World) -> None:
    world.publish()
    query = {"site": "daily", "url": URL}
    full, head = world.anybody.get(PATH, query=query), world.anybody.head(PATH, query=query)
    assert (head.status_code, head.data) == (200, b"")
    for name in ("ETag", "Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == full.headers[name]


@pytest.mark.parametrize(
    ("query", "status", "code", "fields"),
    [
        ({"site": "nobody", "url": URL}, 404, "unknown_site", None),
        ({"site": "daily", "url": "https://evil.example/"}, 403, "origin_not_allowed", None),
        ({"site": "daily", "url": "https://daily.example.evil.example/"}, 403, "origin_not_allowed", None),
        ({"site": "daily", "url": "javascript:alert(1)"}, 422, "invalid_url", None),
        ({"site": "daily"}, 422, "invalid_url", None),
        ({"url": URL}, 422, "invalid_fields", {"site": "required"}),
        ({"site": "daily", "url": URL, "limit": "0"}, 422, "invalid_fields", {"limit": "invalid_choice"}),
        ({"site": "daily", "url": URL, "limit": "101"}, 422, "invalid_fields", {"limit": "invalid_choice"}),
        ({"site": "daily", "url": URL, "limit": "ten"}, 422, "invalid_fields", {"limit": "invalid_choice"}),
        ({"site": "daily", "url": URL, "sort": "worst"}, 422, "invalid_fields", {"sort": "invalid_choice"}),
        ({"site": "daily", "url": URL, "sort": "conversation"}, 422, "invalid_fields", {"sort": "invalid_choice"}),
        ({"site": "daily", "url": URL, "cursor": "abc"}, 422, "invalid_cursor", None),
        ({"site": ["daily", "weekly"], "url": URL}, 422, "invalid_fields", {"site": "repeated"}),
        ({"site": "daily", "thread": "k" * 201}, 422, "invalid_fields", {"thread": "too_long"}),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(
    world: World, query: dict[str, str], status: int, code: str, fields: dict[str, str] | None
) -> None:
    answer = world.anybody.get(PATH, query=query)
    problem = answer.get_json()
    assert (answer.status_code, problem["code"], problem.get("fields")) == (status, code, fields)
    assert problem["type"] == f"/api/v1/docs#{code}"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == "*", "the page's script must be able to read why"


def test_a_cursor_of_another_site_is_refused(world: World) -> None:
    elsewhere = world.publish(site="weekly", url="https://weekly.example/a", fields={"country": ["no"]})
    answer = world.anybody.get(PATH, query={"site": "daily", "url": URL, "cursor": elsewhere})
    assert answer.get_json()["code"] == "invalid_cursor"


def test_details_are_in_the_language_that_was_asked_for(world: World) -> None:
    answer = world.anybody.get(PATH, query={"site": "nobody", "url": URL, "lang": "en"})
    assert answer.get_json()["detail"] == answer.get_json()["title"]


def test_a_comment_taken_down_is_gone_at_once(world: World) -> None:
    id = world.publish("Praise.")
    world.decide(id, Verb.REJECT, version=2, reason="insult")
    answer = world.anybody.get(PATH, query={"site": "daily", "url": URL})
    assert (answer.get_json()["comments"], answer.get_json()["thread"]["count"]) == ([], 0)
