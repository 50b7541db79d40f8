"""The readers' side, and this table is the map of it: no cookie is ever set, all of it works without JavaScript."""

import structlog
from flask import Blueprint, Response, request

from commentsvc.domain.refusal import Code, Refused
from commentsvc.service import UNREACHABLE
from commentsvc.web import (
    assets,
    challenges,
    errors,
    headers,
    likes,
    looks,
    mails,
    pages,
    posting,
    receipt_data,
    receipt_edit,
    receipts,
    reports,
)

log = structlog.get_logger()

SCRIPT_SECONDS = 600

blueprint = Blueprint("widget", __name__)

blueprint.add_url_rule("/embed/<site>", view_func=pages.embed, methods=["GET"])
blueprint.add_url_rule("/embed/<site>", view_func=posting.post, methods=["POST"])
blueprint.add_url_rule("/embed/<site>/like", view_func=likes.like, methods=["POST"])
blueprint.add_url_rule("/embed/<site>/list", view_func=pages.list_fragment)
blueprint.add_url_rule("/embed/<site>/form", view_func=pages.form_fragment)
blueprint.add_url_rule("/challenges/<ticket>.webp", view_func=challenges.webp)
blueprint.add_url_rule("/challenges/<ticket>.png", view_func=challenges.png)
blueprint.add_url_rule("/challenges/<ticket>.wav", view_func=challenges.wav)
blueprint.add_url_rule("/looks/<site>.css", view_func=looks.sheet)
blueprint.add_url_rule("/looks/<site>.<digest>.css", view_func=looks.hashed_sheet)
blueprint.add_url_rule("/receipts/<token>", view_func=receipts.show, methods=["GET"])
blueprint.add_url_rule("/receipts/<token>", view_func=receipts.withdraw, methods=["POST"])
blueprint.add_url_rule("/receipts/<token>/appeal", view_func=receipts.appeal, methods=["POST"])
blueprint.add_url_rule("/report", view_func=reports.form, methods=["GET"])
blueprint.add_url_rule("/report", view_func=reports.report, methods=["POST"])
blueprint.add_url_rule("/reports/<token>", view_func=reports.outcome, methods=["GET"])
blueprint.add_url_rule("/receipts/<token>/mail", view_func=receipts.wish, methods=["POST"])
blueprint.add_url_rule("/mail/<token>", view_func=mails.show_mail, methods=["GET"])
blueprint.add_url_rule("/mail/<token>", view_func=mails.answer_mail, methods=["POST"])
blueprint.add_url_rule("/receipts/<token>/edit", view_func=receipt_edit.edit, methods=["POST"])
blueprint.add_url_rule("/receipts/<token>/data", view_func=receipt_data.download)


@blueprint.get("/embed.js")
def embed_js() -> Response:
    """The script of the page around a frame."""
    return assets.stable("embed.js", SCRIPT_SECONDS)


@blueprint.get("/count.js")
def count_js() -> Response:
    """The script that fills in numbers of comments."""
    return assets.stable("count.js", SCRIPT_SECONDS)


@blueprint.get("/embed.css")
def embed_css() -> Response:
    """The stylesheet, for pages that include the fragments."""
    return assets.stable("embed.css", SCRIPT_SECONDS)


def store_away(error: Exception) -> Response:
    """503 in words that fit: something typed is kept, something looked at can be looked at in a moment."""
    log.warning("store down", route=errors.route(), error=type(error).__name__)
    code = Code.STORE_DOWN if request.method == "POST" else Code.BUSY
    return errors.answer(Refused(code=code, retry_after_s=errors.RETRY_AFTER_S))


for failure in UNREACHABLE:
    blueprint.register_error_handler(failure, store_away)


@blueprint.after_request
def readable_in_frame(response: Response) -> Response:
    """An error that has no origins of its own is still shown in the frame it happened in: words, nothing to click."""
    if response.mimetype == "text/html" and "Content-Security-Policy" not in response.headers:
        headers.frameable(response, ["*"])
    return response
