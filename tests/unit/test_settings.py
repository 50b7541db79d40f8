"""Settings: what an operator writes is what the service does, or the start fails in words that say what to do."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from stat import S_IMODE

import pytest

from commentsvc.settings import (
    BadSettings,
    Settings,
    described,
    load,
    load_or_create_secrets,
    rotate_secrets,
    signing_secrets,
    table,
)

SECRET = "k" * 31 + "1"
OLDER = "k" * 31 + "2"
DOCS = Path(__file__).parents[2] / "docs"


def refusal(environ: dict[str, str], cwd: Path) -> str:
    """The words the start fails with."""
    with pytest.raises(BadSettings) as caught:
        load(environ, cwd)
    return str(caught.value)


def test_nothing_configured_is_a_working_installation_in_the_current_directory(tmp_path: Path) -> None:
    settings = load({"PATH": "/usr/bin"}, tmp_path)
    assert settings == Settings(data_dir=tmp_path / "data")
    assert settings.redis_url is None
    assert settings.public_url == "http://127.0.0.1:8000"
    assert {one.source for one in described(settings)} == {"default"}


def test_later_sources_win_default_then_toml_then_environment_then_file(tmp_path: Path) -> None:
    (tmp_path / "commentsvc.toml").write_text('workers = 3\nthreads = 5\nhost = "::1"\n')
    (tmp_path / "host").write_text("0.0.0.0\n")
    environ = {
        "COMMENTSVC_THREADS": "7",
        "COMMENTSVC_HOST": "10.0.0.1",
        "COMMENTSVC_HOST_FILE": str(tmp_path / "host"),
    }
    settings = load(environ, tmp_path)
    assert (settings.proxies, settings.workers, settings.threads, settings.host) == (0, 3, 7, "0.0.0.0")
    origin = {one.name: one.source for one in described(settings)}
    assert origin["proxies"] == "default"
    assert origin["workers"] == f"workers in {tmp_path / 'commentsvc.toml'}"
    assert origin["threads"] == "COMMENTSVC_THREADS"
    assert origin["host"] == f"COMMENTSVC_HOST_FILE ({tmp_path / 'host'})"


def test_the_configuration_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "commentsvc.toml").write_text("port = 1\n")
    (tmp_path / "other.toml").write_text('port = 9000\nsecrets = ["' + SECRET + '", "' + OLDER + '"]\n')
    settings = load({"COMMENTSVC_CONFIG": "other.toml"}, tmp_path)
    assert settings.port == 9000
    assert settings.secrets == (SECRET, OLDER)


def test_a_named_configuration_file_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    said = refusal({"COMMENTSVC_CONFIG": "gone.toml"}, tmp_path)
    assert f"{tmp_path / 'gone.toml'} cannot be read (No such file or directory)" in said


@pytest.mark.parametrize("content", [b"port = = 1", b"host = '\xff'"])
def test_a_broken_configuration_file_stops_the_start(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "commentsvc.toml").write_bytes(content)
    assert f"{tmp_path / 'commentsvc.toml'} is not valid TOML" in refusal({}, tmp_path)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [("false", False), ("FALSE", False), ("0", False), ("no", False), ("off", False), ("true", True), ("1", True)],
)
def test_false_means_false(tmp_path: Path, word: str, meaning: bool) -> None:
    assert load({"COMMENTSVC_ALLOW_PRIVATE_WEBHOOKS": word}, tmp_path).allow_private_webhooks is meaning


def test_a_toml_boolean_is_a_boolean_and_not_a_number(tmp_path: Path) -> None:
    (tmp_path / "commentsvc.toml").write_text("allow_private_webhooks = false\nworkers = true\n")
    said = refusal({}, tmp_path)
    assert "write a whole number from 1 to 256" in said
    assert "allow_private_webhooks" not in said


def test_all_problems_are_told_at_once_each_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "commentsvc.toml").write_text("thread = 3\n[redis]\nurl = 'x'\n[log_level]\n")
    environ = {
        "COMMENTSVC_PROT": "80",
        "COMMENTSVC_SECRET_FILE": "x",
        "COMMENTSVC_QQQQQQ": "x",
        "COMMENTSVC_WORKERS": "many",
        "COMMENTSVC_HOST": "",
        "COMMENTSVC_METRICS_TOKEN_FILE": "nowhere",
    }
    said = refusal(environ, tmp_path)
    for words in (
        f"thread in {tmp_path / 'commentsvc.toml'} is not a setting: did you mean threads?",
        "COMMENTSVC_PROT is not a setting: did you mean COMMENTSVC_PORT?",
        "COMMENTSVC_SECRET_FILE is not a setting: did you mean COMMENTSVC_SECRETS?",
        "COMMENTSVC_QQQQQQ is not a setting: remove it",
        "COMMENTSVC_WORKERS is 'many': write a whole number from 1 to 256.",
        "COMMENTSVC_HOST: it is empty: give a value, or remove it to keep the default.",
        f"COMMENTSVC_METRICS_TOKEN_FILE: {tmp_path / 'nowhere'} cannot be read",
        "log_level in ",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "80.5"),
        ("PORT", "٨٠"),
        ("PROXIES", "-1"),
        ("ALLOW_PRIVATE_WEBHOOKS", "perhaps"),
        ("PUBLIC_URL", "comments.example"),
        ("PUBLIC_URL", "ftp://comments.example"),
        ("PUBLIC_URL", "https://comments.example/?a=1"),
        ("PUBLIC_URL", "https://comments.example:port"),
        ("PUBLIC_URL", "https://[::1"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "unix:"),
        ("DEFAULT_LANGUAGE", "English"),
        ("LOG_LEVEL", "loud"),
        ("HOST", "http://127.0.0.1"),
        ("SECRETS", "short"),
        ("SECRETS", f"{SECRET},short"),
        ("METRICS_TOKEN", "short"),
    ],
)
def test_a_value_that_cannot_work_is_refused_at_the_start(tmp_path: Path, name: str, text: str) -> None:
    said = refusal({f"COMMENTSVC_{name}": text}, tmp_path)
    assert f"COMMENTSVC_{name}" in said
    assert any(advice in said for advice in ("write ", "give "))


def test_a_service_called_commentsvc_in_kubernetes_is_told_how_to_stop_the_names_it_gets(tmp_path: Path) -> None:
    environ = {"COMMENTSVC_SERVICE_HOST": "10.0.0.1", "COMMENTSVC_PORT": "tcp://10.0.0.1:8000"}
    assert "enableServiceLinks: false" in refusal(environ, tmp_path)


def test_an_unset_public_url_follows_the_port(tmp_path: Path) -> None:
    assert load({"COMMENTSVC_PORT": "9000"}, tmp_path).public_url == "http://127.0.0.1:9000"
    named = load({"COMMENTSVC_PORT": "9000", "COMMENTSVC_PUBLIC_URL": "https://c.example/talk/"}, tmp_path)
    assert named.public_url == "https://c.example/talk"


def test_relative_paths_are_seen_from_the_current_directory(tmp_path: Path) -> None:
    assert load({"COMMENTSVC_DATA_DIR": "here"}, tmp_path).data_dir == tmp_path / "here"
    assert load({"COMMENTSVC_DATA_DIR": "/var/lib/commentsvc"}, tmp_path).data_dir == Path("/var/lib/commentsvc")


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:Pa55word@db.example:6379/0",
        "redis://:Pa55word@h",
        "redis+sentinel://:Pa55word@a:1,b:2/main/0",
        "rediss://db.example/0?password=Pa55word",
        "rediss://db.example/0?password=x@Pa55word",
        "redis://:x/Pa55word@h",
        "redis://:x#Pa55word@h",
        "redis://:Pa55word/x@h",
    ],
)
def test_secrets_never_show_when_settings_are_printed(tmp_path: Path, url: str) -> None:
    environ = {"COMMENTSVC_REDIS_URL": url, "COMMENTSVC_SECRETS": SECRET, "COMMENTSVC_METRICS_TOKEN": "t" * 20}
    settings = load(environ, tmp_path)
    printed = repr(settings) + str(settings) + "".join(f"{one.value}{one.source}" for one in described(settings))
    for hidden in ("Pa55word", SECRET, "t" * 20):
        assert hidden not in printed
    assert settings.redis_url == url


def test_where_redis_is_can_be_read_without_the_password() -> None:
    def shown(url: str) -> str:
        return next(one.value for one in described(Settings(redis_url=url)) if one.name == "redis_url")

    assert shown("redis://user:pw@db.example:6379/0") == "redis://db.example:6379/0"
    assert shown("redis+cluster://:pw@a:1,b:2") == "redis+cluster://a:1,b:2"
    assert shown("unix:///run/redis.sock?db=1&password=pw") == "unix:///run/redis.sock"


def test_a_refused_secret_is_not_printed_either(tmp_path: Path) -> None:
    environ = {
        "COMMENTSVC_SECRETS": "tooshort99",
        "COMMENTSVC_METRICS_TOKEN": "tiny77",
        "COMMENTSVC_REDIS_URL": "redis:/:Pa55word@h",
    }
    said = refusal(environ, tmp_path)
    assert not any(hidden in said for hidden in ("tooshort99", "tiny77", "Pa55word"))


def test_docs_list_exactly_the_settings_there_are() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert table() in page, f"put this table into docs/settings.md:\n{table()}"


def test_configured_secrets_are_used_and_no_file_is_made(tmp_path: Path) -> None:
    assert signing_secrets(Settings(data_dir=tmp_path, secrets=(SECRET, OLDER))) == (SECRET, OLDER)
    assert list(tmp_path.iterdir()) == []


def test_first_start_makes_a_secret_that_only_the_owner_can_read_and_later_starts_keep_it(tmp_path: Path) -> None:
    data_dir = tmp_path / "new" / "data"
    first = signing_secrets(Settings(data_dir=data_dir))
    assert len(first) == 1
    assert len(first[0]) >= 32
    assert S_IMODE((data_dir / "secrets").stat().st_mode) == 0o600
    assert S_IMODE(data_dir.stat().st_mode) == 0o700
    assert signing_secrets(Settings(data_dir=data_dir)) == first


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    for attempt in range(20):
        data_dir = tmp_path / str(attempt)
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(load_or_create_secrets, [data_dir] * 8))
        assert len(set(found)) == 1
        assert [file.name for file in data_dir.iterdir()] == ["secrets"]


def test_rotation_signs_with_a_new_secret_and_still_verifies_with_the_last_two(tmp_path: Path) -> None:
    (first,) = load_or_create_secrets(tmp_path)
    second = rotate_secrets(tmp_path)[0]
    third = rotate_secrets(tmp_path)[0]
    fourth = rotate_secrets(tmp_path)[0]
    assert len({first, second, third, fourth}) == 4
    assert load_or_create_secrets(tmp_path) == (fourth, third, second)
    assert S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["secrets"]


@pytest.mark.parametrize("content", [b"", b"\n", b"short\n", b"\xff" * 40])
def test_a_damaged_secret_file_is_not_replaced_silently(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secrets").write_bytes(content)
    with pytest.raises(BadSettings, match="restore it from the backup"):
        load_or_create_secrets(tmp_path)
    assert (tmp_path / "secrets").read_bytes() == content


def test_a_data_directory_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    with pytest.raises(BadSettings, match="correct data_dir"):
        load_or_create_secrets(tmp_path / "data")


def test_a_mail_server_and_whom_its_letters_are_from_belong_together(tmp_path: Path) -> None:
    server = {"COMMENTSVC_SMTP_URL": "smtp://u:hidden-word@m.example"}
    assert "set both, or neither" in refusal(server, tmp_path)
    assert "set both, or neither" in refusal({"COMMENTSVC_MAIL_FROM": "c@daily.example"}, tmp_path)
    said = refusal(server | {"COMMENTSVC_MAIL_FROM": "nobody"}, tmp_path)
    assert "write an e-mail address" in said
    wrong = refusal({"COMMENTSVC_SMTP_URL": "smtp+plain://u:hidden-word@m.example"}, tmp_path)
    assert "hidden-word" not in said + wrong
    whole = load(server | {"COMMENTSVC_MAIL_FROM": "Daily <c@daily.example>"}, tmp_path)
    assert "hidden-word" not in repr(whole)
