"""Every key of the data model is known when it is met again, and nothing else is."""

import re

import pytest

from commentsvc.store import keys
from commentsvc.store.names import OF_ALL, OF_PARTITIONS, Type, named

TYPES = {"index": Type.INDEX, "sorted set": Type.INDEX}
EXAMPLES = {"<thread>": "0" * 26, "<name>": "mo.b", "{p}": "{daily.12}"}
ROWS = re.findall(r"^\| `([^`]+)` \| ([a-z ]+) \|", keys.__doc__ or "", re.MULTILINE)


def example(pattern: str) -> bytes:
    """A key like this pattern of the table."""
    for placeholder, value in EXAMPLES.items():
        pattern = pattern.replace(placeholder, value)
    return re.sub(r"<[^>]+>", "any:thing-1", pattern).encode()


@pytest.mark.parametrize(("pattern", "type"), ROWS, ids=[row[0] for row in ROWS])
def test_each_row_of_the_data_model_is_known_with_its_type(pattern: str, type: str) -> None:
    found = named(example(pattern))
    assert found is not None
    assert found.type == TYPES.get(type) or found.type == type


def test_no_kind_is_known_that_is_not_in_the_data_model() -> None:
    kinds = {found.kind for pattern, _ in ROWS if (found := named(example(pattern)))}
    assert kinds == OF_PARTITIONS.keys() | OF_ALL.keys()


@pytest.mark.parametrize(
    "key",
    ["session:1", "{daily.0}", "{daily.0}:", "{daily.0}:z:1", "{Daily.0}:c:1", "{daily.x}:c:1", "commentsvc:else"],
)
def test_other_peoples_keys_are_not_ours(key: str) -> None:
    assert named(key.encode()) is None


def test_a_name_says_its_site_its_partition_and_the_rest() -> None:
    found = named(b"{daily-2.7}:due:27c81dabb012")
    assert found is not None
    assert (found.site, found.number, found.kind, found.rest) == ("daily-2", 7, "due", "27c81dabb012")
    assert found.tail == b"due:27c81dabb012"
