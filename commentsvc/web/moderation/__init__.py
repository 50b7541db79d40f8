"""The moderators' console: one room, locked as a whole. Each module holds the pages of one noun."""

from commentsvc.web.moderation import (  # noqa: F401  # they have routes
    account,
    author,
    bulk,
    changes,
    comment,
    decision,
    focus,
    listing,
    lists,
    log,
    log_export,
    numbers,
    people,
    person,
    person_end,
    practice,
    rules,
    search,
    site_fields,
    site_look,
    site_reasons,
    sites,
    thread,
    waiting,
    work,
)
from commentsvc.web.moderation.door import blueprint

__all__ = ["blueprint"]
