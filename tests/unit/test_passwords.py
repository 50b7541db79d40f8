"""What a stolen copy of the store is worth to whoever wants passwords."""

import argon2
import pytest

from commentsvc.service import passwords


def test_a_hash_costs_what_the_standard_asks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    # RFC 9106, section 4, for little memory. The tests' own hashes are cheaper: see conftest.py.
    monkeypatch.setattr(passwords, "PasswordHasher", argon2.PasswordHasher)
    hashed = passwords.Passwords().hashed("correct horse battery")
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert passwords.Passwords().matches(hashed, "correct horse battery")
    assert not passwords.Passwords().matches(hashed, "correct horse batterY")
