"""An author's page: all that one key wrote, notes, restrictions, export and erasure."""

import json

import pytest

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import RIGHTS, Actor, Role
from commentsvc.domain.refusal import Refused
from commentsvc.service import authors
from commentsvc.service.authors import Profile
from commentsvc.web.moderation import person
from tests.conftest import Corpus
from tests.moderation.cast import Cast, Page, Sitting
from tests.moderation.test_hostile import harm

WITNESS = Actor(id="witness", sites=None, rights=RIGHTS[Role.ADMIN])


def key_of(cast: Cast, id: str) -> str:
    body = cast.stored(id).body
    assert body is not None
    return body.author_key


def page_of(cast: Cast, sitting: Sitting, id: str, query: str = "") -> Page:
    return sitting.get(f"/moderation/daily/authors/{key_of(cast, id)}{query}")


def profile(cast: Cast, id: str) -> Profile:
    site = cast.service.sites.get("daily")
    assert not isinstance(site, Refused)
    found = cast.service.authors.profile(WITNESS, site, key_of(cast, id))
    assert isinstance(found, Profile), found
    return found


@pytest.fixture
def lea(cast: Cast) -> Sitting:
    """Lea, a lead of `daily`."""
    cast.hire("lea", "daily", role=Role.LEAD)
    return cast.sits_down("lea")


@pytest.fixture
def ada(cast: Cast) -> Sitting:
    """Ada, who administers."""
    cast.hire("ada", role=Role.ADMIN)
    return cast.sits_down("ada")


@pytest.fixture
def network(cast: Cast) -> str:
    """A comment of somebody without an address: all that is known is the network."""
    cast.service.sites.change("daily", {"email_required": False})
    cast.comment(name="Ben", email="")
    return cast.comment(name="Ann", email="")


def test_everything_by_one_key_newest_first_with_what_became_of_it(cast: Cast, mo: Sitting) -> None:
    first = cast.comment(text="The first.", ago_s=900)
    second = cast.comment(name="Maria again", text="The second.", path="/other", ago_s=800)
    cast.comment(email="other@readers.example", text="Of somebody else.")
    cast.decided("mo", first, Verb.REJECT, reason="insult")
    page = page_of(cast, mo, first)
    assert "Same e-mail: maria@readers.example" in page.text
    assert "Also as: Maria K." in page.text
    assert "Waiting 1 Rejected 1" in page.text
    assert page.text.index("The second.") < page.text.index("The first.")
    assert "Rejected · Insult" in page.text
    assert "Of somebody else." not in page.text
    assert page.links["The second."].endswith(second)


def test_a_network_is_called_one(cast: Cast, mo: Sitting, network: str) -> None:
    page = page_of(cast, mo, network)
    assert "Same network, perhaps many people" in page.text
    assert "Also as: Ben" in page.text


def test_a_long_history_comes_in_pages_with_what_was_laid_on_its_author_between(
    cast: Cast, lea: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(person, "PAGE", 2)
    old = [cast.comment(text=f"old {n}", ago_s=900 - n) for n in range(3)]
    cast.watch.behind_ms = 500_000
    lea.press(page_of(cast, lea, old[0]), "Hold everything", "/restriction")
    cast.watch.behind_ms = 0
    cast.comment(text="new", ago_s=100)
    page = page_of(cast, lea, old[0])
    second = lea.get(page.links["Older ones"])
    shown = [
        got["id"] for one in (page, second) for tag, got in one.tags if tag == "li" and len(str(got.get("id"))) > 20
    ]
    texts = page.text + second.text
    assert len(shown) == len(set(shown)) == 5
    assert texts.index("new") < texts.index("Lea holds everything of this author") < texts.index("old 2")


def test_notes_are_kept_for_colleagues(cast: Cast, mo: Sitting, max_: Sitting) -> None:
    id = cast.comment()
    page = mo.press(page_of(cast, mo, id), "Keep the note", "/note", text="Writes like a bot.\nAsk Max.")
    assert "Noted for colleagues" in page.text
    assert "Writes like a bot. Ask Max. Mo · just now" in page_of(cast, max_, id).text


def test_an_empty_or_endless_note_is_refused_and_kept(cast: Cast, mo: Sitting) -> None:
    page = page_of(cast, mo, cast.comment())
    assert mo.press(page, "Keep the note", "/note", text=" ").status == 422
    refused = mo.press(page, "Keep the note", "/note", text="x" * 1001)
    assert (refused.status, "x" * 1001 in refused.text, "This is too long." in refused.text) == (422, True, True)


def test_a_lead_restricts_with_an_end_and_lifts(cast: Cast, lea: Sitting) -> None:
    id = cast.comment()
    page = lea.press(page_of(cast, lea, id), "24 hours", "/restriction", note="Third insult.")
    assert "May not comment until" in page.text
    assert "Lea takes no comments until" in page.text
    assert "Third insult." in page.text
    laid = profile(cast, id).restriction
    assert laid is not None
    assert not laid.holds
    freed = lea.press(page, "Lift it", "/restriction")
    assert "Free to comment again" in freed.text
    assert profile(cast, id).restriction is None


def test_before_a_network_is_restricted_it_has_to_be_said_twice(cast: Cast, lea: Sitting, network: str) -> None:
    page = lea.press(page_of(cast, lea, network), "7 days", "/restriction", note="A flood.")
    assert "This is a network, perhaps of many people" in page.text
    assert "Names used from there: Ann, Ben" in page.text
    assert profile(cast, network).restriction is None, "nothing has happened yet"
    done = lea.press(page, "Restrict them all: 7 days", "/restriction")
    assert "May not comment until" in done.text
    assert "A flood." in done.text
    assert profile(cast, network).restriction is not None


def test_a_moderator_notes_but_restricts_exports_and_erases_nothing(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = page_of(cast, mo, id)
    form = page.form("Keep the note", "/note")
    base = f"/moderation/daily/authors/{key_of(cast, id)}"
    assert not {"24 hours", "Erase everything…"} & {label for one in page.forms for label in one.buttons}
    for path, data in (("restriction", {"span": "24h"}), ("erase", {"word": "Erase"})):
        assert mo.web.post(f"{base}/{path}", data=form.fields | data).status_code == 403
    assert mo.web.get(f"{base}/export.json").status_code == 403
    assert cast.stored(id).status is Status.PENDING


def test_the_export_holds_everything_as_it_was_written(cast: Cast, lea: Sitting) -> None:
    id = cast.comment(text='=1+1 "quoted"\nإهانة <b>', ago_s=90)
    cast.decided("mo", id, Verb.REJECT, reason="insult", note="Why so.")
    lea.press(page_of(cast, lea, id), "Keep the note", "/note", text="Watch this.")
    lea.press(page_of(cast, lea, id), "Hold everything", "/restriction")
    answer = lea.web.get(f"/moderation/daily/authors/{key_of(cast, id)}/export.json", buffered=True)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    found = json.loads(answer.text)
    (comment,) = found["comments"]
    assert (comment["id"], comment["text"], comment["email"]) == (
        id,
        '=1+1 "quoted"\nإهانة <b>',
        "maria@readers.example",
    )
    assert (comment["decisions"][0]["by"], comment["decisions"][0]["note"]) == ("mo", "Why so.")
    assert (found["notes"][0]["text"], found["restriction"], found["kind"]) == ("Watch this.", "hold", "email")


def test_an_admin_erases_everything_after_a_typed_word(
    cast: Cast, ada: Sitting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authors, "EXPORTED", 2)
    ids = [cast.comment(text=f"private {n}", ago_s=100 - n) for n in range(3)]
    cast.decided("mo", ids[0], Verb.APPROVE)
    other = cast.comment(email="other@readers.example")
    key = key_of(cast, ids[0])
    ada.press(page_of(cast, ada, ids[0]), "Keep the note", "/note", text="A private note.")
    asked = ada.press(page_of(cast, ada, ids[0]), "Erase everything…", "/erase")
    assert "Erase 3 comments for good?" in asked.text
    assert [cast.stored(id).status for id in ids] == [Status.APPROVED, Status.PENDING, Status.PENDING]
    assert ada.press(asked, "Erase", "/erase", word="eraser").status == 422
    page = ada.press(asked, "Erase", "/erase", word="erase")
    assert "Erasing 2 of 3" in page.text
    page = ada.press(page, "Go on", "/erase")
    assert "Everything was erased" in page.text
    assert [cast.stored(id).body for id in ids] == [None] * 3
    assert cast.stored(other).body is not None
    assert "A private note." not in ada.get(f"/moderation/daily/authors/{key}").text
    assert "Ada erased" in ada.get("/moderation/daily/log").text


@pytest.mark.parametrize(
    "key", ["e" + "0" * 20, "n" + "f" * 20, "x", "e0", "E" + "0" * 20, "e" + "0" * 20 + "/x", "%00"]
)
def test_a_key_under_which_nothing_is_kept_is_nowhere(cast: Cast, mo: Sitting, key: str) -> None:
    cast.comment()
    assert mo.get(f"/moderation/daily/authors/{key}").status == 404


def test_another_sites_author_is_nowhere(cast: Cast, mo: Sitting) -> None:
    cast.site("weekly")
    assert mo.get(f"/moderation/daily/authors/{key_of(cast, cast.comment('weekly'))}").status == 404


@pytest.mark.parametrize("query", ["?older=nonsense", "?older=" + "0" * 26])
def test_a_cursor_that_is_none_is_refused_in_words(cast: Cast, mo: Sitting, query: str) -> None:
    assert page_of(cast, mo, cast.comment(), query).status == 422


def test_what_no_form_of_ours_sends_is_refused(cast: Cast, lea: Sitting) -> None:
    page = page_of(cast, lea, cast.comment())
    assert lea.press(page, "24 hours", "/restriction", span="99y").status == 400


def test_hostile_names_and_notes_run_nothing(cast: Cast, lea: Sitting, corpus: Corpus) -> None:
    for row in corpus("xss_fields")[:12]:
        text = "".join(c for c in row["v"] if c.isprintable())
        id = cast.comment(name=text.strip()[:80] or "x", text=text or "xx", title=text)
        page = lea.press(page_of(cast, lea, id), "Keep the note", "/note", text=text or "x")
        assert harm(page) == [], row


def test_every_card_leads_to_its_author(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    assert "Everything so far" in mo.get(mo.get("/moderation/daily/list").links["All by this author"]).text


def test_a_refusal_of_the_store_is_said(cast: Cast, mo: Sitting) -> None:
    page = page_of(cast, mo, cast.comment())
    with cast.store_away():
        assert mo.send(page, "Keep the note", "/note", text="kept?").status_code == 503
