"""How fast this installation's code is on this machine: `commentsvc bench`."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path


class Form(StrEnum):
    """How the figures are printed."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


def run(
    *,
    form: Form = Form.TABLE,
    seconds: float = 0.6,
    only: Sequence[str] = (),
    full: bool = False,
    source: Path | None = None,
) -> int:
    """The exit code after everything was measured and printed: 0, or 1 when a row could not be measured.

    `seconds` is the length of one slice (three for each row, half as long ones of the bare callable between them);
    `only` names rows, or what their names begin with; `full` adds the long thread and queues. With `source`, the JSON
    of an earlier run, nothing is measured. UnknownRow for a name there is not, NotARun for another file.
    """
    from commentsvc.bench import course, report  # the command line shows its help without loading any of this

    if source is None:
        found = course.measured(seconds=seconds, only=only, full=full, quiet=form is not Form.TABLE)
    else:
        found = report.read(source)
    show = {Form.TABLE: report.print_table, Form.JSON: report.print_json, Form.MARKDOWN: report.print_markdown}
    show[form](found)
    return 1 if any(one.error for one in found.rows) else 0
