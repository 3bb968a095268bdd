"""A catalogue for a module's tests, and somebody of the bureau who writes it."""

from collections.abc import AsyncIterator, Iterator

import pytest

import services.catalog.main
from services.catalog.main import CatalogSettings
from services.chassis import ticks
from tests.alone import NOBODY, Alone, alone, databases
from tests.catalog.editing import Calendar, evidence, field
from tests.catalog.handshakes import District
from tests.catalog.signs import Signs
from tests.platform import Person


@pytest.fixture(scope="module")
async def catalog(postgres, templates, signer) -> AsyncIterator[Alone]:
    async with databases(postgres) as fresh:
        settings = CatalogSettings(
            database_url=await fresh("catalog"),
            nats_url=NOBODY,
            oidc_issuer=signer.issuer,
            log_level="CRITICAL",
            partners="market",
        )
        async with alone(services.catalog.main.make(settings), signer) as made:
            await made.person("bureau", "li").put(
                "/departments/market", {"name": "市场监管局", "region": "430700"}
            )
            yield made


@pytest.fixture
def bureau(catalog: Alone) -> Person:
    return catalog.person("bureau", "li")


@pytest.fixture
def calendar(catalog: Alone) -> Iterator[Calendar]:
    yield Calendar(catalog)
    catalog.app.state.clock = ticks.utc


@pytest.fixture
async def signs(bureau: Person, calendar: Calendar) -> Signs:
    return await Signs(bureau).open()


@pytest.fixture(scope="module")
async def district(catalog: Alone) -> District:
    return await District(catalog).open()


@pytest.fixture
async def item(district: District, request: pytest.FixtureRequest) -> str:
    """An item of the market's own for this test, that points have no right over yet."""
    code = request.node.name.replace("_", "-").partition("[")[0][:60].rstrip("-")
    return await district.item(code, kind="20", situations=[{"code": c, "name": c} for c in "abc"])


@pytest.fixture(scope="module")
async def vocabulary(catalog: Alone) -> None:
    """What the workbooks of the tests name."""
    bureau = catalog.person("bureau", "li")
    await bureau.put("/departments/health", {"name": "卫生健康局", "region": "430700"})
    await bureau.put("/fields/area", field(type="number"))
    await bureau.put("/fields/place", field())
    for code in ("floor-plan", "hygiene-permit"):
        await bureau.put(f"/evidence-types/{code}", evidence())
