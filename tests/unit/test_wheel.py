"""What is installed from the wheel is complete: templates, scripts, static files and translations included."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel that was built from this checkout."""
    directory = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(directory)]
    built = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert built.returncode == 0, built.stderr
    (wheel,) = directory.glob("*.whl")
    return set(zipfile.ZipFile(wheel).namelist())


def committed(folder: str) -> set[str]:
    """The files of a folder that are or would be committed, seen from the root of the checkout."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


def test_the_wheel_holds_every_file_of_the_package(wheel_names: set[str]) -> None:
    assert committed("commentsvc") - wheel_names == set()
    assert any(name.endswith(".lua") for name in wheel_names)


def test_the_wheel_holds_every_template(wheel_names: set[str]) -> None:
    assert {f"commentsvc/_{name}" for name in committed("templates")} - wheel_names == set()


def test_the_wheel_holds_nothing_but_the_package(wheel_names: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel_names if ".dist-info/" not in name} == {"commentsvc"}
