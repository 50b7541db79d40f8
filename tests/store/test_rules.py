"""The rules of a site, and what they would have done: who may change what, and what a rehearsal tells before."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import RIGHTS, Actor, Role
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.rules import DOMAINS_MAX, RULES_MAX, WORDS_MAX, Pattern, Rule, RuleKind, Word
from commentsvc.domain.site import Site
from commentsvc.service.rehearsal import Rehearsal
from tests.store.people import ALICE, BOB, MALLORY, MO, Newsroom

LEE = Actor(id="lee", sites=frozenset({"daily"}), rights=RIGHTS[Role.LEAD])
ADA = Actor(id="ada", sites=None, rights=RIGHTS[Role.ADMIN])
IDIOT = (Word(text="idiot"),)
LONG = "The council said in its report that nobody had asked before whether a bridge of this kind could carry trams."


def added(daily: Newsroom, kind: RuleKind = RuleKind.WORDS, by: Actor = LEE, **fields: object) -> Rule:
    rule = daily.service.rules.add(by, "daily", kind, fields)
    assert isinstance(rule, Rule), rule
    return rule


def site(daily: Newsroom) -> Site:
    found = daily.service.rules.of(ADA, "daily")
    assert isinstance(found, Site)
    return found


def refused(outcome: object) -> Code | dict[str, Code]:
    assert isinstance(outcome, Refused), outcome
    return dict(outcome.fields) if outcome.code is Code.INVALID_FIELDS else outcome.code


# --- changing ---------------------------------------------------------------------------------------------------------


def test_a_lead_adds_changes_switches_and_removes_a_rule(daily: Newsroom) -> None:
    rules = daily.service.rules
    rule = added(daily, label=" Insults ", words=(Word(text=" Idiot "), Word(text="Idiot"), Word(text="")))
    assert not rule.on
    assert rule.label == "Insults"
    assert [(word.text, word.added_by) for word in rule.words] == [("Idiot", "lee")]
    assert isinstance(rules.change(LEE, "daily", rule.id, {"on": True, "lane": Lane.LIKELY_SPAM}), Rule)
    assert daily.comment(text="idiot").id
    stored = site(daily).rule(rule.id)
    assert stored
    assert (stored.on, stored.lane, stored.changed_by) == (True, Lane.LIKELY_SPAM, "lee")
    assert isinstance(rules.remove(LEE, "daily", rule.id), Rule)
    assert site(daily).rule(rule.id) is None


def test_who_added_a_word_stays_with_it_when_others_are_added(daily: Newsroom) -> None:
    rule = added(daily, words=IDIOT)
    later = daily.service.rules.change(
        ADA, "daily", rule.id, {"words": (Word(text="fool", fragment=True), Word(text="idiot", expires_ms=9))}
    )
    assert isinstance(later, Rule)
    assert [(word.text, word.added_by, word.fragment, word.expires_ms) for word in later.words] == [
        ("fool", "ada", True, 0),
        ("idiot", "lee", False, 9),
    ]


def test_domains_are_kept_however_they_were_typed(daily: Newsroom) -> None:
    rule = added(
        daily,
        RuleKind.LINKS,
        number=2,
        domains=("https://www.Friend.example/x", "*.paper.example", "a@paper.example"),
    )
    assert rule.domains == ("friend.example", "paper.example")


def test_only_who_may_edit_rules_sees_or_changes_them(daily: Newsroom) -> None:
    for outcome in (
        daily.service.rules.of(MO, "daily"),
        daily.service.rules.add(MO, "daily", RuleKind.WORDS, {}),
        daily.service.rules.change(MO, "daily", "links", {"on": False}),
        daily.service.rules.remove(MO, "daily", "links"),
        daily.service.rehearsals.rehearse(MO, daily.site, daily.site.rules[1]),
        daily.service.rules.remove(LEE, "weekly", "links"),
    ):
        assert refused(outcome) is Code.FORBIDDEN


def test_only_an_admin_has_a_rule_decide_and_changes_one_that_does(daily: Newsroom) -> None:
    rules = daily.service.rules
    rule = added(daily, words=IDIOT, reason="insult")
    assert refused(rules.change(LEE, "daily", rule.id, {"auto": True})) is Code.FORBIDDEN
    assert refused(rules.add(LEE, "daily", RuleKind.WORDS, {"auto": True, "reason": "insult"})) is Code.FORBIDDEN
    assert isinstance(rules.change(ADA, "daily", rule.id, {"auto": True, "on": True}), Rule)
    assert refused(rules.change(LEE, "daily", rule.id, {"words": (Word(text="a calm word"),)})) is Code.FORBIDDEN
    assert isinstance(rules.change(LEE, "daily", rule.id, {"on": False}), Rule)
    assert refused(rules.change(LEE, "daily", rule.id, {"on": True})) is Code.FORBIDDEN
    assert isinstance(rules.change(LEE, "daily", rule.id, {"auto": False}), Rule)


def test_of_two_changes_made_from_the_same_page_the_second_is_told(daily: Newsroom) -> None:
    seen = site(daily).version
    assert isinstance(daily.service.rules.change(LEE, "daily", "links", {"number": 5}, seen=seen), Rule)
    assert refused(daily.service.rules.change(ADA, "daily", "links", {"number": 9}, seen=seen)) is Code.STALE
    assert refused(daily.service.rules.remove(ADA, "daily", "links", seen=seen)) is Code.STALE


@pytest.mark.parametrize(
    ("kind", "fields", "problems"),
    [
        (RuleKind.WORDS, {"words": (Word(text="x" * 81),)}, {"words[0]": Code.TOO_LONG}),
        (RuleKind.WORDS, {"words": (Word(text="a", fragment=True),)}, {"words[0]": Code.TOO_SHORT}),
        (RuleKind.WORDS, {"words": (Word(text="…"),)}, {"words[0]": Code.TOO_SHORT}),
        (RuleKind.WORDS, {"words": (Word(text="a\u202eb"),)}, {"words[0]": Code.INVALID_CHARACTERS}),
        (RuleKind.WORDS, {"reason": "nonsense"}, {"reason": Code.UNKNOWN_REASON}),
        (RuleKind.WORDS, {"label": "x" * 81}, {"label": Code.TOO_LONG}),
        (RuleKind.WORDS, {"label": "a\u202eb"}, {"label": Code.INVALID_CHARACTERS}),
        (RuleKind.WORDS, {"lane": Lane.COLLEAGUE}, {"lane": Code.INVALID_CHOICE}),
        (RuleKind.WORDS, {"number": 3}, {"number": Code.INVALID_CHOICE}),
        (RuleKind.WORDS, {"auto": True, "reason": ""}, {"reason": Code.REQUIRED}),
        (RuleKind.WORDS, {"patterns": (Pattern.EMAIL,)}, {"patterns": Code.INVALID_CHOICE}),
        (RuleKind.LINKS, {"number": 0}, {"number": Code.INVALID_CHOICE}),
        (RuleKind.LINKS, {"words": IDIOT}, {"words": Code.INVALID_CHOICE}),
        (RuleKind.LINKS, {"domains": ("no domain",)}, {"domains[0]": Code.INVALID_CHOICE}),
        (
            RuleKind.LINKS,
            {"domains": tuple(f"a{at}.example" for at in range(DOMAINS_MAX + 1))},
            {"domains": Code.TOO_LONG},
        ),
        (RuleKind.LINKS, {"auto": True}, {"auto": Code.INVALID_CHOICE}),
        (RuleKind.SPEED, {}, {"kind": Code.REPEATED}),
        (RuleKind.PERSONAL_DATA, {"patterns": ()}, {"kind": Code.REPEATED, "patterns": Code.REQUIRED}),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_everything_that_is_wrong(
    daily: Newsroom, kind: RuleKind, fields: dict[str, object], problems: dict[str, Code]
) -> None:
    assert refused(daily.service.rules.add(ADA, "daily", kind, fields)) == problems


def test_rules_and_words_are_bounded(daily: Newsroom) -> None:
    many = tuple(Word(text=f"word{at}") for at in range(WORDS_MAX))
    rule = added(daily, words=many)
    one_more = {"words": IDIOT}
    assert refused(daily.service.rules.add(LEE, "daily", RuleKind.WORDS, one_more)) == {"words": Code.TOO_LONG}
    daily.service.rules.remove(LEE, "daily", rule.id)
    for _ in range(RULES_MAX - len(site(daily).rules)):
        added(daily)
    assert refused(daily.service.rules.add(LEE, "daily", RuleKind.WORDS, {})) == {"rules": Code.TOO_LONG}


def test_the_log_keeps_who_changed_which_rule_and_which_words_came_and_went(daily: Newsroom) -> None:
    many = tuple(Word(text=f"word{at}") for at in range(1_000))
    rule = added(daily, label="Insults", words=many)
    daily.clock.advance(ms=1)
    changed = (*many[1:], Word(text="idiot", fragment=True))
    assert isinstance(daily.service.rules.change(LEE, "daily", rule.id, {"words": changed}), Rule)
    log = daily.service.changes.page(ADA)
    assert not isinstance(log, Refused)
    last = log.changes[0]
    assert (last.by, last.name) == ("lee", "daily")
    assert [(one.what, one.before, one.after) for one in last.differences] == [
        (f"rules.{rule.id}.words", "word0", "idiot*")
    ]


def test_what_is_not_there_is_not_found(daily: Newsroom) -> None:
    assert refused(daily.service.rules.change(LEE, "daily", "nothing", {"on": True})) is Code.NOT_FOUND
    assert refused(daily.service.rules.remove(LEE, "daily", "nothing")) is Code.NOT_FOUND
    assert refused(daily.service.rules.of(ADA, "weekly")) is Code.UNKNOWN_SITE


# --- rehearsing -------------------------------------------------------------------------------------------------------


def rehearsed(daily: Newsroom, rule: Rule) -> Rehearsal:
    before = every(daily)
    found = daily.service.rehearsals.rehearse(LEE, site(daily), rule)
    assert isinstance(found, Rehearsal), found
    assert every(daily) == before
    return found


def every(daily: Newsroom) -> Sequence[Comment]:
    return [daily.find(sample.id) for status in Status for sample in _listed(daily, status)]


def _listed(daily: Newsroom, status: Status) -> list[Comment]:
    return [item.comment for item in daily.listed(status=status).items]


def said(daily: Newsroom, text: str, *, by: dict[str, str], after_s: int = 60) -> None:
    """A comment whose form was open for so long."""
    attempt = daily.attempt(text, by=by)
    daily.clock.advance(ms=after_s * 1_000)
    daily.submit(attempt)


WORDS = Rule(id="new", kind=RuleKind.WORDS, words=IDIOT, reason="insult")


def test_a_rule_that_was_never_saved_tells_what_it_would_have_done_and_where_people_disagreed(daily: Newsroom) -> None:
    daily.made(MO, daily.comment(text="an idiot's remark").id, Verb.APPROVE)
    daily.made(MO, daily.comment(text="you 1d10t").id, Verb.REJECT)
    waits = daily.comment(text="IDIOT")
    daily.comment(text="a calm remark")
    found = rehearsed(daily, WORDS)
    assert found.looked_at == 4
    assert found.affected == {Status.APPROVED: 1, Status.REJECTED: 1, Status.PENDING: 1}
    assert (found.total, found.disagreed, found.in_time) == (3, 1, True)
    assert found.samples[0].comment.status is Status.APPROVED
    assert found.samples[1].comment.id == waits.id
    assert found.samples[1].hits[0].end == 5


def test_a_rehearsal_goes_through_all_partitions_and_no_further_than_a_thousand_comments(daily: Newsroom) -> None:
    for article in daily.articles(6):
        daily.comment(text="idiot", article=article)
    assert rehearsed(daily, WORDS).total == 6


def test_what_only_the_past_of_an_author_tells_is_rehearsed_by_that_past(daily: Newsroom) -> None:
    for text in ("One.", "Two.", "Three."):
        daily.made(MO, daily.comment(text=text, by=ALICE).id, Verb.APPROVE)
    said(daily, "Four.", by=ALICE)
    daily.made(MO, daily.comment(text="Mine.", by=MALLORY).id, Verb.REJECT)
    first = rehearsed(daily, Rule(id="first_time", kind=RuleKind.FIRST_TIME, number=2))
    texts = [sample.comment.body.text for sample in first.samples if sample.comment.body]
    assert sorted(texts) == ["Mine.", "One.", "Two."]
    trusted = rehearsed(daily, Rule(id="trusted", kind=RuleKind.TRUSTED, number=3))
    # What rules held back, a first comment here, is never published by trust, so only what waits without a hit counts.
    assert [sample.comment.body.text for sample in trusted.samples if sample.comment.body] == ["Four."]
    assert trusted.disagreed == 0


def test_repeats_are_rehearsed_among_themselves(daily: Newsroom) -> None:
    for at in range(4):
        daily.comment(text=LONG.replace("trams", f"trams {at}"), by=BOB)
    daily.comment(text="Thank you!", by=BOB)
    daily.comment(text="Thank you!", by=BOB)
    found = rehearsed(daily, Rule(id="repeat", kind=RuleKind.REPEAT, number=2))
    assert found.total == 2


def test_speed_is_rehearsed_by_how_long_each_form_was_open(daily: Newsroom) -> None:
    for seconds in (1, 4, 300):
        said(daily, f"After {seconds}", by=BOB, after_s=seconds)
    assert rehearsed(daily, Rule(id="speed", kind=RuleKind.SPEED, number=3)).total == 1
    assert rehearsed(daily, Rule(id="speed", kind=RuleKind.SPEED, number=5)).total == 2


def test_a_rule_that_cannot_be_is_not_rehearsed(daily: Newsroom) -> None:
    outcome = daily.service.rehearsals.rehearse(LEE, site(daily), replace(WORDS, reason="nonsense"))
    assert refused(outcome) == {"reason": Code.UNKNOWN_REASON}
