"""Every address of the console, as the tests that walk them all need it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

OF_A_SITE = {"site", "comment", "decision"}
"""What an address must name to be about a site."""


def rules(app: Flask) -> Iterator[Rule]:
    """Every route under `/moderation`."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/moderation"):
            yield rule


def address(app: Flask, rule: Rule, values: Mapping[str, str]) -> str:
    """An address of this route; what is not among `values` is made up."""
    with app.test_request_context():
        named: dict[str, Any] = {name: values.get(name) or _something(rule, name) for name in rule.arguments}
        return app.url_for(rule.endpoint, **named)


def methods(rule: Rule) -> set[str]:
    """How it can be asked."""
    return {"GET", "POST"} & (rule.methods or set())


def _something(rule: Rule, name: str) -> str:
    pattern = rule._converters[name].regex
    found = [made for made in ("x", "1", "x" * 16, "x" * 26, "x" * 30) if re.fullmatch(pattern, made)]
    return found[0] if found else pattern.strip("(?:)").split("|")[0]
