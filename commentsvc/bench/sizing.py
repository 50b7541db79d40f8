"""How large a machine must be, by stated arithmetic on the figures of one run."""

from collections.abc import Sequence

from commentsvc.bench.figures import Figures

HEADROOM = 0.5
"""Of what a process can do at most: above that, waiting times grow quickly."""

BUSIEST_HOUR = 0.1
"""The share of a day's readers and comments that comes in its busiest hour."""


def rules_of_thumb(rows: Sequence[Figures]) -> list[str]:
    """A sentence each for readers, pages and comments; one is left out where its rows were not measured."""
    rate = {one.name: one.rps for one in rows if one.rps}
    found = []
    visit = [rate.get(name) for name in ("embed.js", "form page", "image")]
    if all(visit):
        readers = HEADROOM / sum(1 / one for one in visit if one)
        found.append(
            f"readers: {_round(readers)} a second, {_round(_a_day(readers))} a day "
            f"({HEADROOM:g} ÷ (1 ÷ `embed.js` + 1 ÷ `form page` + 1 ÷ `image`); a day is an hour ÷ {BUSIEST_HOUR:g})"
        )
    if "list 100" in rate:
        pages = HEADROOM * rate["list 100"]
        found.append(f"pages of 50 for programs and caches: {_round(pages)} a second ({HEADROOM:g} × `list 100`)")
    if "submit 16" in rate:
        comments = HEADROOM * rate["submit 16"]
        found.append(
            f"comments: {_round(comments)} a second, {_round(_a_day(comments))} a day ({HEADROOM:g} × `submit 16`)"
        )
    return found


def _a_day(per_s: float) -> float:
    return per_s * 3600 / BUSIEST_HOUR


def _round(value: float) -> str:
    """Two digits: more would be a promise."""
    return f"{float(f'{value:.1e}'):,.0f}"
