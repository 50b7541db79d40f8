"""Requests that no browser sends by itself: each gets a worded answer, none a fault or a way to another host."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import TYPED, Reader, shows


@pytest.mark.parametrize(
    "path", ["/embed//daily", "//embed/daily", "/receipts//x", "/moderation//", "//evil.example/x"]
)
def test_no_host_that_a_client_names_is_redirected_to(web: FlaskClient, path: str) -> None:
    answer = web.open(path=path, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.headers.get("Location", "")
    assert answer.status_code in (303, 404)


def test_a_redirect_of_the_router_stays_where_it_was_asked(app: Flask) -> None:
    app.add_url_rule("/folder/", view_func=lambda: "", endpoint="folder", strict_slashes=True)
    answer = app.test_client().get("/folder?a=b", headers={"Host": "evil.example"})
    assert answer.status_code == 308
    assert answer.headers["Location"] == "/folder/?a=b"
    assert "evil.example" not in answer.text


@pytest.mark.parametrize("tag", ['""', 'W/""', '"", "r1-x"', '"'])
def test_an_empty_tag_is_nobodys_revision(alice: Reader, tag: str) -> None:
    answer = alice.web.get("/embed/daily/list", query_string={"url": alice.url}, headers={"If-None-Match": tag})
    assert answer.status_code == 200


@pytest.mark.parametrize("origin", ["http://[", "https://[::1", "http://]", "http://"])
def test_half_an_origin_is_not_ours(alice: Reader, origin: str) -> None:
    answer = alice.send(alice.form(**TYPED), Origin=origin)
    assert answer.status_code == 403
    assert shows(answer.text, TYPED)
