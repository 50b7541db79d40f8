"""The log as a file: for spreadsheets, in which nothing is worked out, and for programs."""

import csv
import io
import json

import pytest
from werkzeug.test import TestResponse

from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Role
from commentsvc.service import log
from commentsvc.web.moderation import files
from commentsvc.web.moderation.log_export import csv_row, harmless
from tests.conftest import Corpus
from tests.moderation.cast import Cast, Sitting


@pytest.fixture
def mo(cast: Cast) -> Sitting:
    """Mo, a lead here: a plain moderator has no right to files."""
    cast.hire("mo", "daily", role=Role.LEAD)
    return cast.sits_down("mo")


def got(sitting: Sitting, name: str) -> TestResponse:
    """The whole file, its answer closed as a server closes it."""
    return sitting.web.get(f"/moderation/daily/{name}", buffered=True)


def table(answer: str) -> list[dict[str, str]]:
    assert answer.startswith("\ufeff"), "Excel knows UTF-8 by its mark"
    return list(csv.DictReader(io.StringIO(answer.removeprefix("\ufeff"), newline="")))


def test_the_filtered_log_as_csv(cast: Cast, mo: Sitting) -> None:
    id = cast.comment(ago_s=90)
    made = cast.decided("mo", id, Verb.REJECT, reason="insult", note='He said "no",\nإهانة', ago_s=60)
    cast.decided("max", cast.comment(), Verb.APPROVE)
    answer = got(mo, "log.csv?by=mo")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="daily-log-2')
    (row,) = table(answer.text)
    assert (row["decision"], row["comment"], row["by"], row["name"]) == (made.id, id, "mo", "Mo")
    assert (row["verb"], row["before"], row["after"], row["reason"]) == ("reject", "pending", "rejected", "insult")
    assert row["note"] == 'He said "no",\nإهانة'
    assert row["time"].endswith("Z")


def test_the_log_as_json_lines_says_the_same(cast: Cast, mo: Sitting) -> None:
    for n in range(3):
        cast.decided("mo", cast.comment(ago_s=90), Verb.REJECT, reason="hate", note="=1+1", ago_s=60 - n)
    lines = [json.loads(line) for line in got(mo, "log.jsonl").text.splitlines()]
    rows = table(got(mo, "log.csv").text)
    assert len(lines) == 3
    assert [line["decision"] for line in lines] == [row["decision"] for row in rows]
    assert [line["note"] for line in lines] == ["=1+1"] * 3, "a program gets what was written"
    assert [row["note"] for row in rows] == ["'=1+1"] * 3


def test_no_cell_is_ever_a_formula(corpus: Corpus) -> None:
    for row in corpus("export_injection"):
        cell = harmless(row["v"])
        assert cell[0] not in "=+-@\t\r", row
        assert not any(ord(c) < 32 and c not in "\n\t" for c in cell), row
        (read,) = csv.reader(io.StringIO(csv_row(["a", cell, "b"]), newline=""))
        assert read == ["a", cell, "b"], row


@pytest.mark.parametrize("text", ["plain", "", "a=b", "Maria K.", "إهانة", "1+1"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_a_file_that_would_be_too_long_is_refused_in_words(
    cast: Cast, mo: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        cast.decided("mo", cast.comment(), Verb.APPROVE)
    monkeypatch.setattr(log, "EXPORT_MAX", 2)
    answer = got(mo, "log.csv")
    assert (answer.status_code, "Please narrow the dates." in answer.text) == (422, True)
    assert got(mo, "log.csv?until=2020-01-01").status_code == 200


def test_only_so_many_files_are_under_way_at_once(cast: Cast, mo: Sitting) -> None:
    cast.decided("mo", cast.comment(), Verb.APPROVE)
    under_way = [mo.web.get("/moderation/daily/log.csv", buffered=False) for _ in range(files.AT_ONCE)]
    assert got(mo, "log.csv").status_code == 503
    for answer in under_way:
        answer.close()
    assert got(mo, "log.csv").status_code == 200


def test_a_filter_that_cannot_be_meant_makes_no_file(cast: Cast, mo: Sitting) -> None:
    assert got(mo, "log.csv?since=soon").status_code == 422


def test_a_file_holds_nothing_of_another_site(cast: Cast, mo: Sitting) -> None:
    cast.site("weekly")
    cast.decided("mo", cast.comment("weekly"), Verb.APPROVE)
    assert table(got(mo, "log.csv").text) == []
