"""What nobody can bring a letter to do, how many there are, and how they end."""

from dataclasses import replace
from email import message_from_bytes
from email.header import decode_header, make_header

from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.wish import State, Wish
from commentsvc.service.letters import KEPT_MS, Letter
from commentsvc.service.wishes import ASKED_A_DAY, ASKS, LETTERS_A_DAY, Linked
from commentsvc.store.events import Delivery
from commentsvc.worker.loop import Worker
from tests.servers import FakeClock
from tests.worker.correspondence import BOB, GRACE_MS, ask, confirmed, decide, links, settled
from tests.worker.post_office import PostOffice
from tests.worker.scene import Scene


def test_nothing_that_was_typed_is_in_the_letter_that_asks(told: Scene, office: PostOffice, ours: Worker) -> None:
    by = {"name": "Visit cheap.example", "email": "Victim@daily.example"}
    receipt = told.receipt("Buy at https://cheap.example now", by=by)
    ask(told, receipt)
    settled(told, ours)
    (mail,) = office.mails
    assert mail.to == "Victim@daily.example"
    assert b"cheap" not in mail.data
    assert b"news/42" not in mail.data


def test_no_header_can_be_brought_in(told: Scene) -> None:
    receipt = told.receipt("Well said.")
    ask(told, receipt)
    named = replace(told.site, name="Daily\r\nBcc: all@daily.example\r\n\r\nBuy")
    asks = Delivery(id="evt_1", site=named, webhook="mail", type=ASKS, comment=receipt.id, at_ms=told.clock(), tries=1)
    letter = told.service.outbox.message(named, asks, grace_ms=0)
    assert isinstance(letter, Letter)
    head = letter.data.partition(b"\r\n\r\n")[0]
    assert b"\nBcc:" not in head
    assert b"Buy" in head, "it is part of the name"


def test_long_names_in_any_letters_keep_every_space(told: Scene) -> None:
    receipt = told.receipt("Well said.", language="ar")
    ask(told, receipt)
    name = "صحيفة الأخبار اليومية والثقافة والعلوم في المدينة الكبيرة"
    named = replace(told.site, name=name)
    asks = Delivery(id="evt_1", site=named, webhook="mail", type=ASKS, comment=receipt.id, at_ms=told.clock(), tries=1)
    letter = told.service.outbox.message(named, asks, grace_ms=0)
    assert isinstance(letter, Letter)
    head = message_from_bytes(letter.data)
    shown = {field: str(make_header(decode_header(head[field]))) for field in ("Subject", "From")}
    assert shown["Subject"] == f"يُرجى التأكيد: رسائل عن تعليقك على \u2068{name}\u2069"
    assert shown["From"] == f"{name} <comments@daily.example>"
    assert all(len(line) <= 78 for line in letter.data.partition(b"\r\nList")[0].split(b"\r\n"))


def test_who_ends_it_hears_no_more_and_it_cannot_be_begun_again(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    token = confirmed(told, office, ours, receipt)
    told.decide(receipt.id)
    ended = told.service.wishes.end(token)
    assert isinstance(ended, Linked)
    assert ended.wish is not None
    assert ended.wish.state is State.ENDED
    clock.advance(ms=GRACE_MS)
    settled(told, ours)
    assert not office.mails
    assert ask(told, receipt) == Refused(code=Code.LETTERS_ENDED)
    assert told.service.wishes.confirm(token) == Refused(code=Code.EXPIRED)


def test_an_address_that_is_never_to_be_written_to_gets_no_letter_that_asks_either(
    told: Scene, office: PostOffice, ours: Worker
) -> None:
    receipt = told.receipt("Well said.")
    ask(told, receipt)
    settled(told, ours)
    (token,) = links(office.mails.pop())
    never = told.service.wishes.end_all(token)
    assert isinstance(never, Linked)
    assert never.never
    for email in ("alice@daily.example", "ALICE+news@daily.example"):
        other = told.receipt("Another.", by={"name": "Mallory", "email": email})
        assert isinstance(ask(told, other), Wish), "and Mallory does not learn of it"
    settled(told, ours)
    assert not office.mails


def test_letters_to_one_address_are_bounded_by_the_day(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipts = [
        told.receipt(f"Comment {number}.", by={"name": "M", "email": f"alice+{number}@daily.example"})
        for number in range(ASKED_A_DAY + 1)
    ]
    wishes = [ask(told, receipt) for receipt in receipts]
    assert [isinstance(wish, Wish) for wish in wishes] == [True] * ASKED_A_DAY + [False]
    assert wishes[-1] == Refused(code=Code.TOO_MANY_LETTERS)
    assert ask(told, receipts[0]) == wishes[0], "the same wish again is the same one"
    settled(told, ours)
    assert len(office.mails) == ASKED_A_DAY
    first = next(mail for mail in office.mails if mail.to == "alice+0@daily.example")
    told.service.wishes.confirm(links(first)[0])
    office.mails.clear()
    decide(told, clock, receipts[0].id)
    for number in range(LETTERS_A_DAY + 5):
        decide(told, clock, told.receipt(f"Reply {number}.", by=BOB, parent=receipts[0].id).id)
    settled(told, ours)
    assert len(office.mails) == LETTERS_A_DAY


def test_a_withdrawn_comment_takes_its_wish_and_its_letters_with_it(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    token = confirmed(told, office, ours, receipt)
    told.decide(receipt.id)
    told.service.receipts.withdraw(receipt.token)
    clock.advance(ms=GRACE_MS)
    settled(told, ours)
    assert not office.mails
    assert told.client.hget(f"{{daily.0}}:c:{receipt.id[4:]}", "i") is None
    linked = told.service.wishes.open(token)
    assert isinstance(linked, Linked)
    assert linked.wish is None
    assert all(b"alice" not in (told.client.dump(key) or b"") for key in told.client.scan_iter("commentsvc:mailed:*"))


def test_a_link_that_is_too_old_confirms_nothing_and_another_can_be_asked_for(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    ask(told, receipt)
    settled(told, ours)
    (token,) = links(office.mails.pop())
    ask(told, receipt)
    settled(told, ours)
    assert not office.mails, "one letter that asks is enough"
    clock.advance(ms=3 * 24 * 3_600_000)
    assert told.service.wishes.confirm(token) == Refused(code=Code.EXPIRED)
    told.client.delete(*told.client.scan_iter("commentsvc:mailed:*"))  # a day has passed for these, too
    ask(told, receipt)
    settled(told, ours)
    assert len(office.mails) == 1


def test_what_could_not_be_told_for_days_is_told_no_more(
    told: Scene, office: PostOffice, ours: Worker, clock: FakeClock
) -> None:
    receipt = told.receipt("Well said.")
    confirmed(told, office, ours, receipt)
    decide(told, clock, receipt.id)
    clock.advance(ms=KEPT_MS)
    settled(told, ours)
    assert not office.mails


def test_letters_that_nobody_sends_are_swept_in_the_end(told: Scene, clock: FakeClock) -> None:
    ask(told, told.receipt("Well said."))
    clock.advance(ms=KEPT_MS - 1)
    told.service.outbox.sweep()
    assert told.left() == 2, "the letter, and the event of the comment"
    clock.advance(ms=2)
    told.service.outbox.sweep()
    assert told.left() == 1
    assert list(told.client.scan_iter("*:w:*")) == []
