"""A publisher's space: its key, origins, form fields, reasons and policy."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from commentsvc.domain.look import Look
from commentsvc.domain.rules import DEFAULT_RULES, Rule

SITE_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)
FIELD_KEY = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
REASON_CODE = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
FIELD_MAX_LENGTH = 200

BUILT_IN_FIELDS = frozenset(
    {
        "name",
        "email",
        "text",
        "code",
        "parent",
        "challenge",
        "url",
        "title",
        "thread",
        "submission",
        "site",
        "fields",
        "lang",
        "theme",
        "sort",
        "cursor",
    }
)

Labels = Mapping[str, str]
"""A text in several languages, e.g. `{"en": "Country", "ar": "البلد"}`."""


RESERVED_FIELDS = BUILT_IN_FIELDS | {
    *("again", "preview", "withdraw", "tell-me", "csrf_token"),
    *("data", "errors", "form_errors", "hidden_tag", "hold", "is_submitted", "meta", "populate_obj", "post_process"),
    *("process", "typed", "validate", "validate_on_submit", "visible"),
}
"""What a site may not call a field of its own: our fields, our pages' buttons, and words that WTForms has a use for."""


class FieldKind(StrEnum):
    """How a field that a site declares is filled in."""

    TEXT = "text"
    CHOICE = "choice"
    CHECKBOX = "checkbox"


class SlashPolicy(StrEnum):
    """What becomes of the slash at the end of an article's path."""

    STRIP = "strip"
    ADD = "add"
    KEEP = "keep"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One entry of a choice field: the value that is stored and its label per language."""

    value: str
    labels: Labels


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A field that a site adds to the form; a required checkbox must be ticked."""

    key: str
    kind: FieldKind
    labels: Labels
    required: bool = True
    public: bool = False
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RejectReason:
    """A reason moderators reject for, and the house rule that readers are shown for it."""

    code: str
    labels: Labels
    rules: Labels


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """An address that hears of the site's events; `secret` signs every delivery."""

    id: str
    url: str
    secret: str
    events: tuple[str, ...] = ()


def _reason(code: str, label: str, rule: str) -> RejectReason:
    return RejectReason(code=code, labels={"en": label}, rules={"en": rule})


DEFAULT_REASONS = (
    _reason("insult", "Insult", "Criticise what was said, not the person who said it."),
    _reason("hate", "Hate or threat", "No hatred, no threats, against anybody."),
    _reason("off_topic", "Off topic", "Stay with the article's subject."),
    _reason("personal_data", "Personal data", "Do not publish addresses, numbers or other private facts."),
    _reason("advertising", "Advertising", "No advertising."),
)
"""In English only: the catalogues in `commentsvc/locale/` know what they are in each other language."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Site:
    """A publisher's space. `number` (0–65535) is fixed at creation, because every id carries it.

    `partitions`, into how many slots of a cluster it is split, is changed only by moving the whole site.

    `origins` are like `https://daily.example`; the first one that names a host is the one threads are known by.
    `salt` keys the hashes of authors so that they mean nothing outside this site. `words` are what its readers' pages
    say instead of our own words: by language, then by our message in English. `look` is how those pages look, where
    that is not our way.
    """

    key: str
    number: int
    name: str
    origins: tuple[str, ...]
    salt: str
    partitions: int = 1
    language: str = "en"
    fields: tuple[Field, ...] = ()
    email_required: bool = True
    reasons: tuple[RejectReason, ...] = DEFAULT_REASONS
    slash: SlashPolicy = SlashPolicy.STRIP
    open: bool = True
    cache_seconds: int = 0
    likes: bool = False
    webhooks: tuple[Webhook, ...] = ()
    rules: tuple[Rule, ...] = DEFAULT_RULES
    words: Mapping[str, Labels] = field(default_factory=dict)
    look: Look = field(default_factory=dict)
    version: int = 1

    def partition_of(self, bucket: int) -> int:
        """The partition in which everything of a bucket lies."""
        return bucket % self.partitions

    def rule(self, id: str) -> Rule | None:
        """The rule with this id, or None."""
        return next((rule for rule in self.rules if rule.id == id), None)

    def reason(self, code: str) -> RejectReason | None:
        """The reason with this code, or None."""
        return next((reason for reason in self.reasons if reason.code == code), None)


def in_language(labels: Labels, language: str) -> str:
    """The text in `language`, else in English, else in whatever language there is."""
    return labels.get(language) or labels.get("en") or next(iter(labels.values()), "")
