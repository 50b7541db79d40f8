"""The machine with what moderators do beside deciding: buffers, leases, putting off, questions, steps, restrictions."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from commentsvc.domain.author import Imposed
from commentsvc.domain.decision import Status, Verb, leads_to
from commentsvc.domain.ids import BulkId, CommentId, new_bulk_id
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.authors import Written
from commentsvc.service.bulk import Undone
from commentsvc.service.items import Item
from commentsvc.service.queue import Buffer
from commentsvc.service.wanted import GIVES_REASON, Wanted
from commentsvc.store.decisions import Made
from commentsvc.store.queue import LEASE_MS, Lease
from tests.store import recount
from tests.store.machine import ACTORS, AUTHORS, VERBS, Machine
from tests.store.model import Held, Known, Row
from tests.store.people import PRIYA

WHO = st.sampled_from(ACTORS)
SITES = st.integers(0, 1)
MOMENTS = [1_000, 70_000]
"""The longer one twice ends a lease; forty of them do not end a ticket."""


class Workday(Machine):
    """`splits` says that a run moves its data: then a row of a step is not undone alone (see docs/moving.md)."""

    splits = False

    receipts: Bundle[str] = Machine.receipts
    decisions: Bundle[str] = Machine.decisions
    bulks: Bundle[tuple[int, str, str]] = Bundle("bulks")

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, int] = {}

    @rule(ms=st.sampled_from(MOMENTS))
    def time_goes_by(self, ms: int) -> None:
        self.daily.clock.advance(ms=ms)

    # Leases

    @rule(site=SITES, who=WHO, lane=st.sampled_from([None, *Lane]), limit=st.integers(1, 4))
    def take_a_buffer(self, site: int, who: Actor, lane: Lane | None, limit: int) -> None:
        now_ms = self.daily.clock.now_ms
        expected = self.model.buffer(site, lane, who.id, now_ms, limit=limit)
        buffer = self.service.queue.buffer(who, self.sites[site], lane=lane, limit=limit)
        assert isinstance(buffer, Buffer)
        assert [item.comment.id for item in buffer.items] == [cluster[0].receipt.id for cluster in expected]
        for item, (first, *near) in zip(buffer.items, expected, strict=True):
            mine = [one for one in near if one.holder(now_ms) in ("", who.id)]
            assert [(one.id, one.version) for one in item.near] == [(one.receipt.id, one.version) for one in mine]
            assert item.lease is not None
            self._held(first, who, item.lease)
            for one in mine:
                self._held(one, who, None)
            self._check_item(item, first)

    @rule(id=receipts, who=WHO)
    def renew(self, id: str, who: Actor) -> None:
        known, now_ms = self.model.comments[id], self.daily.clock.now_ms
        leases = self.service.queue.renew(who, self.sites[known.place[0]], [CommentId(id)])
        assert not isinstance(leases, Refused)
        if not known.waits:
            assert leases == {}
        elif known.holder(now_ms) in ("", who.id):
            self._held(known, who, leases[CommentId(id)])
        else:
            assert known.lease is not None
            assert leases[CommentId(id)].holder == known.lease.holder
            assert leases[CommentId(id)].until_ms == known.lease.until_ms

    @rule(id=receipts, who=WHO, off=st.integers(0, 1))
    def release(self, id: str, who: Actor, off: int) -> None:
        known, site = self.model.comments[id], self.sites[self.model.comments[id].place[0]]
        token = (known.lease.token if known.lease else 0) + off
        released = self.service.queue.release(who, site, {CommentId(id): token})
        mine = bool(known.lease and known.lease.holder == who.id and known.lease.token and not off)
        assert released == (1 if mine else 0)
        if mine:
            known.lease = None

    @rule(id=receipts, who=WHO, ms=st.sampled_from([0, *MOMENTS]))
    def put_off(self, id: str, who: Actor, ms: int) -> None:
        known = self.model.comments[id]
        until_ms = self.daily.clock.now_ms + ms if ms else 0
        count = self.service.queue.later(who, self.sites[known.place[0]], [CommentId(id)], until_ms=until_ms)
        assert count == known.waits
        if count:
            known.later_ms, known.lease = until_ms, None

    @rule(target=decisions, id=receipts, who=WHO)
    def ask(self, id: str, who: Actor) -> Any:
        self.daily.clock.advance(ms=1)
        known = self.model.comments[id]
        outcome = self.service.queue.ask(who, id, version=known.version, note="What do you think?")
        if not known.waits:
            assert outcome == known.stale
            return multiple()
        assert isinstance(outcome, Made)
        row = self.model.moved(known, outcome, Verb.ASK, known.status, who.id, self.daily.clock.now_ms)
        row.lane = known.waiting_lane
        known.put(Lane.COLLEAGUE)
        again = self.service.queue.ask(who, id, version=known.version - 1, note="What do you think?")
        assert again == outcome
        return outcome.id

    # Steps

    @rule(target=bulks, ids=st.lists(receipts, min_size=1, max_size=6), who=WHO, verb=st.sampled_from(VERBS))
    def decide_many(self, ids: list[str], who: Actor, verb: Verb) -> Any:
        self.daily.clock.advance(ms=1)
        site = self.model.comments[ids[0]].place[0]
        ours = [id for id in dict.fromkeys(ids) if self.model.comments[id].place[0] == site]
        bulk = new_bulk_id(now_ms=self.daily.clock.now_ms, site_number=self.sites[site].number)
        wanted = [
            Wanted(id=id, version=known.version, verb=verb, reason="insult" if verb in GIVES_REASON else "")
            for id in ours
            for known in [self.model.comments[id]]
        ]
        outcomes = self.service.bulks.decide_all(who, self.sites[site], wanted, bulk=bulk)
        assert isinstance(outcomes, list)
        for id, outcome in sorted(zip(ours, outcomes, strict=True), key=_by_id):
            known = self.model.comments[id]
            after = leads_to(known.status, verb, edited=known.edit is not None, featured=known.featured)
            if after is None:
                assert outcome == Refused(code=Code.NOT_ALLOWED_NOW)
            else:
                assert isinstance(outcome, Made)
                self.model.moved(known, outcome, verb, after, who.id, self.daily.clock.now_ms, bulk=bulk)
        assert self.service.bulks.decide_all(who, self.sites[site], wanted, bulk=bulk) == outcomes
        return (site, who.id, bulk)

    @rule(target=decisions, bulk=bulks)
    def name_a_row(self, bulk: tuple[int, str, str]) -> Any:
        rows = [row.id for row in self.model.log if row.bulk == bulk[2]]
        return multiple() if self.splits else multiple(*rows[:2])

    @rule(bulk=bulks, who=WHO)
    def undo_many(self, bulk: tuple[int, str, str], who: Actor) -> None:
        self.daily.clock.advance(ms=1)
        site, by, id = bulk
        undone = self.service.bulks.undo(who, self.sites[site], BulkId(id))
        assert isinstance(undone, Undone)
        rows = self._left(id) if who.id == by else []
        self._check_step(who, rows, undone)

    def _check_undo_of_step(self, who: Actor, mine: list[Row], outcome: Any) -> None:
        if mine[-1].bulk:
            self._check_step(who, self._left(mine[-1].bulk), outcome)
        else:
            self._check_undo(who, mine[-1], outcome)

    def _left(self, bulk: str) -> list[Row]:
        return [row for row in self.model.log if row.bulk == bulk and not (row.undone or row.passed)]

    def _check_step(self, who: Actor, rows: list[Row], undone: Undone) -> None:
        outcomes: list[tuple[str, Any]] = sorted(undone.outcomes, key=_by_id)
        of = {row.comment: row for row in rows}
        assert {id for id, _ in outcomes} == set(of)
        for id, outcome in outcomes:
            known, row = self.model.comments[id], of[id]
            if known.force[-1:] == [row]:
                self._check_undo(who, row, outcome)
            else:
                assert outcome == known.stale
                row.passed = True

    # Authors

    @rule(site=SITES, author=st.sampled_from(AUTHORS), ms=st.sampled_from([-1, 0, *MOMENTS]))
    def restrict(self, site: int, author: dict[str, str], ms: int) -> None:
        self.daily.clock.advance(ms=1)
        where = site, author["email"]
        key = self._key(*where)
        if key is None:
            return
        until_ms = self.daily.clock.now_ms + ms if ms > 0 else 0
        lifted = self.service.authors.lift(PRIYA, self.sites[site], key) if ms < 0 else None
        imposed = lifted or self.service.authors.restrict(PRIYA, self.sites[site], key, until_ms=until_ms)
        assert isinstance(imposed, Imposed)
        if ms < 0:
            self.model.restricted.pop(where, None)
        else:
            self.model.restricted[where] = until_ms

    @rule(site=SITES, author=st.sampled_from(AUTHORS), limit=st.integers(1, 5))
    def read_all_by_an_author(self, site: int, author: dict[str, str], limit: int) -> None:
        key = self._key(site, author["email"])
        found: list[str] = []
        cursor, more = "", key is not None
        while more:
            page = self.service.authors.written(PRIYA, self.sites[site], key or "", cursor=cursor, limit=limit)
            assert isinstance(page, Written)
            found += [comment.id for comment in page.comments]
            cursor = page.next_cursor
            more = bool(cursor)
        assert found == [known.receipt.id for known in self._written(site, author["email"])][::-1]

    def teardown(self) -> None:
        super().teardown()
        for number, site in enumerate(self.sites):
            recount.check_lanes(self.daily, self.model, site, number)

    # The model's own steps

    def _written(self, site: int, email: str) -> list[Known]:
        return [
            known
            for known in self.model.comments.values()
            if known.place[0] == site and known.author == email and known.status is not Status.ERASED
        ]

    def _key(self, site: int, email: str) -> str | None:
        for known in self._written(site, email):
            item = self.service.moderation.item(PRIYA, known.receipt.id)
            assert isinstance(item, Item)
            return item.comment.body.author_key if item.comment.body else None
        return None

    def _held(self, known: Known, who: Actor, lease: Lease | None) -> None:
        """It is this person's from now on; a lease renewed keeps its token, another one's is higher than all before."""
        now_ms = self.daily.clock.now_ms
        renewed = known.holder(now_ms) == who.id
        before = self.tokens.get(known.receipt.id, 0)
        if lease is None:
            found = self.service.queue.holders(who, self.sites[known.place[0]], [known.receipt.id])
            assert not isinstance(found, Refused)
            lease = found[known.receipt.id]
        assert (lease.holder, lease.until_ms) == (who.id, now_ms + LEASE_MS)
        assert lease.token == before if renewed else lease.token > before
        self.tokens[known.receipt.id] = lease.token
        known.lease = Held(holder=who.id, token=lease.token, until_ms=lease.until_ms)

    def _check_item(self, item: Item, known: Known) -> None:
        """A card's context is the model's."""
        own = self._written(known.place[0], known.author)
        others = [one.receipt.id for one in own[::-1] if one is not known]
        assert [comment.id for comment in item.strip] == others[:5]
        assert item.comment.waiting is not None
        assert item.comment.waiting.lane is known.waiting_lane
        restricted = self.model.restricted.get((known.place[0], known.author))
        in_force = restricted is not None and (restricted == 0 or restricted > self.daily.clock.now_ms)
        assert (item.restriction is not None) is in_force
        asked = known.waiting_lane is Lane.COLLEAGUE and bool(known.force) and known.force[-1].lane is not None
        assert (item.asked is not None) is asked


def _by_id(pair: tuple[str, Any]) -> str:
    outcome = pair[1]
    return outcome.id if isinstance(outcome, Made) else ""
