"""Alice, who changes her mind about what she wrote, and what can be seen of it."""

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Verb
from commentsvc.domain.refusal import Refused
from commentsvc.service.edits import Rewrite
from commentsvc.service.receipts import Opened
from commentsvc.service.search import Found
from commentsvc.service.submissions import Receipt
from commentsvc.store.recount import recount
from tests.store.people import ALICE, MO, PRIYA, Newsroom


def rewrite(daily: Newsroom, receipt: Receipt, text: str, **fields: str) -> Opened | Refused:
    """What comes of an edit by Alice."""
    daily.clock.advance(ms=1)
    values = {"name": [ALICE["name"]], "text": [text], **{name: [value] for name, value in fields.items()}}
    return daily.service.edits.edit(Rewrite(token=receipt.token, values=values, network="192.0.2.1"))


def rewritten(daily: Newsroom, receipt: Receipt, text: str, **fields: str) -> Comment:
    """The comment after an edit that was taken."""
    opened = rewrite(daily, receipt, text, **fields)
    assert isinstance(opened, Opened), opened
    return opened.comment


def published(daily: Newsroom, text: str = "Praise.") -> Receipt:
    """A comment that Mo has approved, by its receipt."""
    receipt = daily.comment(text)
    daily.made(MO, receipt.id, Verb.APPROVE)
    return receipt


def public(daily: Newsroom) -> list[str]:
    """What readers read."""
    return [comment.body.text for comment in daily.public() if comment.body]


def sound(daily: Newsroom) -> list[str]:
    """What is wrong with every number and index of the store: nothing, one hopes."""
    found = recount(daily.client, [daily.service.sites.all()[0]])
    assert found.wrong == len(found.sentences)
    return found.sentences


def found(daily: Newsroom, word: str) -> list[str]:
    """The comments that moderators find by a word."""
    answer = daily.service.search.find(PRIYA, daily.site, word)
    assert isinstance(answer, Found)
    return [item.comment.id for item in answer.items]
