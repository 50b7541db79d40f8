"""An accepted submission: what its author wrote, and would have there instead, and where it stands today."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from commentsvc.domain.decision import Status
from commentsvc.domain.ids import CommentId, DecisionId
from commentsvc.domain.lane import Lane
from commentsvc.domain.rules import Hit
from commentsvc.domain.text import safe_html
from commentsvc.domain.thread import ThreadId

MAX_DEPTH = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """What was sent; whoever edits sends another one. `title` is as the page gave it.

    `author_key` is a letter, for what it was made of, and a keyed hash in hex. `seconds` is how long the form was open,
    where that was less than a minute. `edited_ms` is when this was written in the place of an older text, 0 where
    there was none.
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
    edited_ms: int = 0

    def says_as(self, other: "Body") -> bool:
        """Whether a reader wrote the same in both."""
        return (self.name, self.text, dict(self.fields)) == (other.name, other.text, dict(other.fields))


@dataclass(frozen=True, kw_only=True, slots=True)
class Edit:
    """What a published comment's author would have there instead: it waits, in a lane and for reasons of its own."""

    body: Body
    lane: Lane = Lane.NEW
    hits: tuple[Hit, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """A comment with its present state. `body` is None once erased.

    `path` is the ids of its ancestors and its own, joined: sorting by it is the order of the conversation.
    `decision` is the last one about it, `in_force` the one that an undo would reverse. `lane` is where it waits, or
    waited and would wait again, and `hits` are the rules that chose it. `likes` are known where a page is read. `edit`
    is what waits while it is published: nothing of that is ever public. `shelved` is the text that the decision about
    an edit has put away, for its undo. Only an approved one is ever `featured`.
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
    edit: Edit | None = None
    shelved: Body | None = None
    featured: bool = False

    @property
    def waits(self) -> bool:
        """Whether it, or an edit of it, is for a moderator to decide."""
        return self.status is Status.PENDING or self.edit is not None

    @property
    def waiting(self) -> Edit | None:
        """What waits of it, with its lane and hits: the comment itself, or its edit; None where nothing does."""
        if self.status is Status.PENDING and self.body:
            return Edit(body=self.body, lane=self.lane, hits=self.hits)
        return self.edit

    @property
    def newest(self) -> "Comment":
        """The comment as what waits would have it: its edit's words, lane and hits, where there is one."""
        if self.edit is None:
            return self
        return replace(self, body=self.edit.body, lane=self.edit.lane, hits=self.edit.hits)

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
