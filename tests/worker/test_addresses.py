"""Where a webhook may go."""

import socket
from collections.abc import Sequence

import pytest

from commentsvc.domain.webhook import may_go_to, target
from commentsvc.worker.sender import Answer, Failure, Sender
from tests.conftest import Corpus
from tests.worker.scene import receiver
from tests.worker.wire import send

PUBLIC = "93.184.216.34"


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "255.255.255.255",
        "100.100.100.200",
        "168.63.129.16",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "2002:5db8:d822::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%lo",
        "2606:4700::1111%lo",
        "fec0::1",
        "ff02::1",
        "not an address",
        "127.1",
    ],
)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not may_go_to(address, private=False)


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_what_is_public_is_allowed(address: str) -> None:
    assert may_go_to(address, private=False)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "192.168.0.1", "100.64.0.1", "::1", "fc00::1"])
def test_an_intranet_can_be_opened(address: str) -> None:
    assert may_go_to(address, private=True)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "0.0.0.0",
        "224.0.0.1",
        "fd00:ec2::254",
        "100.100.100.200",
        "::ffff:169.254.169.254",
    ],
)
def test_where_clouds_keep_credentials_stays_closed_in_an_intranet_too(address: str) -> None:
    assert not may_go_to(address, private=True)


@pytest.mark.parametrize(
    ("url", "host", "authority", "path"),
    [
        ("https://Receiver.Example", "receiver.example", "receiver.example", "/"),
        ("https://receiver.example:443/a?b=c#d", "receiver.example", "receiver.example", "/a?b=c"),
        ("http://receiver.example:8080/", "receiver.example", "receiver.example:8080", "/"),
        ("https://bücher.example/ü?q=ü", "xn--bcher-kva.example", "xn--bcher-kva.example", "/%C3%BC?q=%C3%BC"),
        ("http://[2606:4700::1111]:8080/", "2606:4700::1111", "[2606:4700::1111]:8080", "/"),
    ],
)
def test_an_address_is_read_as_receivers_write_it(url: str, host: str, authority: str, path: str) -> None:
    read = target(url)
    assert read is not None
    assert (read.host, read.authority, read.path) == (host, authority, path)


def test_no_hostile_address_of_the_corpus_is_ever_connected_to(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names resolve to where an attacker's would: numbers in any notation as the system reads them, the rest inside."""
    connected: list[object] = []

    def connect(self: object, address: object) -> None:
        connected.append(address)
        raise OSError("connected")

    rows = [row["v"] for row in corpus("ssrf")]
    assert len(rows) > 100
    monkeypatch.setattr(socket.socket, "connect", connect)
    sender = Sender(allow_private=False, resolve=inside)
    for url in rows:
        assert isinstance(send(sender, url), Failure), url
    assert connected == []


def inside(host: str, port: int) -> Sequence[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except OSError:
        return ["10.0.0.1"]
    address = str(found[0][4][0])
    return [address] if not may_go_to(address, private=False) else ["10.0.0.1"]


@pytest.mark.parametrize("notation", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0", "localhost", "127.0.0.1"])
def test_loopback_is_refused_however_it_is_written(notation: str) -> None:
    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        outcome = send(Sender(allow_private=False), f"http://{notation}:{port}/")
    assert isinstance(outcome, Failure)
    assert "not a public address" in outcome.why
    assert not there.requests


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    sender = Sender(allow_private=False, resolve=lambda host, port: [PUBLIC, "10.0.0.1"])
    outcome = send(sender, "http://mixed.example/")
    assert isinstance(outcome, Failure)
    assert "10.0.0.1" in outcome.why


def test_a_name_is_resolved_once_and_the_connection_goes_to_what_was_judged() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        sender = Sender(allow_private=True, resolve=rebinding)
        assert send(sender, f"http://rebind.example:{port}/x?y=1") == Answer(status=200)
    assert asked == ["rebind.example"]
    assert there.requests[0].headers["host"] == f"rebind.example:{port}"
    assert there.requests[0].path == "/x?y=1"


def test_the_next_address_is_tried_where_the_first_does_not_answer() -> None:
    with receiver() as there:
        port = there.url.split(":")[2].split("/")[0]
        sender = Sender(allow_private=True, resolve=lambda host, port: ["::1", "127.0.0.1"])
        assert send(sender, f"http://both.example:{port}/") == Answer(status=200)
