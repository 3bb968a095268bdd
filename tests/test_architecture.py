"""The directions of imports hold, and each contract breaks when somebody goes against it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("services", "gateway", "deploy", "pyproject.toml")


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=50)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tree")
    for part in PARTS:
        source = ROOT / part
        leave = shutil.ignore_patterns("__pycache__")
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=leave)
        else:
            shutil.copy(source, folder / part)
    return folder


def test_the_tree_as_it_stands_keeps_every_contract():
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


PLANTED = [
    (
        "Services and the gateway do not know one another",
        "services/catalog/actions.py",
        "import services.metrics.rules",
    ),
    (
        "Services and the gateway do not know one another",
        "gateway/routes.py",
        "import services.approval.rules",
    ),
    (
        "Inside a service, imports point down",
        "services/approval/actions.py",
        "import services.approval.api",
    ),
    (
        "Inside a subject of bundle, imports point down",
        "services/bundle/wallet/actions.py",
        "import services.bundle.wallet.api",
    ),
    (
        "The subjects of bundle build on one another in one direction",
        "services/bundle/parties/actions.py",
        "import services.bundle.applications.tables",
    ),
    ("Rules do no I/O", "services/approval/rules.py", "import sqlalchemy"),
    ("Rules do no I/O", "services/bundle/composition/rules/graph.py", "import httpx"),
    (
        "The chassis knows no service and no contract",
        "services/chassis/outbox.py",
        "import services.contracts",
    ),
    ("Contracts are data", "services/contracts/words.py", "import sqlalchemy"),
    (
        "What runs in production does not know how it is deployed",
        "services/chassis/settings.py",
        "import deploy.nats.partners",
    ),
]


@pytest.mark.parametrize(("contract", "module", "line"), PLANTED)
def test_a_planted_violation_breaks_its_contract(copy: Path, contract: str, module: str, line: str):
    planted = copy / module
    before = planted.read_text()
    planted.write_text(f"{before}\n{line}\n")

    try:
        done = lint(copy)
    finally:
        planted.write_text(before)

    assert done.returncode != 0
    assert f"{contract} BROKEN" in done.stdout, done.stdout[-2000:]
