"""The form as it is shown: empty and the same for all but a few values, or with what one reader typed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import render_template
from markupsafe import Markup

from commentsvc.domain.challenge import LENGTH
from commentsvc.domain.ids import comment_id
from commentsvc.domain.refusal import REASONS, Code
from commentsvc.picture import HEIGHT, WIDTH
from commentsvc.web.catalogue import current, gettext
from commentsvc.web.forms import HIDDEN, WISHED, CommentForm, comment_form, is_required
from commentsvc.web.frame import Frame
from commentsvc.web.mould import Memory, Mould, gap
from commentsvc.web.parts import service

BLANKS_BYTES = 1 << 20
BLANKS_S = 3600


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """The form as it is shown. `problems` has a sentence for each field at fault, `summary` one for the whole.

    `preview` is the text as it would appear, where that was asked for.
    `action` is where the form goes, `draft` what a browser keeps its draft under, `base` as in `Frame`.
    """

    form: CommentForm
    frame: Frame
    action: str
    draft: str
    base: str
    problems: Mapping[str, str] = field(default_factory=dict)
    summary: str = ""
    reply_name: str = ""
    autofocus: str = ""
    preview: str = ""

    @property
    def says(self) -> tuple[tuple[str, str], ...]:
        """What our script says while somebody writes, as `data-` attributes of the form."""
        return (
            ("text-max", str(self.text_max)),
            ("replying", gettext("In reply to %(name)s") % {"name": "{name}"}),
            ("cancel", gettext("Do not reply, write a new comment")),
            ("pause", gettext("Pause")),
            ("no-sound", gettext("The sound cannot be had just now. Please try again in a moment.")),
            ("new-code", gettext("There is a new code. What you typed stays.")),
            ("restored", gettext("What you had written is back.")),
            ("left", gettext("Characters left: %(num)s") % {"num": "{num}"}),
            ("over", gettext("Characters too many: %(num)s") % {"num": "{num}"}),
            ("offline", gettext("You are offline. Your text is kept: send it when you are connected again.")),
            ("online", gettext("You are connected again. You can send your comment now.")),
            ("sending", gettext("Sending …")),
            ("failed", gettext("That did not get through. Your text is kept: please send it again.")),
            ("review", gettext(REASONS[Code.INVALID_FIELDS].sentence)),
            ("required", gettext(REASONS[Code.REQUIRED].sentence)),
            ("too-short", gettext(REASONS[Code.TOO_SHORT].sentence)),
            ("too-long", gettext(REASONS[Code.TOO_LONG].sentence)),
            ("invalid-email", gettext(REASONS[Code.INVALID_EMAIL].sentence)),
        )

    @property
    def ticket(self) -> str:
        """The ticket shown, whose picture and sound the page points to."""
        return self.form.typed("challenge")

    @property
    def text_max(self) -> int:
        """How many characters a comment may have."""
        return service().submissions.limits.text_max

    @property
    def code_length(self) -> int:
        """How many characters the code has."""
        return LENGTH

    @property
    def picture_width(self) -> int:
        """Pixels, so that nothing moves when the picture arrives."""
        return WIDTH

    @property
    def picture_height(self) -> int:
        """Pixels."""
        return HEIGHT

    @property
    def all_required(self) -> bool:
        """Whether the form may say that all of it must be filled in."""
        return WISHED not in self.form and all(self.required(name) for name in self.form.visible)

    def required(self, name: str) -> bool:
        """Whether the field must be filled in."""
        return is_required(self.frame.site, name)


_blanks: Memory[Mould] = Memory(size=BLANKS_BYTES, seconds=BLANKS_S)


def shaped(
    frame: Frame, form: CommentForm, *, problems: Mapping[str, str], summary: str, reply_name: str, autofocus: str
) -> Shape:
    """The form of this frame with what one reader typed; the rest as in `Shape`."""
    return Shape(
        form=form,
        frame=frame,
        action=frame.link(),
        draft=_draft(frame),
        base=frame.base,
        problems=problems,
        summary=summary,
        reply_name=reply_name,
        autofocus=autofocus,
    )


def form_html(shape: Shape | None, kept: object = ()) -> Markup:
    """The form, or the words that comments are closed, beside what was typed (`kept`)."""
    return Markup(render_template("embed/form.html", shape=shape, kept=kept))  # noqa: S704  # a template's own output


def empty_form(frame: Frame, parent: str) -> Markup:
    """An empty form with a new ticket, for a reply where `parent` is a public comment."""
    name = reply_name(frame, parent)
    return _blank(frame, reply=bool(name)).filled(
        action=frame.link(),
        draft=_draft(frame),
        base=frame.base,
        url=frame.article.url,
        title=frame.title,
        thread=frame.thread,
        submission=secrets.token_urlsafe(16),
        challenge=service().challenges.open(frame.site, frame.article).ticket,
        parent=parent if name else "",
        name=name,
    )


def reply_name(frame: Frame, parent: str) -> str:
    """The name of the public comment that is answered, or nothing."""
    known = comment_id(parent)
    return service().reading.names(frame.site, [known]).get(known, "") if known else ""


def _blank(frame: Frame, *, reply: bool) -> Mould:
    """The empty form of a site, with gaps for what is each reader's own."""
    key = (frame.site.salt, frame.site.version, current(), service().submissions.limits.text_max, reply)
    kept = _blanks.get(key)
    if kept is not None:
        return kept
    form = comment_form(frame.site, frame.article)
    form.hold(**{name: gap(name) for name in HIDDEN})
    name = gap("name") if reply else ""
    shape = Shape(form=form, frame=frame, action=gap("action"), draft=gap("draft"), base=gap("base"), reply_name=name)
    mould = Mould(form_html(shape))
    return _blanks.put(key, mould, size=mould.size)


def _draft(frame: Frame) -> str:
    return f"{frame.site.key}:{frame.article.id}"
