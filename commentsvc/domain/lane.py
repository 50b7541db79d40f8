"""The lanes of the queue: each waiting comment is in exactly one."""

from enum import StrEnum


class Lane(StrEnum):
    """A named part of the queue, in the order in which the console shows them."""

    NOTICES = "notices"
    HELD = "held"
    FIRST_TIME = "first_time"
    NEW = "new"
    COLLEAGUE = "colleague"
    LIKELY_SPAM = "likely_spam"
