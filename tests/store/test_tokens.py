"""Programs' tokens: good for a scope and a site until they are revoked, and not to be guessed from the store."""

import pytest

from commentsvc.domain.decision import Verb
from commentsvc.domain.moderator import Scope
from commentsvc.domain.refusal import Code, Refused
from commentsvc.service.moderators import BadPerson
from tests.store.people import Newsroom, everything


def test_a_token_is_good_for_its_scope_and_site_until_it_is_revoked(daily: Newsroom) -> None:
    tokens = daily.service.tokens
    bearer = tokens.create(site="daily", scope=Scope.MODERATE, label="export")
    token = tokens.known(bearer)
    assert token is not None
    assert (token.site, token.label, token.created_ms) == ("daily", "export", daily.clock.now_ms)
    assert [token.may(scope, "daily") for scope in Scope] == [True, True, False]
    assert not token.may(Scope.READ, "weekly")
    assert tokens.all() == [token]
    assert tokens.revoke(bearer).revoked
    assert tokens.known(bearer) is None
    assert [one.revoked for one in tokens.all()] == [True]
    with pytest.raises(BadPerson, match="token list"):
        tokens.revoke("nothing")


def test_a_token_is_not_in_the_store_and_cannot_be_guessed_from_it(daily: Newsroom) -> None:
    tokens = daily.service.tokens
    bearer, other = (tokens.create(site="daily", scope=Scope.ADMIN, label="") for _ in range(2))
    id, secret = bearer[4:].split("_", 1)
    assert secret not in repr(everything(daily.client))
    token = tokens.known(bearer)
    assert token is not None
    forgeries = [f"cst_{id}_", f"cst_{id}_{token.secret_hash}", bearer[:-1], bearer + "x", f"xyz_{id}_{secret}", ""]
    forgeries += [other[:16] + bearer[16:], f"cst__{secret}", "\ud800", "cst_\0_x", "Bearer " + bearer]
    assert [forged for forged in forgeries if tokens.known(forged)] == []


def test_a_program_decides_within_its_rights_and_is_logged_as_itself(daily: Newsroom) -> None:
    tokens = daily.service.tokens
    reader = tokens.known(tokens.create(site="daily", scope=Scope.READ, label=""))
    robot = tokens.known(tokens.create(site="daily", scope=Scope.MODERATE, label=""))
    assert reader is not None
    assert robot is not None
    id = daily.published()
    for program in (reader, robot):
        rows = daily.service.moderation.log(program.actor, daily.site)
        assert not isinstance(rows, Refused)
        assert [row.comment for row in rows.decisions] == [id]
    assert daily.decide(reader.actor, id, Verb.REJECT, seen=2, reason="insult") == Refused(code=Code.FORBIDDEN)
    daily.made(robot.actor, id, Verb.REJECT)
    assert daily.find(id).decided_by == f"token:{robot.id}"
