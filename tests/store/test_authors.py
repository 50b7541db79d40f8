"""An author without an account is a key: what it wrote is one list, and what is laid on it holds in every partition."""

import pytest

from commentsvc.domain.author import HOUR_MS, RESTRICTED_MAX_MS, Imposed, KeyKind, Note, Restriction
from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.ids import CommentId
from commentsvc.domain.lane import Lane
from commentsvc.domain.moderator import RIGHTS, Actor, Role
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.rules import RuleKind
from commentsvc.service.authors import Profile, Written
from commentsvc.service.submissions import NETWORK_KEY_MS, Receipt
from commentsvc.store.standing import NOTES_MAX
from tests.store.people import ALICE, BOB, MAX, MO, Newsroom, everything

LEAD = Actor(id="lea", sites=frozenset({"daily"}), rights=RIGHTS[Role.LEAD])
MODERATOR = Actor(id="mo", sites=frozenset({"daily"}), rights=RIGHTS[Role.MODERATOR])
AUDITOR = Actor(id="aud", sites=frozenset({"daily"}), rights=RIGHTS[Role.AUDITOR])


def key_of(daily: Newsroom, id: str) -> str:
    """The author of a comment."""
    body = daily.find(id).body
    assert body is not None
    return body.author_key


def written(daily: Newsroom, key: str, *, limit: int) -> list[CommentId]:
    """All that an author wrote, page by page."""
    found: list[CommentId] = []
    cursor = ""
    while True:
        page = daily.service.authors.written(MO, daily.site, key, cursor=cursor, limit=limit)
        assert isinstance(page, Written)
        assert len(page.comments) <= limit
        found += [comment.id for comment in page.comments]
        cursor = page.next_cursor
        if not cursor:
            return found


def profile(daily: Newsroom, key: str) -> Profile:
    """What is known of an author."""
    found = daily.service.authors.profile(MO, daily.site, key)
    assert isinstance(found, Profile)
    return found


def restrict(daily: Newsroom, key: str, *, until_ms: int, note: str = "") -> Imposed:
    """A restriction that holds."""
    imposed = daily.service.authors.restrict(LEAD, daily.site, key, until_ms=until_ms, note=note)
    assert isinstance(imposed, Imposed)
    return imposed


@pytest.mark.parametrize("limit", [1, 4, 100])
def test_all_that_an_author_wrote_is_one_list_newest_first(daily: Newsroom, limit: int) -> None:
    ids = []
    for article in daily.articles(9):
        ids.append(daily.comment(by=ALICE, article=article).id)
        daily.comment(by=BOB, article=article)
    daily.made(MO, ids[3], Verb.APPROVE)
    daily.made(MO, ids[4], Verb.REJECT)
    assert written(daily, key_of(daily, ids[0]), limit=limit) == ids[::-1]


def test_a_published_comment_of_the_list_knows_its_page(daily: Newsroom) -> None:
    id = daily.published(title="The article")
    page = daily.service.authors.written(MO, daily.site, key_of(daily, id))
    assert isinstance(page, Written)
    assert page.comments == (daily.find(id),)


def test_what_the_author_took_back_is_gone_from_the_list_and_hides_nothing(daily: Newsroom) -> None:
    ids = [daily.comment().id for _ in range(2)]
    receipt = daily.comment()
    ids.append(daily.comment().id)
    daily.service.receipts.withdraw(receipt.token)
    assert written(daily, key_of(daily, ids[0]), limit=2) == ids[::-1]


def test_a_profile_says_what_kind_of_key_it_is_and_counts(daily: Newsroom) -> None:
    daily.site = daily.service.sites.change("daily", {"email_required": False})
    id = daily.published(by=ALICE)
    daily.made(MO, daily.comment(by=ALICE, article=daily.other).id, Verb.REJECT)
    nobody = daily.comment(by={"name": "Nobody", "email": ""}).id
    found = profile(daily, key_of(daily, id))
    assert (found.kind, found.counts[Status.APPROVED], found.counts[Status.REJECTED]) == (KeyKind.EMAIL, 1, 1)
    assert profile(daily, key_of(daily, nobody)).kind is KeyKind.NETWORK


def test_a_restricted_author_is_refused_until_the_end_in_every_partition(daily: Newsroom) -> None:
    key = key_of(daily, daily.comment(by=ALICE).id)
    until_ms = daily.clock.now_ms + HOUR_MS
    restrict(daily, key, until_ms=until_ms, note="Third insult today.")
    for article in daily.articles(9):
        assert daily.submit(daily.attempt(by=ALICE, article=article)) == Refused(
            code=Code.RESTRICTED, until_ms=until_ms
        )
    assert isinstance(daily.submit(daily.attempt(by=BOB)), Receipt)
    daily.clock.advance(ms=HOUR_MS)
    assert isinstance(daily.submit(daily.attempt(by=ALICE)), Receipt)


def test_an_author_who_is_always_held_waits_in_held_and_a_lifted_one_does_not(daily: Newsroom) -> None:
    key = key_of(daily, daily.comment(by=ALICE).id)
    restrict(daily, key, until_ms=0)
    for article in daily.articles(6):
        found = daily.find(daily.comment(by=ALICE, article=article).id)
        assert RuleKind.AUTHOR in {hit.kind for hit in found.hits}
    assert profile(daily, key).restriction == Restriction()
    assert daily.item(found.id).restriction == Restriction()
    assert isinstance(daily.service.authors.lift(LEAD, daily.site, key), Imposed)
    found = daily.find(daily.comment(by=ALICE).id)
    assert RuleKind.AUTHOR not in {hit.kind for hit in found.hits}
    assert profile(daily, key).restriction is None


def test_who_imposed_what_stands_written_for_ever(daily: Newsroom) -> None:
    alice, bob = (key_of(daily, daily.comment(by=who).id) for who in (ALICE, BOB))
    first = restrict(daily, alice, until_ms=daily.clock.now_ms + HOUR_MS, note="Insults.")
    daily.clock.advance(ms=1)
    second = restrict(daily, bob, until_ms=0)
    daily.clock.advance(ms=1)
    lifted = daily.service.authors.lift(LEAD, daily.site, alice, note="She wrote to us.")
    assert profile(daily, alice).imposed == (lifted, first)
    assert daily.service.authors.imposed(AUDITOR, daily.site) == ([lifted, second, first], "")
    page = daily.service.authors.imposed(AUDITOR, daily.site, limit=2)
    assert not isinstance(page, Refused)
    assert daily.service.authors.imposed(AUDITOR, daily.site, before=page[1]) == ([first], "")


def test_what_is_laid_on_a_network_ends_with_its_key(daily: Newsroom) -> None:
    daily.site = daily.service.sites.change("daily", {"email_required": False})
    key = key_of(daily, daily.comment(by={"name": "Nobody", "email": ""}).id)
    restrict(daily, key, until_ms=daily.clock.now_ms + RESTRICTED_MAX_MS)
    assert isinstance(daily.service.authors.note(MO, daily.site, key, "A school."), Note)
    kept = [found for found in daily.client.scan_iter(count=1_000) if key.encode() in found]
    assert len(kept) == 2 + daily.site.partitions
    assert all(0 < daily.client.pttl(found) <= NETWORK_KEY_MS for found in kept)


@pytest.mark.parametrize("wrong", ["past", "too long", -1])
def test_a_restriction_ends_within_a_month(daily: Newsroom, wrong: object) -> None:
    key = key_of(daily, daily.comment().id)
    now_ms = daily.clock.now_ms
    until_ms = {"past": now_ms, "too long": now_ms + RESTRICTED_MAX_MS + 1}.get(str(wrong), -1)
    refused = daily.service.authors.restrict(LEAD, daily.site, key, until_ms=until_ms)
    assert isinstance(refused, Refused)
    assert refused.fields == {"until": Code.INVALID_CHOICE}


def test_notes_are_for_colleagues_newest_first_and_bounded(daily: Newsroom) -> None:
    id = daily.comment().id
    key = key_of(daily, id)
    for at in range(NOTES_MAX + 3):
        daily.clock.advance(ms=1)
        assert isinstance(daily.service.authors.note(MO, daily.site, key, f" Note {at}. "), Note)
    notes = profile(daily, key).notes
    assert (notes[0].text, notes[0].by, len(notes), notes[-1].text) == ("Note 102.", "mo", NOTES_MAX, "Note 3.")
    buffer = daily.service.queue.buffer(MAX, daily.site, lane=None)
    assert not isinstance(buffer, Refused)
    assert [item.notes for item in buffer.items] == [NOTES_MAX]


@pytest.mark.parametrize(("text", "code"), [(" ", Code.REQUIRED), ("x" * 1_001, Code.TOO_LONG)])
def test_a_note_says_something_and_not_too_much(daily: Newsroom, text: str, code: Code) -> None:
    refused = daily.service.authors.note(MO, daily.site, key_of(daily, daily.comment().id), text)
    assert isinstance(refused, Refused)
    assert refused.fields == {"text": code}


def test_an_export_has_everything_with_every_decision(daily: Newsroom) -> None:
    ids = [daily.comment(by=ALICE, article=article).id for article in daily.articles(5)]
    daily.made(MO, ids[0], Verb.APPROVE)
    daily.made(MAX, ids[0], Verb.REJECT)
    daily.made(MO, ids[1], Verb.SPAM)
    parts = daily.service.authors.export(AUDITOR, daily.site, key_of(daily, ids[0]))
    assert not isinstance(parts, Refused)
    found = [one for part in parts for one in part]
    assert [one.comment.id for one in found] == ids[::-1]
    assert [[row.verb for row in one.decisions] for one in found][3:] == [[Verb.SPAM], [Verb.REJECT, Verb.APPROVE]]


def test_rights_are_asked_for_and_what_is_no_key_is_not_found(daily: Newsroom) -> None:
    key = key_of(daily, daily.comment().id)
    authors, site, forbidden = daily.service.authors, daily.site, Refused(code=Code.FORBIDDEN)
    before = everything(daily.client)
    assert authors.restrict(MODERATOR, site, key, until_ms=0) == authors.lift(MODERATOR, site, key) == forbidden
    assert authors.note(AUDITOR, site, key, "Hm.") == authors.export(MODERATOR, site, key) == forbidden
    elsewhere = Actor(id="x", sites=frozenset({"weekly"}))
    assert authors.profile(elsewhere, site, key) == authors.written(elsewhere, site, key) == forbidden
    for wrong in ("", "x", "e" + "0" * 19, "e" + "0" * 20, "n" + "g" * 20):
        assert authors.profile(LEAD, site, wrong) == Refused(code=Code.NOT_FOUND)
    assert authors.written(LEAD, site, key, cursor="nonsense") == Refused(code=Code.INVALID_CURSOR)
    assert everything(daily.client) == before


def test_a_first_comment_after_a_restriction_of_a_stranger_is_like_any_other(daily: Newsroom) -> None:
    key = key_of(daily, daily.comment(by=BOB).id)
    restrict(daily, key, until_ms=daily.clock.now_ms + 1_000)
    daily.clock.advance(ms=1_000)
    attempt = daily.attempt(by=BOB, article=daily.other)
    daily.clock.advance(ms=60_000)
    receipt = daily.submit(attempt)
    assert isinstance(receipt, Receipt)
    assert daily.find(receipt.id).lane is Lane.FIRST_TIME
