"""HTTP ⇄ use cases, for readers, moderators, programs and operators."""

from commentsvc.web.app import application, create_app

__all__ = ["application", "create_app"]
