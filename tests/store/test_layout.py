"""What another layout wrote is refused, in words that say what to do."""

import pytest
from redis import Redis

from commentsvc.store import layout
from commentsvc.store.keys import LAYOUT, home
from commentsvc.store.layout import OtherLayout
from commentsvc.store.records import LAYOUT as OURS
from tests.servers import FakeClock
from tests.store.people import newsroom


def test_an_empty_store_is_marked_as_ours_and_ours_is_served_from(client: Redis) -> None:
    for _ in range(2):
        layout.claim(client)
        assert client.get(LAYOUT) == str(OURS).encode()


@pytest.mark.parametrize(
    ("theirs", "what_to_do"), [(OURS - 1, "start on an empty Redis"), (OURS + 1, "run the newer version")]
)
def test_data_of_another_layout_is_refused_and_stays_as_it_is(client: Redis, theirs: int, what_to_do: str) -> None:
    client.set(LAYOUT, theirs)
    with pytest.raises(OtherLayout, match=what_to_do):
        layout.claim(client)
    assert client.get(LAYOUT) == str(theirs).encode()


def test_a_comment_of_a_later_layout_says_what_to_do(client: Redis, clock: FakeClock) -> None:
    daily = newsroom(client, clock, partitions=1)
    id = daily.comment().id
    client.hset(home(daily.site, id).comment(id[4:]), "b", b"\x03what nobody knows yet")
    with pytest.raises(ValueError, match="a comment has layout 3, this version reads 2: upgrade commentsvc"):
        daily.find(id)
