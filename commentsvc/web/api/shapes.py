"""What travels: the shapes of requests and answers, from which they are encoded, decoded and documented."""

from enum import StrEnum
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from commentsvc.domain.comment import Comment as Stored
from commentsvc.domain.comment import Thread as StoredThread
from commentsvc.domain.decision import NOTE_MAX, Status, Verb
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.refusal import Code
from commentsvc.domain.site import Site
from commentsvc.service.challenges import Challenge as Opened
from commentsvc.web.parts import settings

Limit = Annotated[int, Meta(ge=1, le=100)]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"}, description="RFC 3339, UTC")]
Address = Annotated[str, Meta(extra_json_schema={"format": "uri"})]


class Author(Struct, frozen=True, kw_only=True):
    """Who wrote a comment, as far as the public may know."""

    name: str


class Comment(Struct, frozen=True, kw_only=True):
    """An approved comment. `html` is safe to insert; `text` is what was typed; `fields` are the site's public ones.

    `featured`: the site's moderators set it off.
    """

    id: str
    parent: str | None
    depth: int
    author: Author
    html: str
    text: str
    created: Time
    edited: Time | None
    url: Address
    replies: int
    likes: int
    featured: bool
    fields: dict[str, str]


class Thread(Struct, frozen=True, kw_only=True):
    """The comments of one article; `count` is how many are public, `url` null where only the key is known."""

    key: str
    url: Address | None
    title: str
    open: bool
    count: int


class Challenge(Struct, frozen=True, kw_only=True):
    """A confirmation code: show `image` and offer `sound`; send `challenge` back with the `length` characters."""

    challenge: str
    image: Address
    sound: Address
    expires: Time
    length: int


class Now(Struct, frozen=True, kw_only=True):
    """What a comment is by now: its version and status, who decided that, and when."""

    version: int
    status: Status
    by: str | None
    at: Time | None


class Problem(Struct, frozen=True, kw_only=True):
    """Why something was refused (RFC 9457). `code` and the codes in `fields` are stable; `detail` is for people."""

    type: str
    title: str
    status: int
    code: Code
    detail: str
    fields: dict[str, Code] | UnsetType = UNSET
    challenge: Challenge | UnsetType = UNSET
    now: Now | UnsetType = UNSET
    until: Time | UnsetType = UNSET


class Ruling(StrEnum):
    """What a program can decide."""

    APPROVE = Verb.APPROVE
    REJECT = Verb.REJECT
    SPAM = Verb.SPAM
    KEEP = Verb.KEEP
    TURN_DOWN = Verb.TURN_DOWN
    FEATURE = Verb.FEATURE
    UNFEATURE = Verb.UNFEATURE


class Wish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decision that is wanted, about the comment at the `version` that was seen.

    `reject` and `turn_down` need a `reason`. `keep` says that a comment stays that was reported. Where an edit of a
    published comment waits, `approve` publishes that and `turn_down` leaves what is published as it is; `reject` takes
    the comment down, as ever.

    `feature` sets off a published comment, and publishes one that is pending in the same decision; `unfeature` ends
    that. Neither is possible while an edit waits.
    """

    id: str
    version: Annotated[int, Meta(ge=1, le=2**53)]
    decision: Ruling
    reason: str = ""
    note: Annotated[str, Meta(max_length=NOTE_MAX)] = ""


def challenge(opened: Opened) -> Challenge:
    """An open code with the addresses of its image and sound."""
    base = f"{settings().public_url}/challenges/{opened.ticket}"
    return Challenge(
        challenge=opened.ticket,
        image=f"{base}.webp",
        sound=f"{base}.wav",
        expires=rfc3339(opened.expires_ms),
        length=opened.length,
    )


def comment(site: Site, stored: Stored) -> Comment:
    """An approved comment as the public may see it; never its address, its sender's network or a private field."""
    body = stored.body
    if body is None:
        raise ValueError(f"the approved comment {stored.id} has no body")
    return Comment(
        id=stored.id,
        parent=stored.parent,
        depth=stored.depth,
        author=Author(name=body.name),
        html=stored.html,
        text=body.text,
        created=rfc3339(body.created_ms),
        edited=rfc3339(body.edited_ms) if body.edited_ms else None,
        url=f"{body.url}#{stored.id}",
        replies=stored.replies,
        likes=stored.likes,
        featured=stored.featured,
        fields={
            field.key: body.fields[field.key] for field in site.fields if field.public and field.key in body.fields
        },
    )


def thread(stored: StoredThread, *, site: Site, by_key: bool = False) -> Thread:
    """A thread as the public may see it; one asked for by its key has no address before a comment is published."""
    return Thread(
        key=stored.key,
        url=None if by_key and not stored.counts[Status.APPROVED] else stored.url,
        title=stored.title,
        open=stored.open and site.open,
        count=stored.counts[Status.APPROVED],
    )
