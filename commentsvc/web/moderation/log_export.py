"""The log as a file: CSV for spreadsheets, JSON Lines for programs; streamed, and bounded in length and number."""

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import msgspec
from flask import Response, request

from commentsvc.bootstrap import now_ms
from commentsvc.domain.decision import Decision
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, names
from commentsvc.web.moderation.files import streamed
from commentsvc.web.moderation.log_filter import asked
from commentsvc.web.parts import service

COLUMNS = (
    "time",
    "decision",
    "comment",
    "by",
    "name",
    "verb",
    "before",
    "after",
    "version",
    "reason",
    "note",
    "undo_of",
)
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet may take for the beginning of a formula (OWASP, "CSV Injection")."""


@blueprint.get("/<site>/log.csv")
@asks(Right.EXPORT)
def log_csv(site: str) -> Response:
    """The filtered log for a spreadsheet, in which nothing is a formula."""
    # By the byte order mark Excel knows UTF-8.
    return _file("csv", "text/csv; charset=utf-8", _csv, head="\ufeff" + csv_row(COLUMNS))


@blueprint.get("/<site>/log.jsonl")
@asks(Right.EXPORT)
def log_lines(site: str) -> Response:
    """The filtered log, a JSON object a line."""
    return _file("jsonl", "application/jsonl; charset=utf-8", _json_line)


def csv_row(cells: Sequence[object]) -> str:
    """A line of CSV (RFC 4180): every cell in quotes, none that a spreadsheet would work out."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([harmless(str(cell)) for cell in cells])
    return line.getvalue()


def harmless(text: str) -> str:
    """The text as a cell that is text: an apostrophe before what looks like a formula, control characters shown."""
    shown = "".join(c if c in "\n\t" or unicodedata.category(c) != "Cc" else f"⟦U+{ord(c):04X}⟧" for c in text)
    return "'" + shown if text[:1] in FORMULA and text else shown


def _csv(row: Decision, called: dict[str, str]) -> str:
    return csv_row(list(_cells(row, called).values()))


def _json_line(row: Decision, called: dict[str, str]) -> str:
    return msgspec.json.encode(_cells(row, called)).decode() + "\n"


def _cells(row: Decision, called: dict[str, str]) -> dict[str, object]:
    at = datetime.fromtimestamp(row.at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    values = (at, row.id, row.comment, row.by, called.get(row.by, ""), row.verb, row.before, row.after, row.version)
    return dict(zip(COLUMNS, (*values, row.reason, row.note, row.undo_of or ""), strict=True))


def _file(suffix: str, kind: str, line: Callable[[Decision, dict[str, str]], str], *, head: str = "") -> Response:
    wish = asked(here(), request.args)
    if wish.problems:
        raise Refusal(Refused(code=Code.INVALID_FIELDS))
    batches = granted(service().log.export(actor(), here(), wish.filter))
    day = datetime.fromtimestamp(now_ms() // 1000, UTC).strftime("%Y-%m-%d")
    return streamed(_lines(batches, head, line, names()), kind, f"{here().key}-log-{day}.{suffix}")


def _lines(
    batches: Iterator[Sequence[Decision]],
    head: str,
    line: Callable[[Decision, dict[str, str]], str],
    called: dict[str, str],
) -> Iterator[str]:
    if head:
        yield head
    for batch in batches:
        yield "".join(line(row, called) for row in batch)
