"""Files that are written while they are read: so many under way at once, because each holds a thread."""

import threading
from collections.abc import Iterator

from flask import Response

from commentsvc.domain.refusal import Code, Refused
from commentsvc.web.errors import Refusal

AT_ONCE = 2
"""Files under way in one process."""

_room = threading.BoundedSemaphore(AT_ONCE)


def streamed(pieces: Iterator[str], kind: str, name: str) -> Response:
    """The pieces as a file to be saved; refused, for a moment, when enough are under way."""
    if not _room.acquire(blocking=False):
        raise Refusal(Refused(code=Code.BUSY, retry_after_s=10))
    response = Response(pieces, content_type=kind)
    # Called once however the answer ends, also where nobody has begun to read it.
    response.call_on_close(_room.release)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
