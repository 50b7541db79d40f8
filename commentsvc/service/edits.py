"""What authors change in what they sent, by their receipts: judged as a submission is, and no sooner public."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from commentsvc.domain.comment import Body, Comment
from commentsvc.domain.decision import AUTHOR, EDITABLE, Verb
from commentsvc.domain.ids import new_decision_id, place
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site
from commentsvc.domain.submission import Values, Words, check_words
from commentsvc.service.receipts import Opened, Receipts
from commentsvc.service.submissions import MINUTE_MS, Limits, keyed
from commentsvc.service.triage import Triages, Waiting
from commentsvc.store.decisions import Order
from commentsvc.store.edits import Change, Rewriting, Rewritten
from commentsvc.store.edits import Edits as EditStore
from commentsvc.store.entry import Triage

VERSION_MAX = 100
"""A comment about which so much was decided and changed is changed by its author no more: the log must have an end."""
TRIES = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Rewrite:
    """One try to change a comment. `values` hold every field as sent, `network` is the sender's address."""

    token: str
    values: Values
    network: str


class Edits:
    """The way of a newer text into the queue. The code is not asked again: who has the receipt has passed it."""

    def __init__(
        self,
        *,
        receipts: Receipts,
        edits: EditStore,
        triages: Triages,
        limits: Limits,
        clock: Callable[[], int],
        has_room: Callable[[], bool],
    ) -> None:
        self._receipts = receipts
        self._edits = edits
        self._triages = triages
        self._limits = limits
        self._clock = clock
        self._has_room = has_room

    def edit(self, wanted: Rewrite) -> Opened | Refused:
        """The comment after it was changed; sent again, the same changes nothing more.

        What waits says the new words from now on. Of a published comment they wait beside it, and the words that are
        published already take such a change back. A store that cannot be reached raises.
        """
        for _ in range(TRIES):  # whoever decides meanwhile changes what an edit means
            opened = self._receipts.open(wanted.token)
            if isinstance(opened, Refused):
                return opened
            done = self._edited(opened.site, opened.comment, wanted)
            if isinstance(done, Refused):
                return done
            if done:
                return self._receipts.open(wanted.token)
        return Refused(code=Code.BUSY)

    def _edited(self, site: Site, comment: Comment, wanted: Rewrite) -> bool | Refused:
        """Whether it is done; if not, the comment was not what it seemed, and has to be looked at again."""
        old = comment.body
        if old is None or comment.status not in EDITABLE:
            return Refused(code=Code.NOT_EDITABLE)
        if not self._has_room():
            return Refused(code=Code.STORE_DOWN)
        if not site.open:
            return Refused(code=Code.THREAD_CLOSED)
        words = check_words(site, wanted.values, text_max=self._limits.text_max)
        if not isinstance(words, Words):
            return Refused(code=Code.INVALID_FIELDS, fields=words)
        now_ms = self._clock()
        new = _rewritten(old, words, now_ms)
        order = _order(comment, now_ms)
        if new.says_as(comment.edit.body if comment.edit else old):
            self._edits.confirm(site, order)
            return True
        if comment.version >= VERSION_MAX:
            return Refused(code=Code.NOT_EDITABLE)
        return self._write(site, order, None if new.says_as(old) else new, wanted.network)

    def _write(self, site: Site, order: Order, body: Body | None, network: str) -> bool | Refused:
        triage = self._triage(site, order, body) if body else Triage()
        change = Change(
            order=order,
            body=body,
            triage=triage,
            network=keyed(site, network),
            tries=self._limits.submissions_per_minute,
            window_ms=MINUTE_MS,
        )
        found = self._edits.edit(site, change)
        if found.verdict is not Rewriting.OK:
            return False if found.verdict is Rewriting.CHANGED else _refused(found)
        if body:
            waiting = Waiting(id=order.comment.id, version=found.version, lane=found.lane, approved=found.approved)
            self._triages.settle(site, triage, waiting, now_ms=self._clock())
        return True

    def _triage(self, site: Site, order: Order, body: Body) -> Triage:
        return self._triages.of(
            site,
            order.comment.thread,
            text=body.text,
            name=body.name,
            email=body.email,
            author_key=body.author_key,
            now_ms=order.at_ms,
        )


def _rewritten(old: Body, words: Words, now_ms: int) -> Body:
    return replace(old, name=words.name, text=words.text, fields=words.fields, seconds=None, edited_ms=now_ms)


def _order(comment: Comment, now_ms: int) -> Order:
    id = new_decision_id(now_ms=now_ms, place=place(comment.id))
    return Order(id=id, comment=comment, verb=Verb.EDIT, by=AUTHOR, at_ms=now_ms)


def _refused(found: Rewritten) -> Refused:
    match found.verdict:
        case Rewriting.TOO_MANY:
            return Refused(code=Code.TOO_MANY, retry_after_s=-(-found.wait_ms // 1000))
        case Rewriting.RESTRICTED:
            return Refused(code=Code.RESTRICTED, until_ms=found.until_ms)
        case Rewriting.CLOSED:
            return Refused(code=Code.THREAD_CLOSED)
    return Refused(code=Code.NOT_FOUND)
