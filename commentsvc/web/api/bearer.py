"""Who asks, where a token is needed."""

from flask import request

from commentsvc.domain.moderator import Scope, Token
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.web.errors import Refusal
from commentsvc.web.parts import service


def token_with(scope: Scope) -> Token:
    """The caller's token, known and with scope enough; looked up each time, so a revoked one ends at once."""
    kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
    token = service().tokens.known(bearer.strip()) if kind.lower() == "bearer" else None
    if token is None:
        raise Refusal(Refused(code=Code.UNAUTHENTICATED))
    if not token.may(scope, token.site):
        raise Refusal(Refused(code=Code.FORBIDDEN))
    return token


def site_of(token: Token, key: str = "") -> Site | Refused:
    """The token's own site; `forbidden` for any other key, known or not: a token tells nothing about other sites."""
    if key and key != token.site:
        return Refused(code=Code.FORBIDDEN)
    return service().sites.get(token.site)
