"""What an operator may choose: one frozen typed object, its sources, and the file of signing secrets."""

from commentsvc.settings.definition import Described, Settings, described, table
from commentsvc.settings.parsers import BadSettings
from commentsvc.settings.secret_file import load_or_create_secrets, rotate_secrets, signing_secrets
from commentsvc.settings.sources import load

__all__ = [
    "BadSettings",
    "Described",
    "Settings",
    "described",
    "load",
    "load_or_create_secrets",
    "rotate_secrets",
    "signing_secrets",
    "table",
]
