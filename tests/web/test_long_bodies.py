"""A body that is far too long, sent to the real server: whoever is still sending must be able to read the answer."""

import http.client
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from commentsvc.web.bodies import HARD_MAX
from tests.fault.running import Running, running

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    with running() as service:
        yield service.start()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_reader_who_is_still_sending_ten_megabytes_gets_the_words_back(service: Running, chunked: bool) -> None:
    body = urlencode({"name": "Zoë", "text": "the beginning " + "x" * 10_000_000}).encode()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=30)
    pieces = (body[start : start + 65_536] for start in range(0, len(body), 65_536))
    connection.request("POST", "/embed/daily", pieces if chunked else body, FORM)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    assert answer.status == 413
    assert "the beginning xxx" in page
    assert "Zoë" in page
    assert "the end is missing" in page
    assert len(page) < HARD_MAX + 5_000
