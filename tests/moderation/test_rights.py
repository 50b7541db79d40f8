"""What each role may do, address by address: the door asks, whatever a page's own code says."""

from collections.abc import Iterator

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import Rule

from commentsvc.domain.decision import Status, Verb
from commentsvc.domain.moderator import RIGHTS, Right, Role
from commentsvc.web.moderation import door
from tests.moderation.cast import Cast, Sitting
from tests.moderation.routes import OF_A_SITE, address, methods, rules

INSIDE = "inside the room"
CHANGES_NOTHING = {Right.READ, Right.EXPORT, Right.AUDIT}


@pytest.fixture
def values(cast: Cast) -> dict[str, str]:
    """What the addresses of `daily` are made of."""
    decision = cast.decided("mo", cast.comment(), Verb.APPROVE)
    return {"site": "daily", "comment": cast.comment(), "decision": decision.id}


@pytest.fixture
def rooms(cast: Cast) -> Iterator[Flask]:
    """The console with every view replaced: who gets past the door finds words instead of a page."""
    real = dict(cast.app.view_functions)
    for endpoint in {rule.endpoint for rule in rules(cast.app)}:
        asked = door.ASKED.get(real[endpoint])

        def room(**_: object) -> str:
            return INSIDE

        cast.app.view_functions[endpoint] = room
        if asked is not None:
            door.ASKED[room] = asked
    yield cast.app
    cast.app.view_functions.update(real)


def hired(cast: Cast, role: Role) -> Sitting:
    cast.hire("somebody", *(() if role is Role.ADMIN else ("daily",)), role=role)
    return cast.sits_down("somebody")


def admits(sitting: Sitting, app: Flask, rule: Rule, method: str, values: dict[str, str]) -> tuple[bool, int]:
    """Whether the door lets somebody in, and what it answers."""
    with sitting.web.session_transaction("/moderation/") as session:
        session["csrf_token"] = "of these tests"
    token = URLSafeTimedSerializer(app.config["SECRET_KEY"], salt="wtf-csrf-token").dumps("of these tests")
    data = {"csrf_token": token} if method == "POST" else None
    answer = sitting.web.open(address(app, rule, values), method=method, data=data)
    return answer.text == INSIDE, answer.status_code


@pytest.mark.parametrize("role", list(Role))
def test_a_role_gets_into_exactly_the_rooms_it_has_the_right_to(
    cast: Cast, rooms: Flask, values: dict[str, str], role: Role
) -> None:
    somebody = hired(cast, role)
    for rule in rules(rooms):
        asked = door.ASKED[rooms.view_functions[rule.endpoint]]
        expected = asked in (door.ANYBODY, door.MYSELF) or asked in RIGHTS[role]
        for method in sorted(methods(rule)):
            inside, status = admits(somebody, rooms, rule, method, values)
            assert inside == expected, f"{role} {method} {rule.rule} asks {asked}"
            refusal = 403 if rule.arguments & OF_A_SITE else 404
            assert status == (200 if expected else refusal), f"{role} {method} {rule.rule}"


def test_every_room_asks_for_something_and_who_changes_something_for_more_than_reading(cast: Cast) -> None:
    for rule in rules(cast.app):
        asked = door.ASKED.get(cast.app.view_functions[rule.endpoint])
        assert asked is not None, f"{rule.rule} asks nothing, so nobody gets in: say what with @asks(...)"
        if "POST" in methods(rule):
            assert asked not in CHANGES_NOTHING, rule.rule
            assert asked != door.ANYBODY or rule.rule == "/moderation/-/practice", rule.rule
        assert (asked == door.MYSELF) == rule.rule.startswith("/moderation/-/me"), rule.rule


def test_an_address_about_no_site_cannot_be_mistaken_for_a_sites(cast: Cast) -> None:
    for rule in rules(cast.app):
        if not rule.arguments & OF_A_SITE:
            assert rule.rule == "/moderation/" or rule.rule.startswith("/moderation/-/"), rule.rule
            asked = door.ASKED[cast.app.view_functions[rule.endpoint]]
            assert not rule.arguments or asked in (Right.ADMIN, door.MYSELF), rule.rule


def test_a_room_that_asks_nothing_is_closed_to_everybody(cast: Cast, rooms: Flask, values: dict[str, str]) -> None:
    priya = hired(cast, Role.ADMIN)
    for rule in rules(rooms):
        del door.ASKED[rooms.view_functions[rule.endpoint]]
        for method in methods(rule):
            assert not admits(priya, rooms, rule, method, values)[0], rule.rule


def test_an_auditor_reads_everything_and_is_offered_no_button(cast: Cast, values: dict[str, str]) -> None:
    cast.decided("mo", cast.comment(), Verb.REJECT, reason="insult")
    cast.hire("ada", "daily", role=Role.AUDITOR)
    ada = cast.sits_down("ada")
    urls = ["/moderation/daily/", *(f"/moderation/daily/{name}" for name in ("approved", "rejected", "spam", "log"))]
    for url in [*urls, f"/moderation/comments/{values['comment']}"]:
        page = ada.get(url)
        assert page.status == 200, url
        changing = [form for form in page.forms if form.method == "post"]
        assert [label for form in changing for label in form.buttons] == ["Sign out"], url
        assert "Undo" not in page.links
    assert "Maria K." in ada.get("/moderation/daily/").text


def test_an_auditor_who_reads_the_queue_keeps_nobody_from_it(cast: Cast, mo: Sitting) -> None:
    cast.comment()
    cast.hire("ada", "daily", role=Role.AUDITOR)
    cast.sits_down("ada").get("/moderation/daily/")
    assert "is looking at this" not in mo.get("/moderation/daily/").text
    assert "Mo is looking at this" in cast.sits_down("ada").get("/moderation/daily/").text


def test_a_lower_role_holds_at_once_for_a_page_that_is_open(cast: Cast, mo: Sitting) -> None:
    id = cast.comment()
    page = mo.get("/moderation/daily/")
    cast.service.moderators.change("mo", role=Role.AUDITOR)
    answer = mo.send(page, "Approve", id)
    assert (answer.status_code, cast.stored(id).status) == (403, Status.PENDING)
    assert "You may not do this here." in answer.text
    cast.service.moderators.change("mo", sites=[])
    assert mo.get("/moderation/daily/").status == 404


def test_a_moderator_does_not_overrule_a_colleague_and_a_lead_does(cast: Cast, mo: Sitting) -> None:
    cast.hire("lena", "daily", role=Role.LEAD)
    lena = cast.sits_down("lena")
    for verb, listed, button in (
        (Verb.REJECT, "rejected", "Approve after all"),
        (Verb.SPAM, "spam", "Not spam"),
    ):
        id = cast.comment()
        cast.decided("max", id, verb, reason="insult")
        page = lena.get(f"/moderation/daily/{listed}")
        token = page.form(button, id).fields
        own = [form.buttons for form in mo.get(f"/moderation/comments/{id}").forms if id in form.action]
        assert button not in str(own)
        csrf = mo.get("/moderation/daily/").form("Sign out").fields
        name, value = page.form(button, id).buttons[button]
        data = token | csrf | {name: value}
        answer = mo.web.post(f"/moderation/comments/{id}/decision", data=data)
        assert answer.status_code == 403
        assert "A lead or an admin can overrule it." in answer.text
        assert lena.press(page, button, id).status == 200
        assert cast.stored(id).decided_by == "lena"


def test_everybody_takes_down_what_a_colleague_published_and_turns_their_own_verdicts(cast: Cast, mo: Sitting) -> None:
    published, rejected = cast.comment(), cast.comment()
    cast.decided("max", published, Verb.APPROVE)
    cast.decided("mo", rejected, Verb.REJECT, reason="insult")
    mo.press(mo.get("/moderation/daily/approved"), "Take down", published, reason="insult")
    assert cast.stored(published).status is Status.REJECTED
    mo.press(mo.get("/moderation/daily/rejected"), "Approve after all", rejected)
    assert cast.stored(rejected).status is Status.APPROVED
