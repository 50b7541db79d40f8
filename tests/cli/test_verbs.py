"""The operator's verbs: beside a running service, alone, and wrong."""

import os
import subprocess
import sys

import pytest

from tests.fault.running import ARTICLE, Running, call, running


def test_the_token_is_the_last_line_and_good_until_it_is_revoked(beside: Running) -> None:
    beside.run("site", "add", "daily", "--origin", "https://daily.example")
    token = beside.run("token", "create", "--site", "daily", "--scope", "read").stdout.splitlines()[-1]
    bearer = {"Authorization": f"Bearer {token}"}
    assert call(beside.port, "GET", "/api/v1/queue?site=daily", None, bearer)[0] == 200
    id = token.split("_")[1]
    assert id in beside.run("token", "list").stdout
    assert token not in beside.run("token", "list").stdout
    assert beside.run("token", "revoke", id).returncode == 0
    assert call(beside.port, "GET", "/api/v1/queue?site=daily", None, bearer)[0] == 401


def test_the_answer_of_a_ticket_is_all_that_is_printed_and_it_is_right(beside: Running) -> None:
    beside.run("site", "add", "hourly", "--origin", "https://hourly.example")
    url = "https://hourly.example/1"
    _, wish = call(beside.port, "POST", "/api/v1/challenges", {"site": "hourly", "url": url})
    told = beside.run("challenge", "answer", wish["challenge"])
    assert len(told.stdout) == wish["length"] + 1
    comment = {"site": "hourly", "url": url, "name": "Alice", "email": "alice@daily.example", "text": "A comment."}
    comment |= {"challenge": wish["challenge"], "code": told.stdout.strip()}
    assert call(beside.port, "POST", "/api/v1/comments", comment)[0] == 202


def test_a_ticket_of_somebody_else_has_no_answer_here(beside: Running) -> None:
    tried = beside.run("challenge", "answer", "A" * 58)
    assert (tried.returncode, tried.stdout) == (1, "")
    assert "has not signed that ticket" in tried.stderr


def test_a_moderator_signs_in_with_a_generated_password_until_disabled(beside: Running) -> None:
    made = beside.run("moderator", "add", "ana", "--role", "admin", "--generate")
    password = made.stdout.splitlines()[-1].rpartition(" ")[2]
    with beside.parts() as parts:
        signed_in = parts.service.sign_ins.sign_in("ana", password, network="192.0.2.1")
        assert getattr(signed_in, "moderator", None) is not None
        assert beside.run("moderator", "disable", "ana").returncode == 0
        refused = parts.service.sign_ins.sign_in("ana", password, network="192.0.2.1")
        assert getattr(refused, "code", None) == "sign_in_failed"
    assert "disabled" in beside.run("moderator", "list").stdout


def test_a_moderator_is_given_another_role_invited_and_let_in_again(beside: Running) -> None:
    beside.run("moderator", "add", "dora", "--role", "admin", "--generate")
    assert "an auditor of every" not in beside.run("moderator", "set", "dora", "--role", "auditor").stdout
    invitation = beside.run("moderator", "invite", "dora").stdout.splitlines()[-1].rpartition("/")[2]
    assert beside.run("moderator", "disable", "dora").returncode == 0
    assert beside.run("moderator", "enable", "dora").returncode == 0
    assert beside.run("moderator", "reset-factor", "dora").returncode == 0
    assert beside.run("moderator", "set", "dora").returncode == 2
    with beside.parts() as parts:
        accepted = parts.service.moderators.accept(invitation, "correct horse battery")
        assert getattr(accepted, "role", None) == "auditor"
        signed_in = parts.service.sign_ins.sign_in("dora", "correct horse battery", network="192.0.2.3")
    assert getattr(signed_in, "moderator", None) is not None


def test_a_password_comes_from_standard_input_where_there_is_no_terminal(beside: Running) -> None:
    assert beside.run("moderator", "add", "ben", "--role", "admin", given="x").returncode == 2
    made = beside.run("moderator", "add", "ben", "--role", "admin", "--password-stdin", given="correct horse battery\n")
    assert made.returncode == 0, made.stderr
    with beside.parts() as parts:
        signed_in = parts.service.sign_ins.sign_in("ben", "correct horse battery", network="192.0.2.2")
    assert getattr(signed_in, "moderator", None) is not None


def test_a_webhook_is_added_listed_without_its_secret_and_removed(beside: Running) -> None:
    beside.run("site", "add", "evening", "--origin", "https://evening.example")
    secret = beside.run("webhook", "add", "evening", "https://hook.example/x").stdout.splitlines()[-1]
    listed = beside.run("webhook", "list", "evening").stdout
    assert "https://hook.example/x" in listed
    assert secret not in listed
    id = listed.splitlines()[1].split()[0]
    assert beside.run("webhook", "dead", "evening").returncode == 0
    assert beside.run("webhook", "remove", "evening", id).returncode == 0
    assert "https://hook.example/x" not in beside.run("webhook", "list", "evening").stdout
    assert beside.run("webhook", "retry", "evt_nothing").returncode == 1


def test_doctor_is_content_with_a_service_that_somebody_moderates(beside: Running) -> None:
    beside.run("site", "add", "morning", "--origin", "https://morning.example")
    beside.run("moderator", "add", "carl", "--role", "admin", "--generate")
    told = beside.run("doctor")
    assert told.returncode == 0, told.stdout
    assert "A worker is alive" in told.stdout
    assert "ERROR" not in told.stdout


def test_without_a_running_service_the_verbs_work_and_leave_no_server_behind(alone: Running) -> None:
    assert alone.run("site", "add", "daily", "--origin", "https://daily.example").returncode == 0
    assert "https://daily.example" in alone.run("site", "list").stdout
    assert (alone.directory / "data" / "owner.lock").read_bytes() == b""
    told = alone.run("doctor")
    assert told.returncode == 0, told.stdout
    assert "Nobody can decide" in told.stdout


def test_doctor_says_what_to_do_about_a_redis_that_is_away(alone: Running) -> None:
    alone.more["COMMENTSVC_REDIS_URL"] = "redis://127.0.0.1:1/0"
    told = alone.run("doctor")
    assert told.returncode == 1
    assert "Start it, or correct the Redis URL" in told.stdout
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("verb", "advice"),
    [
        (("site", "set", "nowhere", "--closed"), "there is no site 'nowhere'"),
        (("site", "add", "x", "--origin", "daily.example"), "write it like https://daily.example"),
        (("token", "create", "--site", "nowhere", "--scope", "read"), "there is no site 'nowhere'"),
        (("token", "revoke", "nothing"), "there is no token"),
        (("moderator", "add", "ana", "--site", "nowhere", "--generate"), "there is no site 'nowhere'"),
        (("moderator", "disable", "nobody"), "there is no moderator"),
        (("webhook", "list", "nowhere"), "there is no site 'nowhere'"),
        (("token", "revoke", "\udcff"), "there is no token"),
        (("moderator", "disable", "\udcff"), "there is no moderator"),
        (("webhook", "drop", "evt_\udcff"), "Error: "),
        (("site", "add", "k2", "--name", "x\udcff", "--origin", "https://x.example"), "no name needs"),
        (("site", "add", "k2", "--name", "a\nb\033[31m", "--origin", "https://x.example"), "no name needs"),
        (("site", "add", "k2", "--name", "x" * 81, "--origin", "https://x.example"), "1 to 80 characters"),
        (("site", "add", "k2", "--language", "xx", "--origin", "https://x.example"), "choose one of en, ar"),
        (("site", "add", "k2", "--field", "a:text:\033[31m", "--origin", "https://x.example"), "no plain text"),
        (("moderator", "add", "x", "--role", "admin", "--generate", "--full-name", "a\033[31m\nb"), "no name needs"),
    ],
)
def test_a_mistake_is_answered_with_a_sentence(beside: Running, verb: tuple[str, ...], advice: str) -> None:
    tried = beside.run(*verb)
    assert tried.returncode == 1
    assert advice in tried.stderr
    assert "Traceback" not in tried.stderr


def test_a_label_that_would_draw_on_the_terminal_is_refused(beside: Running) -> None:
    beside.run("site", "add", "labelled", "--origin", "https://labelled.example")
    tried = beside.run("token", "create", "--site", "labelled", "--scope", "read", "--label", "a\033[31m")
    assert (tried.returncode, tried.stdout) == (1, "")
    assert "no label needs" in tried.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no device that is always full")
@pytest.mark.parametrize("verb", [("site", "list"), ("config",), ("--help",)])
def test_a_full_disk_behind_standard_output_is_told_in_a_sentence(beside: Running, verb: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        tried = subprocess.run(
            [sys.executable, "-m", "commentsvc.cli", *verb],
            cwd=beside.directory,
            env=beside.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert tried.returncode == 1
    assert tried.stderr == "Error: The system refused this: No space left on device\n"


def test_an_unreachable_redis_is_answered_with_a_sentence(alone: Running) -> None:
    alone.more["COMMENTSVC_REDIS_URL"] = "redis://127.0.0.1:1/0"
    tried = alone.run("site", "list")
    assert tried.returncode == 1
    assert "Redis cannot be used just now" in tried.stderr
    assert "Traceback" not in tried.stderr


def test_a_setting_that_does_not_exist_stops_every_verb(alone: Running) -> None:
    alone.more["COMMENTSVC_PROT"] = "80"
    tried = alone.run("config")
    assert tried.returncode == 1
    assert "did you mean COMMENTSVC_PORT?" in tried.stderr


def test_config_shows_every_setting_with_its_source_and_no_secret(alone: Running) -> None:
    alone.more["COMMENTSVC_SECRETS"] = "s" * 40
    told = alone.run("config").stdout
    assert "COMMENTSVC_PORT" in told
    assert "s" * 40 not in told
    assert "Longest comment, in characters" in told


def test_rotating_lets_what_was_signed_before_stay_valid(alone: Running) -> None:
    alone.start()
    alone.prepare()
    _, wish = call(alone.port, "POST", "/api/v1/challenges", {"site": "daily", "url": ARTICLE})
    told = alone.run("secret", "rotate")
    assert "SIGHUP" in told.stdout
    assert alone.run("challenge", "answer", wish["challenge"]).returncode == 0
    alone.stop()
    alone.more["COMMENTSVC_SECRETS"] = "s" * 40
    assert "The secrets come from COMMENTSVC_SECRETS" in alone.run("secret", "rotate").stderr


def test_help_names_every_verb() -> None:
    with running() as service:
        told = service.run("--help")
    assert told.returncode == 0
    beside = ("site", "moderator", "token", "challenge", "webhook", "doctor", "move", "bench")
    for verb in ("serve", "worker", "demo", *beside):
        assert f"\n  {verb}" in told.stdout
