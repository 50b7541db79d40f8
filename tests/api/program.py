"""A program that uses the API, and believes the document: every answer it gets is held against it."""

import copy
import json
from functools import cache
from typing import Any

from flask import Flask
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from commentsvc.web.api.openapi import document


class Program:
    """A client without cookies. Each answer of a documented operation must be one that the document describes."""

    def __init__(self, app: Flask, *, token: str = "") -> None:
        self._app = app
        self._client = app.test_client(use_cookies=False)
        self._token = token

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.open("GET", path, **more)

    def head(self, path: str, **more: Any) -> TestResponse:
        return self.open("HEAD", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.open("POST", path, body=body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> TestResponse:
        return self.open("PATCH", path, body=body, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        return self.open("DELETE", path, **more)

    def options(self, path: str, **more: Any) -> TestResponse:
        return self.open("OPTIONS", path, **more)

    def open(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        raw: bytes | None = None,
        content_type: str = "application/json",
        headers: dict[str, str] | None = None,
        query: Any = None,
    ) -> TestResponse:
        """The answer, after it was held against the document."""
        sent: dict[str, Any] = {}
        if body is not None or raw is not None:
            sent = {"data": raw if raw is not None else json.dumps(body), "content_type": content_type}
        said = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        response = self._client.open(path, method=method, query_string=query, headers=said | (headers or {}), **sent)
        self._check(method, path, response)
        return response

    def open_unchecked(self, path: str) -> TestResponse:
        """The answer to a GET of something that is no operation of the API and has errors of its own kind."""
        return self._client.get(path)

    def _check(self, method: str, path: str, response: TestResponse) -> None:
        assert "Set-Cookie" not in response.headers
        assert "cookie" not in response.headers.get("Vary", "").lower()
        if response.status_code >= 400:
            assert response.content_type == "application/problem+json"
        operation = self._operation(method, path)
        if operation is None or method == "OPTIONS":
            return
        described = operation["responses"].get(str(response.status_code))
        assert described is not None, f"{method} {path}: {response.status_code} is not in the document"
        if method == "HEAD" or "content" not in described:
            assert response.data == b""
            return
        content = described["content"].get(response.mimetype)
        assert content is not None, f"{method} {path}: {response.mimetype} is not in the document"
        if str(response.mimetype).endswith("json"):
            problems = [error.message for error in strict(content["schema"]).iter_errors(response.get_json())]
            assert problems == [], f"{method} {path}: {problems} in {response.text[:500]}"

    def _operation(self, method: str, path: str) -> dict[str, Any] | None:
        try:
            rule, _ = self._app.url_map.bind("").match(
                path.partition("?")[0], method="GET" if method == "HEAD" else method, return_rule=True
            )
        except HTTPException:
            return None
        named = rule.rule.replace("<", "{").replace(">", "}")
        found: dict[str, Any] | None = document()["paths"].get(named, {}).get(method.replace("HEAD", "GET").lower())
        return found


def strict(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator of an answer that also refuses members the document does not name."""
    return Draft202012Validator({**schema, "components": closed_components()})


@cache
def closed_components() -> dict[str, Any]:
    """The document's components, each object closed to members that it does not name."""
    components: dict[str, Any] = copy.deepcopy(document()["components"])
    for shape in components["schemas"].values():
        if "properties" in shape:
            shape["additionalProperties"] = False
    return components
