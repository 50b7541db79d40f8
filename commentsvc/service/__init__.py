"""Every use case, one method each; the web, the worker and the command line all come through here."""

from commentsvc.service.assembly import Service, assemble

__all__ = ["Service", "assemble"]
