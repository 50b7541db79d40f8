"""The table of what programs can ask for: one declaration makes the route, its parser, its rights and its document."""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import msgspec
from flask import Blueprint, Response, request

from commentsvc.domain.moderator import Scope
from commentsvc.domain.refusal import Code, Refused
from commentsvc.web import errors
from commentsvc.web.api.answers import json_answer
from commentsvc.web.api.bearer import token_with
from commentsvc.web.api.reading import body_as, json_body, query_as

blueprint = Blueprint("api", __name__)

ALWAYS = (Code.STORE_DOWN, Code.FAULT)
OF_A_BODY = (Code.INVALID_JSON, Code.UNSUPPORTED_TYPE, Code.TOO_LARGE, Code.INVALID_FIELDS)
OF_A_TOKEN = (Code.UNAUTHENTICATED, Code.FORBIDDEN)

CACHEABLE = {
    "ETag": "Changes when the answer does; send it back as If-None-Match to get 304.",
    "Cache-Control": "For how long the answer may be kept.",
}
"""The headers of an answer that can be asked for again."""

View = Callable[..., Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One method of one address. `query`, `body` and `answer` are the types that describe what goes in and out."""

    method: str
    path: str
    name: str
    doc: str
    query: type | None
    body: type | None
    answer: Any
    status: int
    media: str
    headers: Mapping[str, str]
    refusals: tuple[Code, ...]
    scope: Scope | None


OPERATIONS: dict[str, Operation] = {}
"""Every operation by its name, in the order of the document; the name is the endpoint's."""


def operation(
    method: str,
    path: str,
    *,
    answer: Any,
    status: int = 200,
    media: str = "application/json",
    headers: Mapping[str, str] | None = None,
    refusals: tuple[Code, ...] = (),
    scope: Scope | None = None,
    judged_as: type | None = None,
) -> Callable[[View], View]:
    """Makes a view an operation of the API.

    What the view is given follows from its parameters: `query` and `body` are parsed into the Structs they are
    annotated with, `token` is the caller's, the others come from the path. A view that has to judge a body by itself
    names the type that describes it in `judged_as` and gets the bare object. A view returns what `answer` describes, a
    finished Response, or a Refused.
    """

    def declare(view: View) -> View:
        hints = get_type_hints(view)
        declared = Operation(
            method=method,
            path=path,
            name=view.__name__,
            doc=view.__doc__ or "",
            query=hints.get("query"),
            body=judged_as or hints.get("body"),
            answer=answer,
            status=status,
            media=media,
            headers=headers or {},
            refusals=_refusals(refusals, hints, scope),
            scope=scope,
        )
        OPERATIONS[declared.name] = declared
        blueprint.add_url_rule(
            path, declared.name, _served(declared, view, bare=judged_as is not None), methods=[method]
        )
        return view

    return declare


def _refusals(own: tuple[Code, ...], hints: Mapping[str, Any], scope: Scope | None) -> tuple[Code, ...]:
    of_query = (Code.INVALID_FIELDS,) if "query" in hints else ()
    of_body = OF_A_BODY if "body" in hints else ()
    of_token = OF_A_TOKEN if scope else ()
    return tuple(dict.fromkeys((*own, *of_query, *of_body, *of_token, *ALWAYS)))


def _served(declared: Operation, view: View, *, bare: bool) -> View:
    @functools.wraps(view)
    def serve(**arguments: str) -> Response:
        given: dict[str, Any] = dict(arguments)
        if declared.scope is not None:
            given["token"] = token_with(declared.scope)
        if declared.query is not None:
            given["query"] = query_as(declared.query, request.args)
        if declared.body is not None:
            given["body"] = json_body() if bare else body_as(declared.body)
        return _finished(declared, view(**given))

    return serve


def _finished(declared: Operation, answer: Any) -> Response:
    if isinstance(answer, Refused):
        return errors.problem(answer)
    return answer if isinstance(answer, Response) else json_answer(answer, status=declared.status)


@blueprint.after_request
def share(response: Response) -> Response:
    """Public answers may be read by any page and cached by anybody's browser; answers to a token by nobody else."""
    declared = OPERATIONS[(request.endpoint or "").rpartition(".")[2]]
    headers = response.headers
    if declared.scope is not None:
        headers.pop("Access-Control-Allow-Origin", None)
        return response
    headers["Access-Control-Allow-Origin"] = "*"
    headers["Access-Control-Expose-Headers"] = "ETag, Link, Retry-After"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    if request.method == "OPTIONS":
        headers["Access-Control-Allow-Methods"] = headers.get("Allow", declared.method)
        headers["Access-Control-Allow-Headers"] = "content-type, idempotency-key"
        headers["Access-Control-Max-Age"] = "86400"
    return response


def schema_types() -> list[Any]:
    """Every type that the document has to describe."""
    found: list[Any] = []
    for declared in OPERATIONS.values():
        found.extend(kind for kind in (declared.query, declared.body, declared.answer) if _described(kind))
    return found


def _described(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
