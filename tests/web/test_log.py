"""What the log says of a request: which kind of address, never a reader's private link."""

from types import ModuleType

import pytest
import redis
import structlog
from flask.testing import FlaskClient
from structlog.testing import LogCapture

from commentsvc.web import create_app, errors, posting, widget
from tests import servers
from tests.web.conftest import Reader, parts_on


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> LogCapture:
    """The lines that the readers' side writes from now on."""
    capture = LogCapture()
    modules: tuple[ModuleType, ...] = (errors, posting, widget)
    for module in modules:
        monkeypatch.setattr(module, "log", structlog.wrap_logger(None, processors=[capture]))
    return capture


def reader(client: redis.Redis, clock: servers.FakeClock) -> Reader:
    """Alice, on a server of her own."""
    parts = parts_on(client, clock)
    site = parts.service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
    return Reader(web=create_app(parts).test_client(use_cookies=False), service=parts.service, site=site)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_store_that_is_away_puts_no_receipt_into_the_log(
    clock: servers.FakeClock, logged: LogCapture, method: str
) -> None:
    with servers.short_directory() as directory:
        server = servers.start_server(directory)
        with server.client() as client:
            alice = reader(client, clock)
            token = alice.sent()
            server.kill()
            assert alice.web.open(f"/receipts/{token}", method=method).status_code == 503
        server.stop()
    assert [line["route"] for line in logged.entries] == ["/receipts/<token>"]
    assert token not in str(logged.entries)


def test_a_form_that_cannot_be_stored_is_logged_without_its_address(
    clock: servers.FakeClock, logged: LogCapture
) -> None:
    with servers.short_directory() as directory:
        server = servers.start_server(directory)
        with server.client() as client:
            alice = reader(client, clock)
            form = alice.form()
            server.kill()
            assert alice.send(form).status_code == 503
        server.stop()
    assert [line["route"] for line in logged.entries] == ["/embed/<site>"]


def test_a_fault_is_logged_with_its_route(
    web: FlaskClient, logged: LogCapture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("commentsvc.service.receipts.Receipts.open", broken)
    assert web.get(f"/receipts/{'A' * 52}").status_code == 500
    assert [(line["event"], line["route"]) for line in logged.entries] == [("fault", "/receipts/<token>")]
