"""The reader's form. It parses and shows; what is allowed is judged by `service.submissions.submit` alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.csrf.core import CSRF
from wtforms.validators import ValidationError

from commentsvc.domain.refusal import REASONS, Code
from commentsvc.domain.site import Field, FieldKind, Site
from commentsvc.domain.submission import TICKED
from commentsvc.domain.thread import Article
from commentsvc.web.catalogue import current, gettext, said
from commentsvc.web.mould import Memory
from commentsvc.web.parts import service

CARRIED = ("url", "title", "thread", "submission", "parent")
"""The hidden fields, beside the ticket."""

HIDDEN = (*CARRIED, "challenge")

WISHED = "tell-me"
"""The box that asks for e-mails, where there are any. No field of a site can have this name."""


class TicketCSRF(CSRF):  # type: ignore[misc]  # ships no types
    """The code's ticket as anti-forgery token: signed, bound to its thread, good once; it needs no cookie.

    Flask-WTF's own token lives in the session cookie, which browsers keep from a frame on another site.
    """

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        """The ticket that came with the form, to be shown again until it is exchanged for a new one."""
        return csrf_token_field.data or ""

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        """Passes while the ticket may be tried in this thread; ValidationError with the reason otherwise."""
        site, article = form.meta.csrf_context
        problem = service().challenges.usable(field.data or "", site, article)
        if isinstance(problem, Code):
            raise ValidationError(gettext(REASONS[problem].sentence))


class CommentForm(FlaskForm):  # type: ignore[misc]  # ships no types
    """What every form has; `comment_form` adds the labels and the site's own fields."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # ships no types
        csrf = True
        csrf_class = TicketCSRF
        csrf_field_name = "challenge"

    visible: tuple[str, ...]
    """The names of the fields that a reader fills in, in their order."""

    def typed(self, name: str) -> str:
        """What a field holds, as text."""
        return str(self[name].data or "")

    def hold(self, **values: str) -> None:
        """Puts values into hidden fields; `challenge=` exchanges the ticket."""
        for name, value in values.items():
            self[name].data = value
            if name == "challenge":
                self[name].current_token = value


def comment_form(site: Site, article: Article, sent: Mapping[str, Sequence[str]] | None = None) -> CommentForm:
    """The form of this site in the reader's language, filled with what was `sent`."""
    data = None if sent is None else _shown_again(sent)
    form: CommentForm = _kind(site)(formdata=data, meta={"csrf_context": (site, article)})
    return form


class EditForm(FlaskForm):  # type: ignore[misc]  # ships no types
    """What an author may write anew. The receipt's address is the right to do it, so there is no other token."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # ships no types
        csrf = False

    visible: tuple[str, ...]


def edit_form(site: Site, sent: Mapping[str, Sequence[str]]) -> EditForm:
    """The form in which an author changes a comment, filled with what stands there or was sent."""
    fields = _written(site)
    kind: type[EditForm] = type("EditForm", (EditForm,), {**fields, "visible": tuple(fields)})
    form: EditForm = kind(formdata=_shown_again(sent))
    return form


_kinds: Memory[type[CommentForm]] = Memory(size=256, seconds=3600)


def _kind(site: Site) -> type[CommentForm]:
    """The class of this site's forms in the reader's language; WTForms takes as long to make one as to use it."""
    key = (site.salt, site.version, current())
    return _kinds.get(key) or _kinds.put(key, _made(site), size=1)


def _shown_again(sent: Mapping[str, Sequence[str]]) -> "MultiDict[str, str]":
    # A NUL can stand in no page; the judge has seen the real one.
    return MultiDict((name, value.replace("\0", "\ufffd")) for name, values in sent.items() for value in values)


def _written(site: Site) -> dict[str, Any]:
    """The fields of what somebody says, beside who it is."""
    return {
        "name": StringField(gettext("Name"), render_kw={"autocomplete": "name"}),
        **{declared.key: _declared(declared) for declared in site.fields},
        "text": TextAreaField(gettext("Comment"), render_kw={"rows": 6, "spellcheck": "true"}),
    }


def _made(site: Site) -> type[CommentForm]:
    written = _written(site)
    fields: dict[str, Any] = {
        "name": written.pop("name"),
        "email": EmailField(
            gettext("E-mail"), render_kw={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
        ),
        **written,
        "code": StringField(
            gettext("Confirmation code"),
            render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"},
        ),
    }
    visible = tuple(fields)
    if service().wishes.are_granted:
        label = gettext("Tell me by e-mail when it has been decided and when somebody replies")
        fields[WISHED] = BooleanField(label, render_kw={"value": TICKED})
    hidden = {name: HiddenField() for name in CARRIED}
    return type("CommentForm", (CommentForm,), {**fields, **hidden, "visible": visible})


def is_required(site: Site, name: str) -> bool:
    """Whether the form says of this field that it must be filled in."""
    if name == "email":
        return site.email_required
    return next((declared.required for declared in site.fields if declared.key == name), True)


def _declared(declared: Field) -> Any:
    label = said(declared.labels)
    if declared.kind is FieldKind.CHECKBOX:
        return BooleanField(label, render_kw={"value": TICKED})
    if declared.kind is FieldKind.CHOICE:
        choices = [SelectChoice(choice.value, said(choice.labels)) for choice in declared.choices]
        return SelectField(label, choices=[SelectChoice("", gettext("Please choose")), *choices], validate_choice=False)
    return StringField(label, render_kw={"dir": "auto"})
