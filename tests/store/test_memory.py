"""A comment stays small: with everything that exists because of it, on the configuration that the service starts."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from commentsvc.bench import memory, seed
from commentsvc.bootstrap import Parts, join
from commentsvc.settings import Settings
from commentsvc.store import embedded

COMMENTS = 5_000
AT_MOST = {"comment": 840, "decision": 285, "search": 150, "numbers": 10, "near": 300}
"""Bytes, a tenth more than docs/memory.md says; a comment has a larger share of tables that are half empty still."""


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    """The service on the embedded server, which does not write to the disk here."""
    with embedded.start(tmp_path, holder="a test"):
        joined = join(Settings(data_dir=tmp_path))
        joined.client.config_set("appendonly", "no")
        yield joined
        joined.client.close()


def test_a_comment_and_its_decision_stay_within_what_the_table_says(parts: Parts) -> None:
    client = cast(Any, parts.client)
    dice = random.Random(1)
    site = seed.site(parts, "daily")
    loader = memory.Loader(parts, site, dice, memory.invented(dice), COMMENTS)
    empty = client.info("memory")["used_memory"]
    assert list(loader.load())[-1] == COMMENTS
    used = client.info("memory")["used_memory"] - empty

    assert 330 < loader.letters / COMMENTS < 370
    shares = {row.structure: row.bytes for row in memory.shares(client)}
    each = {
        "decision": shares["d"] + shares["log"],
        "search": shares["ids"] + shares["bits"] + shares["index"],
        "numbers": shares["n"] + shares["busy"],
        "near": shares["near"],
    }
    each["comment"] = used - sum(each.values())
    assert {what: each[what] / COMMENTS for what in AT_MOST if each[what] / COMMENTS > AT_MOST[what]} == {}
    assert shares.keys() == {
        *(
            "c",
            "a",
            "t",
            "t:approved",
            "t:order",
            "s:approved",
            "d",
            "log",
            "my:bench",
            "ids",
            "bits",
            "index",
            "n",
            "busy",
            "near",
        ),
        "others",
    }
