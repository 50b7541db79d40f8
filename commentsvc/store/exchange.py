"""One command to the server that holds a key, acknowledged when as many replicas have it as were asked for."""

import time
from collections.abc import Sequence
from typing import Any

from redis import Redis
from redis.cluster import ClusterNode, RedisCluster
from redis.crc import key_slot
from redis.exceptions import (
    AskError,
    ClusterDownError,
    ConnectionError,
    MovedError,
    ResponseError,
    TimeoutError,
    TryAgainError,
)

from commentsvc.store.failures import NotNow, TooFewCopies

Client = Redis | RedisCluster
Argument = str | bytes | int
Command = Sequence[Argument]

COPY_TIMEOUT_MS = 1_000
"""How long a write waits for its replicas: half of what a client waits for an answer, so the answer still comes."""

HOPS = 12
"""Redirections followed for one command; a slot on the move answers TRYAGAIN until its last key has arrived."""

REDIRECTED = (MovedError, AskError, TryAgainError, ClusterDownError)
"""What a server answers that has not run the command."""

TRY_AGAIN_S = 0.03
"""Between two tries: the keys of the slot arrive one by one, and no server tells when the last one has."""


def execute(client: Client, key: str, command: Command, *, copies: int = 0, reads: bool = False) -> Any:
    """What the server that holds `key` answers, in one round trip; raises what it answers with an error.

    With `copies`, WAIT follows in the same packet on the same connection (within a script or MULTI it does not wait).
    TooFewCopies then leaves the outcome unknown. WAIT covers what this connection wrote: a retry that is answered
    "again" must write something too, or it would be acknowledged without a proof.

    Nothing is sent a second time after a lost answer: only redirections are followed, and a server that redirects has
    not run the command. A command that only `reads` is asked of the next master where one has taken over.
    """
    commands = [command, ("WAIT", copies, COPY_TIMEOUT_MS)] if copies else [command]
    cluster = client if isinstance(client, RedisCluster) else None
    answers = _owner_answers(cluster, key, commands, reads=reads) if cluster else _answers(client, commands)
    if isinstance(answers[0], Exception):
        raise answers[0]
    if copies:
        _prove(answers[1], copies)
    return answers[0]


def execute_all(
    client: Client, commands: Sequence[tuple[str, Command]], *, copies: int = 0, reads: bool = False
) -> list[Any]:
    """What the servers answer to many commands, each with a key of its own: one round trip to each server concerned.

    Errors of the server are among the answers as values. What a server redirects it has not run: that is sent once more
    by itself, where it belongs. Commands about the same slot run in their order.
    """
    cluster = client if isinstance(client, RedisCluster) else None
    groups: dict[Any, list[int]] = {}
    for at, (key, _) in enumerate(commands):
        node = cluster.nodes_manager.get_node_from_slot(key_slot(key.encode())) if cluster else client
        groups.setdefault(node, []).append(at)
    answers: list[Any] = [None] * len(commands)
    for node, places in groups.items():
        sent: list[Command] = [commands[at][1] for at in places]
        if copies:
            sent.append(("WAIT", copies, COPY_TIMEOUT_MS))
        given = _node_answers(cluster, node, sent) if cluster else _answers(node, sent)
        if copies:
            _prove(given.pop(), copies)
        for at, answer in zip(places, given, strict=True):
            key, command = commands[at]
            sent_on = isinstance(answer, REDIRECTED)
            answers[at] = _alone(client, key, command, copies=copies, reads=reads) if sent_on else answer
    return answers


def _alone(client: Client, key: str, command: Command, *, copies: int, reads: bool) -> Any:
    try:
        return execute(client, key, command, copies=copies, reads=reads)
    except ResponseError as error:
        return error


def _prove(answer: Any, copies: int) -> None:
    if isinstance(answer, Exception):
        raise TooFewCopies(f"WAIT was refused: {answer}") from answer
    if int(answer) < copies:
        raise TooFewCopies(f"{answer} of {copies} replicas have it after {COPY_TIMEOUT_MS} ms")


def _answers(node: Any, commands: Sequence[Command]) -> list[Any]:
    """One answer a command, errors of the server among them as values."""
    pool = node.connection_pool
    connection = pool.get_connection()
    try:
        connection.send_packed_command(connection.pack_commands(commands))
        return [_answer(connection) for _ in commands]
    except BaseException:
        connection.disconnect()  # an answer that comes late must not be taken for another one's
        raise
    finally:
        pool.release(connection)


def _answer(connection: Any) -> Any:
    try:
        return connection.read_response()
    except ResponseError as error:
        return error


def _owner_answers(client: RedisCluster, key: str, commands: Sequence[Command], *, reads: bool) -> list[Any]:
    """The answers of the master that holds the key's slot, wherever it is by now."""
    slots = client.nodes_manager
    slot = key_slot(key.encode())
    asked: ClusterNode | None = None
    for _ in range(HOPS):
        node = asked or slots.get_node_from_slot(slot)
        try:
            answers = _node_answers(client, node, [("ASKING",), *commands] if asked else commands)[-len(commands) :]
        except (ConnectionError, TimeoutError):
            if not reads or slots.get_node_from_slot(slot) == node:
                raise
            reads, asked = False, None  # once
            continue
        asked = None
        match answers[0]:
            case MovedError() as moved:
                slots.move_slot(moved)
            case AskError() as ask:
                asked = client.get_node(ask.host, ask.port)  # type: ignore[no-untyped-call]  # redis-py's
            case TryAgainError():
                time.sleep(TRY_AGAIN_S)  # a slot is on the move, and the cluster tells nobody when it has arrived
            case ClusterDownError():
                slots.initialize()
                return answers
            case _:
                return answers
    raise NotNow(f"slot {slot} is on the move")


def _node_answers(client: RedisCluster, node: ClusterNode, commands: Sequence[Command]) -> list[Any]:
    redis = client.get_redis_connection(node)
    try:
        return _answers(redis, commands)
    except (ConnectionError, TimeoutError):
        redis.connection_pool.disconnect(inuse_connections=False)
        client.nodes_manager.initialize(last_failed_node_name=node.name)
        raise
