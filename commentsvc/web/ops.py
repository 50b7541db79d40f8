"""Being written."""

from flask import Blueprint

blueprint = Blueprint("ops", __name__)
