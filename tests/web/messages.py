"""What people are told, by where it stands in the code: the readers' messages, and those of the console.

A message belongs to readers unless only rooms of the console and of programs say it. A refusal belongs to them when a
module that readers come by names its code.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

from commentsvc.domain.refusal import REASONS, Code
from commentsvc.domain.site import DEFAULT_REASONS
from commentsvc.service.words import catalogue

ROOT = Path(__file__).parents[2]
WEB = ROOT / "commentsvc/web"
NOT_READERS = ("moderation", "api", "demo", "sessions.py")
"""Files and folders, of the templates and of `commentsvc/web`, that no reader comes by."""

READERS_SERVICE = (
    "submissions",
    "edits",
    "receipts",
    "reading",
    "challenges",
    "sites",
    "reports",
    "appeals",
    "wishes",
)
READERS_DOMAIN = ("submission", "challenge", "thread", "case")

MessageId = str | tuple[str, ...]


@cache
def readers() -> dict[MessageId, str]:
    """Every message that a reader can meet, with a place where it is said."""
    found = {message: place for message, place in _said() if not _is_console(place)}
    found |= {REASONS[code].sentence: "domain/refusal.py" for code in _readers_codes()}
    for reason in DEFAULT_REASONS:
        found |= dict.fromkeys((reason.labels["en"], reason.rules["en"]), "domain/site.py")
    return found


@cache
def everybodys() -> dict[MessageId, str]:
    """Every message there is, the console's included."""
    return {reason.sentence: "domain/refusal.py" for reason in REASONS.values()} | dict(_said()) | readers()


def translated(language: str) -> dict[MessageId, MessageId]:
    """The catalogue of a language: every form of every message."""
    return {hashable(one.id): hashable(one.string or "") for one in catalogue(language) if one.id}


def missing(language: str, wanted: dict[MessageId, str]) -> dict[MessageId, str]:
    """Those of the wanted messages that the language has no words for, or not in every form."""
    known = translated(language)
    return {message: place for message, place in wanted.items() if not _whole(known.get(message))}


def hashable(message: str | list[str] | tuple[str, ...]) -> MessageId:
    """The message as a key."""
    return message if isinstance(message, str) else tuple(message)


@cache
def _said() -> list[tuple[MessageId, str]]:
    folders = (
        (ROOT / "templates", [("**.html", "jinja2")]),
        (WEB, [("**.py", "python")]),
        (WEB.parent / "service", [("letter_words.py", "python")]),
    )
    keywords = {**DEFAULT_KEYWORDS, "say": None}
    return [
        (hashable(message), f"{folder.name}/{file}:{line}")
        for folder, methods in folders
        for file, line, message, _, _ in extract_from_dir(str(folder), methods, keywords=keywords)
    ]


def _is_console(place: str) -> bool:
    return place.split(":")[0].split("/")[1] in NOT_READERS


def _readers_codes() -> set[Code]:
    package = ROOT / "commentsvc"
    modules = [one for one in WEB.glob("*.py") if one.name not in NOT_READERS]
    modules += [package / "service" / f"{name}.py" for name in READERS_SERVICE]
    modules += [package / "domain" / f"{name}.py" for name in READERS_DOMAIN]
    return {code for module in modules for code in _codes(ast.parse(module.read_text(encoding="utf-8")))}


def _codes(tree: ast.AST) -> Iterator[Code]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Code":
            yield Code[node.attr]


def _whole(said: MessageId | None) -> bool:
    return bool(said) and (isinstance(said, str) or all(said or ()))
