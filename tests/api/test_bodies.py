"""Bodies: JSON, exactly; whatever is not is refused in words and never a fault."""

import base64
import json

import pytest

from commentsvc.domain.moderator import Scope
from commentsvc.web.api.routes import OPERATIONS
from tests.api.conftest import URL, World
from tests.conftest import Corpus

PATH = "/api/v1/comments"
TAKING = [one for one in OPERATIONS.values() if one.body is not None]


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp", ""],
)
def test_only_application_json_is_taken(world: World, content_type: str) -> None:
    # A page of any origin may send the others without asking: the browser's question before a POST is our protection.
    raw = json.dumps(world.submission()).encode()
    answer = world.anybody.post(PATH, raw=raw, content_type=content_type)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "unsupported_type")


def test_a_charset_beside_the_type_is_fine(world: World) -> None:
    raw = json.dumps(world.submission()).encode()
    assert world.anybody.post(PATH, raw=raw, content_type="Application/JSON; charset=utf-8").status_code == 202


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"{'site': 1}",
        b'{"site": NaN}',
        b'{"site": 1e999}',
        b'{"site": "daily", "site": "weekly"}',
        b'{"fields": {"a": "1", "a": "2"}}',
        b'{"name": "\xff"}',
        b'{"name": "\xed\xa0\x80"}',
        b'{"name": "\\ud800"}',
        b'{"\\udc00": "x"}',
        b'\xef\xbb\xbf{"site": "daily"}',
        b'{"site": "daily"}{}',
        b'{"site": ' + b"9" * 5000 + b"}",
        b"[" * 60_000,
        b'{"a":' * 10_000,
    ],
    ids=range(19),
)
def test_what_is_not_json_is_refused_in_words(world: World, raw: bytes) -> None:
    answer = world.anybody.post(PATH, raw=raw)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_json")
    assert world.program_queue() == []


@pytest.mark.parametrize("depth", [10, 100, 500, 900, 1_000, 5_000])
def test_nesting_of_any_depth_is_refused_one_way_or_the_other(world: World, depth: int) -> None:
    answer = world.anybody.post(PATH, raw=b'{"a":' * depth + b"1" + b"}" * depth)
    assert answer.status_code in (400, 422)


def test_a_name_given_twice_is_refused_although_the_rest_is_right(world: World) -> None:
    raw = json.dumps(world.submission()).encode()
    twice = raw[:-1] + b', "text": "What a moderator would not see."}'
    answer = world.anybody.post(PATH, raw=twice)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_json")
    assert world.program_queue() == []


def test_a_body_beyond_the_limit_is_413_announced_or_not(world: World) -> None:
    limit = world.parts.settings.body_max_kib * 1024
    sent = json.dumps(world.submission()).encode()
    fits = sent + b" " * (limit - len(sent))
    assert world.anybody.post(PATH, raw=fits).status_code == 202
    answer = world.anybody.post(PATH, raw=fits + b" ")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")
    assert len(world.program_queue()) == 1


def test_strict_json_of_every_kind_is_told_from_what_is_not(world: World, corpus: Corpus) -> None:
    for row in corpus("json_bodies"):
        value = base64.b64decode(row["b64"])
        answer = world.anybody.post(PATH, raw=b'{"site":"daily","url":"%s","x":' % URL.encode() + value + b"}")
        code = answer.get_json()["code"]
        if row["name"].startswith("y_object_duplicated_key"):
            assert code == "invalid_json", "JSON allows it, but two readers may see two different submissions"
        elif row["expect"] == "accept":
            # The value is JSON: what is refused is the member.
            assert (code, answer.get_json()["fields"].get("x")) == ("invalid_fields", "unknown_field"), row["name"]
        if row["expect"] == "reject" and not _valid_in_place(value):
            assert code == "invalid_json", row["name"]
        assert answer.status_code < 500, row["name"]


def _valid_in_place(value: bytes) -> bool:
    """Whether something that is no JSON document becomes one inside an object, such as an early end of it."""
    try:
        json.loads(b'{"x":' + value + b"}", parse_constant=int)
    except (ValueError, RecursionError):
        return False
    return True


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"null", b'{"x": 1, "x": 2}', b'{"unknown": {"a": [1, 2.5, null]}}'])
def test_no_operation_breaks_over_a_strange_body(world: World, raw: bytes) -> None:
    for operation in TAKING:
        program = world.program(Scope.ADMIN) if operation.scope else world.anybody
        path = operation.path.replace("<key>", "daily").replace("<id>", "x")
        answer = program.open(operation.method, path, raw=raw)
        assert answer.status_code in (400, 404, 422, 200), (operation.name, answer.text)
        if answer.status_code == 200:
            assert (operation.name, raw) == ("change_site", b"{}")


def test_keys_of_every_kind_are_only_text(world: World, corpus: Corpus) -> None:
    for row in corpus("keys"):
        key = row["v"]
        listed = world.anybody.get(PATH, query={"site": "daily", "thread": key})
        assert listed.status_code in (200, 422), key
        named = world.anybody.get(PATH, query={"site": key, "url": URL})
        assert named.status_code == 404, key
        submitted = world.anybody.post(PATH, world.submission() | {"thread": key})
        assert submitted.status_code in (422, 202), (key, submitted.text)
        if key.isprintable() and key.isascii():
            headers = {"Idempotency-Key": key}
            again = [world.anybody.post(PATH, world.submission(), headers=headers).status_code for _ in range(2)]
            assert again in ([202, 409], [422, 422]), key


def test_headers_of_every_kind_break_nothing_and_gain_nothing(world: World, corpus: Corpus) -> None:
    world.publish()
    plain = world.anybody.get(PATH, query={"site": "daily", "url": URL})
    for row in corpus("http_headers"):
        if row["id"] in ("host-port", "host-crlf", "te-cl", "te-obf", "expect100"):
            continue  # what the server in front of the application refuses
        headers = {name: value for name, value in row["h"] if name != "Content-Type"}
        answer = world.anybody.get(PATH, query={"site": "daily", "url": URL}, headers=headers)
        assert answer.status_code == 200, row["id"]
        assert answer.data == plain.data, row["id"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*", row["id"]
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "evil.example" not in str(answer.headers)
