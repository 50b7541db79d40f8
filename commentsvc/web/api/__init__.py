"""Programs: JSON under `/api/v1`, one file per noun; `routes.OPERATIONS` is the map."""

from commentsvc.web.api import (
    comments,
    counts,
    moderation,
    moderators,
    openapi,
    queue,
    reasons,
    rehearsals,
    rules,
    sites,
    submissions,
    webhooks,
)
from commentsvc.web.api.routes import OPERATIONS, blueprint

__all__ = [
    "OPERATIONS",
    "blueprint",
    "comments",
    "counts",
    "moderation",
    "moderators",
    "openapi",
    "queue",
    "reasons",
    "rehearsals",
    "rules",
    "sites",
    "submissions",
    "webhooks",
]
