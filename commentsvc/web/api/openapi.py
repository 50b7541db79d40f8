"""The document of the API (OpenAPI 3.1), made from the operations themselves, and a page to read it by."""

import hashlib
import inspect
import re
from functools import cache
from importlib.metadata import version
from typing import Any

import msgspec
from flask import Response, render_template, request
from markupsafe import Markup

from commentsvc.domain.refusal import REASONS, Code
from commentsvc.web.api import shapes
from commentsvc.web.api.answers import keeping
from commentsvc.web.api.routes import CACHEABLE, OPERATIONS, Operation, operation, schema_types

SECONDS = 300
REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"<(\w+)>")
_BOUNDS = {
    "format": "format",
    "pattern": "like",
    "minimum": "from",
    "maximum": "to",
    "minLength": "at least",
    "maxLength": "at most",
    "minItems": "at least",
    "maxItems": "at most",
    "default": "default",
}
_ABOUT = (
    "Comments of a site's articles, for any program. Only approved comments are ever public. Errors are problem "
    "documents (RFC 9457) with a stable `code`; times are RFC 3339 in UTC; ids are opaque. What is public may be read "
    "by any page (CORS `*`); the rest needs a token, made by `commentsvc token create`, for one site and one scope: "
    "`read`, `moderate` or `admin`, each of which includes the one before."
)


@operation("GET", "/openapi.json", answer=dict[str, Any], headers=CACHEABLE)
def get_openapi() -> Response:
    """This document."""
    return _kept(Response(_document_bytes(), content_type="application/json"))


@operation("GET", "/api/v1/docs", answer=None, media="text/html", headers=CACHEABLE)
def get_docs() -> Response:
    """This document as a page, with an anchor for every code."""
    html = render_template(
        "api/docs.html", document=document(), reasons=REASONS, shape=_shape, codes=_codes, words=_words
    )
    return _kept(Response(html, content_type="text/html; charset=utf-8"))


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    _, components = msgspec.json.schema_components([*schema_types(), shapes.Problem], ref_template=REF)
    for declared in OPERATIONS.values():
        if declared.query:  # shown as parameters
            components.pop(declared.query.__name__, None)
    paths: dict[str, dict[str, Any]] = {}
    for declared in OPERATIONS.values():
        paths.setdefault(_PARAMETER.sub(r"{\1}", declared.path), {})[declared.method.lower()] = _described(declared)
    return {
        "openapi": "3.1.0",
        "info": {"title": "commentsvc", "version": version("commentsvc"), "description": _ABOUT},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


@cache
def _document_bytes() -> bytes:
    return msgspec.json.encode(document())


def _kept(response: Response) -> Response:
    response.headers["Cache-Control"] = keeping(SECONDS)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:24])
    response.make_conditional(request)
    return response


def _described(declared: Operation) -> dict[str, Any]:
    summary, _, more = inspect.cleandoc(declared.doc).partition("\n\n")
    described: dict[str, Any] = {
        "operationId": declared.name,
        "summary": " ".join(summary.split()),
        "parameters": [*_in_path(declared.path), *_in_query(declared.query), *_in_headers(declared)],
        "responses": {str(declared.status): _success(declared), **_refusals(declared)},
    }
    if more:
        described["description"] = more
    if declared.body:
        schema = {"$ref": REF.format(name=declared.body.__name__)}
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if declared.scope:
        described["security"] = [{"token": []}]
        described["x-scope"] = declared.scope
    return described


def _in_path(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
    ]


def _in_query(query: type | None) -> list[dict[str, Any]]:
    if query is None:
        return []
    _, components = msgspec.json.schema_components([query], ref_template=REF)
    own = components[query.__name__]
    required = own.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": schema}
        for name, schema in own["properties"].items()
    ]


def _in_headers(declared: Operation) -> list[dict[str, Any]]:
    if Code.KEY_REUSED not in declared.refusals:
        return []
    schema = {"type": "string", "maxLength": 100}
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}]


def _success(declared: Operation) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done." if declared.answer is None else "The answer."}
    if declared.status != 204:
        success["content"] = {declared.media: {"schema": _schema(declared.answer)}}
    if declared.headers:
        success["headers"] = {
            name: {"description": says, "schema": {"type": "string"}} for name, says in declared.headers.items()
        }
    return success


def _schema(answer: Any) -> dict[str, Any]:
    if answer is None:
        return {"type": "string"}
    named = isinstance(answer, type) and issubclass(answer, msgspec.Struct)
    return {"$ref": REF.format(name=answer.__name__)} if named else {"type": "object"}


def _refusals(declared: Operation) -> dict[str, Any]:
    by_status: dict[int, list[Code]] = {}
    for code in declared.refusals:
        by_status.setdefault(REASONS[code].status, []).append(code)
    answers: dict[str, Any] = {str(status): _problem(codes) for status, codes in sorted(by_status.items())}
    if "ETag" in declared.headers:
        answers["304"] = {"description": "Nothing has changed since the entity tag sent as If-None-Match."}
    return dict(sorted(answers.items()))


def _problem(codes: list[Code]) -> dict[str, Any]:
    says = "\n".join(f"- `{code}`: {REASONS[code].sentence}" for code in codes)
    narrowed = {"properties": {"code": {"enum": list(codes)}}}
    schema = {"allOf": [{"$ref": REF.format(name="Problem")}, narrowed]}
    return {"description": says, "content": {"application/problem+json": {"schema": schema}}}


def _codes(response: dict[str, Any]) -> list[str]:
    """The codes that a refusal's part of the document names."""
    narrowed = response["content"]["application/problem+json"]["schema"]["allOf"][1]
    return list(narrowed["properties"]["code"]["enum"])


def _words(text: str) -> Markup:
    """A text as HTML, what stands between backticks as code."""
    pieces = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(one) if at % 2 else one for at, one in enumerate(pieces))


def _shape(schema: dict[str, Any]) -> Markup:
    """A schema in words, with links to what it names: `list of <a …>Comment</a>`."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a href="#shape-{0}">{0}</a>').format(name)
    if "anyOf" in schema:
        return Markup(" or ").join(_shape(one) for one in schema["anyOf"])
    if "enum" in schema:
        return Markup(" | ").join(Markup("<code>{}</code>").format(word) for word in schema["enum"])
    if schema.get("type") == "array":
        return Markup("list of {}").format(_shape(schema["items"])) + _bounds(schema)
    if schema.get("type") == "object" and "additionalProperties" in schema:
        return Markup("object with values: {}").format(_shape(schema["additionalProperties"]))
    return Markup("{}").format(schema.get("type", "anything")) + _bounds(schema)


def _bounds(schema: dict[str, Any]) -> Markup:
    known = {name: schema[name] for name in _BOUNDS if schema.get(name) not in (None, "")}
    return Markup("").join(Markup(", {} <code>{}</code>").format(_BOUNDS[name], value) for name, value in known.items())
