"""Patterns for JSON texts that mean the same in Python and in the published schema."""

import re

from msgspec import Meta


def whole(pattern: re.Pattern[str] | str) -> Meta:
    """A text that the pattern describes from its first to its last character.

    Python's `$` also stands before a newline at the end, which JSON Schema's does not, and JSON Schema has no `\\Z`.
    """
    source = pattern if isinstance(pattern, str) else pattern.pattern
    return Meta(pattern=f"^(?:{source})(?!\\n)$")
