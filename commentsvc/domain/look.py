"""A site's look: colours for light and dark, type, corners and room, as a few values that are judged and become CSS.

A look is a mapping such as `{"light.accent": "#8a2b16", "serif": "Georgia, serif", "radius": "0"}`; what it does not
name is ours. Nothing in it is CSS: each value has a grammar of its own, and only what fits it gets into a stylesheet.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from commentsvc.domain.refusal import Code

Look = Mapping[str, str]

SCHEMES = ("light", "dark")

COLOURS: Mapping[str, tuple[str, str]] = {
    "paper": ("#fbfaf7", "#171614"),
    "ink": ("#1c1b19", "#e9e6df"),
    "quiet": ("#63605a", "#a8a39a"),
    "line": ("#dedad1", "#3a3733"),
    "edge": ("#8d887e", "#7b766d"),
    "field": ("#ffffff", "#201e1b"),
    "accent": ("#1f5c66", "#8cc8d2"),
    "on_accent": ("#ffffff", "#10201f"),
    "wrong": ("#9c2b1f", "#f0998c"),
    "wrong_paper": ("#fbf0ed", "#2b1c19"),
}
"""Our own, light and dark."""

FONTS: Mapping[str, str] = {"serif": "serif", "sans": "sans-serif"}
"""The readers' words and the tool's, each with what a list of fonts ends with if it names no kind itself."""

LENGTHS: Mapping[str, tuple[int, int, int]] = {
    "text_size": (14, 24, 18),
    "radius": (0, 24, 4),
    "space": (8, 32, 16),
    "width": (400, 1200, 680),
}
"""The least, the most and our own, in CSS pixels."""

EXAMPLES: Mapping[str, Look] = {
    "broadsheet": {
        "light.paper": "#ffffff",
        "light.ink": "#111111",
        "light.quiet": "#595959",
        "light.line": "#111111",
        "light.edge": "#767676",
        "light.accent": "#9b1b1b",
        "dark.paper": "#101010",
        "dark.ink": "#f2f2f2",
        "dark.quiet": "#a6a6a6",
        "dark.line": "#f2f2f2",
        "dark.edge": "#8a8a8a",
        "dark.field": "#1a1a1a",
        "dark.accent": "#f2a09a",
        "dark.on_accent": "#240a08",
        "serif": "Georgia, Times New Roman, serif",
        "sans": "Georgia, Times New Roman, serif",
        "text_size": "19",
        "radius": "0",
        "space": "20",
        "width": "640",
    },
    "harbour": {
        "light.paper": "#f5f8fb",
        "light.ink": "#14212e",
        "light.quiet": "#52616f",
        "light.line": "#d3dee8",
        "light.edge": "#6f8496",
        "light.accent": "#0a58a6",
        "dark.paper": "#0e1720",
        "dark.ink": "#e3ebf2",
        "dark.quiet": "#9fb0bf",
        "dark.line": "#263645",
        "dark.edge": "#6c8196",
        "dark.field": "#15212d",
        "dark.accent": "#82bdf5",
        "dark.on_accent": "#06182a",
        "serif": "system-ui, sans-serif",
        "text_size": "16",
        "radius": "8",
        "space": "16",
        "width": "760",
    },
    "orchard": {
        "light.paper": "#fdf8ee",
        "light.ink": "#2b2417",
        "light.quiet": "#6b5f48",
        "light.line": "#e8dcc3",
        "light.edge": "#94845f",
        "light.field": "#fffdf8",
        "light.accent": "#3f6212",
        "dark.paper": "#1b1a12",
        "dark.ink": "#eee8d8",
        "dark.quiet": "#b3a98f",
        "dark.line": "#3a3727",
        "dark.edge": "#857c62",
        "dark.field": "#242217",
        "dark.accent": "#b5d67a",
        "dark.on_accent": "#17210a",
        "serif": "Palatino, Palatino Linotype, Book Antiqua, serif",
        "text_size": "20",
        "radius": "20",
        "space": "24",
    },
}
"""To begin with, and what the demo shows."""

KINDS = frozenset({"serif", "sans-serif", "monospace", "system-ui", "ui-serif", "ui-sans-serif", "ui-rounded"})
FONTS_MAX = 8
TINT = 0.1
"""How much accent the ground of a comment that is pointed at, or new, has at most."""

TEXT, SHAPE = 4.5, 3.0
"""The least contrast by WCAG 2.2 AA: of text (1.4.3), and of what a control is known by (1.4.11)."""

_PAIRS = (
    *((front, back, TEXT) for front in ("ink", "quiet", "accent") for back in ("paper", "tint")),
    ("ink", "field", TEXT),
    ("ink", "wrong_paper", TEXT),
    ("wrong", "paper", TEXT),
    ("on_accent", "accent", TEXT),
    ("edge", "paper", SHAPE),
)
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.ASCII)
_FONT = re.compile(r"(?=.{1,40}$)[A-Za-z][A-Za-z0-9]*(?:[ -][A-Za-z0-9]+)*", re.ASCII)
_NUMBER = re.compile(r"\d{1,4}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Contrast:
    """How well `front` is seen on `back`, which may be `tint`, the paper with some accent in it."""

    scheme: str
    front: str
    back: str
    ratio: float
    least: float

    @property
    def is_enough(self) -> bool:
        """Whether it is as much as WCAG asks for."""
        return self.ratio >= self.least

    @property
    def shown(self) -> str:
        """The ratio in two digits, never rounded up to what it is not."""
        return f"{int(self.ratio * 100) / 100:.2f}"


def names() -> Iterator[str]:
    """Everything that a look can say."""
    yield from (f"{scheme}.{colour}" for scheme in SCHEMES for colour in COLOURS)
    yield from FONTS
    yield from LENGTHS


def normal(look: Look) -> dict[str, str]:
    """The look in its one form: six small digits a colour, fonts without quotes, nothing that is empty."""
    return {name: said for name, value in look.items() if (said := _normal(name, value.strip()))}


def malformed(name: str, value: str) -> Code | None:
    """What is wrong with one value in its normal form, whatever stands beside it."""
    scheme, _, colour = name.rpartition(".")
    if scheme in SCHEMES and colour in COLOURS:
        return None if _COLOUR.fullmatch(value) and len(value) == 7 else Code.INVALID_COLOUR
    if name in FONTS:
        families = value.split(", ")
        fit = len(families) <= FONTS_MAX and all(one in KINDS or _FONT.fullmatch(one) for one in families)
        return None if fit else Code.INVALID_CHARACTERS
    if name in LENGTHS:
        least, most, _ = LENGTHS[name]
        return None if _NUMBER.fullmatch(value) and least <= int(value) <= most else Code.INVALID_CHOICE
    return Code.UNKNOWN_FIELD


def wrong(look: Look) -> dict[str, Code]:
    """What is wrong with a look in its normal form, by name; low contrast stands with a colour that the look chose."""
    found = {name: code for name, value in look.items() if (code := malformed(name, value))}
    if not found:
        for one in contrasts(look):
            if not one.is_enough:
                found.setdefault(culprit(look, one), Code.LOW_CONTRAST)
    return found


def contrasts(look: Look) -> tuple[Contrast, ...]:
    """Every pair of colours that people must be able to tell apart, all of the light first; of a well-formed look."""
    return tuple(one for scheme in SCHEMES for one in _contrasts(colours(look, scheme), scheme))


def culprit(look: Look, contrast: Contrast) -> str:
    """The colour of the look that makes this contrast what it is: what stands in front, if it is not ours."""
    parts: Iterable[str] = (contrast.front, *({"tint": ("accent", "paper")}.get(contrast.back, (contrast.back,))))
    return next(name for name in (f"{contrast.scheme}.{part}" for part in parts) if name in look)


def colours(look: Look, scheme: str) -> dict[str, str]:
    """All colours of a scheme, ours where the look has none."""
    at = SCHEMES.index(scheme)
    return {name: look.get(f"{scheme}.{name}", ours[at]) for name, ours in COLOURS.items()}


def declarations(look: Look) -> Iterator[str]:
    """The look as CSS declarations. What does not fit the grammar is left out, however it got into the record."""
    fit = {name: value for name, value in look.items() if not malformed(name, value)}
    light, dark = (colours(fit, scheme) for scheme in SCHEMES)
    for name in COLOURS:
        if any(f"{scheme}.{name}" in fit for scheme in SCHEMES):
            yield f"{_property(name)}: light-dark({light[name]}, {dark[name]})"
    for name in FONTS:
        if name in fit:
            yield f"{_property(name)}: {_stack(fit[name], FONTS[name])}"
    for name in LENGTHS:
        if name in fit:
            yield f"{_property(name)}: {fit[name]}px"


def _property(name: str) -> str:
    return "--comments-" + name.replace("_", "-")


def _normal(name: str, value: str) -> str:
    if name in FONTS:
        families = (" ".join(one.strip().strip("\"'").split()) for one in value.split(","))
        return ", ".join(one.lower() if one.lower() in KINDS else one for one in families if one)
    value = value.lower()
    if name in LENGTHS:
        return value.removesuffix("px").rstrip()
    return "#" + "".join(digit * 2 for digit in value[1:]) if len(value) == 4 and _COLOUR.fullmatch(value) else value


def _stack(value: str, kind: str) -> str:
    families = value.split(", ")
    ends = () if families[-1] in KINDS else (kind,)
    return ", ".join(one if one in KINDS else f'"{one}"' for one in (*families, *ends))


def _contrasts(known: Mapping[str, str], scheme: str) -> Iterator[Contrast]:
    seen = {name: _light(value) for name, value in known.items()}
    seen["tint"] = _light(known["paper"], known["accent"])
    for front, back, least in _PAIRS:
        high, low = sorted((seen[front], seen[back]), reverse=True)
        yield Contrast(scheme=scheme, front=front, back=back, ratio=(high + 0.05) / (low + 0.05), least=least)


def _light(colour: str, tint: str = "") -> float:
    """Relative luminance (WCAG 2.2) of a colour, with TINT of another one mixed into it as CSS does in sRGB."""
    pairs = zip(_channels(colour), _channels(tint or colour), strict=True)
    red, green, blue = (_linear((1 - TINT) * one + TINT * other) for one, other in pairs)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
