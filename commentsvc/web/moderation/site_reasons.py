"""The reasons that moderators reject for, with their house rules: in one form, in the order of the keys 1 to 9."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.declared import REASONS_MAX, wrong_reasons
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code
from commentsvc.domain.site import RejectReason, Site
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
class ReasonForm:
    """One reason as typed; an old one keeps its code, because the log names it."""

    at: int
    code: str = ""
    old: bool = False
    labels: dict[str, str]
    rules: dict[str, str]
    place: str = ""
    drop: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReasonsPage:
    """Every reason in its order; the last is empty, for one more."""

    reasons: tuple[ReasonForm, ...]
    tongues: tuple[Tongue, ...]
    version: int
    problems: Problems
    done: str


@blueprint.get("/<site>/reasons")
@asks(Right.RULES)
def site_reasons(site: str) -> Response:
    """The site's reasons."""
    return _page(_of(here()), here().version)


@blueprint.post("/<site>/reasons")
@asks(Right.RULES)
def change_reasons(site: str) -> BaseResponse:
    """The reasons again, saved; or with what is wrong, or that somebody else was faster, and all that was typed."""
    forms, version = _sent(), number_of("version")
    stay = staying(forms)
    reasons = tuple(RejectReason(code=one.code, labels=one.labels, rules=one.rules) for one in stay)
    if wrong := _wrong(stay, reasons, forms):
        return _page(forms, version, wrong, status=422)
    try:
        service().sites.change(here().key, {"reasons": reasons}, seen=version, by=me().id)
    except BadSite:
        now = service().sites.newest(here().key) or here()
        return _page(forms, now.version, overtaken(_now(now)), status=409)
    return redirect(url_for("moderation.site_reasons", site=site, done="changed"), 303)


def _wrong(
    stay: Sequence[ReasonForm], reasons: tuple[RejectReason, ...], forms: Sequence[ReasonForm]
) -> Problems | None:
    codes = beside(wrong_reasons(reasons), stay)
    suggested = {rule.reason for rule in here().rules if rule.reason}
    codes |= {f"{one.at}.code": Code.IN_USE for one in forms if one.drop and one.code in suggested}
    return problems(codes) if codes else None


def _page(forms: Sequence[ReasonForm], version: int, wrong: Problems | None = None, *, status: int = 200) -> Response:
    room = () if forms and not forms[-1].old else (ReasonForm(at=len(forms), labels={}, rules={}),)
    page = ReasonsPage(
        reasons=(*forms, *room)[: REASONS_MAX + 1],
        tongues=tongues(here().language),
        version=version,
        problems=wrong or problems(),
        done=gettext("Saved. It holds from this moment on.") if request.args.get("done") else "",
    )
    return sheet("moderation/site_reasons.html", page, status)


def _sent() -> list[ReasonForm]:
    """Every reason of the form; the last one only if anything was typed into it."""
    old = {reason.code: reason for reason in here().reasons}
    forms = []
    for at in range(min(number_of("count"), REASONS_MAX + 1)):
        code = request.form.get(f"{at}.code", "").strip()
        labels, rules = labels_of(f"{at}.labels"), labels_of(f"{at}.rules")
        if not code and not labels and not rules:
            continue
        before = old.get(code)
        forms.append(
            ReasonForm(
                at=at,
                code=code,
                old=before is not None,
                labels=kept(before.labels if before else {}, labels),
                rules=kept(before.rules if before else {}, rules),
                place=request.form.get(f"{at}.place", ""),
                drop=f"{at}.drop" in request.form,
            )
        )
    return forms


def _of(site: Site) -> list[ReasonForm]:
    return [
        ReasonForm(at=at, code=one.code, old=True, labels=dict(one.labels), rules=dict(one.rules), place=str(at + 1))
        for at, one in enumerate(site.reasons)
    ]


def _now(site: Site) -> str:
    codes = ", ".join(one.code for one in site.reasons)
    return gettext("Its reasons are now: %(reasons)s") % {"reasons": codes or "–"}
