"""The code as a picture and as a sound."""

from flask import Response, request

from commentsvc.domain.refusal import Refused
from commentsvc.web import errors
from commentsvc.web.headers import private
from commentsvc.web.network import network_of
from commentsvc.web.parts import service

WAV = "audio/wav"


def webp(ticket: str) -> Response:
    """The code as WebP."""
    return _answered(service().challenges.image(ticket, "webp"), "image/webp")


def png(ticket: str) -> Response:
    """The code as PNG."""
    return _answered(service().challenges.image(ticket, "png"), "image/png")


def wav(ticket: str) -> Response:
    """The code spoken; players may ask for ranges of it."""
    response = _answered(service().challenges.sound(ticket, network=network_of(request)), WAV)
    if response.status_code == 200:
        response.make_conditional(request, accept_ranges=True, complete_length=response.content_length)
    return response


def _answered(made: bytes | Refused, content_type: str) -> Response:
    if isinstance(made, Refused):
        return errors.answer(made)
    response = private(Response(made, content_type=content_type))
    response.headers["Cache-Control"] = "private, no-store"
    # A site that includes the form in its own page shows the code there.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
