"""What Flask alone costs: an application with one view that answers two bytes."""

from flask import Flask

ANSWER = "ok"


def application() -> Flask:
    """The application, as small as Flask allows."""
    app = Flask("empty", static_folder=None, template_folder=None)

    @app.get("/")
    def view() -> str:
        return ANSWER

    return app
