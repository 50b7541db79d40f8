"""The fields that a site adds to its form: all in one form, in their order, and room for one more. For admins."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.declared import FIELDS_MAX, wrong_fields
from commentsvc.domain.moderator import Right
from commentsvc.domain.site import Choice, Field, FieldKind, Site
from commentsvc.service.sites import BadSite
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation.door import asks, blueprint, here, me, sheet
from commentsvc.web.moderation.office import (
    Problems,
    Tongue,
    beside,
    kept,
    labels_of,
    number_of,
    overtaken,
    problems,
    staying,
    tongues,
)
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldForm:
    """One field as typed. `choices` is one `value: label` a line by language; an old one keeps its key."""

    at: int
    key: str = ""
    old: bool = False
    kind: str = FieldKind.TEXT
    labels: dict[str, str]
    choices: dict[str, str]
    required: bool = True
    public: bool = False
    place: str = ""
    drop: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldsPage:
    """Every field in its order; the last is empty, for one more."""

    fields: tuple[FieldForm, ...]
    kinds: tuple[tuple[str, str], ...]
    tongues: tuple[Tongue, ...]
    version: int
    problems: Problems
    done: str


@blueprint.get("/<site>/fields")
@asks(Right.ADMIN)
def site_fields(site: str) -> Response:
    """The site's own fields."""
    return _page(_of(here()), here().version)


@blueprint.post("/<site>/fields")
@asks(Right.ADMIN)
def change_fields(site: str) -> BaseResponse:
    """The fields again, saved; or with what is wrong, or that somebody else was faster, and all that was typed."""
    forms, version = _sent(), number_of("version")
    stay = staying(forms)
    fields = tuple(_field(one) for one in stay)
    if codes := wrong_fields(fields):
        return _page(forms, version, problems(beside(codes, stay)), status=422)
    try:
        service().sites.change(here().key, {"fields": fields}, seen=version, by=me().id)
    except BadSite:
        now = service().sites.newest(here().key) or here()
        return _page(forms, now.version, overtaken(_now(now)), status=409)
    return redirect(url_for("moderation.site_fields", site=site, done="changed"), 303)


def _page(forms: Sequence[FieldForm], version: int, wrong: Problems | None = None, *, status: int = 200) -> Response:
    room = () if forms and not forms[-1].old else (FieldForm(at=len(forms), labels={}, choices={}),)
    page = FieldsPage(
        fields=(*forms, *room)[: FIELDS_MAX + 1],
        kinds=(
            (FieldKind.TEXT.value, gettext("a line of text")),
            (FieldKind.CHOICE.value, gettext("one of a list")),
            (FieldKind.CHECKBOX.value, gettext("a box to tick")),
        ),
        tongues=tongues(here().language),
        version=version,
        problems=wrong or problems(),
        done=gettext("Saved. It holds from this moment on.") if request.args.get("done") else "",
    )
    return sheet("moderation/site_fields.html", page, status)


def _sent() -> list[FieldForm]:
    """Every field of the form; the last one only if anything was typed into it."""
    old = {field.key: field for field in here().fields}
    forms = []
    for at in range(min(number_of("count"), FIELDS_MAX + 1)):
        key = request.form.get(f"{at}.key", "").strip()
        labels, choices = labels_of(f"{at}.labels"), _lists(at)
        if not key and not labels and not choices:
            continue
        forms.append(
            FieldForm(
                at=at,
                key=key,
                old=key in old,
                kind=request.form.get(f"{at}.kind", FieldKind.TEXT),
                labels=kept(old[key].labels if key in old else {}, labels),
                choices=choices,
                required=f"{at}.required" in request.form,
                public=f"{at}.public" in request.form,
                place=request.form.get(f"{at}.place", ""),
                drop=f"{at}.drop" in request.form,
            )
        )
    return forms


def _lists(at: int) -> dict[str, str]:
    typed = {one.code: request.form.get(f"{at}.choices.{one.code}", "") for one in tongues(here().language)}
    return {
        code: "\n".join(line.strip() for line in text.splitlines() if line.strip())
        for code, text in typed.items()
        if text.strip()
    }


def _field(form: FieldForm) -> Field:
    kind = FieldKind(form.kind) if form.kind in list(FieldKind) else FieldKind.TEXT
    return Field(
        key=form.key,
        kind=kind,
        labels=form.labels,
        required=form.required,
        public=form.public,
        choices=_choices(form) if kind is FieldKind.CHOICE else (),
    )


def _choices(form: FieldForm) -> tuple[Choice, ...]:
    """The choices in the order of the first language that has any; a line without a colon is value and label in one."""
    labels: dict[str, dict[str, str]] = {}
    first = next(iter(form.choices), "")
    for code, text in form.choices.items():
        for line in text.splitlines():
            value, colon, label = (part.strip() for part in line.partition(":"))
            if code == first or value in labels:
                labels.setdefault(value, {})[code] = label if colon and label else value
    return tuple(Choice(value=value, labels=said) for value, said in labels.items())


def _of(site: Site) -> list[FieldForm]:
    return [
        FieldForm(
            at=at,
            key=field.key,
            old=True,
            kind=field.kind,
            labels=dict(field.labels),
            choices=_lines(field, tongues(site.language)),
            required=field.required,
            public=field.public,
            place=str(at + 1),
        )
        for at, field in enumerate(site.fields)
    ]


def _lines(field: Field, known: Sequence[Tongue]) -> dict[str, str]:
    said = {
        one.code: "\n".join(
            f"{choice.value}: {choice.labels[one.code]}" for choice in field.choices if one.code in choice.labels
        )
        for one in known
    }
    return {code: text for code, text in said.items() if text}


def _now(site: Site) -> str:
    return gettext("Its fields are now: %(fields)s") % {"fields": ", ".join(one.key for one in site.fields) or "–"}
