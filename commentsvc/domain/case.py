"""What readers bring against a comment or a decision: reports of what is published, appeals against what is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from commentsvc.domain.decision import Decision, Status
from commentsvc.domain.refusal import Code
from commentsvc.domain.site import Site
from commentsvc.domain.submission import NAME_MAX, TICKED, Problems, Values, judged_email, judged_line, judged_text
from commentsvc.domain.text import normalised

DAY_MS = 24 * 3_600_000
ILLEGAL = "illegal"
"""What a report says that is about the law and not about a rule of the house."""

WHY_MAX = 2_000
APPEAL_MAX = 2_000
DUE_MS = {ILLEGAL: 3 * DAY_MS, "rule": 7 * DAY_MS, "appeal": 14 * DAY_MS}
"""How long each may wait: the clock that moderators see. Nothing happens by itself when it has run out."""

APPEAL_MS = 183 * DAY_MS
"""For so long after a decision an appeal against it can be made: at least six months (DSA, article 20)."""

STATEMENTS = 20
"""Written notices about one comment that are kept at a time; more of them are counted."""


class Ending(StrEnum):
    """How a case ended. The first three are those of reports, an author's withdrawal ends both kinds."""

    KEPT = "kept"
    REMOVED = "removed"
    WITHDRAWN = "withdrawn"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


@dataclass(frozen=True, kw_only=True, slots=True)
class Statement:
    """What somebody reports. Only a notice of illegal content says why, perhaps by whom, and is made in good faith."""

    reason: str
    why: str = ""
    name: str = ""
    email: str = ""

    @property
    def written(self) -> bool:
        """Whether it is more than a tap on one of the house's rules."""
        return self.reason == ILLEGAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Reports:
    """What was reported about a comment since it was last judged. `endings` are how it ended before: when, and how.

    `counts` says how many networks reported for each reason, `statements` are the first written notices.
    """

    waiting: bool
    since_ms: int
    due_ms: int
    counts: Mapping[str, int]
    statements: tuple[Statement, ...] = ()
    endings: tuple[tuple[int, Ending], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Appeal:
    """An appeal against the decision `of`, which `first` had made: somebody else must judge it.

    `text` is empty once the comment was withdrawn; `ending` is None while it waits.
    """

    waiting: bool
    at_ms: int
    due_ms: int
    of: str
    first: str
    text: str
    judged: str = ""
    ending: Ending | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What was brought against one comment, waiting or judged."""

    reports: Reports | None = None
    appeal: Appeal | None = None

    @property
    def waits(self) -> Reports | Appeal | None:
        """What of it waits to be judged; never both."""
        if self.reports and self.reports.waiting:
            return self.reports
        return self.appeal if self.appeal and self.appeal.waiting else None


NOTHING = Case()


@dataclass(frozen=True, kw_only=True, slots=True)
class Reported:
    """What became of a report so far: when it was made, and how it ended, or None while it waits."""

    at_ms: int
    ending: Ending | None = None
    ended_ms: int = 0


def reported(reports: Reports | None, at_ms: int) -> Reported:
    """A report that was made at `at_ms`: the first ending after it is its own."""
    ended = min((one for one in (reports.endings if reports else ()) if one[0] >= at_ms), default=None)
    return Reported(at_ms=at_ms, ending=ended[1], ended_ms=ended[0]) if ended else Reported(at_ms=at_ms)


def check_report(site: Site, values: Values) -> Statement | Problems:
    """The report, or every problem at once by field name."""
    one, problems = _read(values)
    reason = one.get("reason", "")
    if reason != ILLEGAL:
        if site.reason(reason) is None:
            problems.setdefault("reason", Code.INVALID_CHOICE if reason else Code.REQUIRED)
        return problems or Statement(reason=reason)
    why, name, email = one.get("why", ""), one.get("name", "").strip(), one.get("email", "").strip()
    judged = {
        "why": judged_text(why, WHY_MAX),
        "name": judged_line(name, longest=NAME_MAX, required=False),
        "email": judged_email(email, required=False),
        "faith": None if one.get("faith") == TICKED else Code.REQUIRED,
    }
    for field_name, problem in judged.items():
        if problem is not None:
            problems.setdefault(field_name, problem)
    return problems or Statement(reason=ILLEGAL, why=why.strip(), name=name, email=email)


def check_appeal(values: Values) -> str | Problems:
    """What an appeal says, or what is wrong with it."""
    one, problems = _read(values)
    text = one.get("appeal", "")
    problem = judged_text(text, APPEAL_MAX)
    if problem is not None:
        problems.setdefault("appeal", problem)
    return problems or text.strip()


def _read(values: Values) -> tuple[dict[str, str], Problems]:
    problems: Problems = {name: Code.REPEATED for name, sent in values.items() if len(sent) > 1}
    return {name: normalised(sent[0]) if sent else "" for name, sent in values.items()}, problems


def appealable(verdict: Decision | None, status: Status, appeal: Appeal | None, *, now_ms: int) -> bool:
    """Whether an appeal can be made against the decision in force: once, within six months, where it refused."""
    if verdict is None or status not in (Status.REJECTED, Status.SPAM) or now_ms - verdict.at_ms > APPEAL_MS:
        return False
    return appeal is None or verdict.id[4:] not in (appeal.of, appeal.judged)
