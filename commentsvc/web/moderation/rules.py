"""The rules of a site: the list with its switches, the form of each, and what it would have done."""

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from commentsvc.bootstrap import now_ms
from commentsvc.domain.moderator import Right
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.rules import Rule, RuleKind
from commentsvc.domain.site import Site
from commentsvc.web.catalogue import gettext
from commentsvc.web.errors import Refusal
from commentsvc.web.moderation import rule_words
from commentsvc.web.moderation.door import actor, asks, blueprint, granted, here, sheet
from commentsvc.web.moderation.rule_form import RuleForm, changes, of_rule, sent
from commentsvc.web.moderation.rule_page import RulesPage, Shown, kinds, row, rule_page, shown
from commentsvc.web.parts import service

NEW = "new-"
"""What an address says in place of an id, before the kind: no id has a hyphen."""


@blueprint.get("/<site>/rules")
@asks(Right.RULES)
def rules(site: str) -> Response:
    """Every rule of the site."""
    found = granted(service().rules.of(actor(), here().key))
    done = {
        "saved": gettext("Saved."),
        "on": gettext("Switched on."),
        "off": gettext("Switched off."),
        "removed": gettext("Removed."),
    }.get(request.args.get("done", ""), "")
    rows = tuple(row(found, rule) for rule in found.rules)
    return sheet("moderation/rules.html", RulesPage(rows=rows, kinds=kinds(found), version=found.version, done=done))


@blueprint.get("/<site>/rules/<string(maxlength=64):rule>")
@asks(Right.RULES)
def rule(site: str, rule: str) -> Response:
    """The form of a rule; with `rehearse`, also what it would have done, before it is switched on."""
    stored, model, new = _found(rule)
    asked = "switch_on" if "rehearse" in request.args and not model.on else ""
    return _page(stored, model, of_rule(model), new=new, rehearse="rehearse" in request.args, asked=asked)


@blueprint.post("/<site>/rules/<string(maxlength=64):rule>")
@asks(Right.RULES)
def edit_rule(site: str, rule: str) -> BaseResponse:
    """Back to the list when it is done; or the form again: with what is wrong, or with what a rehearsal found."""
    stored, model, new = _found(rule)
    form, do = sent(request.form, model), request.form.get("do", "")
    fields = dict(changes(form, model, now_ms=now_ms()))
    if do == "rehearse":
        return _page(stored, model, form, new=new, rehearse=True, asked="save" if model.on else "switch_on")
    if do == "save" and fields["auto"] and not model.auto:  # only after it was seen what it would have decided
        return _page(stored, model, form, new=new, rehearse=True, asked="decide")
    wanted = {
        "save": ("saved", fields),
        "decide": ("on", fields | {"on": True}),
        "switch_on": ("on", fields | {"on": True}),
        "off": ("off", {"on": False}),
        "remove": ("removed", None),
    }.get(do)
    if wanted is None:
        raise Refusal(Refused(code=Code.INVALID_REQUEST))
    done, news = wanted
    outcome = _carried_out(model, news, new=new)
    if isinstance(outcome, Refused):
        return _refused(stored, model, form, outcome, new=new)
    return redirect(url_for("moderation.rules", site=here().key, done=done, _anchor="status"), 303)


def _carried_out(model: Rule, news: dict[str, object] | None, *, new: bool) -> Rule | Refused:
    seen = request.form.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    if new:
        return service().rules.add(actor(), here().key, model.kind, news or {}, seen=version)
    if news is None:
        return service().rules.remove(actor(), here().key, model.id, seen=version)
    return service().rules.change(actor(), here().key, model.id, news, seen=version)


def _found(name: str) -> tuple[Site, Rule, bool]:
    """The site as it is stored, the rule that an address names, and whether it is yet to be made."""
    site = granted(service().rules.of(actor(), here().key))
    kind = name.removeprefix(NEW)
    if name.startswith(NEW) and kind in list(RuleKind):
        return site, service().rules.drafted(actor(), site, RuleKind(kind), {}), True
    rule = site.rule(name)
    if rule is None:
        raise Refusal(Refused(code=Code.NOT_FOUND))
    return site, rule, False


def _page(site: Site, model: Rule, form: RuleForm, *, new: bool, rehearse: bool = False, asked: str = "") -> Response:
    found: Shown | Refused | None = _rehearsed(site, model, form) if rehearse else None
    if isinstance(found, Refused):
        return _refused(site, model, form, found, new=new)
    query = request.args.get("q", "")[:80]
    page = rule_page(site, model, form, new=new, query=query, rehearsal=found, asked=asked)
    return sheet("moderation/rule.html", page)


def _rehearsed(site: Site, model: Rule, form: RuleForm) -> Shown | Refused:
    draft = service().rules.drafted(actor(), site, model, changes(form, model, now_ms=now_ms()))
    found = service().rehearsals.rehearse(actor(), site, draft)
    return found if isinstance(found, Refused) else shown(draft, found)


def _refused(site: Site, model: Rule, form: RuleForm, refused: Refused, *, new: bool) -> Response:
    """The form as it was sent, with what is wrong with it."""
    draft = service().rules.drafted(actor(), site, model, changes(form, model, now_ms=now_ms()))
    problems: dict[str, str] = {}
    for field, code in refused.fields.items():
        problems.setdefault(field.partition("[")[0], rule_words.problem(draft, field, code))
    if refused.code is Code.STALE:
        problem = gettext("Somebody else has just changed the rules. This is how they are now, with what you typed.")
    elif refused.code is Code.FORBIDDEN:
        problem = gettext("Only an admin changes a rule that decides by itself.")
    else:
        problem = " ".join(problems[field] for field in ("kind", "rules", "id") if field in problems) or gettext(
            refused.sentence
        )
    page = rule_page(site, model, form, new=new, problems=problems, problem=problem)
    return sheet("moderation/rule.html", page, refused.status)
