"""Authors who ask for e-mails and say yes, and moderators who decide."""

import re

from commentsvc.domain.decision import Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Refused
from commentsvc.domain.wish import About, Wish
from commentsvc.service.receipts import Opened
from commentsvc.service.submissions import Receipt
from commentsvc.service.wishes import Linked
from commentsvc.worker.loop import Worker
from tests.servers import FakeClock
from tests.worker.post_office import Mail, PostOffice
from tests.worker.scene import Scene, drive

GRACE_MS = 10_000
BOTH = frozenset(About)
MAX = Actor(id="max", sites=None)
BOB = {"name": "Bob", "email": "bob@daily.example"}


def opened(told: Scene, receipt: Receipt) -> Opened:
    found = told.service.receipts.open(receipt.token)
    assert isinstance(found, Opened)
    return found


def ask(told: Scene, receipt: Receipt, about: frozenset[About] = BOTH, *, network: str = "192.0.2.7") -> Wish | Refused:
    return told.service.wishes.ask(opened(told, receipt), about, network=network)


def links(mail: Mail) -> list[str]:
    return re.findall(r"/mail/(\w+)", mail.text)


def confirmed(told: Scene, office: PostOffice, ours: Worker, receipt: Receipt) -> str:
    """The link of the letters about this comment, after its address has said yes; the letter that asked is put away."""
    assert isinstance(ask(told, receipt), Wish)
    settled(told, ours)
    (token,) = links(office.mails.pop())
    assert isinstance(told.service.wishes.confirm(token), Linked)
    return token


def settled(told: Scene, ours: Worker) -> None:
    drive(ours, lambda: told.left() == 0, what="the letters")


def decide(told: Scene, clock: FakeClock, id: CommentId, verb: Verb = Verb.APPROVE, **how: object) -> None:
    told.decide(id, verb, **how)  # type: ignore[arg-type]
    clock.advance(ms=GRACE_MS)
