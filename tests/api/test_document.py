"""The document of the API and the page made from it."""

import re
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types

from commentsvc.domain.refusal import REASONS, Code
from commentsvc.domain.site import BUILT_IN_FIELDS
from tests.api.conftest import World


def document(world: World) -> dict[str, Any]:
    found: dict[str, Any] = world.anybody.get("/openapi.json").get_json()
    return found


def operations(world: World) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document(world)["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_route_is_in_the_document_and_nothing_else_is(world: World) -> None:
    routes = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in world.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") or rule.rule == "/openapi.json"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations(world)} == routes


def test_the_document_is_whole(world: World) -> None:
    whole = document(world)
    assert whole["openapi"] == "3.1.0"
    schemas = whole["components"]["schemas"]
    used = set(re.findall(r"#/components/schemas/(\w+)", world.anybody.get("/openapi.json").text))
    assert used == set(schemas), "a schema is missing, or not used"
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    names = [operation["operationId"] for _, _, operation in operations(world)]
    assert len(set(names)) == len(names)


def test_every_operation_says_what_it_is_what_it_refuses_and_who_may(world: World) -> None:
    for method, path, operation in operations(world):
        assert operation["summary"].endswith((".", "address.")), path
        assert {"500", "503"} <= set(operation["responses"]), (method, path)
        named = {one["name"] for one in operation["parameters"] if one["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))
        if "security" in operation:
            assert {"401", "403"} <= set(operation["responses"])
            assert operation["x-scope"] in ("read", "moderate", "admin")
        if "requestBody" in operation:
            assert {"400", "413", "415", "422"} <= set(operation["responses"])


def test_a_submission_in_the_document_has_every_field_that_the_form_has(world: World) -> None:
    described = set(document(world)["components"]["schemas"]["Submission"]["properties"])
    of_pages = {"lang", "theme", "sort", "cursor", "submission"}  # `submission` travels as Idempotency-Key
    assert described == BUILT_IN_FIELDS - of_pages


def test_the_document_is_kept_by_its_tag(world: World) -> None:
    for path in ("/openapi.json", "/api/v1/docs"):
        first = world.anybody.get(path)
        again = world.anybody.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        assert first.headers["Cache-Control"] == "public, max-age=300"


def test_the_page_has_an_anchor_for_every_code_and_every_operation(world: World) -> None:
    page = world.anybody.get("/api/v1/docs")
    anchors = re.findall(r'\bid="([^"]+)"', page.text)
    assert len(set(anchors)) == len(anchors), "an id twice"
    assert set(Code) <= set(anchors)
    assert {operation["operationId"] for _, _, operation in operations(world)} <= set(anchors)
    links = set(re.findall(r'href="#([^"]+)"', page.text))
    assert links <= set(anchors), "a link to nowhere"
    for reason in REASONS.values():
        assert reason.sentence.replace("'", "&#39;").split("`")[0] in page.text


def test_the_page_runs_nothing_and_passes_our_policy(world: World) -> None:
    page = world.anybody.get("/api/v1/docs")
    assert "<script" not in page.text
    assert "style=" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    stylesheet = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page.text)[0]
    assert world.anybody.get(stylesheet).status_code == 200


def test_the_type_of_a_problem_leads_to_its_words(world: World) -> None:
    problem = world.anybody.get("/api/v1/nothing")
    assert (problem.status_code, problem.get_json()["code"]) == (404, "not_found")
    path, _, anchor = problem.get_json()["type"].partition("#")
    assert f'id="{anchor}"' in world.anybody.get(path).text
