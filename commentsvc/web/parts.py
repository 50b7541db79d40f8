"""The application's parts as its views reach them."""

from flask import current_app

from commentsvc.bootstrap import Parts
from commentsvc.service import Service
from commentsvc.settings import Settings

PARTS_KEY = "commentsvc"


def parts() -> Parts:
    """The parts that this application was made of."""
    found: Parts = current_app.extensions[PARTS_KEY]
    return found


def service() -> Service:
    """The use cases."""
    return parts().service


def settings() -> Settings:
    """The settings."""
    return parts().settings
