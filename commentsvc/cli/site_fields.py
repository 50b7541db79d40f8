"""The fields that a site adds to its form, as an operator writes them.

`country:choice:Country:DE,FR,EG` on the command line, or a file where labels in several languages matter:

    [[fields]]
    key = "country"
    kind = "choice"
    labels = { en = "Country", ar = "البلد" }
    public = true
    choices = [ { value = "EG", labels = { en = "Egypt", ar = "مصر" } }, "FR" ]
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commentsvc.domain.site import FIELD_KEY, FIELD_MAX_LENGTH, RESERVED_FIELDS, Choice, Field, FieldKind
from commentsvc.service.sites import BadSite

KNOWN = {"key", "kind", "labels", "label", "required", "public", "choices"}


def from_option(text: str) -> Field:
    """The field that `KEY:KIND[:LABEL][:CHOICE,…]` describes; BadSite says what is wrong with it."""
    key, kind, label, choices = (*text.split(":", 3), "", "", "")[:4]
    given = [choice.strip() for choice in choices.split(",") if choice.strip()]
    return _field({"key": key, "kind": kind or FieldKind.TEXT, "label": label or key, "choices": given})


def from_file(path: Path) -> tuple[Field, ...]:
    """The fields of a TOML or JSON file, under `fields`; BadSite says what is wrong with it."""
    try:
        text = path.read_text(encoding="utf-8")
        document = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise BadSite(f"{path} cannot be read ({error.strerror})") from error
    except ValueError as error:
        kind = "JSON" if path.suffix == ".json" else "TOML"
        raise BadSite(f"{path} is not valid {kind}: {error}") from error
    listed = document.get("fields") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadSite(f"{path} needs a list of tables called fields: write [[fields]] before each of them")
    fields = tuple(_field(one) for one in listed)
    if len({field.key for field in fields}) < len(fields):
        raise BadSite(f"{path} declares a field twice: give each its own key")
    return fields


def _field(given: Mapping[str, Any]) -> Field:
    key = str(given.get("key", ""))
    if not FIELD_KEY.fullmatch(key) or key in RESERVED_FIELDS:
        raise BadSite(f"{key!r} cannot be a field's key: use a-z, 0-9 and _, and no name that every form has already")
    if set(given) - KNOWN:
        raise BadSite(f"the field {key} has unknown entries: {', '.join(sorted(set(given) - KNOWN))}")
    try:
        kind = FieldKind(given.get("kind", FieldKind.TEXT))
    except ValueError:
        raise BadSite(f"the field {key} has the kind {given['kind']!r}: write text, choice or checkbox") from None
    choices = tuple(_choice(key, one) for one in given.get("choices", ()))
    if (kind is FieldKind.CHOICE) != bool(choices):
        raise BadSite(f"the field {key}: choices belong to the kind choice, and it needs some ({key}:choice:Label:A,B)")
    return Field(
        key=key,
        kind=kind,
        labels=_labels(key, given.get("labels", given.get("label", key))),
        required=_truth(key, "required", given.get("required", True)),
        public=_truth(key, "public", given.get("public", False)),
        choices=choices,
    )


def _choice(key: str, given: Any) -> Choice:
    entry = given if isinstance(given, dict) else {"value": given}
    value = str(entry.get("value", "")).strip()
    if not value or len(value) > FIELD_MAX_LENGTH:
        raise BadSite(f"each choice of the field {key} needs a value of at most {FIELD_MAX_LENGTH} characters")
    return Choice(value=value, labels=_labels(key, entry.get("labels", value)))


def _labels(key: str, given: Any) -> dict[str, str]:
    labels = given if isinstance(given, dict) else {"en": given}
    if not labels or not all(isinstance(text, str) and text.strip() for text in labels.values()):
        raise BadSite(f'the field {key}: write labels per language, such as {{ en = "Country", ar = "البلد" }}')
    return dict(labels)


def _truth(key: str, name: str, given: Any) -> bool:
    if not isinstance(given, bool):
        raise BadSite(f"the field {key}: {name} is true or false")
    return given
