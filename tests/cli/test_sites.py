"""`site add | set | list`: made and changed beside the running service."""

from pathlib import Path

import pytest

from tests.fault.running import Running, call


def test_a_site_made_beside_the_running_service_is_served_at_once(beside: Running) -> None:
    made = beside.run(
        *("site", "add", "weekly", "--origin", "https://weekly.example", "--name", "The Weekly"),
        *("--field", "country:choice:Country:DE,EG", "--email-optional", "--cache-seconds", "30"),
    )
    assert made.returncode == 0, made.stderr
    assert "/embed/weekly?url=" in made.stdout
    status, _ = call(beside.port, "POST", "/api/v1/challenges", {"site": "weekly", "url": "https://weekly.example/1"})
    assert status == 200
    with beside.parts() as parts:
        site = next(one for one in parts.service.sites.all() if one.key == "weekly")
    assert [choice.value for choice in site.fields[0].choices] == ["DE", "EG"]
    assert (site.email_required, site.cache_seconds) == (False, 30)


def test_what_is_set_replaces_and_the_rest_stays(beside: Running, tmp_path: Path) -> None:
    look = tmp_path / "look.toml"
    look.write_text('radius = 0\nlight.accent = "#A22"\n')
    beside.run("site", "add", "monthly", "--origin", "https://monthly.example", "--language", "ar")
    changed = beside.run("site", "set", "monthly", "--closed", "--slash", "add", "--likes", "--look", str(look))
    assert changed.returncode == 0, changed.stderr
    with beside.parts() as parts:
        site = next(one for one in parts.service.sites.all() if one.key == "monthly")
    assert (site.open, site.slash, site.language, site.origins) == (False, "add", "ar", ("https://monthly.example",))
    assert (site.likes, site.look) == (True, {"radius": "0", "light.accent": "#aa2222"})
    look.write_text('light.accent = "#ffffee"\n')
    tried = beside.run("site", "set", "monthly", "--look", str(look))
    assert (tried.returncode, "cannot be told well enough" in tried.stderr) == (1, True), tried.stderr


def test_an_added_origin_leaves_the_others_in_place(beside: Running) -> None:
    beside.run("site", "add", "weekend", "--origin", "https://weekend.example", "--origin", "https://old.example")
    changed = beside.run(
        *("site", "set", "weekend", "--add-origin", "https://new.example", "--add-origin", "https://old.example/")
    )
    assert changed.returncode == 0, changed.stderr
    with beside.parts() as parts:
        site = next(one for one in parts.service.sites.all() if one.key == "weekend")
    assert site.origins == ("https://weekend.example", "https://old.example", "https://new.example")


@pytest.mark.parametrize(
    ("options", "code", "advice"),
    [
        (("--origin", "https://a.example", "--add-origin", "https://b.example"), 2, "not both"),
        (("--add-origin", "b.example"), 1, "write it like https://daily.example"),
    ],
)
def test_an_origin_that_cannot_be_added_changes_nothing(
    beside: Running, options: tuple[str, ...], code: int, advice: str
) -> None:
    beside.run("site", "add", "sunday", "--origin", "https://sunday.example")
    tried = beside.run("site", "set", "sunday", *options)
    assert (tried.returncode, advice in tried.stderr) == (code, True), tried.stderr
    assert "https://sunday.example" in beside.run("site", "list").stdout


def test_fields_with_labels_in_two_languages_come_from_a_file(beside: Running) -> None:
    (beside.directory / "fields.toml").write_text(
        '[[fields]]\nkey = "country"\nkind = "choice"\nlabels = { en = "Country", ar = "البلد" }\npublic = true\n'
        'required = false\nchoices = [ { value = "EG", labels = { en = "Egypt", ar = "مصر" } }, "FR" ]\n'
    )
    made = beside.run("site", "add", "yearly", "--origin", "https://yearly.example", "--fields", "fields.toml")
    assert made.returncode == 0, made.stderr
    with beside.parts() as parts:
        field = next(one for one in parts.service.sites.all() if one.key == "yearly").fields[0]
    assert (field.labels["ar"], field.public, field.required) == ("البلد", True, False)
    assert [choice.labels for choice in field.choices] == [{"en": "Egypt", "ar": "مصر"}, {"en": "FR"}]


@pytest.mark.parametrize(
    ("field", "advice"),
    [
        ("text:text", "no name that every form has already"),
        ("Country:text", "use a-z, 0-9 and _"),
        ("country:list", "write text, choice or checkbox"),
        ("country:choice", "it needs some"),
        ("country:text:Country:DE", "choices belong to the kind choice"),
    ],
)
def test_a_field_that_cannot_be_is_refused_with_advice(beside: Running, field: str, advice: str) -> None:
    tried = beside.run("site", "add", "never", "--origin", "https://never.example", "--field", field)
    assert tried.returncode == 1
    assert advice in tried.stderr
    assert "Traceback" not in tried.stderr


def test_the_words_of_a_site_make_the_round_from_a_file_and_back(beside: Running, tmp_path: Path) -> None:
    beside.run("site", "add", "wordy", "--origin", "https://wordy.example", "--language", "de")
    listed = beside.run("site", "words", "wordy")
    assert '# "Write a comment" = "Kommentar schreiben"' in listed.stdout, listed.stderr
    file = tmp_path / "words.toml"
    file.write_text(listed.stdout.replace('# "Send" = "Absenden"', '"Send" = "Los"'), encoding="utf-8")
    assert beside.run("site", "set", "wordy", "--words", str(file)).returncode == 0
    assert '\n"Send" = "Los"\n' in beside.run("site", "words", "wordy", "--language", "fr").stdout
    file.write_text('[de]\nSned = "Los"\n', encoding="utf-8")
    refused = beside.run("site", "set", "wordy", "--words", str(file))
    assert refused.returncode != 0
    assert "no page says 'Sned'" in refused.stderr
