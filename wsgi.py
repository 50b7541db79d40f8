"""The deployer's door: `app` (or `application`) for any WSGI server, configured by COMMENTSVC_* in the environment."""

from commentsvc.web import application as make

application = app = make()

__all__ = ["app", "application"]
