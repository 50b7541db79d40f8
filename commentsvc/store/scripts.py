"""The Lua scripts: one file per state change, loaded once, run by digest."""

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from redis.exceptions import NoScriptError, ResponseError

from commentsvc.store import exchange
from commentsvc.store.exchange import Argument, Client
from commentsvc.store.failures import NotNow, is_not_now

__all__ = ["Argument", "Client", "digest", "run", "source", "write"]

READING = frozenset({"chain", "near", "page", "peek", "where"})
AT_ONCE = 200
"""Calls in one packet: more would keep all others waiting for their end."""

ACKNOWLEDGED = frozenset(
    {
        "appeal",
        "ask",
        "change_person",
        "decide",
        "edit",
        "impose",
        "note",
        "exhume",
        "open_thread",
        "recall",
        "replace",
        "report",
        "submit",
        "undo",
        "use_code",
        "wish",
    }
    | {"use_code", "withdraw"}
)
"""Whose answer a person or program relies on: they wait for the replicas. Leases, deliveries and sweeps do not."""


@cache
def source(name: str) -> str:
    """The text of a script with its `--#include` lines filled in."""
    folder = resources.files("commentsvc.store") / "lua"
    lines = (folder / f"{name}.lua").read_text(encoding="utf-8").splitlines()
    return "\n".join(source(line.split()[1][:-4]) if line.startswith("--#include ") else line for line in lines)


@cache
def digest(name: str) -> str:
    """The SHA-1 under which Redis knows a script."""
    return hashlib.sha1(source(name).encode(), usedforsecurity=False).hexdigest()


def run(client: Client, name: str, keys: Sequence[str], args: Sequence[Argument], *, waits: bool = True) -> Any:
    """What a script answers, in one round trip (two, once, where the server does not know it yet).

    NOSCRIPT means that nothing ran, so sending the text then cannot run it twice. One whose answer is relied on returns
    when as many replicas have it as `wait_replicas` says, unless `waits` is false. Raises one of UNREACHABLE when it
    could not run just now or its outcome is not known.
    """
    copies = copies_of(client) if waits and name in ACKNOWLEDGED else 0
    given = (len(keys), *keys, *args)
    how: Any = {"copies": copies, "reads": name in READING}
    try:
        try:
            return exchange.execute(client, keys[0], ("EVALSHA", digest(name), *given), **how)
        except NoScriptError:
            return exchange.execute(client, keys[0], ("EVAL", source(name), *given), **how)
    except ResponseError as error:
        if is_not_now(error):
            raise NotNow(str(error)) from error
        raise


def run_all(client: Client, name: str, calls: Sequence[tuple[list[str], list[Argument]]]) -> list[Any]:
    """What a script answers to each of many calls, keys and arguments each, in their order; raises as `run` does.

    One round trip to each server concerned for 200 calls. When one cannot be carried out, others may have been.
    """
    copies = copies_of(client) if name in ACKNOWLEDGED else 0
    answers: list[Any] = []
    for start in range(0, len(calls), AT_ONCE):
        some = calls[start : start + AT_ONCE]
        commands = [(keys[0], ("EVALSHA", digest(name), len(keys), *keys, *args)) for keys, args in some]
        found = exchange.execute_all(client, commands, copies=copies, reads=name in READING)
        for (keys, args), answer in zip(some, found, strict=True):
            if isinstance(answer, NoScriptError):
                answers.append(run(client, name, keys, args))
            elif isinstance(answer, Exception):
                raise NotNow(str(answer)) if isinstance(answer, ResponseError) and is_not_now(answer) else answer
            else:
                answers.append(answer)
    return answers


def write(client: Client, command: str, key: str, *args: Argument) -> Any:
    """What a single write command outside a script answers, which a person relies on: it waits for the replicas too."""
    return exchange.execute(client, key, (command, key, *args), copies=copies_of(client))


def copies_of(client: Client) -> int:
    """How many replicas must have a write before it is acknowledged: what the client was made with."""
    copies: int = getattr(client, "wait_replicas", 0)
    return copies
