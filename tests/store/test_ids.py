"""An id in an index is 17 bytes that sort as its 26 characters do, and the scripts read it as the service does."""

from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from commentsvc.domain.ids import BODY_LENGTH, encode
from commentsvc.store import records, scripts

bodies = st.builds(encode, st.integers(min_value=0, max_value=(1 << 130) - 1))
paths = st.lists(bodies, max_size=7).map("".join)


@given(paths)
def test_packing_loses_nothing(path: str) -> None:
    raw = records.packed_ids(path)
    assert len(raw) == records.ID_BYTES * (len(path) // BODY_LENGTH)
    assert records.unpacked_ids(raw) == path


@given(paths, paths)
def test_packed_ids_and_paths_sort_as_their_letters(one: str, other: str) -> None:
    assert (one < other) == (records.packed_ids(one) < records.packed_ids(other))


def test_a_script_reads_every_bit_of_an_id(client: Redis) -> None:
    ids = [encode(1 << bit) for bit in range(130)] + [encode((1 << bit) - 1) for bit in range(131)]
    script = (
        scripts.source("ids") + "\nlocal read = {} for i = 1, #ARGV do read[i] = in_letters(ARGV[i]) end return read"
    )
    assert client.eval(script, 0, *map(records.packed_ids, ids)) == [id.encode() for id in ids]
