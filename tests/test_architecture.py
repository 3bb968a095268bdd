"""The directions of imports hold, and each contract breaks when somebody goes against it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("services", "gateway", "deploy", "pyproject.toml")

STRANGERS = "Services and the gateway do not know one another"
SUBJECT = "Inside a subject, imports point down"
SUBJECTS = "The subjects of bundle build on one another in one direction"
CATALOGUE = "The subjects of catalog build on one another in one direction"
DESK = "The subjects of approval build on one another in one direction"
FIGURES = "The subjects of metrics build on one another in one direction"
PURE = "Rules do no I/O"
CHASSIS = "The chassis knows no service and no contract"
DATA = "Contracts are data"
DEPLOYED = "What runs in production does not know how it is deployed"
# contract, who imports, whom it must not import
PLANTED = [
    (STRANGERS, "services.catalog.records.actions", "services.metrics.paper.rules"),
    (STRANGERS, "services.approval.desk.reactions", "services.bundle.composition.rules"),
    (STRANGERS, "gateway.routes", "services.approval.desk.rules"),
    (SUBJECT, "services.catalog.records.tables", "services.catalog.records.actions"),
    (SUBJECT, "services.catalog.search.finding", "services.catalog.search.api"),
    (SUBJECT, "services.bundle.wallet.actions", "services.bundle.wallet.api"),
    (SUBJECT, "services.bundle.applications.moves", "services.bundle.applications.actions"),
    (SUBJECT, "services.bundle.applications.rules", "services.bundle.applications.tables"),
    (SUBJECT, "services.approval.desk.actions", "services.approval.desk.api"),
    (SUBJECT, "services.approval.desk.swift", "services.approval.desk.reactions"),
    (SUBJECTS, "services.bundle.parties.actions", "services.bundle.applications.tables"),
    (SUBJECTS, "services.bundle.applications.live", "services.bundle.dossiers.rules"),
    (SUBJECTS, "services.bundle.wallet.actions", "services.bundle.expiries.tables"),
    (SUBJECTS, "services.bundle.composition.tables", "services.bundle.wallet.tables"),
    (CATALOGUE, "services.catalog.records.actions", "services.catalog.crosswalks.rules"),
    (CATALOGUE, "services.catalog.records.publishing", "services.catalog.versions.rules"),
    (CATALOGUE, "services.catalog.schema", "services.catalog.records.tables"),
    (CATALOGUE, "services.catalog.index.tables", "services.catalog.records.tables"),
    (CATALOGUE, "services.catalog.records.indexing", "services.catalog.search.finding"),
    (SUBJECT, "services.approval.clock.timekeeping", "services.approval.clock.actions"),
    (CATALOGUE, "services.catalog.crosswalks.actions", "services.catalog.imports.judging"),
    (SUBJECT, "services.catalog.imports.opening", "services.catalog.imports.judging"),
    (PURE, "services.catalog.imports.rules.rows", "services.contracts"),
    (DESK, "services.approval.schema", "services.approval.desk.tables"),
    (DESK, "services.approval.clock.actions", "services.approval.desk.tables"),
    (DESK, "services.approval.desk.partners", "services.approval.acceptance.actions"),
    (DESK, "services.approval.desk.actions", "services.approval.deadlines.actions"),
    (DESK, "services.approval.acceptance.actions", "services.approval.cards.moves"),
    (SUBJECT, "services.metrics.lived.tables", "services.metrics.lived.measures"),
    (FIGURES, "services.metrics.paper.rules", "services.metrics.lived.tables"),
    (FIGURES, "services.metrics.definitions", "services.metrics.measuring"),
    (FIGURES, "services.metrics.lived.reactions", "services.metrics.board.tables"),
    (CATALOGUE, "services.catalog.points.actions", "services.catalog.records.tables"),
    (CATALOGUE, "services.catalog.points.tables", "services.catalog.delegations.tables"),
    (CATALOGUE, "services.catalog.delegations.queries", "services.catalog.counts.rules"),
    (SUBJECT, "services.catalog.delegations.cases", "services.catalog.delegations.moves"),
    (SUBJECT, "services.catalog.delegations.actions", "services.catalog.delegations.api"),
    (PURE, "services.approval.desk.rules", "sqlalchemy"),
    (PURE, "services.approval.clock.rules.reckoning", "services.chassis.ticks"),
    (PURE, "services.metrics.definitions", "services.contracts"),
    (PURE, "services.bundle.wallet.rules", "services.contracts"),
    (PURE, "services.bundle.composition.rules.graph", "httpx"),
    (CHASSIS, "services.chassis.outbox", "services.contracts"),
    (CHASSIS, "services.chassis.app", "services.bundle.main"),
    (DATA, "services.contracts.words", "sqlalchemy"),
    (DATA, "services.contracts.bundle", "services.chassis.errors"),
    (DEPLOYED, "services.chassis.settings", "deploy.nats.partners"),
    (DEPLOYED, "gateway.settings", "deploy.local.ports"),
]
INDIRECT = "services.bundle.parties.rules", "services.chassis.database"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=50)


def copied(folder: Path) -> Path:
    for part in PARTS:
        if (ROOT / part).is_dir():
            leave = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, ignore=leave)
        else:
            shutil.copy(ROOT / part, folder / part)
    return folder


def plant(folder: Path, importer: str, imported: str) -> None:
    path = folder / (importer.replace(".", "/") + ".py")
    if not path.exists():
        path = folder / importer.replace(".", "/") / "__init__.py"
    path.write_text(f"{path.read_text()}\nimport {imported}\n")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What is said of a copy of the tree in which everybody goes where they must not."""
    folder = copied(tmp_path_factory.mktemp("tree"))
    for _, importer, imported in PLANTED:
        plant(folder, importer, imported)
    plant(folder, *INDIRECT)
    done = lint(folder)
    assert done.returncode == 1, done.stderr
    return done.stdout


def section(report: str, contract: str) -> str:
    """The part of the report that lists what breaks one contract."""
    _, _, details = report.partition("Broken contracts")
    _, found, rest = details.partition(f"\n{contract}\n---")
    assert found, f"{contract} is not broken"
    return " ".join(rest.partition("\n---")[0].split())  # long lines are wrapped


def test_the_tree_as_it_stands_keeps_every_contract():
    done = lint(ROOT)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(("contract", "importer", "imported"), PLANTED)
def test_a_planted_import_breaks_its_contract(contract, importer, imported, report: str):
    assert f"{importer} -> {imported} (l." in section(report, contract)


def test_a_rule_reaches_no_database_by_a_detour_either(report: str):
    found = section(report, PURE)

    assert f"{INDIRECT[0]} -> {INDIRECT[1]}" in found
    assert f"{INDIRECT[1]} -> sqlalchemy" in found


def test_a_module_without_a_place_among_the_layers_is_noticed(tmp_path: Path):
    folder = copied(tmp_path)
    (folder / "services/catalog/helpers.py").write_text('"""Everything else."""\n')

    done = lint(folder)

    assert done.returncode == 1
    assert "services.catalog.helpers" in done.stdout + done.stderr


def test_every_contract_was_seen_to_break():
    known = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]

    assert {one["name"] for one in known["contracts"]} == {one for one, *_ in PLANTED}
