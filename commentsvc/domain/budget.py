"""Budgets: so much at first, so much earned a second, and a share of it for each network."""

import math
from collections import OrderedDict

NETWORKS_MAX = 1024
"""How many networks' shares are remembered; one that is forgotten begins anew, and everybody's budget still holds."""


class Budget:
    """`burst` tokens at first and at most, `per_second` earned; who uses it holds a lock.

    `now_s` are seconds of one monotonic clock.
    """

    __slots__ = ("_burst", "_counted_s", "_per_second", "_tokens")

    def __init__(self, *, per_second: float, burst: float) -> None:
        self._per_second, self._burst = per_second, float(burst)
        self._tokens = self._burst
        self._counted_s = math.inf  # nothing is earned before the first look

    def wait_s(self, now_s: float) -> int:
        """Whole seconds until there is a token, 0 when there is one now."""
        left = self._left(now_s)
        return 0 if left >= 1 else max(1, math.ceil((1 - left) / self._per_second))

    def is_scarce(self, now_s: float) -> bool:
        """Whether more than half of it is spent."""
        return self._left(now_s) < self._burst / 2

    def is_owed(self, now_s: float) -> bool:
        """Whether as much is owed as may be."""
        return self._left(now_s) <= -self._burst + 1

    def spend(self, tokens: float = 1) -> None:
        """Take tokens; what was not there is owed, up to one burst."""
        self._tokens = max(self._tokens - tokens, -self._burst)

    def _left(self, now_s: float) -> float:
        # Threads read the clock before they come in, so readings may arrive out of order.
        earned = max(0.0, now_s - self._counted_s) * self._per_second
        self._tokens = min(self._burst, self._tokens + earned)
        self._counted_s = now_s if math.isinf(self._counted_s) else max(self._counted_s, now_s)
        return self._tokens


class Shares:
    """A budget for each network that was seen lately; who uses them holds a lock."""

    def __init__(self, *, per_second: float, burst: float) -> None:
        self._per_second, self._burst = per_second, burst
        self._budgets: OrderedDict[str, Budget] = OrderedDict()

    def of(self, network: str) -> Budget:
        """The share of this network."""
        share = self._budgets.get(network)
        if share is None:
            share = self._budgets[network] = Budget(per_second=self._per_second, burst=self._burst)
            if len(self._budgets) > NETWORKS_MAX:
                self._budgets.popitem(last=False)
        self._budgets.move_to_end(network)
        return share
