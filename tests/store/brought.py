"""The machine with what readers bring: reports of what is published, appeals against what a lead decided.

What must come of it is told from the log alone: a comment's reports, appeals and decisions are gone through again in
their order, whatever else was done in between.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, multiple, rule

from commentsvc.domain.case import Appeal, Ending, Reports
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.items import Item
from commentsvc.service.moderation import Listed, Wanted
from commentsvc.service.reports import Filed, Outcome
from commentsvc.store.decisions import Made
from tests.store.machine import ACTORS
from tests.store.model import Known, Model, Row
from tests.store.people import PRIYA
from tests.store.workday import WHO, Workday

LENA = Actor(id="lena", sites=None)
"""Whose decisions are appealed against: never those of who judges appeals here. (That is refused: `test_cases.py`.)"""

OF_REPORTS = {"approved": Ending.KEPT, "rejected": Ending.REMOVED, "spam": Ending.REMOVED, "erased": Ending.WITHDRAWN}
OF_APPEAL = {
    "approved": Ending.OVERTURNED,
    "pending": Ending.OVERTURNED,
    "rejected": Ending.UPHELD,
    "spam": Ending.UPHELD,
    "erased": Ending.WITHDRAWN,
}


@dataclass(kw_only=True)
class Brought:
    """A report or an appeal, made when a comment had so many rows in the log; `again` where it was judged already."""

    kind: str
    rows: int
    token: str = ""
    again: bool = False
    due_ms: int = 0


@dataclass(kw_only=True)
class Standing:
    """What has come of all that was brought against one comment. `ends` are rows (by number) that answered, and how."""

    open: dict[str, int] = field(default_factory=dict)
    ends: list[tuple[int, str, Ending]] = field(default_factory=list)
    version: int = 0

    def close(self, row: int, kind: str, ending: Ending, version: int) -> None:
        """A decision answers."""
        del self.open[kind]
        self.ends.append((row, kind, ending))
        if kind == "report":
            self.version = version

    def reopen(self, row: int, due: dict[str, int]) -> None:
        """It is undone."""
        for end in [end for end in self.ends if end[0] == row]:
            self.ends.remove(end)
            self.open.setdefault(end[1], due[end[1]])
            self.version = 0 if end[1] == "report" else self.version


class WithNotices(Model):
    """The model that hands out what was brought before everything else."""

    machine: "Notices"
    versions: dict[str, int]

    def moved(self, known: Known, made: Made, *args: Any, **how: Any) -> Row:
        """The same, and the comment's version after it noted."""
        row = super().moved(known, made, *args, **how)
        self.versions[row.id] = made.version
        return row

    def buffer(self, site: int, lane: Lane | None, who: str, now_ms: int, *, limit: int) -> list[list[Known]]:
        """Cases in the order in which they are due, then the rest."""
        brought = self.machine.lane_of_notices(site) if lane in (None, Lane.NOTICES) else []
        free = [[known] for known in brought if known.holder(now_ms) in ("", who)][:limit]
        rest = super().buffer(site, lane, who, now_ms, limit=limit)
        return (free + [cluster for cluster in rest if [cluster[0]] not in free])[:limit]


class Notices(Workday):
    """Reports by ever new networks; every appeal is against a decision of Lena's."""

    receipts: Bundle[str] = Workday.receipts
    published: Bundle[str] = Workday.published
    decisions: Bundle[str] = Workday.decisions

    def __init__(self) -> None:
        super().__init__()
        self.model: WithNotices = WithNotices()
        self.model.machine, self.model.versions = self, {}
        self.brought: defaultdict[str, list[Brought]] = defaultdict(list)
        self.judging: dict[str, Verb] = {}
        self.networks = 0

    # What readers do

    @rule(id=published, written=st.booleans())
    def report(self, id: str, written: bool) -> None:
        known = self.model.comments[id]
        self.daily.clock.advance(ms=1)
        found = self.service.reports.find(id)
        if known.status is not Status.APPROVED:
            assert found == Refused(code=Code.NOT_FOUND)
            return
        assert not isinstance(found, Refused)
        values = {"reason": ["insult"]}
        if written:
            ticket = self.service.reports.code(found).ticket
            values = {"reason": ["illegal"], "why": ["It is a threat."], "faith": ["yes"]}
            values |= {"challenge": [ticket], "code": [self.daily.code(ticket)]}
            self.model.tickets += 1
        self.networks += 1
        standing = self.standing(id)
        judged = not written and "report" not in standing.open and standing.version == known.version
        filed = self.service.reports.report(found, values, network=f"network {self.networks}")
        assert isinstance(filed, Filed)
        assert filed.again is judged
        due_ms = self.daily.clock.now_ms + (3 if written else 7) * 24 * 3_600_000
        made = Brought(kind="report", rows=self._rows(id), token=filed.token, again=judged, due_ms=due_ms)
        self.brought[id].append(made)
        known.version += written

    @rule(target=decisions, id=receipts)
    def lena_rejects_and_its_author_appeals(self, id: str) -> Any:
        known = self.model.comments[id]
        if known.status not in (Status.PENDING, Status.APPROVED):
            return multiple()
        outcome = self._decide(LENA, id, Verb.REJECT, known.version)
        assert isinstance(outcome, Made)
        self.model.moved(known, outcome, Verb.REJECT, Status.REJECTED, LENA.id, self.daily.clock.now_ms)
        self.daily.clock.advance(ms=1)
        appealed = self.service.appeals.appeal(known.receipt.token, {"appeal": ["Not so."]})
        assert not isinstance(appealed, Refused)
        due_ms = self.daily.clock.now_ms + 14 * 24 * 3_600_000
        self.brought[id].append(Brought(kind="appeal", rows=self._rows(id), due_ms=due_ms))
        known.version += 1
        return multiple()

    # What moderators do

    @rule(target=decisions, id=receipts, who=WHO, verb=st.sampled_from([Verb.KEEP, Verb.UPHOLD]))
    def judge(self, id: str, who: Actor, verb: Verb) -> Any:
        known = self.model.comments[id]
        self.daily.clock.advance(ms=1)
        outcome = self.service.moderation.decide(who, Wanted(id=id, version=known.version, verb=verb))
        kind = "report" if verb is Verb.KEEP else "appeal"
        if known.status is Status.PENDING or kind not in self.standing(id).open:
            assert outcome == Refused(code=Code.NOT_ALLOWED_NOW)
            return multiple()
        assert isinstance(outcome, Made)
        self.model.moved(known, outcome, verb, known.status, who.id, self.daily.clock.now_ms)
        self.judging[outcome.id] = verb
        return outcome.id

    @rule(id=receipts, who=WHO)
    def renew(self, id: str, who: Actor) -> None:
        known, now_ms = self.model.comments[id], self.daily.clock.now_ms
        leases = self.service.queue.renew(who, self.sites[known.place[0]], [CommentId(id)])
        assert not isinstance(leases, Refused)
        if not known.waits and not self.standing(id).open:
            assert leases == {}
        elif known.holder(now_ms) in ("", who.id):
            self._held(known, who, leases[CommentId(id)])
        else:
            assert known.lease is not None
            assert leases[CommentId(id)].holder == known.lease.holder

    def _check_item(self, item: Item, known: Known) -> None:
        assert (item.case.waits is not None) is bool(self.standing(known.receipt.id).open)
        if known.waits:
            super()._check_item(item, known)

    # What must be true at the end

    def teardown(self) -> None:
        for number, site in enumerate(self.sites):
            listed = self.service.moderation.listed(PRIYA, site, lane=Lane.NOTICES, limit=1_000)
            assert isinstance(listed, Listed)
            expected = [known.receipt.id for known in self.lane_of_notices(number)]
            assert [item.comment.id for item in listed.items] == expected
        for id in self.brought:
            self._check_case(id)
        for id in list(self.brought):
            for verb in (Verb.KEEP, Verb.UPHOLD):
                self.judge(id, ACTORS[0], verb)
        super().teardown()

    def _check_case(self, id: str) -> None:
        """Each reporter reads how their report ended, and what waits is what the model says."""
        standing = self.standing(id)
        for one in self.brought[id]:
            if one.kind == "report":
                outcome = self.service.reports.open(one.token)
                assert isinstance(outcome, Outcome)
                after = (end for end in standing.ends if end[1] == "report" and end[0] >= one.rows - one.again)
                assert outcome.reported.ending == next((ending for _, _, ending in after), None)
        case = self.daily.service.moderation.item(PRIYA, id).case  # type: ignore[union-attr]  # an item it is
        waits = {Reports: "report", Appeal: "appeal", type(None): None}[type(case.waits)]
        assert waits == next(iter(standing.open), None)

    # The model's own steps

    def lane_of_notices(self, site: int) -> list[Known]:
        """What waits to be judged, what is due first before the rest."""
        found = []
        for id in self.brought:
            known, standing = self.model.comments[id], self.standing(id)
            if known.place[0] == site and standing.open and known.status is not Status.PENDING:
                found.append((min(standing.open.values()), id, known))
        return [known for _, _, known in sorted(found, key=lambda one: one[:2])]

    def standing(self, id: str) -> Standing:
        """All that was done about a comment gone through again."""
        standing, rows, due = Standing(), self._all_rows(id), dict[str, int]()
        for number in range(len(rows) + 1):
            for one in (one for one in self.brought[id] if one.rows == number and not one.again):
                due[one.kind] = min(standing.open.get(one.kind, one.due_ms), one.due_ms)
                standing.open[one.kind] = due[one.kind]
                standing.version = 0 if one.kind == "report" else standing.version
            if number < len(rows):
                self._answer(standing, number, rows, due)
        return standing

    def _answer(self, standing: Standing, number: int, rows: list[Row], due: dict[str, int]) -> None:
        row = rows[number]
        changed, verb = row.before is not row.after, self.judging.get(row.id)
        if "report" in standing.open and row.after is not Status.PENDING and (changed or verb is Verb.KEEP):
            standing.close(number, "report", OF_REPORTS[row.after], self.model.versions[row.id])
        if "appeal" in standing.open and (changed or verb is Verb.UPHOLD):
            standing.close(number, "appeal", OF_APPEAL[row.after], self.model.versions[row.id])
        if row.undo:
            undone = next(at for at, one in enumerate(rows) if one.undone and one.undone.id == row.id)
            standing.reopen(undone, due)

    def _all_rows(self, id: str) -> list[Row]:
        return [row for row in self.model.log if row.comment == id]

    def _rows(self, id: str) -> int:
        return len(self._all_rows(id))
