"""Being written."""

from flask import Blueprint

blueprint = Blueprint("moderation", __name__)
