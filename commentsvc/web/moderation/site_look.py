"""A site's look: colours, type, corners and room, with a sample of both schemes and every contrast. For admins."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain import look
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code
from commentsvc.service.sites import BadSite
from commentsvc.web.assets import TYPES
from commentsvc.web.catalogue import gettext
from commentsvc.web.looks import css
from commentsvc.web.moderation.door import asks, blueprint, here, me, sheet
from commentsvc.web.moderation.office import Problems, meanwhile, now_is, number_of, problems
from commentsvc.web.parts import service

VALUE_MAX = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Tone:
    """A colour's name for people, and its two fields: as typed, ours, and what is seen."""

    label: str
    light: "Shade"
    dark: "Shade"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shade:
    """One colour in one scheme; `shown` is the typed one, or ours where that is none."""

    name: str
    typed: str
    ours: str
    shown: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """A contrast in words, as it is in the light and in the dark."""

    label: str
    least: str
    light: look.Contrast
    dark: look.Contrast


@dataclass(frozen=True, kw_only=True, slots=True)
class Length:
    """A number of pixels with its bounds."""

    name: str
    label: str
    typed: str
    least: int
    most: int
    ours: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LookPage:
    """The form, and what it would look like: `sample` is the address of that stylesheet."""

    tones: tuple[Tone, ...]
    fonts: tuple[tuple[str, str, str], ...]
    lengths: tuple[Length, ...]
    pairs: tuple[Pair, ...]
    examples: tuple[tuple[str, str], ...]
    sample: str
    version: int
    problems: Problems
    done: str


@blueprint.get("/<site>/look")
@asks(Right.ADMIN)
def site_look(site: str) -> Response:
    """The site's look."""
    return _page(here().look, here().version)


@blueprint.post("/<site>/look")
@asks(Right.ADMIN)
def change_look(site: str) -> BaseResponse:
    """The look saved; or shown as a sample, or with what is wrong with it, and all that was typed."""
    typed, version = _sent(), number_of("version")
    own = look.normal(typed)
    if "show" in request.form or "example" in request.form:
        return _page(typed, version, _said(own))
    if wrong := _said(own):
        return _page(typed, version, wrong, status=422)
    try:
        service().sites.change(here().key, {"look": own}, seen=version, by=me().id)
    except BadSite:
        now = service().sites.newest(here().key) or here()
        stale = problems()
        stale["form"] = meanwhile()
        for name in look.names():
            if own.get(name) != now.look.get(name):
                stale[name] = now_is(now.look.get(name, ""))
        return _page(typed, now.version, stale, status=409)
    return redirect(url_for("moderation.site_look", site=site, done="changed"), 303)


@blueprint.get("/<site>/look/sample.css")
@asks(Right.ADMIN)
def sample_look(site: str) -> Response:
    """The stylesheet of the look that the query says, for the sample."""
    own = {name: request.args.get(name, "")[:VALUE_MAX] for name in look.names()}
    return Response(css(look.normal(own)), content_type=TYPES["css"])


def _sent() -> look.Look:
    example = look.EXAMPLES.get(request.form.get("example", ""))
    typed = {name: request.form.get(name, "")[:VALUE_MAX] for name in look.names()}
    return example if example is not None else {name: value for name, value in typed.items() if value.strip()}


def _page(typed: look.Look, version: int, wrong: Problems | None = None, *, status: int = 200) -> Response:
    own = look.normal(typed)
    fit = {name: value for name, value in own.items() if not look.malformed(name, value)}
    page = LookPage(
        tones=_tones(typed, fit),
        fonts=tuple((name, label, typed.get(name, "")) for name, label in _fonts()),
        lengths=tuple(_length(name, label, typed) for name, label in _lengths()),
        pairs=_pairs(fit),
        examples=_examples(),
        sample=url_for("moderation.sample_look", site=here().key) + "?" + urlencode(fit),
        version=version,
        problems=wrong or problems(),
        done=gettext("Saved. It holds from this moment on.") if request.args.get("done") else "",
    )
    return sheet("moderation/site_look.html", page, status)


def _said(own: look.Look) -> Problems:
    """What is wrong, in words; where colours are too near to each other, with the figures."""
    found = look.wrong(own)
    sentences = {name: _too_near(own, name) for name, code in found.items() if code is Code.LOW_CONTRAST}
    for name in found.keys() & look.LENGTHS.keys():
        least, most, _ = look.LENGTHS[name]
        sentences[name] = gettext("A number from %(least)s to %(most)s.") % {"least": least, "most": most}
    for name in found.keys() & look.FONTS.keys():
        sentences[name] = gettext("Names of fonts in Latin letters with commas between them, at most eight.")
    said = problems(found, sentences)
    if found:
        said["form"] = gettext("Not saved: something below needs another look.")
    return said


def _too_near(own: look.Look, name: str) -> str:
    scheme, _, _ = name.partition(".")
    near = [one for one in look.contrasts(own) if one.scheme == scheme and not one.is_enough]
    told = gettext("%(front)s on %(back)s: %(ratio)s, at least %(least)s")
    labels = _labels()
    return "; ".join(
        told % {"front": labels[one.front], "back": labels[one.back], "ratio": one.shown, "least": one.least}
        for one in near
        if look.culprit(own, one) == name
    )


def _tones(typed: look.Look, fit: look.Look) -> tuple[Tone, ...]:
    labels, shown = _labels(), {scheme: look.colours(fit, scheme) for scheme in look.SCHEMES}

    def shade(scheme: str, colour: str, ours: str) -> Shade:
        name = f"{scheme}.{colour}"
        return Shade(name=name, typed=typed.get(name, ""), ours=ours, shown=shown[scheme][colour])

    return tuple(
        Tone(label=labels[name], light=shade("light", name, light), dark=shade("dark", name, dark))
        for name, (light, dark) in look.COLOURS.items()
    )


def _pairs(fit: look.Look) -> tuple[Pair, ...]:
    labels, both = _labels(), look.contrasts(fit)
    half = len(both) // 2
    told = gettext("%(front)s on %(back)s")
    return tuple(
        Pair(
            label=told % {"front": labels[light.front], "back": labels[light.back]},
            least=str(light.least),
            light=light,
            dark=dark,
        )
        for light, dark in zip(both[:half], both[half:], strict=True)
    )


def _length(name: str, label: str, typed: look.Look) -> Length:
    least, most, ours = look.LENGTHS[name]
    return Length(name=name, label=label, typed=typed.get(name, ""), least=least, most=most, ours=ours)


def _labels() -> Mapping[str, str]:
    return {
        "paper": gettext("Ground"),
        "ink": gettext("Text"),
        "quiet": gettext("Times and hints"),
        "line": gettext("Hairlines"),
        "edge": gettext("Edges of fields"),
        "field": gettext("Ground of fields"),
        "accent": gettext("Links, main button"),
        "on_accent": gettext("Text of the main button"),
        "wrong": gettext("What is wrong"),
        "wrong_paper": gettext("Ground of what is wrong"),
        "tint": gettext("tinted ground"),
    }


def _fonts() -> tuple[tuple[str, str], ...]:
    return ("serif", gettext("Fonts of the readers' words")), ("sans", gettext("Fonts of names, buttons and hints"))


def _lengths() -> tuple[tuple[str, str], ...]:
    return (
        ("text_size", gettext("Size of the readers' words")),
        ("radius", gettext("Rounding of corners")),
        ("space", gettext("Room between comments")),
        ("width", gettext("Widest line")),
    )


def _examples() -> tuple[tuple[str, str], ...]:
    named = {"broadsheet": gettext("Broadsheet"), "harbour": gettext("Harbour"), "orchard": gettext("Orchard")}
    return tuple((name, named[name]) for name in look.EXAMPLES)
