"""How fast this installation's code is on this machine: `commentsvc bench`."""

from collections.abc import Sequence


def run(*, json: bool = False, seconds: float = 0.6, only: Sequence[str] = (), full: bool = False) -> int:
    """The exit code after everything was measured and printed: 0, or 1 when a row could not be measured.

    `seconds` is the length of one slice (three for each row, half as long ones of the bare callable between them);
    `only` names rows, or what their names begin with; `full` adds the long queues. UnknownRow for a name there is not.
    """
    from commentsvc.bench import course  # the command line shows its help without loading any of this

    return course.run(json=json, seconds=seconds, only=only, full=full)
