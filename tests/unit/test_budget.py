"""Budgets: what is spent comes back with time, and each network has a share."""

from commentsvc.domain.budget import Budget, Shares


def test_a_budget_earns_what_it_may_spend_and_never_more_than_a_burst() -> None:
    budget = Budget(per_second=10, burst=100)
    assert budget.wait_s(0) == 0
    budget.spend(100)
    assert budget.wait_s(0) == 1
    assert budget.wait_s(0.1) == 0
    assert not budget.is_scarce(1_000)
    budget.spend(51)
    assert budget.is_scarce(1_000)


def test_what_was_used_beyond_a_budget_is_owed_up_to_one_burst() -> None:
    budget = Budget(per_second=10, burst=100)
    assert budget.wait_s(0) == 0
    budget.spend(10_000)
    assert budget.wait_s(0) == 11
    assert budget.wait_s(10.2) == 0


def test_each_network_has_a_share_of_its_own() -> None:
    shares = Shares(per_second=1, burst=2)
    shares.of("mallory").spend(2)
    assert shares.of("mallory").wait_s(0) > 0
    assert shares.of("alice").wait_s(0) == 0
