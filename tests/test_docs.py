"""What the pages say exists: links, make targets, paths and subjects."""

import re
from pathlib import Path

import pytest

import services.approval.main
import services.bundle.main
import services.catalog.main
import services.metrics.main
from services import contracts
from services.approval.main import ApprovalSettings
from services.bundle.main import BundleSettings
from services.chassis.settings import Settings
from tests.platform import INDEX_KEY, KEY

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CONTRIBUTING.md"]
PAGES += sorted((ROOT / "docs").rglob("*.md"))


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), f"{named(page)} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_named_exists(page: Path):
    makefile = (ROOT / "Makefile").read_text()

    for target in re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", page.read_text(), re.MULTILINE):
        name = target[0] or target[1]
        assert re.search(rf"^{name}:", makefile, re.MULTILINE), f"no target {name}"


def test_both_readmes_give_the_same_commands():
    def commands(page: str) -> list[str]:
        blocks = re.findall(r"```\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
        lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
        return [line for line in lines if re.match(r"(make|\.venv|TOKEN|curl)\b", line)]

    ours, theirs = commands("README.md"), commands("README.zh-CN.md")
    assert [line.partition(" -H 'Accept")[0] for line in ours][:4] == theirs[:4]
    assert "make demo" in ours


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    uploads = tmp_path_factory.mktemp("uploads").as_uri()
    keys = {"sealing_keys": f"k1:{KEY}", "index_key": INDEX_KEY, "uploads_url": uploads}
    apps = (
        services.catalog.main.make(),
        services.bundle.main.make(BundleSettings(**keys)),
        services.approval.main.make(ApprovalSettings(signing_keys=f"k1:{KEY}")),
        services.metrics.main.make(Settings()),
    )
    return {path for app in apps for path in app.openapi()["paths"]}


@pytest.mark.parametrize(
    ("page", "calls"),
    [("by-hand.md", 8), ("catalogue.md", 5), ("delegation.md", 8), ("desk.md", 20)],
)
def test_every_path_called_by_hand_is_served(paths: set[str], page: str, calls: int):
    text = (ROOT / "docs" / page).read_text()
    shapes = [re.sub(r"\{[^}]+\}", "[^/]+", path) + "$" for path in paths]

    called = {path.rstrip('"') for path in re.findall(r"\$API(/[^\s?\"]+)", text)}
    assert len(called) > calls
    for path in called:
        assert any(re.match(shape, path) for shape in shapes), f"nobody serves {path}"


def test_every_subject_on_the_partners_page_is_in_the_contracts():
    text = (ROOT / "docs" / "partners.md").read_text()
    routes = {getattr(contracts, name).route for name in contracts.__all__
              if hasattr(getattr(contracts, name), "route")
              and name != "Event"}  # fmt: skip

    told = {s.replace("<", "{").replace(">", "}") for s in re.findall(r"`(partner\.[^`]+)`", text)}
    told = {s for s in told if s.startswith("partner.{department}.")}
    said = {f"in.{{department}}.{s}" for s in re.findall(r"`in\.([a-z_]+)`", text)}

    assert told == {route for route in routes if route.startswith("partner.")}
    assert said == {route for route in routes if route.startswith("in.")}
