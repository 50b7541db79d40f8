"""Articles of a fictional newspaper, to see the comments where they live; only with the setting `demo`."""

from flask import Blueprint

blueprint = Blueprint("demo", __name__)
