"""Programs, and what they may: bearer tokens."""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace

from commentsvc.domain.change import OPERATOR, Change, Deed, Difference, Subject, new_change_id
from commentsvc.domain.moderator import Scope, Token
from commentsvc.service.moderators import BadPerson, judge_name
from commentsvc.service.tries import hashed
from commentsvc.store.people import People


class Tokens:
    """Bearer tokens `cst_<id>_<secret>`, hashed at rest, each for one site and scope."""

    def __init__(self, people: People, *, clock: Callable[[], int]) -> None:
        self._people = people
        self._clock = clock

    def create(self, *, site: str, scope: Scope, label: str, by: str = OPERATOR) -> str:
        """The new token; it is shown this once and cannot be read again. BadPerson for a strange label."""
        judge_name(label, "label")
        id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
        token = Token(id=id, site=site, scope=scope, label=label, secret_hash=hashed(secret), created_ms=self._clock())
        self._people.put_token(None, token, change=self._change(token, Deed.ADDED, by))
        return f"cst_{id}_{secret}"

    def known(self, bearer: str) -> Token | None:
        """The token's record if the secret is right and it is not revoked."""
        prefix, _, rest = bearer.partition("_")
        id, _, secret = rest.partition("_")
        if prefix != "cst" or not id or len(bearer) > 100:
            return None
        token = self._people.token(id)
        if token is None or token.revoked or not hmac.compare_digest(token.secret_hash, hashed(secret)):
            return None
        return token

    def all(self) -> list[Token]:
        """Every token, oldest first."""
        return self._people.tokens()

    def revoke(self, id: str, *, by: str = OPERATOR) -> Token:
        """The token, worth nothing from now on."""
        id = id.removeprefix("cst_").partition("_")[0]
        token = self._people.token(id) if id.isascii() else None
        if token is None:
            raise BadPerson(f"there is no token {id!r}: `commentsvc token list` shows them")
        revoked = replace(token, revoked=True)
        self._people.put_token(token, revoked, change=self._change(token, Deed.REVOKED, by))
        return revoked

    def _change(self, token: Token, deed: Deed, by: str) -> Change:
        now_ms = self._clock()
        said = tuple(Difference(what=what, before="", after=after) for what, after in _facts(token) if after)
        return Change(
            id=new_change_id(now_ms=now_ms),
            at_ms=now_ms,
            by=by,
            subject=Subject.TOKEN,
            name=token.id,
            deed=deed,
            sites=(token.site,),
            differences=said if deed is Deed.ADDED else (),
        )


def _facts(token: Token) -> tuple[tuple[str, str], ...]:
    return ("site", token.site), ("scope", token.scope), ("label", token.label)
