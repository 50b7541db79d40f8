"""A reader's submission: judged whole, then stored in one round trip."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from commentsvc.domain import challenge
from commentsvc.domain.challenge import Ticket
from commentsvc.domain.comment import Body
from commentsvc.domain.ids import CommentId
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.submission import SUBMISSION_MAX, Submission, Values, check
from commentsvc.domain.thread import Article
from commentsvc.service.challenges import Challenges
from commentsvc.service.receipts import Receipts
from commentsvc.service.triage import Triages, Waiting
from commentsvc.store.comments import Comments
from commentsvc.store.entry import Entry, Submitted, Verdict

MINUTE_MS = 60_000
NETWORK_KEY_MS = 30 * 24 * 3_600_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The installation's limits; see docs/settings.md."""

    text_max: int = 5_000
    ticket_ms: int = 3_600_000
    submissions_per_minute: int = 30
    once_ms: int = 7 * 24 * 3_600_000
    sounds_per_second: int = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One try to submit. `values` hold every field as sent, `code` and `parent` among them; `challenge` is the ticket.

    `once` makes a retry the same submission (the form's `submission`, the API's `Idempotency-Key`); empty means that
    the ticket does. `once_is_secret`: nobody else can know it, because our page made it at random. `network` is the
    sender's address, which is never stored.
    """

    site: Site
    article: Article
    values: Values
    challenge: str
    once: str
    network: str
    language: str
    once_is_secret: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """Acknowledged: the comment is on disk and waits. `token` is its author's private key to it."""

    id: CommentId
    token: str
    again: bool


class Submissions:
    """The way in for every comment."""

    def __init__(
        self,
        *,
        comments: Comments,
        challenges: Challenges,
        receipts: Receipts,
        triages: Triages,
        limits: Limits,
        clock: Callable[[], int],
        has_room: Callable[[], bool],
    ) -> None:
        self._has_room = has_room
        self._comments = comments
        self._challenges = challenges
        self._receipts = receipts
        self._triages = triages
        self._limits = limits
        self._clock = clock

    @property
    def limits(self) -> Limits:
        """What is allowed, for forms that say so before it is judged."""
        return self._limits

    def submit(self, attempt: Attempt) -> Receipt | Refused:
        """The receipt, or everything that is wrong at once.

        All other fields are judged before the code, so a code that was typed right stays good while they are mended.
        A store that cannot be reached raises; the same attempt sent again later is the same submission.
        """
        if not self._has_room():
            return Refused(code=Code.STORE_DOWN)
        if not attempt.site.open:
            return Refused(code=Code.THREAD_CLOSED)
        if len(attempt.once) > SUBMISSION_MAX:
            return Refused(code=Code.INVALID_FIELDS, fields={"submission": Code.TOO_LONG})
        judged = check(attempt.site, attempt.values, text_max=self._limits.text_max)
        ticket = self._challenges.usable(attempt.challenge, attempt.site, attempt.article)
        if not isinstance(judged, Submission):
            expired = {"code": ticket} if isinstance(ticket, Code) else {}
            return Refused(code=Code.INVALID_FIELDS, fields={**judged, **expired})
        if isinstance(ticket, Code):
            late = self._made_before(attempt, judged) if ticket is Code.EXPIRED_CODE else None
            return late or Refused(code=Code.INVALID_FIELDS, fields={"code": ticket})
        entry = self._entry(attempt, judged, ticket)
        submitted = self._comments.submit(attempt.site, entry)
        if submitted.verdict is Verdict.ACCEPTED and submitted.id:
            waiting = Waiting(id=submitted.id, version=1, lane=submitted.lane, approved=submitted.approved)
            self._triages.settle(attempt.site, entry.triage, waiting, now_ms=self._clock())
        return self._answer(submitted)

    def _made_before(self, attempt: Attempt, judged: Submission) -> Receipt | Refused | None:
        """The receipt of this same attempt if it was accepted in time and only the answer was lost."""
        ticket = self._challenges.signed(attempt.challenge)
        if ticket is None:
            return None
        once, digest = _once(attempt, judged, ticket), _digest(attempt, judged)
        id = self._comments.made_before(attempt.site, attempt.article, once=once, digest=digest)
        return self._answer(Submitted(verdict=Verdict.AGAIN, id=id)) if id else None

    def _entry(self, attempt: Attempt, judged: Submission, ticket: Ticket) -> Entry:
        now_ms = self._clock()
        open_ms = now_ms - (ticket.expires_ms - self._limits.ticket_ms)
        body = self._body(attempt, judged, now_ms=now_ms, open_ms=open_ms)
        return Entry(
            article=attempt.article,
            body=body,
            parent=judged.parent,
            code_right=challenge.judge(ticket, attempt.values["code"][0]),
            nonce=ticket.nonce,
            use_kept_ms=ticket.expires_ms - now_ms + MINUTE_MS,
            once=_once(attempt, judged, ticket),
            digest=_digest(attempt, judged),
            once_kept_ms=self._limits.once_ms,
            network=keyed(attempt.site, attempt.network),
            tries=self._limits.submissions_per_minute,
            window_ms=MINUTE_MS,
            author_kept_ms=0 if judged.email else NETWORK_KEY_MS,
            triage=self._triages.of(
                attempt.site,
                attempt.article.id,
                text=judged.text,
                name=judged.name,
                email=judged.email,
                author_key=body.author_key,
                seconds=open_ms / 1000,
                now_ms=now_ms,
            ),
        )

    def _body(self, attempt: Attempt, judged: Submission, *, now_ms: int, open_ms: int) -> Body:
        who = f"e:{judged.email.lower()}" if judged.email else f"n:{attempt.network}"
        return Body(
            name=judged.name,
            email=judged.email,
            text=judged.text,
            fields=judged.fields,
            url=attempt.article.url,
            title=judged.title,
            thread_key=attempt.article.key,
            author_key=who[0] + keyed(attempt.site, who),
            created_ms=now_ms,
            language=attempt.language,
            seconds=open_ms // 1000 if 0 <= open_ms < MINUTE_MS else None,
        )

    def _answer(self, submitted: Submitted) -> Receipt | Refused:
        if submitted.id is not None:
            token = self._receipts.token(submitted.id)
            return Receipt(id=submitted.id, token=token, again=submitted.verdict is Verdict.AGAIN)
        if submitted.verdict is Verdict.TOO_MANY:
            return Refused(code=Code.TOO_MANY, retry_after_s=-(-submitted.wait_ms // 1000))
        if submitted.verdict is Verdict.RESTRICTED:
            return Refused(code=Code.RESTRICTED, until_ms=submitted.until_ms)
        return _REFUSALS[submitted.verdict]


_REFUSALS = {
    Verdict.REUSED: Refused(code=Code.KEY_REUSED),
    Verdict.CLOSED: Refused(code=Code.THREAD_CLOSED),
    Verdict.USED: Refused(code=Code.INVALID_FIELDS, fields={"code": Code.USED_CODE}),
    Verdict.WRONG: Refused(code=Code.INVALID_FIELDS, fields={"code": Code.WRONG_CODE}),
    Verdict.PARENT: Refused(code=Code.INVALID_FIELDS, fields={"parent": Code.UNKNOWN_PARENT}),
}


def _once(attempt: Attempt, judged: Submission, ticket: Ticket) -> str:
    """The name under which a retry is known. The author is part of it: strangers cannot use up each other's keys."""
    who = judged.email.lower() or attempt.network
    name = f"{attempt.site.key}\n{who}\n{attempt.once or ticket.nonce}"
    return _short(name.encode("utf-8", "replace"))


def _digest(attempt: Attempt, judged: Submission) -> str:
    """What makes two tries the same, so that the second gets the first one's receipt.

    A key that could be guessed proves nothing: then the ticket is part of it, which only who had the form knows. A
    secret key needs none: words sent again under a new code, after a lost answer, are still the same submission.
    """
    fields = sorted(judged.fields.items())
    proof = "" if attempt.once_is_secret else attempt.challenge
    what = [attempt.article.id, proof, judged.name, judged.email, judged.text, fields, judged.parent]
    return _short(msgspec.json.encode(what))


def keyed(site: Site, what: str) -> str:
    """What a site knows somebody or something by, without knowing it: a keyed hash."""
    return hmac.digest(site.salt.encode(), what.encode(), "sha256")[:10].hex()


def _short(what: bytes) -> str:
    return hashlib.sha256(what).hexdigest()[:32]
