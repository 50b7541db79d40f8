"""A run can be printed again, beside its aims, and sized by arithmetic that anybody can repeat."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from commentsvc.bench.aims import aim
from commentsvc.bench.command import bench
from commentsvc.bench.figures import Figures, as_json, from_json
from commentsvc.bench.read_rows import reads
from commentsvc.bench.sizing import rules_of_thumb
from commentsvc.bench.write_rows import writes

ROWS = [
    Figures(name="bare", rps=20_000.0, p50_ms=0.5, p99_ms=3.0, ratio=1.0),
    Figures(name="list 100", rps=16_000.0, p50_ms=0.9, p99_ms=3.0, ratio=0.8, cpu_ms=0.06, note="34,625 bytes"),
    Figures(name="submit 16", rps=800.0, p50_ms=9.0, p99_ms=30.0, ratio=0.04, share=0.1, beside="evalsha 16"),
    Figures(name="decide", error="answered 503 instead of 200 to POST /api/v1/decisions"),
    Figures(name="cold start", value=659.0, unit="ms"),
]
MACHINE = {"processor": "a fast one", "cpus": 2, "disk": "ext4"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """What `commentsvc bench --json` wrote."""
    path = tmp_path / "run.json"
    run = {"rows": [as_json(one) for one in ROWS], "machine": MACHINE, "seconds": 0.6, "rounds": 3}
    path.write_text(json.dumps(run), encoding="utf-8")
    return path


def test_a_line_read_from_json_is_the_line_that_was_printed() -> None:
    assert [from_json(as_json(one)) for one in ROWS] == ROWS


def test_an_earlier_run_is_printed_as_the_section_of_the_docs_with_each_aim_and_whether_it_was_met(file: Path) -> None:
    printed = CliRunner().invoke(bench, ["--from", str(file), "--markdown"])

    assert printed.exit_code == 1  # one row could not be measured
    lines = printed.output.splitlines()
    assert lines[0].startswith("processor a fast one, cpus 2, disk ext4; median of 3 rounds of 0.6 s")
    assert "| `list 100` | 16,000 | 0.90 | 3.00 | 0.06 | 0.800 | ≥ 0.75 of bare: met | 34,625 bytes |" in lines
    assert "| `submit 16` | 800 | 9.00 | 30.00 |  | 0.040 | ≥ 0.60 of evalsha 16: missed |  |" in lines
    assert "| `decide` | — |  |  |  |  |  | answered 503 instead of 200 to POST /api/v1/decisions |" in lines
    assert "| `cold start` | 659 ms |  |  |  |  |  |  |" in lines
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1


def test_a_file_that_is_no_run_is_refused_in_words(file: Path) -> None:
    file.write_text('{"rows": [{"what": 1}]}', encoding="utf-8")
    refused = CliRunner().invoke(bench, ["--from", str(file)])

    assert refused.exit_code == 2
    assert "is not what" in refused.output


def test_every_aim_names_a_row_of_the_table_and_says_nothing_where_nothing_was_measured() -> None:
    names = ["bare", *(row.name for row in (*reads(full=True), *writes(full=True)))]
    aims = {name: found for name in names if (found := aim(Figures(name=name))) is not None}

    assert all(found.met is None for found in aims.values())
    assert all(found.words.split(" of ")[1] in names for found in aims.values() if " of " in found.words)
    lists = {f"list {length}" for length in (10, 100, 1000, 10_000, 100_000)} | {"list 100 304", "list 100 gzip"}
    submits = {f"submit {clients}{where}" for clients in (1, 16, 64) for where in ("", " many")}
    long = {f"{kind} {length}" for kind in ("queue", "decide") for length in (50_000, 500_000)}
    under = {"read under submissions", "read under submissions 1000/s"}
    assert set(aims) == lists | submits | long | under | {"healthz", "list 1000 cold"}


@pytest.mark.parametrize(("accepted", "spread", "met"), [(200.0, 3.0, True), (200.0, 3.1, False), (150.0, 1.0, False)])
def test_reads_are_steady_only_while_the_submissions_are_accepted(accepted: float, spread: float, met: bool) -> None:
    found = aim(Figures(name="read under submissions", spread=spread, meanwhile=accepted))
    assert found is not None
    assert found.met is met


def test_the_rules_of_thumb_are_half_of_what_was_measured() -> None:
    more = [Figures(name=name, rps=1000.0) for name in ("embed.js", "form page", "image")]
    readers, pages, comments = rules_of_thumb([*ROWS, *more])

    assert readers.startswith("readers: 170 a second, 6,000,000 a day")
    assert pages.startswith("pages of 50 for programs and caches: 8,000 a second")
    assert comments.startswith("comments: 400 a second, 14,000,000 a day")
    assert rules_of_thumb([]) == []
