"""An accepted submission: what its author wrote, for good, and where it stands today."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, DecisionId
from commentsvc.domain.lane import Lane
from commentsvc.domain.rules import Hit
from commentsvc.domain.text import safe_html
from commentsvc.domain.thread import ThreadId

MAX_DEPTH = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What was sent, never changed afterwards; `title` is as the page gave it.

    `author_key` is a letter, for what it was made of, and a keyed hash in hex. `seconds` is how long the form was open,
    where that was less than a minute.
    """

    name: str
    email: str
    text: str
    fields: Mapping[str, str] = field(default_factory=dict)
    url: str
    title: str = ""
    thread_key: str
    author_key: str
    created_ms: int
    language: str = ""
    seconds: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """A comment with its present state. `body` is None once erased.

    `path` is the ids of its ancestors and its own, joined: sorting by it is the order of the conversation.
    `decision` is the last one about it, `in_force` the one that an undo would reverse. `lane` is where it waits, or
    waited and would wait again, and `hits` are the rules that chose it. `likes` are known where a page is read.
    """

    id: CommentId
    site: str
    thread: ThreadId
    status: Status
    version: int
    body: Body | None
    parent: CommentId | None = None
    path: str
    replies: int = 0
    reason: str = ""
    decided_by: str = ""
    decided_ms: int = 0
    decision: DecisionId | None = None
    in_force: DecisionId | None = None
    lane: Lane = Lane.NEW
    hits: tuple[Hit, ...] = ()
    likes: int = 0

    @property
    def html(self) -> str:
        """What the public may see of the text: safe HTML, made anew at each call; empty unless it is approved."""
        return safe_html(self.body.text) if self.body and self.status is Status.APPROVED else ""

    @property
    def depth(self) -> int:
        """How deep it hangs: 0 for a comment on the article, at most 6."""
        return len(self.path) // 26 - 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """The comments of one article as they are counted. `revision` rises with every public change.

    `url` and `title` are those of the first comment published with a title, for as long as it is published. One that is
    not `open` takes no comments; of one that is `held` every new one waits in the lane of what is held.
    """

    id: ThreadId
    key: str
    url: str
    title: str
    open: bool
    revision: int
    counts: Mapping[Status, int]
    held: bool = False
