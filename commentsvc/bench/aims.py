"""What the figures should be: ratios within one run, which mean the same on every machine, and CPU for a cold page."""

from dataclasses import dataclass

from commentsvc.bench.figures import Figures

OF_BARE, OF_FLASK, OF_STORE, SPREAD, COLD_MS = 0.75, 0.85, 0.60, 3.0, 3.0
FOUND_MS = 100.0
"""The first page of a search."""

MEANWHILE, ACCEPTED = 200, 0.95
"""Submissions a second while others read, and what share of them must be accepted for it to be called that."""

FLAT = 0.80
"""Beside the row with 1,000 waiting: what is below the noise of short slices is no slope."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Aim:
    """What a row should reach, in words, and what it has reached; `met` is None where that was not measured."""

    words: str
    met: bool | None


def aim(one: Figures) -> Aim | None:
    """The aim of a row, or None where it has none."""
    kind, _, rest = one.name.partition(" ")
    if one.name.startswith("read under submissions"):
        return _steady(one)
    if one.name == "list 1000 cold":
        return Aim(words=f"CPU ≤ {COLD_MS:g} ms", met=None if one.cpu_ms is None else one.cpu_ms <= COLD_MS)
    if kind == "list" and rest.split(" ")[0].isdigit():
        return _at_least(OF_BARE, "bare", one.ratio)
    if one.name == "healthz":
        return _at_least(OF_FLASK, "flask empty", one.share)
    if kind == "submit":
        return _at_least(OF_STORE, f"evalsha {rest.split(' ')[0]}", one.share)
    if kind in ("queue", "decide", "lease", "batch") and one.name not in ("queue 1000", "decide", "lease", "batch"):
        return _at_least(FLAT, "queue 1000" if kind == "queue" else kind, one.share)
    if kind == "search":
        return Aim(words=f"p50 ≤ {FOUND_MS:g} ms", met=None if one.p50_ms is None else one.p50_ms <= FOUND_MS)
    return None


def _steady(one: Figures) -> Aim:
    met = None
    if one.spread is not None and one.meanwhile is not None:
        met = one.spread <= SPREAD and one.meanwhile >= ACCEPTED * MEANWHILE
    return Aim(words=f"p99 ≤ {SPREAD:g} × p50", met=met)


def _at_least(least: float, of: str, reached: float | None) -> Aim:
    return Aim(words=f"≥ {least:.2f} of {of}", met=None if reached is None else reached >= least)
