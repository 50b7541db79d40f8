"""Every use case, one method each; the web, the worker and the command line all come through here."""

from commentsvc.service.assembly import Service, assemble
from commentsvc.service.letters import Post
from commentsvc.service.submissions import Limits
from commentsvc.store.comments import Page, Sort
from commentsvc.store.failures import UNREACHABLE

__all__ = ["UNREACHABLE", "Limits", "Page", "Post", "Service", "Sort", "assemble"]
