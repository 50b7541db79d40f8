"""A machine that does what readers and moderators do, in any order, beside a model made of plain dictionaries."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule

from commentsvc.domain.decision import AUTHOR, EDITABLE, FEATURING, Stale, Status, Verb, leads_to
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.edits import Rewrite
from commentsvc.service.submissions import Attempt, Receipt
from commentsvc.service.wanted import GIVES_REASON, Wanted
from commentsvc.store.decisions import Made
from commentsvc.store.scripts import Client
from tests.servers import FakeClock
from tests.store import recount
from tests.store.model import Known, Model, Place, Row
from tests.store.people import ALICE, BOB, MALLORY, PRIYA, newsroom

ACTORS = [Actor(id=name, sites=None) for name in ("mo", "max")]
PLACES = st.tuples(st.integers(0, 1), st.integers(0, 2))
AUTHORS = [ALICE, BOB, MALLORY]
VERBS = [Verb.APPROVE, Verb.REJECT, Verb.SPAM, Verb.NOT_SPAM, Verb.TURN_DOWN, *FEATURING]
OF_EDITS = [Verb.APPROVE, Verb.TURN_DOWN, Verb.SPAM, Verb.REJECT]
TEXTS = ["Well said.", "<b>No</b> & no\n\nhttps://a.example", "\u0646\u0639\u0645 \U0001f44d"]


class Machine(RuleBasedStateMachine):
    """Two sites, three articles each, three authors, two moderators; `prepare` gives each run an empty store."""

    partitions = 1

    receipts: Bundle[str] = Bundle("receipts")
    published: Bundle[str] = Bundle("published")
    decisions: Bundle[str] = Bundle("decisions")

    @classmethod
    def prepare(cls) -> Client:
        raise NotImplementedError

    def __init__(self) -> None:
        super().__init__()
        self.daily = newsroom(self.prepare(), FakeClock(), partitions=self.partitions)
        self.service = self.daily.service
        weekly = self.service.sites.add(
            key="weekly", name="Weekly", origins=["https://weekly.example"], partitions=self.partitions + 2
        )
        self.sites = [self.daily.site, weekly]
        self.articles = [
            [found[1] for number in range(3) if not isinstance(found := self._article(site.key, number), Refused)]
            for site in self.sites
        ]
        self.model = Model()
        self.step = 0

    def _article(self, key: str, number: int) -> Any:
        return self.service.sites.article(key, f"https://{key}.example/news/{number}")

    # What readers do

    @rule(
        target=receipts,
        place=PLACES,
        author=st.sampled_from(AUTHORS),
        text=st.sampled_from(TEXTS),
        slow=st.booleans(),
    )
    def submit(self, place: Place, author: dict[str, str], text: str, slow: bool = False) -> Any:
        attempt = self._attempt(place, author, text)
        if slow:
            self.daily.clock.advance(ms=5_000)
        return self._sent(attempt, place, author, "", slow=slow)

    @rule(target=receipts, parent=receipts, author=st.sampled_from(AUTHORS))
    def reply(self, parent: str, author: dict[str, str]) -> Any:
        place = self.model.comments[parent].place
        return self._sent(self._attempt(place, author, "Re:", parent=parent), place, author, parent)

    @rule(targets=(receipts, published), place=PLACES)
    def publish(self, place: Place) -> Any:
        return self._published(self.submit(place, ALICE, "Well said."))

    @rule(targets=(receipts, published), parent=published)
    def publish_replies_to_replies(self, parent: str) -> Any:
        made: list[str] = []
        for _ in range(4):
            reply = self._published(self.reply(parent, BOB))
            if not isinstance(reply, str):
                break
            made.append(parent := reply)
        return multiple(*made)

    @rule(place=PLACES)
    def mistype_the_code(self, place: Place) -> None:
        wrong = self._attempt(place, ALICE, "Well said.", code="?????")
        right = self._attempt(place, ALICE, "Well said.", ticket=wrong.challenge)
        if place in self.model.closed:
            assert self._refused(wrong) == self._refused(right) == Code.THREAD_CLOSED
        else:
            assert self._refused(wrong) == {"code": Code.WRONG_CODE}
            assert self._refused(right) == {"code": Code.USED_CODE}
            self.model.tickets += 1

    @rule(id=receipts)
    def send_the_same_again(self, id: str) -> None:
        known = self.model.comments[id]
        attempt = replace(known.attempt, site=self.sites[known.place[0]])  # as it is by now
        outcome = self.service.submissions.submit(attempt)
        assert outcome == Receipt(id=known.receipt.id, token=known.receipt.token, again=True)

    @rule(id=receipts)
    def use_a_ticket_twice(self, id: str) -> None:
        known = self.model.comments[id]
        attempt = self._attempt(known.place, BOB, "Another.", ticket=known.attempt.challenge, once="another")
        assert self._refused(attempt) == {"code": Code.USED_CODE}

    @rule(id=receipts)
    def withdraw(self, id: str) -> None:
        known = self.model.comments[id]
        self.daily.clock.advance(ms=1)
        opened = self.service.receipts.withdraw(known.receipt.token)
        assert not isinstance(opened, Refused)
        assert opened.comment.status is Status.ERASED
        if known.status is not Status.ERASED:
            assert opened.comment.decision is not None
            made = Made(id=opened.comment.decision, version=opened.comment.version)
            self.model.moved(known, made, Verb.WITHDRAW, Status.ERASED, AUTHOR, self.daily.clock.now_ms)
        assert opened.comment.version == known.version

    @rule(id=receipts, text=st.sampled_from(TEXTS))
    def edit(self, id: str, text: str) -> None:
        self.daily.clock.advance(ms=1)
        known, now_ms = self.model.comments[id], self.daily.clock.now_ms
        author = next(one for one in AUTHORS if one["email"] == known.author)
        values = {"name": [author["name"]], "text": [text]}
        opened = self.service.edits.edit(Rewrite(token=known.receipt.token, values=values, network="192.0.2.1"))
        until_ms = self.model.restricted.get((known.place[0], known.author), 0)
        if known.status not in EDITABLE:
            assert opened == Refused(code=Code.NOT_EDITABLE)
        elif text == (known.edit or known.said)[0]:
            assert not isinstance(opened, Refused)
            assert opened.comment.version == known.version
        elif known.place in self.model.closed:
            assert opened == Refused(code=Code.THREAD_CLOSED)
        elif until_ms > now_ms:
            assert opened == Refused(code=Code.RESTRICTED, until_ms=until_ms)
        else:
            assert not isinstance(opened, Refused)
            assert opened.comment.decision is not None
            lane = self.model.lane_of(known.place[0], known.author, slow=True)
            made = Made(id=opened.comment.decision, version=opened.comment.version)
            self.model.edited(known, made, (text, now_ms), lane)

    @rule(
        id=published,
        who=st.sampled_from(ACTORS),
        text=st.sampled_from(TEXTS),
        verb=st.sampled_from(OF_EDITS),
        back=st.booleans(),
    )
    def edit_what_is_published(self, id: str, who: Actor, text: str, verb: Verb, back: bool) -> None:
        self.edit(id, text)
        self.decide(id, who, verb)
        if back:
            self.undo_last(self.model.comments[id].place[0], who)

    # What moderators do

    @rule(target=decisions, id=receipts, who=st.sampled_from(ACTORS), verb=st.sampled_from(VERBS))
    def decide(self, id: str, who: Actor, verb: Verb) -> Any:
        known = self.model.comments[id]
        after = leads_to(known.status, verb, edited=known.edit is not None, featured=known.featured)
        outcome = self._decide(who, id, verb, known.version)
        if after is None:
            assert outcome == Refused(code=Code.NOT_ALLOWED_NOW)
            return multiple()
        assert isinstance(outcome, Made)
        self.model.moved(known, outcome, verb, after, who.id, self.daily.clock.now_ms)
        assert self._decide(who, id, verb, known.version - 1) == outcome
        return outcome.id

    @rule(id=receipts, who=st.sampled_from(ACTORS), verb=st.sampled_from(VERBS), behind=st.integers(2, 4))
    def decide_late(self, id: str, who: Actor, verb: Verb, behind: int) -> None:
        known = self.model.comments[id]
        assert self._decide(who, id, verb, known.version - behind) == known.stale

    @rule(id=decisions, who=st.sampled_from(ACTORS))
    def undo(self, id: str, who: Actor) -> None:
        self.daily.clock.advance(ms=1)
        row = next(row for row in self.model.log if row.id == id)
        self._check_undo(who, row, self.service.moderation.undo(who, id))

    @rule(site=st.integers(0, 1), who=st.sampled_from(ACTORS))
    def undo_last(self, site: int, who: Actor) -> None:
        self.daily.clock.advance(ms=1)
        mine = self.model.undoable(site, who.id)
        outcome = self.service.bulks.undo_last(who, self.sites[site])
        if mine:
            self._check_undo_of_step(who, mine, outcome)
        else:
            assert outcome == Refused(code=Code.NOTHING_TO_UNDO)

    def _check_undo_of_step(self, who: Actor, mine: list[Row], outcome: Any) -> None:
        self._check_undo(who, mine[-1], outcome)

    @rule(id=published, who=st.sampled_from(ACTORS), there=st.integers(1, 4), back=st.integers(1, 3))
    def change_ones_mind(self, id: str, who: Actor, there: int, back: int) -> None:
        for verb in [Verb.FEATURE, Verb.REJECT, Verb.APPROVE, Verb.REJECT][:there]:
            self.decide(id, who, verb)
        for _ in range(back):
            self.undo_last(self.model.comments[id].place[0], who)

    @rule(place=PLACES, open=st.booleans())
    def open_or_close(self, place: Place, open: bool) -> None:
        site, article = place
        changed = self.service.moderation.open_thread(PRIYA, self.sites[site], self.articles[site][article], open=open)
        assert changed is (open is (place in self.model.closed))
        if changed:
            self.model.closed ^= {place}
            self.model.changed(place, self.daily.clock.now_ms)

    # What must be true all the time, and at the end

    @invariant()
    def the_public_sees_what_the_model_says(self) -> None:
        self.step += 1
        site, article = place = (self.step % 2, self.step % 3)
        recount.check_page(self.daily, self.model, self.sites[site], self.articles[site][article], place)

    def teardown(self) -> None:
        for site in (0, 1):
            for article in (0, 1, 2):
                where = self.sites[site], self.articles[site][article]
                recount.check_page(self.daily, self.model, *where, (site, article))
                recount.check_thread(self.daily, self.model, *where, (site, article))
            recount.check_site(self.daily, self.model, self.sites[site], site)
        recount.check_tickets(self.daily, self.model)

    # The model's own steps

    def _sent(self, attempt: Attempt, place: Place, author: dict[str, str], parent: str, *, slow: bool = False) -> Any:
        if place in self.model.closed:
            assert self._refused(attempt) == Code.THREAD_CLOSED
            return multiple()
        if parent and self.model.comments[parent].status is not Status.APPROVED:
            assert self._refused(attempt) == {"parent": Code.UNKNOWN_PARENT}
            return multiple()
        until_ms = self.model.restricted.get((place[0], author["email"]), 0)
        if until_ms > self.daily.clock.now_ms:
            refused = self.service.submissions.submit(attempt)
            assert refused == Refused(code=Code.RESTRICTED, until_ms=until_ms)
            self.model.tickets += 1
            return multiple()
        lane = self.model.lane_of(place[0], author["email"], slow=slow)
        receipt = self.service.submissions.submit(attempt)
        assert isinstance(receipt, Receipt)
        assert not receipt.again
        said = attempt.values["text"][0], 0
        self.model.comments[receipt.id] = Known(
            receipt=receipt, attempt=attempt, place=place, author=author["email"], parent=parent, lane=lane, said=said
        )
        self.model.tickets += 1
        return receipt.id

    def _published(self, id: Any) -> Any:
        if isinstance(id, str):
            self.decide(id, ACTORS[0], Verb.APPROVE)
        return id

    def _attempt(self, place: Place, author: dict[str, str], text: str, **how: Any) -> Attempt:
        site, article = place
        return self.daily.attempt(text, by=author, site=self.sites[site], article=self.articles[site][article], **how)

    def _refused(self, attempt: Attempt) -> Code | dict[str, Code]:
        outcome = self.service.submissions.submit(attempt)
        assert isinstance(outcome, Refused), outcome
        return dict(outcome.fields) or outcome.code

    def _decide(self, who: Actor, id: str, verb: Verb, seen: int) -> Made | Stale | Refused:
        self.daily.clock.advance(ms=1)
        reason = "insult" if verb in GIVES_REASON else ""
        return self.service.moderation.decide(who, Wanted(id=id, version=seen, verb=verb, reason=reason))

    def _check_undo(self, who: Actor, row: Row, outcome: Made | Stale | Refused) -> None:
        known = self.model.comments[row.comment]
        if row.by != who.id:
            assert outcome == Refused(code=Code.FORBIDDEN)
        elif row.undone:
            assert outcome == row.undone
        elif known.force[-1:] != [row]:
            assert outcome == known.stale
        else:
            assert isinstance(outcome, Made)
            self.model.moved(known, outcome, Verb.UNDO, row.before, who.id, self.daily.clock.now_ms, undo_of=row)
            if row.lane:
                known.put(row.lane)
