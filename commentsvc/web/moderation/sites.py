"""The sites of the installation, and the settings of one: its name, origins, language, and what holds. For admins."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code
from commentsvc.domain.site import Site, SlashPolicy
from commentsvc.service.sites import BadSite
from commentsvc.web.catalogue import gettext
from commentsvc.web.moderation.door import asks, blueprint, here, me, sheet
from commentsvc.web.moderation.office import Problems, meanwhile, now_is, number_of, problems, tongues
from commentsvc.web.parts import service

CACHE_MAX_S = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsForm:
    """What is typed about a site; `origins` one a line, `version` is that of the record it was made from."""

    key: str = ""
    name: str = ""
    origins: str = ""
    language: str = "en"
    open: bool = True
    email_required: bool = True
    likes: bool = False
    cache_seconds: str = "0"
    slash: str = SlashPolicy.STRIP
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsPage:
    """The form of one site, or of one to be (`site` is None)."""

    site: Site | None
    form: SettingsForm
    languages: tuple[tuple[str, str], ...]
    slashes: tuple[tuple[str, str], ...]
    problems: Problems
    done: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AllSitesPage:
    """Every site by key."""

    sites: tuple[Site, ...]


@blueprint.get("/-/sites")
@asks(Right.ADMIN)
def sites() -> Response:
    """Every site, with the way to its settings."""
    return sheet("moderation/all_sites.html", AllSitesPage(sites=tuple(service().sites.all())))


@blueprint.route("/-/new-site", methods=["GET", "POST"])
@asks(Right.ADMIN)
def new_site() -> BaseResponse:
    """The form of a new site; then its settings."""
    if request.method != "POST":
        return _page(None, SettingsForm())
    form = replace(_sent(), key=request.form.get("key", "").strip())
    changes, wrong = _changes(form)
    if not wrong:
        try:
            made = service().sites.add(key=form.key, by=me().id, **changes)
            return redirect(url_for("moderation.site_settings", site=made.key, done="added"), 303)
        except BadSite as error:
            codes = error.fields or {
                "key": Code.TAKEN if service().sites.is_known(form.key) else Code.INVALID_CHARACTERS
            }
            wrong = _by_field(codes)
    return _page(None, form, wrong, status=422)


@blueprint.get("/<site>/settings")
@asks(Right.ADMIN)
def site_settings(site: str) -> Response:
    """The site's settings."""
    return _page(here(), _of(here()))


@blueprint.post("/<site>/settings")
@asks(Right.ADMIN)
def change_site(site: str) -> BaseResponse:
    """The settings again, saved; or with what is wrong, or what somebody else has changed, and all that was typed."""
    form = _sent()
    changes, wrong = _changes(form)
    if wrong:
        return _page(here(), form, wrong, status=422)
    try:
        service().sites.change(here().key, changes, seen=form.version, by=me().id)
    except BadSite as error:
        if error.fields:
            return _page(here(), form, _by_field(error.fields), status=422)
        return _conflict(form)
    return redirect(url_for("moderation.site_settings", site=site, done="changed"), 303)


def _page(site: Site | None, form: SettingsForm, wrong: Problems | None = None, *, status: int = 200) -> Response:
    page = SettingsPage(
        site=site,
        form=form,
        languages=tuple((one.code, one.name) for one in tongues("en")),
        slashes=(
            (SlashPolicy.STRIP.value, gettext("taken off")),
            (SlashPolicy.ADD.value, gettext("put on")),
            (SlashPolicy.KEEP.value, gettext("kept: with and without are two articles")),
        ),
        problems=wrong or problems(),
        done={"added": gettext("The site is made."), "changed": gettext("Saved. It holds from this moment on.")}.get(
            request.args.get("done", ""), ""
        ),
    )
    return sheet("moderation/settings.html", page, status)


def _conflict(form: SettingsForm) -> Response:
    now = service().sites.newest(here().key) or here()
    was, said = _of(now), problems()
    said["form"] = meanwhile()
    for name in ("name", "origins", "language", "cache_seconds", "slash"):
        if getattr(form, name) != getattr(was, name):
            said[name] = now_is(" ".join(str(getattr(was, name)).split()))
    for name in ("open", "email_required", "likes"):
        if getattr(form, name) != getattr(was, name):
            said[name] = now_is(gettext("yes") if getattr(was, name) else gettext("no"))
    return _page(now, replace(form, version=now.version), said, status=409)


def _changes(form: SettingsForm) -> tuple[Mapping[str, Any], Problems | None]:
    """What the form wants a site to be; and what is wrong with it that no site's judge would see."""
    codes: dict[str, Code] = {}
    seconds = form.cache_seconds.strip() or "0"
    if not (seconds.isascii() and seconds.isdigit() and int(seconds[:9]) <= CACHE_MAX_S):
        codes["cache_seconds"] = Code.INVALID_CHOICE
    if form.slash not in list(SlashPolicy):
        codes["slash"] = Code.INVALID_CHOICE
    if codes:
        said = gettext("A number of seconds, up to a day.")
        return {}, problems(codes, {"cache_seconds": said})
    return {
        "name": form.name,
        "origins": form.origins.split(),
        "language": form.language,
        "open": form.open,
        "email_required": form.email_required,
        "likes": form.likes,
        "cache_seconds": int(seconds),
        "slash": SlashPolicy(form.slash),
    }, None


def _by_field(codes: Mapping[str, Code]) -> Problems:
    return problems({field.partition("[")[0]: code for field, code in codes.items()}, _sentences())


def _sentences() -> dict[str, str]:
    return {
        "origins": gettext("Each line is like https://daily.example, without a path; at least one."),
        "key": gettext("1 to 32 of a-z, 0-9 and -, and no other site's."),
        "slash": gettext("This would lose comments from sight: only taking off and putting on may replace each other."),
    }


def _sent() -> SettingsForm:
    sent = request.form
    return SettingsForm(
        name=" ".join(sent.get("name", "").split()),
        origins="\n".join(sent.get("origins", "").split()),
        language=sent.get("language", ""),
        open="open" in sent,
        email_required="email_required" in sent,
        likes="likes" in sent,
        cache_seconds=sent.get("cache_seconds", ""),
        slash=sent.get("slash", SlashPolicy.STRIP),
        version=number_of("version"),
    )


def _of(site: Site) -> SettingsForm:
    return SettingsForm(
        key=site.key,
        name=site.name,
        origins="\n".join(site.origins),
        language=site.language,
        open=site.open,
        email_required=site.email_required,
        likes=site.likes,
        cache_seconds=str(site.cache_seconds),
        slash=site.slash,
        version=site.version,
    )
