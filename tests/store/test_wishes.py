"""Wishes and letters on every deployment: one partition of a site holds a wish, its comment and its letters."""

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.refusal import Refused
from commentsvc.domain.wish import About, State, Wish, address_of
from commentsvc.service import Post, Service, assemble
from commentsvc.service.receipts import Opened
from commentsvc.service.submissions import Receipt
from commentsvc.service.wishes import Linked
from commentsvc.store.events import MAIL, Delivery, Verdict
from commentsvc.store.keys import home
from commentsvc.store.recount import recount
from commentsvc.store.wishes import Errand, Kept, Wishes
from tests.store.people import ALICE, BOB, LIMITS, MO, SECRETS, Newsroom

POST = Post(sender="c@daily.example", name="", public_url="https://comments.daily.example", grace_ms=10_000)
BOTH = frozenset(About)


def writing(daily: Newsroom) -> Service:
    """The newsroom's service with a mail server."""
    return assemble(daily.client, clock=daily.clock, secrets=SECRETS, limits=LIMITS, post=POST)


def opened(service: Service, receipt: Receipt) -> Opened:
    found = service.receipts.open(receipt.token)
    assert isinstance(found, Opened)
    return found


def due(service: Service) -> list[Delivery]:
    """Every letter that may leave, taken and settled."""
    for one in service.outbox.waiting():
        service.outbox.spread(one, grace_ms=POST.grace_ms)
    found = [letter for one in service.outbox.waiting() for letter in service.outbox.take(one, MAIL, for_ms=1, limit=9)]
    for letter in found:
        service.outbox.settle(letter, Verdict.DONE)
    return found


def test_a_wish_makes_letters_where_its_comment_lies(daily: Newsroom) -> None:
    service = writing(daily)
    receipts = [daily.comment(article=article) for article in daily.articles(6)]
    for receipt in receipts:
        wish = service.wishes.ask(opened(service, receipt), BOTH, network="192.0.2.1")
        assert isinstance(wish, Wish) or receipt in receipts[3:], "three a day to one address"
    assert sorted(letter.comment for letter in due(service)) == sorted(receipt.id for receipt in receipts[:3])
    first, second, unasked = receipts[0], receipts[1], receipts[3]
    for receipt in (first, second):
        token = service.wishes.token(receipt.id, address_of(daily.site, ALICE["email"]))
        assert isinstance(service.wishes.confirm(token), Linked)
    for receipt in (first, second, unasked):
        daily.made(MO, receipt.id, Verb.APPROVE)
    reply = daily.comment("I agree.", by=BOB, parent=first.id, article=daily.articles(1)[0])
    daily.made(MO, reply.id, Verb.APPROVE)
    assert due(service) == [], "not before the grace is over"
    daily.clock.advance(ms=POST.grace_ms)
    letters = {(letter.comment, letter.type, letter.reply) for letter in due(service)}
    outcome = "comment.approved"
    assert letters == {(first.id, outcome, None), (second.id, outcome, None), (first.id, "comment.replied", reply.id)}
    service.receipts.withdraw(first.token)
    assert service.wishes.of(daily.site, first.id) is None
    assert recount(daily.client, [daily.site]).sentences == []


@pytest.mark.parametrize("daily", ["one server"], indirect=True)
def test_a_wish_is_kept_only_over_the_one_that_was_read(daily: Newsroom) -> None:
    service, wishes = writing(daily), Wishes(daily.client)
    receipt = daily.comment()
    comment = daily.find(receipt.id)
    one = Wish(state=State.ASKED, about=BOTH, address="a" * 20, at_ms=1)
    other = Wish(state=State.CONFIRMED, about=frozenset(), address="a" * 20, at_ms=1)
    letter = Errand(type="mail.asks", at_ms=daily.clock(), due_ms=daily.clock())
    assert wishes.keep(daily.site, comment, None, one, letter) is Kept.OK
    assert wishes.keep(daily.site, comment, None, other, letter) is Kept.STALE, "somebody else was faster"
    assert wishes.keep(daily.site, comment, None, one, letter) is Kept.OK, "a retry after a lost reply"
    assert len(due(service)) == 1
    daily.made(MO, comment.id, Verb.APPROVE)
    assert wishes.keep(daily.site, comment, one, other) is Kept.STALE, "it was decided in between"
    assert wishes.keep(daily.site, daily.find(comment.id), one, other) is Kept.OK
    assert not isinstance(service.receipts.withdraw(receipt.token), Refused)
    assert wishes.keep(daily.site, comment, other, one) is Kept.UNKNOWN
    fields = daily.client.hkeys(home(daily.site, comment.id).comment(comment.id[4:]))
    assert b"i" not in fields


@pytest.mark.parametrize("daily", ["one server"], indirect=True)
def test_a_comment_nobody_wishes_anything_about_takes_no_more_room(daily: Newsroom) -> None:
    writing(daily)
    own = home(daily.site, (id := daily.published())).comment(id[4:])
    assert b"i" not in daily.client.hkeys(own)
