"""The store counted anew, key by key, and held against the model."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import cast

from commentsvc.domain.comment import Comment
from commentsvc.domain.decision import Status
from commentsvc.domain.lane import Lane
from commentsvc.domain.refusal import Refused
from commentsvc.domain.site import Site
from commentsvc.domain.text import normalised, safe_html
from commentsvc.domain.thread import Article
from commentsvc.store import records
from commentsvc.store.comments import Page, Sort
from commentsvc.store.keys import thread_home
from commentsvc.store.merge import partitions
from commentsvc.store.scripts import Client
from tests.store.model import Known, Model, Place
from tests.store.people import PRIYA, Newsroom


def check_page(room: Newsroom, model: Model, site: Site, article: Article, place: Place) -> None:
    """Readers get exactly the approved comments, in every order, with their HTML and number of replies."""
    ids = model.approved(place)
    statuses = Counter(known.status for known in model.comments.values() if known.place == place)
    orders = {Sort.OLDEST: ids, Sort.NEWEST: ids[::-1], Sort.CONVERSATION: sorted(ids, key=model.path)}
    for sort, expected in orders.items():
        page = room.service.reading.page(site, article, sort=sort, limit=100)
        assert isinstance(page, Page)
        assert page.comments is not None
        assert [comment.id for comment in page.comments] == expected
        for comment in page.comments:
            _check_public(model, comment)
        assert page.thread.open is (place not in model.closed)
        assert page.thread.revision == model.revisions[place]
        assert page.thread.counts == {status: statuses[status] for status in Status}


def check_thread(room: Newsroom, model: Model, site: Site, article: Article, place: Place) -> None:
    """The article's two indexes hold what is public and nothing else, whatever a page would leave out."""
    keys = thread_home(site, article.id)
    ids = model.approved(place)
    assert _members(room.client, keys.approved(article.id)) == [id[4:] for id in ids]
    assert _members(room.client, keys.order(article.id)) == sorted(map(model.path, ids))


def _members(client: Client, index: str | bytes) -> list[str]:
    return [records.unpacked_ids(raw) for raw in cast(list[bytes], client.zrange(index, 0, -1))]


def _check_public(model: Model, comment: Comment) -> None:
    known = model.comments[comment.id]
    text, edited_ms = known.said
    assert comment.body is not None
    assert (comment.body.text, comment.body.edited_ms) == (normalised(text), edited_ms)
    assert comment.edit is None, "nothing that waits is in what readers get"
    assert comment.html == safe_html(text)
    assert (comment.parent or "", comment.path) == (known.parent, model.path(comment.id))
    assert (comment.replies, comment.featured) == (model.replies(comment.id), known.featured)


def check_site(room: Newsroom, model: Model, site: Site, number: int) -> None:
    """Each comment stands in one index, the right one; each counter is a count; each decision has its row."""
    ours = {id: known for id, known in model.comments.items() if known.place[0] == number}
    edited = [id[4:] for id, known in ours.items() if known.edit]
    check_indexes(room.client, site, {id[4:]: known.status for id, known in ours.items()}, edited)
    check_authors(room.client, site, ours)
    check_records(room, ours, model)
    check_log(room, model, site, set(ours))


def check_indexes(client: Client, site: Site, statuses: Mapping[str, Status], edited: Sequence[str] = ()) -> None:
    """Every comment is in exactly one status index, but one whose edit waits in the queue too."""
    found = [
        (body, status)
        for _, keys in partitions(site)
        for status in Status
        for body in _members(client, keys.status(status))
    ]
    assert sorted(found) == sorted([*statuses.items(), *((body, Status.PENDING) for body in edited)])


def check_lanes(room: Newsroom, model: Model, site: Site, number: int) -> None:
    """What waits is in its one lane, in its thread's index, and nothing else is; nor is it leased or put off."""
    waiting = model.waiting(number)
    homes = [keys for _, keys in partitions(site)]
    found = [(body, lane) for keys in homes for lane in Lane for body in _members(room.client, keys.lane(lane))]
    assert sorted(found) == sorted((known.receipt.id[4:], known.waiting_lane) for known in waiting)
    paths = [
        path
        for keys in homes
        for key in room.client.scan_iter(match=keys.tag.replace("{", "[{]") + "t:*:waiting", count=1_000)
        for path in _members(room.client, key)
    ]
    assert sorted(paths) == sorted(model.path(known.receipt.id) for known in waiting if not known.edit)
    bodies = {known.receipt.id[4:].encode() for known in waiting}
    for keys in homes:
        assert set(cast(list[bytes], room.client.hkeys(keys.leases))) <= bodies
        assert set(cast(list[bytes], room.client.hkeys(keys.later))) <= bodies


def check_authors(client: Client, site: Site, ours: Mapping[str, Known]) -> None:
    """An author's counters over all partitions are what a recount gives."""
    counted: Counter[Status] = Counter()
    for _, keys in partitions(site):
        for key in client.scan_iter(match=keys.tag.replace("{", "[{]") + "a:*", count=1_000):
            record = cast(dict[bytes, bytes], client.hgetall(key))
            counters = {field: count for field, count in record.items() if field not in (b"last", b"until")}
            assert all(int(count) > 0 for count in counters.values())
            counted.update({Status(status.decode()): int(count) for status, count in counters.items()})
    assert counted == Counter(known.status for known in ours.values())


def check_records(room: Newsroom, ours: Mapping[str, Known], model: Model) -> None:
    """HTML is there exactly while a comment is approved, words until it is erased, and somebody decided."""
    for id, known in ours.items():
        found = room.find(id)
        assert (found.status, found.version, found.decided_by) == (known.status, known.version, known.by)
        assert bool(found.html) is (known.status is Status.APPROVED)
        assert (found.body is None) is (known.status is Status.ERASED)
        assert found.body is None or (found.body.text, found.body.edited_ms) == (
            normalised(known.said[0]),
            known.said[1],
        )
        assert (found.edit.body.text if found.edit else None) == (normalised(known.edit[0]) if known.edit else None)
        assert (found.replies, found.featured) == (model.replies(id), known.featured)
        if known.status is Status.APPROVED:
            assert known.force[-1].after is Status.APPROVED
            assert found.decision is not None


def check_log(room: Newsroom, model: Model, site: Site, ours: set[str]) -> None:
    """The log has one row for each decision, in order, and says of each whether it was undone."""
    log = room.service.moderation.log(PRIYA, site, limit=10_000)
    assert not isinstance(log, Refused)
    found = [
        (row.id, row.comment, row.by, row.before, row.after, row.undone_by, row.undo_of is not None)
        for row in reversed(log.decisions)
    ]
    assert found == [
        (row.id, row.comment, row.by, row.before, row.after, row.undone.id if row.undone else None, row.undo)
        for row in model.log
        if row.comment in ours
    ]


def check_tickets(room: Newsroom, model: Model) -> None:
    """Each ticket was used once, right or wrong, and none was used that was not tried."""
    used = {key.rpartition(b":")[2] for key in room.client.scan_iter(count=1_000) if b"}:used:" in key}
    assert len(used) == model.tickets  # a move to other partitions leaves one in each
