"""Requests as bytes, made before the clock starts, and one answer read in full to see that it is the right one."""

import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

HOST = "127.0.0.1"
ANSWER_LIMIT_S = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One whole answer; header names are lower case."""

    status: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON; ValueError where it is none."""
        return json.loads(self.body)


def get(path: str, **headers: str) -> bytes:
    """A GET request."""
    return _request("GET", path, headers, b"")


def post(path: str, body: bytes, **headers: str) -> bytes:
    """A POST request with a JSON body."""
    return _request("POST", path, {"Content-Type": "application/json", **headers}, body)


def form(path: str, body: bytes, **headers: str) -> bytes:
    """A POST request as a browser without a script sends a form."""
    return _request("POST", path, {"Content-Type": "application/x-www-form-urlencoded", **headers}, body)


def ask(port: int, request: bytes) -> Answer:
    """The whole answer to one request on a connection of its own; OSError where there is none."""
    with socket.create_connection((HOST, port), timeout=ANSWER_LIMIT_S) as connection:
        connection.sendall(request)
        response = HTTPResponse(connection)
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(status=str(response.status), headers=headers, body=response.read())


def _request(method: str, path: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
