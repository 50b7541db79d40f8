"""Ids that sort by time and say where they live.

An id is 130 bits in 26 Crockford base-32 characters: 48 bits of UTC milliseconds, 16 bits site number, 10 bits
bucket, 56 random bits. Sorting ids as text sorts them by time, and an id alone leads to the one slot that holds it:
the bucket is the thread's, and `Site.partition_of` says in which partition it lies. So ids, and every address made of
them, stay as they are when a site is moved to another number of partitions.
"""

import re
import secrets
from dataclasses import dataclass
from typing import NewType

CommentId = NewType("CommentId", str)
DecisionId = NewType("DecisionId", str)
BulkId = NewType("BulkId", str)

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BODY_LENGTH = 26
MAX_SITE_NUMBER = (1 << 16) - 1
BUCKETS = 1 << 10

_AS_PYTHONS = bytes.maketrans(CROCKFORD.encode(), b"0123456789abcdefghijklmnopqrstuv")
_PAIRS = [high + low for high in CROCKFORD for low in CROCKFORD]
_SHIFTS = range(120, -1, -10)
_FORM = re.compile(f"(cmt|dec|blk)_([{CROCKFORD}]{{{BODY_LENGTH}}})", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an id lives: the site's number and its thread's bucket."""

    site_number: int
    bucket: int


def new_body(*, now_ms: int, site_number: int, bucket: int) -> str:
    """A new id without its prefix, e.g. `01K9Z3…` (26 characters)."""
    number = (now_ms & ((1 << 48) - 1)) << 82 | site_number << 66 | bucket << 56 | secrets.randbits(56)
    return encode(number)


def new_comment_id(*, now_ms: int, site_number: int, bucket: int) -> CommentId:
    """A new comment id, e.g. `cmt_01K9Z3…` (30 characters)."""
    return CommentId("cmt_" + new_body(now_ms=now_ms, site_number=site_number, bucket=bucket))


def new_decision_id(*, now_ms: int, place: Place) -> DecisionId:
    """A new decision id in the slot of the comment it is about: the two are written by one script."""
    body = new_body(now_ms=now_ms, site_number=place.site_number, bucket=place.bucket)
    return DecisionId("dec_" + body)


def new_bulk_id(*, now_ms: int, site_number: int) -> BulkId:
    """A new id for many decisions that are one step to undo; what it is about may lie in any bucket."""
    return BulkId("blk_" + new_body(now_ms=now_ms, site_number=site_number, bucket=0))


def bulk_id(text: str) -> BulkId | None:
    """The id of a bulk that `text` is, or None; never raises, whatever is typed."""
    match = _FORM.fullmatch(text)
    return BulkId(text) if match and match[1] == "blk" else None


def comment_id(text: str) -> CommentId | None:
    """The comment id that `text` is, or None; never raises, whatever is typed."""
    match = _FORM.fullmatch(text)
    return CommentId(text) if match and match[1] == "cmt" else None


def decision_id(text: str) -> DecisionId | None:
    """The decision id that `text` is, or None; never raises, whatever is typed."""
    match = _FORM.fullmatch(text)
    return DecisionId(text) if match and match[1] == "dec" else None


def place(of: CommentId | DecisionId | BulkId) -> Place:
    """Where a well-formed id lives."""
    number = decode(of[4:])
    return Place(
        site_number=number >> 66 & MAX_SITE_NUMBER,
        bucket=number >> 56 & (BUCKETS - 1),
    )


def bucket_of(id: CommentId | DecisionId) -> int:
    """The bucket in a well-formed id: like `place(id).bucket`, but every read asks."""
    return decode(id[16:19]) >> 1 & (BUCKETS - 1)


def made_ms(of: CommentId | DecisionId | BulkId) -> int:
    """When a well-formed id was made, in UTC ms."""
    return decode(of[4:14]) >> 2


def encode(number: int) -> str:
    """130 bits as 26 Crockford base-32 characters, most significant first."""
    return "".join([_PAIRS[number >> shift & 1023] for shift in _SHIFTS])


def decode(text: str) -> int:
    """The number that Crockford base-32 characters stand for; KeyError for any other character."""
    wrong = text.strip(CROCKFORD)
    if wrong:
        raise KeyError(wrong)
    return int(b"0" + text.encode().translate(_AS_PYTHONS), 32)
