"""Who may decide, and where."""

from dataclasses import replace

import pytest

from commentsvc.domain.decision import AUTHOR
from commentsvc.domain.moderator import MODERATOR_ID, RIGHTS, SCOPES, Moderator, Right, Role, Scope, Token
from commentsvc.store import records

MO = Moderator(id="mo", name="Mo", role=Role.MODERATOR, sites=("daily",), password_hash="$argon2id$")
TOKEN = Token(id="0a1b2c", site="daily", scope=Scope.MODERATE, label="export", secret_hash="", created_ms=0)


def test_a_moderator_decides_on_the_sites_named_only() -> None:
    assert MO.actor.may_decide("daily")
    assert not MO.actor.may_decide("weekly")


def test_an_admin_decides_on_every_site() -> None:
    priya = replace(MO, id="priya", role=Role.ADMIN, sites=())
    assert priya.actor.sites is None
    assert priya.actor.may_decide("weekly")


@pytest.mark.parametrize("role", list(Role))
def test_a_disabled_person_decides_nowhere(role: Role) -> None:
    gone = replace(MO, role=role, disabled=True)
    assert not gone.actor.may_decide("daily")


@pytest.mark.parametrize("held", list(Scope))
@pytest.mark.parametrize("asked", list(Scope))
def test_a_scope_includes_the_ones_before_it(held: Scope, asked: Scope) -> None:
    order = [Scope.READ, Scope.MODERATE, Scope.ADMIN]
    token = replace(TOKEN, scope=held)
    assert token.may(asked, "daily") == (order.index(asked) <= order.index(held))


@pytest.mark.parametrize("scope", list(Scope))
def test_a_token_is_good_for_its_own_site_only_and_for_none_once_revoked(scope: Scope) -> None:
    assert not replace(TOKEN, scope=Scope.ADMIN).may(scope, "weekly")
    assert not replace(TOKEN, scope=Scope.ADMIN, revoked=True).may(scope, "daily")


def test_the_table_says_what_each_role_may() -> None:
    said = {role.value: " ".join(right for right in Right if right in RIGHTS[role]) for role in Role}
    assert said == {
        "moderator": "read decide",
        "lead": "read decide overrule restrict rules export",
        "admin": "read decide overrule restrict rules export audit admin",
        "auditor": "read export audit",
    }


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.LEAD, Role.AUDITOR])
def test_whoever_is_no_admin_has_rights_on_the_sites_named_only(role: Role) -> None:
    actor = replace(MO, role=role).actor
    for right in Right:
        assert actor.may(right, "daily") == actor.may_somewhere(right) == (right in RIGHTS[role])
        assert not actor.may(right, "weekly")
        assert not replace(MO, role=role, sites=()).actor.may_somewhere(right)


def test_a_record_from_before_there_were_more_roles_is_still_read() -> None:
    for role in ("moderator", "admin"):
        old = f'{{"id":"mo","name":"Mo","role":"{role}","sites":["daily"],"password_hash":"x","disabled":false}}'
        assert records.from_json(old.encode(), Moderator).actor.may_decide("daily")


def test_programs_have_the_rights_of_their_scope_on_their_site() -> None:
    for scope in Scope:
        actor = replace(TOKEN, scope=scope).actor
        assert {right for right in Right if actor.may(right, "daily")} == SCOPES[scope]
        assert not any(actor.may(right, "weekly") for right in Right)
    assert not any(replace(TOKEN, revoked=True).actor.may(right, "daily") for right in Right)
    assert Right.OVERRULE in SCOPES[Scope.MODERATE]


def test_a_program_that_may_only_read_decides_nowhere() -> None:
    assert TOKEN.actor.may_decide("daily")
    assert not replace(TOKEN, scope=Scope.READ).actor.may_decide("daily")
    assert not replace(TOKEN, revoked=True).actor.may_decide("daily")


def test_the_log_can_tell_programs_and_authors_from_people() -> None:
    assert TOKEN.actor.id == "token:0a1b2c"
    assert not MODERATOR_ID.fullmatch(TOKEN.actor.id)
    # `author` has the form of a sign-in name: the service refuses it when moderators are added.
    assert MODERATOR_ID.fullmatch(AUTHOR)


@pytest.mark.parametrize("name", ["mo", "m", "mo@daily.example", "mo.b-1_x+y", "0" * 64])
def test_sign_in_names(name: str) -> None:
    assert MODERATOR_ID.fullmatch(name)


@pytest.mark.parametrize("name", ["", "Mo", "mo ", ".mo", "mo.", "m|o", "m:o", "m{o}", "mé", "0" * 65, "mo\n", "m*"])
def test_names_that_would_mean_something_in_a_key_or_a_lease_are_none(name: str) -> None:
    assert not MODERATOR_ID.fullmatch(name)
