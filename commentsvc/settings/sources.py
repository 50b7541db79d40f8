"""Where settings come from; later sources win: defaults < TOML file < `COMMENTSVC_NAME` < `COMMENTSVC_NAME_FILE`."""

import tomllib
from collections.abc import Mapping
from dataclasses import Field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from commentsvc.settings.definition import Settings, settings_fields
from commentsvc.settings.parsers import BadSettings

PREFIX = "COMMENTSVC_"
CONFIG = "COMMENTSVC_CONFIG"
FILE = "_FILE"
DEFAULT_CONFIG = "commentsvc.toml"

Raw = dict[str, tuple[str, str]]  # name → (the text somebody wrote, where they wrote it)


def load(environ: Mapping[str, str], cwd: Path) -> Settings:
    """The settings of this installation; relative paths are seen from `cwd`.

    Raises BadSettings with every unknown name and every bad value at once, and what to do about each.
    """
    problems: list[str] = []
    raw = _from_toml(environ, cwd, problems) | _from_environ(environ, cwd, problems)
    values: dict[str, Any] = {}
    for one in settings_fields():
        if one.name in raw:
            _parse(one, *raw[one.name], values, problems)
    if not problems and ("smtp_url" in values) != ("mail_from" in values):
        problems.append("smtp_url and mail_from belong together: set both, or neither.")
    if problems:
        raise BadSettings(_message(problems, environ))
    origins = {one.name: "default" for one in settings_fields()} | {name: where for name, (_, where) in raw.items()}
    if "port" in values and "public_url" not in values:
        values["public_url"] = f"http://127.0.0.1:{values['port']}"
        origins["public_url"] = origins["port"]
    values["data_dir"] = cwd / values.get("data_dir", Settings().data_dir)
    return Settings(**values, sources=origins)


def _parse(one: Field[Any], text: str, where: str, values: dict[str, Any], problems: list[str]) -> None:
    try:
        if not text:
            raise ValueError("it is empty: give a value, or remove it to keep the default")
        values[one.name] = one.metadata["parse"](text)
    except ValueError as error:
        written = "" if one.metadata["secret"] or one.name == "redis_url" or not text else f" is {text!r}"
        problems.append(f"{where}{written}: {error}.")


def _from_toml(environ: Mapping[str, str], cwd: Path, problems: list[str]) -> Raw:
    file = cwd / environ.get(CONFIG, DEFAULT_CONFIG)
    if CONFIG not in environ and not file.exists():
        return {}
    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        problems.append(f"{file} cannot be read ({error.strerror}): correct {CONFIG}, or its permissions.")
        return {}
    except ValueError as error:  # TOMLDecodeError and UnicodeDecodeError are both of this kind
        problems.append(f"{file} is not valid TOML: {error}.")
        return {}
    raw: Raw = {}
    for name, value in document.items():
        where = f"{name} in {file}"
        if name not in _names():
            problems.append(_unknown(where, name, {known: known for known in _names()}))
        elif isinstance(value, dict):
            problems.append(f"{where} is a table: write one value, as in {name} = …")
        else:
            raw[name] = (_text(value), where)
    return raw


def _text(value: Any) -> str:
    """A TOML value as the environment would have it, so that one parser serves both."""
    if isinstance(value, list):
        return ",".join(_text(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value).strip()


def _from_environ(environ: Mapping[str, str], cwd: Path, problems: list[str]) -> Raw:
    plain: Raw = {}
    files: Raw = {}
    known = {PREFIX + name.upper(): name for name in _names()}
    for key in sorted(key for key in environ if key.startswith(PREFIX) and key != CONFIG):
        if key in known:
            plain[known[key]] = (environ[key].strip(), key)
        elif key.removesuffix(FILE) in known:
            _read_file(key, known[key.removesuffix(FILE)], cwd / environ[key], files, problems)
        else:
            problems.append(_unknown(key, key.removesuffix(FILE).upper(), {name: name for name in (*known, CONFIG)}))
    return plain | files


def _read_file(key: str, name: str, file: Path, files: Raw, problems: list[str]) -> None:
    try:
        files[name] = (file.read_text(encoding="utf-8").strip(), f"{key} ({file})")
    except OSError as error:
        problems.append(f"{key}: {file} cannot be read ({error.strerror}): name a readable file, or remove it.")
    except UnicodeDecodeError:
        problems.append(f"{key}: {file} is not UTF-8 text: write the value as plain text.")


def _names() -> tuple[str, ...]:
    return tuple(one.name for one in settings_fields())


def _unknown(where: str, name: str, candidates: Mapping[str, str]) -> str:
    close = get_close_matches(name, candidates, n=1, cutoff=0.7)
    advice = f"did you mean {close[0]}?" if close else "remove it; docs/settings.md lists the names there are."
    return f"{where} is not a setting: {advice}"


def _message(problems: list[str], environ: Mapping[str, str]) -> str:
    lines = ["The settings need attention:", *(f"  - {problem}" for problem in problems)]
    if f"{PREFIX}SERVICE_HOST" in environ:
        lines.append("  Kubernetes sets such names for a service called commentsvc: use enableServiceLinks: false.")
    return "\n".join(lines)
