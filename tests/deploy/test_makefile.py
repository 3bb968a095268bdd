"""`make` itself: what it lists, and what it says where it cannot go on."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROMISED = {"demo", "up", "test", "lint", "faults", "bench", "migrate", "new-migration", "lock"}


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True)


@pytest.fixture
def clone(tmp_path):
    """The Makefile in a clone without an environment."""
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_make_alone_lists_every_command(clone):
    listed = set(re.findall(r"^  make ([a-z-]+)", make(clone).stdout, re.MULTILINE))

    assert listed >= PROMISED


def test_an_unfit_python_is_named_with_the_way_out(clone):
    refused = make(clone, "test", "PYTHON=false")

    assert refused.returncode != 0
    assert "make PYTHON=/path/to/python3.11" in refused.stdout
    assert not (clone / ".venv").exists()


def test_the_environment_is_not_built_twice(clone):
    (clone / ".venv").mkdir()
    (clone / ".venv" / ".built").touch()

    assert "up to date" in make(clone, ".venv/.built").stdout
