"""The frame while Redis is away: the comments as they last were, the form, and nothing that was taken down."""

from collections.abc import Iterator

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.service.moderation import Wanted
from commentsvc.web import create_app, listing
from tests import servers
from tests.web.conftest import MO, Reader, hidden, parts_on


@pytest.fixture
def away(clock: servers.FakeClock) -> Iterator[tuple[Reader, servers.Server]]:
    """A reader of a service whose Redis the test may end."""
    with servers.short_directory() as directory:
        server = servers.start_server(directory)
        with server.client() as client:
            parts = parts_on(client, clock)
            site = parts.service.sites.add(key="daily", name="Daily", origins=["https://daily.example"])
            web = create_app(parts).test_client(use_cookies=False)
            yield Reader(web=web, service=parts.service, site=site), server
        server.stop()


def test_the_frame_shows_its_comments_and_a_form_as_before(away: tuple[Reader, servers.Server]) -> None:
    alice, server = away
    alice.published(text="still to be read")
    alice.opens()
    server.kill()
    frame = alice.opens()
    assert frame.status_code == 200
    assert "still to be read" in frame.text
    assert hidden(frame.text, "challenge")
    assert "still to be read" in alice.send().text, "the page of a comment that could not be stored shows them too"


def test_a_page_that_nobody_has_opened_is_a_503_in_words(away: tuple[Reader, servers.Server]) -> None:
    alice, server = away
    alice.published()
    alice.opens()
    server.kill()
    other = alice.opens(sort="newest")
    assert other.status_code == 503
    assert "try again in a moment" in other.text


def test_what_another_page_has_shown_to_be_gone_does_not_come_back(away: tuple[Reader, servers.Server]) -> None:
    alice, server = away
    gone = alice.published(text="to be taken down")
    assert "to be taken down" in alice.opens().text
    alice.service.moderation.decide(MO, Wanted(id=gone, version=2, verb=Verb.REJECT, reason="insult"))
    assert "to be taken down" not in alice.opens(sort="newest").text
    server.kill()
    assert alice.opens().status_code == 503
    assert alice.opens(sort="newest").status_code == 200


@pytest.mark.parametrize(
    "everything", [False, True], ids=["a notice of the thread", "notices that may have been missed"]
)
def test_what_a_notice_has_told_to_be_gone_does_not_come_back(
    away: tuple[Reader, servers.Server], everything: bool
) -> None:
    alice, server = away
    alice.published(text="to be taken down")
    assert "to be taken down" in alice.opens().text
    found = alice.service.sites.article("daily", alice.url)
    assert isinstance(found, tuple)
    listing.changed(*(() if everything else ("daily", found[1].id)))
    server.kill()
    assert alice.opens().status_code == 503
