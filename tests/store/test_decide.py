"""A decision is made once, about what the moderator saw, and is logged for ever."""

from typing import cast

from commentsvc.domain.decision import TRANSITIONS, Stale, Status, Verb
from commentsvc.domain.moderator import Actor
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.moderation import Wanted
from commentsvc.store.decisions import Made
from commentsvc.store.keys import thread_home
from tests.store.people import ALICE, BOB, MAX, MO, PRIYA, REASONS, Newsroom, everything


def test_what_mo_approves_is_public_at_once(daily: Newsroom) -> None:
    receipt = daily.comment("See https://daily.example <b>now</b>")
    made = daily.made(MO, receipt.id, Verb.APPROVE)
    assert made.version == 2
    (shown,) = daily.public()
    assert shown.id == receipt.id
    assert shown.html == (
        '<p dir="auto">See <a href="https://daily.example" rel="nofollow ugc noopener" target="_blank">'
        "https://daily.example</a> &lt;b&gt;now&lt;/b&gt;</p>"
    )
    assert daily.waiting() == []
    assert daily.page().thread.counts[Status.APPROVED] == 1


def test_what_is_rejected_or_spam_is_never_public(daily: Newsroom) -> None:
    rejected, spam = daily.comment(), daily.comment()
    daily.made(MO, rejected.id, Verb.REJECT)
    daily.made(MO, spam.id, Verb.SPAM)
    assert daily.public() == []
    for receipt in (rejected, spam):
        assert daily.find(receipt.id).html == ""
        assert daily.service.reading.comment(receipt.id) == Refused(code=Code.NOT_FOUND)


def test_a_decision_says_who_when_and_why(daily: Newsroom) -> None:
    receipt = daily.comment()
    made = daily.made(MO, receipt.id, Verb.REJECT, reason="hate")
    found = daily.find(receipt.id)
    assert (found.decided_by, found.decided_ms, found.reason) == ("mo", daily.clock.now_ms, "hate")
    (row,) = daily.log().decisions
    assert (row.id, row.comment, row.by, row.at_ms) == (made.id, receipt.id, "mo", daily.clock.now_ms)
    assert (row.verb, row.before, row.after, row.reason) == (Verb.REJECT, Status.PENDING, Status.REJECTED, "hate")
    assert row.version == 2


def test_the_second_moderator_is_told_who_was_faster(daily: Newsroom) -> None:
    receipt = daily.comment()
    daily.made(MO, receipt.id, Verb.APPROVE)
    at_ms = daily.clock.now_ms
    before = everything(daily.client)
    late = daily.decide(MAX, receipt.id, Verb.REJECT, seen=1)
    assert late == Stale(comment=receipt.id, version=2, status=Status.APPROVED, by="mo", at_ms=at_ms, verb=Verb.APPROVE)
    # Even when both wanted the same: the log must not say that Max did what Mo has done.
    assert daily.decide(MAX, receipt.id, Verb.APPROVE, seen=1) == late
    assert everything(daily.client) == before


def test_to_overrule_is_a_decision_of_its_own(daily: Newsroom) -> None:
    receipt = daily.comment()
    daily.made(MO, receipt.id, Verb.APPROVE)
    assert daily.made(MAX, receipt.id, Verb.REJECT).version == 3
    assert [row.by for row in daily.log().decisions] == ["max", "mo"]


def test_a_retry_gets_the_first_answer_and_makes_no_second_row(daily: Newsroom) -> None:
    receipt = daily.comment()
    first = daily.made(MO, receipt.id, Verb.REJECT, reason="hate")
    before = everything(daily.client)
    assert daily.decide(MO, receipt.id, Verb.REJECT, seen=1, reason="hate") == first
    assert everything(daily.client) == before
    changed_mind = daily.decide(MO, receipt.id, Verb.REJECT, seen=1, reason="insult")
    assert isinstance(changed_mind, Stale)
    assert changed_mind.by == "mo"


def test_a_decision_about_a_version_that_never_was_changes_nothing(daily: Newsroom) -> None:
    receipt = daily.comment()
    before = everything(daily.client)
    for seen in (-1, 0, 2, 10**12):
        outcome = daily.decide(MO, receipt.id, Verb.APPROVE, seen=seen)
        assert isinstance(outcome, Stale)
        assert (outcome.version, outcome.status, outcome.by) == (1, Status.PENDING, "")
    assert everything(daily.client) == before


def test_only_the_tables_transitions_are_possible(daily: Newsroom) -> None:
    for status, path in {
        Status.PENDING: [],
        Status.APPROVED: [Verb.APPROVE],
        Status.REJECTED: [Verb.REJECT],
        Status.SPAM: [Verb.SPAM],
    }.items():
        receipt = daily.comment()
        for verb in path:
            daily.made(MO, receipt.id, verb)
        for verb in (Verb.APPROVE, Verb.REJECT, Verb.SPAM, Verb.NOT_SPAM):
            if (status, verb) not in TRANSITIONS:
                before = everything(daily.client)
                assert daily.decide(MO, receipt.id, verb) == Refused(code=Code.NOT_ALLOWED_NOW)
                assert everything(daily.client) == before


def test_not_spam_brings_a_comment_back_to_its_old_place_in_the_queue(daily: Newsroom) -> None:
    first, second, third = daily.comment(), daily.comment(), daily.comment()
    daily.made(MO, second.id, Verb.SPAM)
    assert daily.waiting() == [first.id, third.id]
    daily.made(MAX, second.id, Verb.NOT_SPAM)
    assert daily.waiting() == [first.id, second.id, third.id]


def test_a_decision_is_refused_before_anything_is_read_or_written(daily: Newsroom) -> None:
    receipt = daily.comment()
    other = daily.service.sites.add(key="weekly", name="Weekly", origins=["https://weekly.example"])
    stranger = Actor(id="stranger", sites=frozenset({other.key}))
    nobody = Actor(id="nobody", sites=frozenset())
    before = everything(daily.client)
    for who in (stranger, nobody):
        assert daily.decide(who, receipt.id, Verb.APPROVE) == Refused(code=Code.NOT_FOUND)
        assert daily.service.moderation.item(who, receipt.id) == Refused(code=Code.NOT_FOUND)
        assert daily.service.moderation.listed(who, daily.site) == Refused(code=Code.FORBIDDEN)
        assert daily.service.moderation.counts(who, daily.site) == Refused(code=Code.FORBIDDEN)
        assert daily.service.moderation.log(who, daily.site) == Refused(code=Code.FORBIDDEN)
        assert daily.service.moderation.lease(who, daily.site, [receipt.id]) == Refused(code=Code.FORBIDDEN)
        assert daily.service.moderation.release(who, daily.site, {receipt.id: 1}) == Refused(code=Code.FORBIDDEN)
        assert daily.service.bulks.undo_last(who, daily.site) == Refused(code=Code.FORBIDDEN)
        assert daily.service.moderation.undoable(who, daily.site) == []
        closing = daily.service.moderation.open_thread(who, daily.site, daily.article, open=False)
        assert closing == Refused(code=Code.FORBIDDEN)
        assert daily.site not in daily.service.moderation.sites(who)
    assert everything(daily.client) == before


def test_a_malformed_decision_is_told_what_is_wrong(daily: Newsroom) -> None:
    id = daily.comment().id
    before = everything(daily.client)

    def fields(**wanted: str) -> dict[str, Code]:
        given = {"verb": Verb.REJECT, "reason": "insult", **wanted}
        outcome = daily.service.moderation.decide(MO, Wanted(id=id, version=1, **given))  # type: ignore[arg-type]
        assert isinstance(outcome, Refused)
        assert outcome.code is Code.INVALID_FIELDS
        return dict(outcome.fields)

    assert fields(reason="") == {"reason": Code.UNKNOWN_REASON}
    assert fields(reason="because") == {"reason": Code.UNKNOWN_REASON}
    assert fields(reason="own", note=" \u200b ") == {"note": Code.NO_WORDS}
    assert fields(verb=Verb.UNDO) == {"decision": Code.INVALID_CHOICE}
    assert fields(verb=Verb.WITHDRAW) == {"decision": Code.INVALID_CHOICE}
    assert fields(note="n" * 1_001) == {"note": Code.TOO_LONG}
    assert fields(note="a\0b") == {"note": Code.INVALID_CHARACTERS}
    for unknown in ("", "cmt_", "x" * 30, "cmt_" + "0" * 26, "dec" + id[3:], id.lower()):
        outcome = daily.service.moderation.decide(MO, Wanted(id=unknown, version=1, verb=Verb.APPROVE))
        assert outcome == Refused(code=Code.NOT_FOUND)
    assert everything(daily.client) == before


def test_a_reason_is_kept_for_rejections_only(daily: Newsroom) -> None:
    receipt = daily.comment()
    daily.made(MO, receipt.id, Verb.APPROVE, reason="insult")
    assert daily.find(receipt.id).reason == ""
    assert daily.log().decisions[0].reason == ""


def test_a_note_is_logged_as_it_was_written(daily: Newsroom) -> None:
    receipt = daily.comment()
    note = "Looked it up:\r\n<b>fine</b>"
    daily.service.moderation.decide(MO, Wanted(id=receipt.id, version=1, verb=Verb.APPROVE, note=note))
    assert daily.log().decisions[0].note == "Looked it up:\n<b>fine</b>"


def test_replies_are_counted_while_they_are_public(daily: Newsroom) -> None:
    parent = daily.published()
    one, two = (daily.comment("Re:", by=BOB, parent=parent).id for _ in range(2))

    def replies() -> int:
        return daily.find(parent).replies

    assert replies() == 0
    daily.made(MO, one, Verb.APPROVE)
    daily.made(MO, two, Verb.APPROVE)
    assert replies() == 2
    daily.made(MAX, one, Verb.REJECT)
    assert replies() == 1
    daily.undo_last(MAX)
    assert replies() == 2
    daily.made(MAX, parent, Verb.REJECT)
    daily.made(MAX, two, Verb.REJECT)
    daily.made(MAX, parent, Verb.APPROVE)
    assert replies() == 1
    (shown, _) = daily.public()
    assert shown.replies == 1


def test_every_public_change_raises_the_revision_and_no_other_does(daily: Newsroom) -> None:
    def revision() -> int:
        return daily.page().thread.revision

    first, second = daily.comment().id, daily.comment().id
    at = revision()
    daily.made(MO, first, Verb.REJECT)
    daily.made(MO, second, Verb.SPAM)
    assert revision() == at
    daily.made(MO, first, Verb.APPROVE)
    assert revision() == daily.clock.now_ms
    daily.made(MO, first, Verb.REJECT)
    assert revision() == daily.clock.now_ms
    daily.service.moderation.open_thread(MO, daily.site, daily.article, open=False)
    assert revision() == daily.clock.now_ms + 1
    last = revision()
    daily.clock.advance(ms=-60_000)
    daily.made(MO, first, Verb.APPROVE)
    assert revision() == last + 1, "a clock that was set back must not bring a revision back"


def test_a_revision_is_none_that_a_lost_history_had(daily: Newsroom) -> None:
    id = daily.comment().id
    keys = thread_home(daily.site, daily.article.id)
    before = daily.client.dump(keys.thread(daily.article.id)) or b""
    daily.made(MO, id, Verb.APPROVE)
    lost = daily.page().thread.revision
    daily.client.restore(keys.thread(daily.article.id), 0, before, replace=True)
    daily.clock.advance(ms=1)
    daily.service.moderation.open_thread(MO, daily.site, daily.article, open=False)
    assert daily.page().thread.revision not in (0, lost)


def test_authors_and_threads_are_counted_by_status(daily: Newsroom) -> None:
    for verb in (None, Verb.APPROVE, Verb.REJECT, Verb.SPAM):
        receipt = daily.comment(by=ALICE)
        if verb:
            daily.made(MO, receipt.id, verb)
    expected = {Status.PENDING: 1, Status.APPROVED: 1, Status.REJECTED: 1, Status.SPAM: 1, Status.ERASED: 0}
    assert daily.item(daily.waiting()[0]).author == expected
    assert daily.page().thread.counts == expected
    assert daily.counts() == expected


def test_each_decision_tells_the_outside_in_the_same_step(daily: Newsroom) -> None:
    receipt = daily.comment()
    made = daily.made(MO, receipt.id, Verb.APPROVE)
    events = thread_home(daily.site, daily.article.id).events
    told = [fields for _, fields in cast(list[tuple[bytes, dict[bytes, bytes]]], daily.client.xrange(events))]
    assert [fields[b"type"] for fields in told] == [b"comment.submitted", b"comment.approved"]
    assert told[1][b"decision"].decode() == made.id[4:]
    assert {fields[b"comment"].decode() for fields in told} == {receipt.id[4:]}


def test_the_log_is_read_page_by_page_newest_first(daily: Newsroom) -> None:
    made: list[str] = []
    for article in daily.articles(12):
        made.append(daily.made(MO, daily.comment(article=article).id, Verb.APPROVE).id)
    read: list[str] = []
    cursor = ""
    while True:
        page = daily.log(limit=5, cursor=cursor)
        read += [row.id for row in page.decisions]
        cursor = page.next_cursor
        if not cursor:
            break
    assert read == list(reversed(made))
    for wrong in ("x", daily.comment().id):
        refused = daily.service.moderation.log(PRIYA, daily.site, cursor=wrong)
        assert refused == Refused(code=Code.INVALID_CURSOR)


def test_every_decision_about_everything_stays_in_the_log(daily: Newsroom) -> None:
    receipt = daily.comment()
    for verb in (Verb.SPAM, Verb.NOT_SPAM, Verb.REJECT, Verb.APPROVE, Verb.REJECT):
        assert isinstance(daily.decide(MO, receipt.id, verb, reason=REASONS.get(verb, "")), Made)
    rows = list(reversed(daily.log().decisions))
    assert [row.version for row in rows] == [2, 3, 4, 5, 6]
    assert [row.before for row in rows][1:] == [row.after for row in rows][:-1]
