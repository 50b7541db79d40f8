"""The moderators' console: one room, locked as a whole. Each module holds the pages of one noun."""

from commentsvc.web.moderation import comment, decision, listing, log, people, thread  # noqa: F401  # they have routes
from commentsvc.web.moderation.door import blueprint

__all__ = ["blueprint"]
