"""For whoever runs the service: is the process alive, can it do its work, how is it doing."""

import hmac

from flask import Blueprint, Flask, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from msgspec import Struct
from prometheus_client import CONTENT_TYPE_LATEST

from commentsvc.bootstrap import problems
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service import UNREACHABLE
from commentsvc.web import metrics
from commentsvc.web.api.answers import json_answer
from commentsvc.web.errors import Refusal
from commentsvc.web.parts import PARTS_KEY, parts, service, settings

ERROR = "error"

blueprint = Blueprint("ops", __name__)


class Trouble(Struct, frozen=True, kw_only=True):
    """Something that is wrong, by its code; `commentsvc doctor` has the sentence, which may name hosts and paths."""

    code: str
    severity: str


class Readiness(Struct, frozen=True, kw_only=True):
    """Whether to send requests here."""

    ready: bool
    problems: list[Trouble]


@blueprint.record
def measure(state: BlueprintSetupState) -> None:
    """Measures answers where somebody may read the figures, and costs nothing where nobody does."""
    app = state.app
    if isinstance(app, Flask) and app.extensions[PARTS_KEY].settings.metrics_token is not None:
        metrics.Metrics().install(app)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers; nothing else is asked, so a store that is away restarts nobody."""
    return json_answer({"alive": True})


@blueprint.get("/readyz")
def readyz() -> Response:
    """200 when what is acknowledged here is kept and worked on; 503 with the problems when it is not.

    Warnings are named, and do not make the service unready.
    """
    found = _troubles()
    ready = all(trouble.severity != ERROR for trouble in found)
    return json_answer(Readiness(ready=ready, problems=found), status=200 if ready else 503)


@blueprint.get("/metrics")
def get_metrics() -> Response:
    """Figures for Prometheus, for whoever has the setting `metrics_token`; nothing is here where it is not set."""
    token = settings().metrics_token
    if token is None:
        raise Refusal(Refused(code=Code.NOT_FOUND))
    kind, _, sent = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not hmac.compare_digest(sent.strip().encode(), token.encode()):
        raise Refusal(Refused(code=Code.UNAUTHENTICATED))
    measured: metrics.Metrics = current_app.extensions[metrics.METRICS_KEY]
    return Response(measured.exposition(service()), content_type=CONTENT_TYPE_LATEST)


@blueprint.after_request
def for_nobodys_page(response: Response) -> Response:
    """No page in a browser may read these, not even why it may not."""
    response.headers.pop("Access-Control-Allow-Origin", None)
    return response


def _troubles() -> list[Trouble]:
    found: list[Trouble] = []
    try:
        found += [Trouble(code=one.code, severity=one.severity) for one in problems(parts())]
        if not service().outbox.worker_alive():
            found.append(Trouble(code="worker_away", severity=ERROR))
    except UNREACHABLE:
        # The master of a cluster that knows the worker may be the one that is away: the others are served all the same.
        if all(one.code != "master_away" for one in found):
            return [Trouble(code="unreachable", severity=ERROR)]
    return found
