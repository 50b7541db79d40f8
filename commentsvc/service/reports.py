"""Readers' reports of published comments, and the private link that says what became of each."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from commentsvc.domain import challenge
from commentsvc.domain.case import DUE_MS, ILLEGAL, Reported, Statement, check_report, reported
from commentsvc.domain.challenge import Ticket
from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.ids import BODY_LENGTH, CROCKFORD, CommentId, comment_id, decode, encode, place
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.submission import Values
from commentsvc.domain.thread import Article
from commentsvc.service.challenges import Challenge, Challenges
from commentsvc.service.sites import Sites
from commentsvc.store.cases import Cases, Told, Word
from commentsvc.store.comments import Comments

FREE = 3
"""Reports of a network within a window that need no code, as long as they are taps on a rule of the house."""
TRIES = 20
WINDOW_MS = 3_600_000
TIME_LENGTH = 10
"""Characters of a receipt that say when the report was made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reportable:
    """A published comment that can be reported, and its site."""

    site: Site
    comment: Comment


@dataclass(frozen=True, kw_only=True, slots=True)
class Filed:
    """Acknowledged: the report is on disk. `token` is the reporter's private key to what becomes of it."""

    token: str
    again: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What a reporter's receipt leads to. `comment` is only to be shown while it is published."""

    site: Site
    comment: Comment
    reported: Reported


class Reports:
    """Receipts are derived, not stored: the comment's id, the time, and 130 bits of keyed hash."""

    def __init__(
        self,
        *,
        sites: Sites,
        comments: Comments,
        cases: Cases,
        challenges: Challenges,
        secrets: Sequence[str],
        clock: Callable[[], int],
        has_room: Callable[[], bool],
    ) -> None:
        self._sites = sites
        self._comments = comments
        self._cases = cases
        self._challenges = challenges
        self._secrets = tuple(secrets)
        self._clock = clock
        self._has_room = has_room

    def find(self, text: str) -> Reportable | Refused:
        """The comment with this id while it is published: any other looks like one that does not exist."""
        found = self._found(text)
        if isinstance(found, Refused) or found.comment.status is Status.APPROVED:
            return found
        return Refused(code=Code.NOT_FOUND)

    def code(self, found: Reportable) -> Challenge:
        """A new code for the form; stores nothing."""
        return self._challenges.open(found.site, _article(found.comment))

    def report(self, found: Reportable, values: Values, *, network: str) -> Filed | Refused:
        """The reporter's receipt, or what is wrong; the same said again from the same network is the same report.

        A notice of illegal content takes a code, and so does everything once a network has made three within an hour:
        then the refusal names the field `code`.
        """
        if not self._has_room():
            return Refused(code=Code.STORE_DOWN)
        said = check_report(found.site, values)
        if not isinstance(said, Statement):
            return Refused(code=Code.INVALID_FIELDS, fields=said)
        typed, ticket = values.get("code", [""])[0].strip(), values.get("challenge", [""])[0]
        read = self._challenges.usable(ticket, found.site, _article(found.comment)) if typed else None
        if isinstance(read, Code):
            return Refused(code=Code.INVALID_FIELDS, fields={"code": read})
        now_ms = self._clock()
        told = self._cases.report(
            found.site, found.comment.id, self._word(found, said, network, typed, read, now_ms), now_ms=now_ms
        )
        if told.verdict in ("ok", "again"):
            return Filed(token=self._token(found.comment.id, told.at_ms), again=told.verdict == "again")
        return _refused(told)

    def open(self, token: str) -> Outcome | Refused:
        """What became of the report behind a receipt; `not_found` for anything that nobody was given."""
        body, time, proof = token[:BODY_LENGTH], token[BODY_LENGTH : BODY_LENGTH + TIME_LENGTH], token[36:]
        found = self._found("cmt_" + body)
        if isinstance(found, Refused) or len(time) != TIME_LENGTH or time.strip(CROCKFORD):
            return Refused(code=Code.NOT_FOUND)
        sent, signed = proof.encode("utf-8", "replace"), (body + time).encode()
        if not any(hmac.compare_digest(_proof(secret, signed).encode(), sent) for secret in self._secrets):
            return Refused(code=Code.NOT_FOUND)
        (case,) = self._cases.find_all(found.site, [found.comment.id])
        return Outcome(site=found.site, comment=found.comment, reported=reported(case.reports, decode(time)))

    def _found(self, text: str) -> Reportable | Refused:
        id = comment_id(text)
        site = self._sites.by_number(place(id).site_number) if id else None
        comment = self._comments.find(site, id) if site and id else None
        return Reportable(site=site, comment=comment) if site and comment else Refused(code=Code.NOT_FOUND)

    def _word(
        self, found: Reportable, said: Statement, network: str, typed: str, ticket: Ticket | None, now_ms: int
    ) -> Word:
        # Keyed by the site and the comment: it says that somebody spoke twice here, and nothing of who did elsewhere.
        what = [found.comment.id, network, *([said.why, said.name, said.email] if said.written else [])]
        salt = found.site.salt.encode()
        return Word(
            statement=said,
            due_ms=now_ms + DUE_MS[ILLEGAL if said.written else "rule"],
            who=hmac.digest(salt, b"report\n" + msgspec.json.encode(what), "sha256")[:6],
            network=hmac.digest(salt, b"reporter\n" + network.encode(), "sha256")[:10].hex(),
            code="" if ticket is None else "right" if challenge.judge(ticket, typed) else "wrong",
            nonce=ticket.nonce if ticket else "",
            use_kept_ms=max(1, ticket.expires_ms - now_ms) if ticket else 1,
            free_tries=FREE,
            tries=TRIES,
            window_ms=WINDOW_MS,
        )

    def _token(self, id: CommentId, at_ms: int) -> str:
        signed = id[4:] + encode(at_ms)[-TIME_LENGTH:]
        return signed + _proof(self._secrets[0], signed.encode())


def _refused(told: Told) -> Refused:
    match told.verdict:
        case "too_many":
            return Refused(code=Code.TOO_MANY, retry_after_s=-(-told.wait_ms // 1000))
        case "unpublished":
            return Refused(code=Code.NOT_FOUND)
    code = {"code": Code.REQUIRED, "used": Code.USED_CODE, "wrong": Code.WRONG_CODE}[told.verdict]
    return Refused(code=Code.INVALID_FIELDS, fields={"code": code})


def _article(comment: Comment) -> Article:
    """The comment's article as far as a ticket needs it."""
    body = comment.body
    return Article(id=comment.thread, key=body.thread_key if body else "", url=body.url if body else "")


def _proof(secret: str, signed: bytes) -> str:
    digest = hmac.digest(secret.encode(), b"report\n" + signed, hashlib.sha256)
    return encode(int.from_bytes(digest[:17], "big") >> 6)
