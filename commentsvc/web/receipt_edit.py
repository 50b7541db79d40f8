"""Changing a comment by its receipt: what comes of the form on the private page."""

from flask import redirect, request
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.edits import Rewrite
from commentsvc.web import receipts
from commentsvc.web.bodies import read_form
from commentsvc.web.errors import Refusal
from commentsvc.web.network import network_of
from commentsvc.web.parts import service, settings
from commentsvc.web.rewriting import edit_part, with_query


def edit(token: str) -> BaseResponse:
    """`POST /receipts/<token>/edit`: back to the receipt, or the receipt with what is wrong and all that was typed."""
    receipts.refuse_other_websites()
    opened = receipts.opened(token)
    receipts.speak_as_its_author(opened.comment)
    sent = read_form()
    if isinstance(sent, Refused):
        raise Refusal(sent)
    if sent.size > settings().body_max_kib * 1024:
        raise Refusal(Refused(code=Code.TOO_LARGE))
    wanted = Rewrite(token=token, values=sent.values, network=network_of(request))
    changed = service().edits.edit(wanted)
    if not isinstance(changed, Refused):
        return redirect(with_query(f"/receipts/{token}"), 303)
    if changed.code is not Code.INVALID_FIELDS:
        raise Refusal(changed)
    part = edit_part(token, opened, sent=sent.values, refused=changed)
    return receipts.answer(token, opened, edit=part, status=422)
