"""What the console's script asks for and sends, as JSON, and what it is told of each act."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from commentsvc.domain.decision import NOTE_MAX, Status, Verb
from commentsvc.domain.refusal import Code
from commentsvc.service.clusters import NEAR_MAX

AT_ONCE = 50
HELD_MAX = 100
Id = Annotated[str, Meta(max_length=40)]
Ids = Annotated[list[Id], Meta(max_length=HELD_MAX)]
Version = Annotated[int, Meta(ge=1, le=2**53)]


class Wish(Struct, frozen=True, kw_only=True):
    """Which cards the script wants: the next of a lane beside those it has, or `only` those named.

    `q` is what is searched for where these stand in what was found: it is marked in them.
    """

    lane: Id = ""
    have: Ids = []
    only: Ids = []
    q: str = ""


class Near(Struct, frozen=True, kw_only=True):
    """A comment that says nearly the same as another, at the version that was seen."""

    id: Id
    version: Version


class Decide(Struct, frozen=True, kw_only=True, tag_field="act", tag="decide"):
    """A decision about the comment at the `version` that was seen, and about those `near` it in one `step`."""

    id: Id
    version: Version
    verb: Verb
    reason: Annotated[str, Meta(max_length=40)] = ""
    note: Annotated[str, Meta(max_length=NOTE_MAX)] = ""
    near: Annotated[list[Near], Meta(max_length=NEAR_MAX)] = []
    step: Id = ""


class Undo(Struct, frozen=True, kw_only=True, tag_field="act", tag="undo"):
    """One's own decision taken back, or with `step` all that is left of that."""

    id: Id = ""
    decision: Id = ""
    step: Id = ""


class Question(Struct, frozen=True, kw_only=True, tag_field="act", tag="ask"):
    """A question to colleagues about the comment at the `version` that was seen."""

    id: Id
    version: Version
    note: Annotated[str, Meta(max_length=NOTE_MAX)] = ""


class Later(Struct, frozen=True, kw_only=True, tag_field="act", tag="later"):
    """A comment put off for an hour."""

    id: Id


class Back(Struct, frozen=True, kw_only=True, tag_field="act", tag="back"):
    """A comment that is put off no longer."""

    id: Id


Act = Decide | Undo | Question | Later | Back


class Acts(Struct, frozen=True, kw_only=True):
    """What was done, in order; each is done or refused for itself, and done once however often it is sent."""

    acts: Annotated[list[Act], Meta(min_length=1, max_length=AT_ONCE)]


class Result(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one act, and of those `near` it; `said` is for people: who was faster, or why not."""

    id: str
    result: Literal["ok", "stale", "refused"]
    decision: str | UnsetType = UNSET
    version: int | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    edited: bool | UnsetType = UNSET
    verb: Verb | UnsetType = UNSET
    code: Code | UnsetType = UNSET
    said: str | UnsetType = UNSET
    near: "list[Result] | UnsetType" = UNSET


class Held(Struct, frozen=True, kw_only=True):
    """The comments that the script holds."""

    ids: Ids
