"""Being written."""

from flask import Blueprint

blueprint = Blueprint("widget", __name__)
