"""The Lua scripts: one file per state change, loaded once, run by digest."""

import hashlib
from functools import cache
from importlib import resources
from typing import Any

from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import NoScriptError

Client = Redis | RedisCluster
Argument = str | bytes | int


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


def run(client: Client, name: str, keys: list[str], args: list[Argument]) -> Any:
    """What a script answers, in one round trip (two, once, where the server does not know it yet).

    NOSCRIPT means that nothing ran, so sending the text then cannot run it twice.
    """
    try:
        return client.evalsha(digest(name), len(keys), *keys, *args)
    except NoScriptError:
        return client.eval(source(name), len(keys), *keys, *args)
