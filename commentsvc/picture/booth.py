"""One seat, a budget and a short memory for the sounds, so that asking for them can never stall the service."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from commentsvc.domain.budget import Budget, Shares
from commentsvc.picture.speech import speak

SHARE = 5
SHARE_PER_SECOND = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class BoothBusy:
    """No sound now: the budget is spent or another sound is being made; ask again in `retry_after_s` (whole, ≥ 1)."""

    retry_after_s: int


class SoundBooth:
    """Makes one sound at a time, `per_second` in the long run, and keeps the `kept` last wanted ones (55 KB each).

    One booth serves all threads of a process. Nobody waits in it: who cannot be served at once is told when to return,
    because a waiting thread is one that serves no page. A sound that is kept is free: a reader who listens again, or a
    player that fetches twice, spends nothing. `burst` sounds may be made before the rate is felt. In front of that each
    network has a share, 5 at once and one every 2 s, so that no single client takes the spoken code from all others.
    Clock readings are seconds of `time.monotonic`.
    """

    def __init__(self, *, per_second: float, burst: int, kept: int) -> None:
        if per_second <= 0 or burst < 1 or kept < 1:
            raise ValueError("a booth needs a rate above zero, a burst of at least 1 and at least 1 kept sound")
        self._kept = kept
        self._seat = Lock()
        self._shelf = Lock()  # guards the kept sounds; held for microseconds, never while a sound is made
        self._sounds: OrderedDict[tuple[str, bytes], bytes] = OrderedDict()
        self._everybodys = Budget(per_second=per_second, burst=burst)
        self._shares = Shares(per_second=SHARE_PER_SECOND, burst=SHARE)

    def sound(self, code: str, seed: bytes, *, network: str, now_s: float) -> bytes | BoothBusy:
        """Return `code` spoken, as `speak` makes it, or when to ask again. Raises ValueError as `speak` does.

        `network` is where the request comes from.
        """
        kept = self._remembered(code, seed)
        if kept is not None:
            return kept
        if not self._seat.acquire(blocking=False):
            return BoothBusy(retry_after_s=1)
        try:
            # Its maker may have left the seat since we looked.
            return self._remembered(code, seed) or self._spend(network, now_s) or self._made(code, seed)
        finally:
            self._seat.release()

    def _remembered(self, code: str, seed: bytes) -> bytes | None:
        with self._shelf:
            wav = self._sounds.get((code, seed))
            if wav is not None:
                self._sounds.move_to_end((code, seed))
            return wav

    def _spend(self, network: str, now_s: float) -> BoothBusy | None:
        """Take a token of the network and one of everybody's, or say when. Only the seat's holder comes here."""
        share = self._shares.of(network)
        wait_s = max(share.wait_s(now_s), self._everybodys.wait_s(now_s))
        if wait_s:
            return BoothBusy(retry_after_s=wait_s)
        share.spend()
        self._everybodys.spend()
        return None

    def _made(self, code: str, seed: bytes) -> bytes:
        wav = speak(code, seed)
        with self._shelf:
            self._sounds[code, seed] = wav
            if len(self._sounds) > self._kept:
                self._sounds.popitem(last=False)
        return wav
