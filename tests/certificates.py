"""Certificates for tests, made by openssl."""

import shutil
import subprocess
from pathlib import Path

import pytest


def made_for(path: Path, *, names: str) -> Path:
    """A certificate for these names (`DNS:localhost,IP:127.0.0.1`) with its key in one file, and its own authority."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl on PATH to make a certificate with")
    key = path.with_suffix(".key")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    whose = ["-subj", "/CN=test", "-addext", f"subjectAltName={names}"]
    made = [*command, *whose, "-days", "30", "-keyout", str(key), "-out", str(path)]
    subprocess.run(made, check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path
