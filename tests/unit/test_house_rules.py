"""The rules of the house that a machine can keep, so that reviewers can talk about better things."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from commentsvc.settings.definition import settings_fields

ROOT = Path(__file__).parents[2]
CODE = (".py", ".lua", ".js", ".css", ".html", ".xml")
LONGEST = 300

# path → why this file is one subject although it is longer than 300 lines
LONG_FILES: dict[str, str] = {
    "commentsvc/store/keys.py": "the data model: the one table of every key there is, read as a whole",
    "commentsvc/web/static/form.js": "one form; each further module is one more request for a reader on a slow phone",
}

# ADR 1: solved problems, pure as the domain calls them
PURE_LIBRARIES = {"email_validator", "linkify_it", "markupsafe"}

SHAPELESS_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

MACHINE_PATH = re.compile(r"(?<![\w.}])/(?:work|root|home|Users|tmp|opt/pypi[\w-]*)/\w")
PACKAGE_INDEX = re.compile(r"(?:index-url|find-links|trusted-host)\s*[= ]\s*\S*[:/]")

FORBIDDEN_IN_TEMPLATES = {
    "the filter that switches escaping off": re.compile(r"\|\s*safe\b"),
    "escaping switched off": re.compile(r"autoescape\s+false"),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an inline stylesheet": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.IGNORECASE),
    "an event handler attribute": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a script as an address": re.compile(r"javascript:", re.IGNORECASE),
}


def repository_files() -> list[Path]:
    """Every file that is or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def text_of(path: Path) -> str:
    """The file's text; nothing for pictures and other binary files."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode()


def imported_modules(path: Path) -> Iterator[str]:
    """The full names of the modules a Python file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield str(node.module)


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distribution(requirement: str) -> str:
    return normal(re.split(r"[\s<>=!~;\[]", requirement, maxsplit=1)[0])


def forbidden_in(template: str) -> list[str]:
    return [what for what, pattern in FORBIDDEN_IN_TEMPLATES.items() if pattern.search(template)]


def test_importing_the_package_imports_nothing_else() -> None:
    assert list(imported_modules(ROOT / "commentsvc" / "__init__.py")) == []


def test_a_file_that_passes_300_lines_is_split_by_noun_or_says_why_not() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(text_of(path).splitlines())
        for path in repository_files()
        if path.suffix in CODE
    }
    too_long = {name for name, lines in lengths.items() if lines > LONGEST}
    assert too_long == set(LONG_FILES), "split the file, or give the reason in LONG_FILES (or take it out again)"
    assert all(len(reason) > 20 for reason in LONG_FILES.values())


def test_no_module_is_called_by_a_name_that_says_nothing() -> None:
    named = {path for path in repository_files() if path.suffix == ".py" and path.stem in SHAPELESS_NAMES}
    assert named == set()


def test_the_domain_knows_the_standard_library_and_three_pure_libraries_only() -> None:
    allowed = sys.stdlib_module_names | PURE_LIBRARIES
    foreign = {
        f"{path.name}: {module}"
        for path in (ROOT / "commentsvc" / "domain").rglob("*.py")
        for module in imported_modules(path)
        if module.split(".")[0] not in allowed and not f"{module}.".startswith("commentsvc.domain.")
    }
    assert foreign == set()


def test_the_service_imports_only_what_it_declares() -> None:
    declared = {distribution(requirement) for requirement in pyproject()["project"]["dependencies"]}
    provided_by = packages_distributions()
    undeclared = {
        f"{path.relative_to(ROOT)}: {module}"
        for path in (ROOT / "commentsvc").rglob("*.py")
        for module in {name.split(".")[0] for name in imported_modules(path)}
        if module not in sys.stdlib_module_names
        and module != "commentsvc"
        and declared.isdisjoint(normal(name) for name in provided_by.get(module, []))
    }
    assert undeclared == set()


def test_every_setting_has_a_user() -> None:
    package = ROOT / "commentsvc"
    if not any(package.glob("bootstrap*")):
        pytest.skip("the parts are not joined yet: commentsvc/bootstrap does not exist")
    used = {
        node.attr
        for path in package.rglob("*.py")
        if path.relative_to(package).parts[0] != "settings"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    unused = {one.name for one in settings_fields()} - used - {"secrets"}  # signing_secrets(settings) is its user
    assert unused == set(), "give the setting a user, or take it out"


def test_every_dependency_says_why_it_is_there_and_not_another() -> None:
    project = pyproject()
    requirements = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^- `([^`]+)`: \S", page, re.MULTILINE)) == sorted(map(distribution, requirements))


def test_every_dependency_has_an_exact_version_for_reproducible_installations() -> None:
    project = pyproject()
    requirements = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {normal(line.split("==")[0]) for line in lines if "==" in line}
    assert set(map(distribution, requirements)) - pinned == set(), "run `make constraints`"
    assert [line for line in lines if not re.fullmatch(r"#.*|[\w.-]+==[\w.]+", line)] == []


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in repository_files()
        for line in text_of(path).splitlines()
        if MACHINE_PATH.search(line) or PACKAGE_INDEX.search(line)
    }
    assert found == set()


def test_templates_escape_everything_and_hold_no_inline_script_or_style() -> None:
    found = {
        f"{path.relative_to(ROOT)}: {what}"
        for path in (ROOT / "templates").rglob("*")
        if path.is_file()
        for what in forbidden_in(path.read_text(encoding="utf-8"))
    }
    assert found == set()


@pytest.mark.parametrize(
    "template",
    [
        "{{ comment.html|safe }}",
        "{% autoescape false %}",
        "<script>start()</script>",
        '<SCRIPT type="module">',
        "<style>p{}</style>",
        '<p class="x" style="color: red">',
        '<body\n  onload="x()">',
        '<a href="javascript:x()">',
    ],
)
def test_what_templates_may_not_hold_is_recognised(template: str) -> None:
    assert forbidden_in(template)


@pytest.mark.parametrize(
    "template",
    [
        "{{ comment.html }}",
        '<script type="module" src="{{ static("embed.js") }}"></script>',
        '<link rel="stylesheet" href="x.css">',
        "<p>{% set once = 1 %} onwards = safe</p>",
    ],
)
def test_what_templates_may_hold_is_left_alone(template: str) -> None:
    assert forbidden_in(template) == []
