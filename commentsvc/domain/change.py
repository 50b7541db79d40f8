"""What was administered: who changed what of which person or site, when, from what to what. Secrets are never in it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from commentsvc.domain.ids import encode, new_body

OPERATOR = "operator:cli"
"""Who changed something on the command line; no moderator and no program can have this name."""

VALUE_MAX = 600
DIFFERENCES_MAX = 60
SECRET = frozenset({"salt", "password_hash", "secret", "secret_hash", "version", "changed_by", "changed_ms"})
"""What is left out wherever it stands; `version` and who changed it last because they change with everything."""

NAMED_BY = ("key", "code", "id")
LONG = "words"
"""A list of thousands: of it only what came and what went is told."""


class Subject(StrEnum):
    """What kind of thing was administered."""

    SITE = "site"
    PERSON = "person"
    TOKEN = "token"  # noqa: S105  # the word, not one
    POLICY = "policy"


class Deed(StrEnum):
    """What was done to it."""

    ADDED = "added"
    CHANGED = "changed"
    DISABLED = "disabled"
    ENABLED = "enabled"
    INVITED = "invited"
    PASSWORD = "password"  # noqa: S105  # the word, not one
    FACTOR_ON = "factor_on"
    FACTOR_OFF = "factor_off"
    FACTOR_RESET = "factor_reset"
    RECOVERY = "recovery"
    SIGNED_OUT = "signed_out"
    REVOKED = "revoked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that is not what it was; `what` is like `name` or `fields.country`, '' stands for nothing."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One row of the log of administration, for ever. `sites` are those it concerns, None for every site."""

    id: str
    at_ms: int
    by: str
    subject: Subject
    name: str
    deed: Deed
    sites: tuple[str, ...] | None
    differences: tuple[Difference, ...] = ()


def new_change_id(*, now_ms: int) -> str:
    """A new id of 26 characters; it sorts by time and belongs to no site."""
    return new_body(now_ms=now_ms, site_number=0, bucket=0)


def last_change_id() -> str:
    """The id after all others."""
    return encode((1 << 130) - 1)


def differences(before: object | None, after: object | None) -> tuple[Difference, ...]:
    """What is not the same in two records of a kind (None: there was, or is, none)."""
    old, new = (_flat(asdict(one)) if one is not None else {} for one in (before, after))  # type: ignore[call-overload]
    names = list(dict.fromkeys((*new, *old)))
    changed = (_difference(name, old.get(name, ""), new.get(name, "")) for name in names)
    return tuple(one for one in changed if one.before != one.after)[:DIFFERENCES_MAX]


_Value = str | tuple[str, ...]


def _difference(what: str, before: _Value, after: _Value) -> Difference:
    if isinstance(before, str) and isinstance(after, str):
        return Difference(what=what, before=before, after=after)
    old, new = (() if isinstance(one, str) else one for one in (before, after))
    gone, come = set(old) - set(new), set(new) - set(old)
    return Difference(
        what=what,
        before=_said([one for one in old if one in gone]),
        after=_said([one for one in new if one in come]),
    )


def _flat(record: Mapping[str, Any]) -> dict[str, _Value]:
    """Each thing in a record with its value in words; what is in a list stands under its own name."""
    flat: dict[str, _Value] = {}
    for name, value in record.items():
        if name in SECRET:
            continue
        if isinstance(value, list | tuple) and value and all(isinstance(one, Mapping) for one in value):
            keys = [_name_of(one, at) for at, one in enumerate(value)]
            flat[name] = ", ".join(keys)[:VALUE_MAX]
            for key, one in zip(keys, value, strict=True):
                flat[f"{name}.{key}"] = _said({part: held for part, held in one.items() if part != LONG})
                if one.get(LONG):
                    flat[f"{name}.{key}.{LONG}"] = tuple(map(_word, one[LONG]))
        elif isinstance(value, Mapping) and all(isinstance(one, str) for one in value.values()):
            flat |= {f"{name}.{key}": _said(one) for key, one in value.items()}
        else:
            flat[name] = _said(value)
    return flat


def _word(word: Mapping[str, Any]) -> str:
    """A rule's word with how it is looked for, so that a change of that is one too."""
    return f"{word['text']}{'*' if word['fragment'] else ''}{' …' if word['expires_ms'] else ''}"


def _name_of(item: Mapping[str, Any], at: int) -> str:
    return next((str(item[key]) for key in NAMED_BY if item.get(key)), str(at))


def _host(url: str) -> str:
    """An address without its path: a webhook's may hold a password."""
    return "/".join(url.split("/", 3)[:3]) + "/…"


def _said(value: Any) -> str:
    if isinstance(value, Mapping):
        value = {name: _host(one) if name == "url" else one for name, one in value.items() if name not in SECRET}
    if isinstance(value, list | tuple) and not any(isinstance(one, Mapping) for one in value):
        text = ", ".join(map(str, value))
    elif isinstance(value, str):
        text = str(value)
    else:
        text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= VALUE_MAX else text[: VALUE_MAX - 1] + "…"
