"""The indicators compute the founding report's figures back from the district's records.

Everything on the way is the real one: the records through the contract, the events through the
reaction into PostgreSQL, the figures out of the API.
"""

from collections.abc import AsyncIterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import services.metrics.main
from deploy.example import district, generator
from services.chassis.settings import Settings
from services.contracts import ItemPublished, ItemRecord
from tests.alone import NOBODY, Alone, alone, databases

ITEMS = [*district.by_code(district.items()).values(), *generator.generated()]


@pytest.fixture(scope="module")
async def told(postgres, templates, signer) -> AsyncIterator[Alone]:
    """Metrics, after it has heard of all 1,234 items."""
    async with databases(postgres) as fresh:
        settings = Settings(
            database_url=await fresh("metrics"), nats_url=NOBODY, oidc_issuer=signer.issuer
        )
        async with alone(services.metrics.main.make(settings), signer) as made:
            said = [
                ItemPublished(code=item["code"], version=1, item=ItemRecord(**item))
                for item in ITEMS
            ]
            for start in range(0, len(said), 100):
                await made.hear(*said[start : start + 100])
            yield made


async def shown(told: Alone, code: str, **query: Any) -> dict[str, Any]:
    return dict(await told.person("bureau", "li").get(f"/indicators/{code}", params=query))


@pytest.mark.parametrize(
    ("code", "report", "numerator", "denominator"),
    [
        ("average_materials", "5", 6170, 1234),
        ("online_share", "0.9198", 1135, 1234),
        ("online_acceptance_share", "0.906", 1118, 1234),
        ("instant_share", "0.239", 295, 1234),
        ("instant_type_share", "0.239", 295, 1234),
    ],
)
async def test_the_reports_figures_come_back(
    told: Alone, code: str, report: str, numerator: int, denominator: int
):
    found = await shown(told, code)

    assert (found["numerator"], found["denominator"]) == (numerator, denominator)
    assert Decimal(found["value"]).quantize(Decimal(report)) == Decimal(report)


async def test_the_promises_compress_the_legal_time_as_reported(told: Alone):
    """Reckoned once more, from the raw records alone."""
    in_hours = {"working_day": 8, "natural_day": 8, "hour": 1}
    limited = [item for item in ITEMS if item.get("legal")]
    legal, promised = (
        sum(item[name]["value"] * in_hours[item[name]["unit"]] for item in limited)
        for name in ("legal", "promised")
    )

    found = await shown(told, "promise_compression")

    assert (found["numerator"], found["denominator"]) == (legal - promised, legal)
    assert round(Fraction(legal - promised, legal) * 1000) == 409
    assert Decimal(found["value"]).quantize(Decimal("0.001")) == Decimal("0.409")


@pytest.mark.parametrize(
    ("scope", "counted"), [("all", 1234), ("hall", 662), ("comprehensive_window", 497)]
)
async def test_the_reports_three_denominators(told: Alone, scope: str, counted: int):
    found = await shown(told, "average_visits", scope=scope)

    assert found["denominator"] == counted


async def test_unsuitable_items_are_what_the_switch_is_about(told: Alone):
    unsuitable = sum(not item.get("online_suitable", True) for item in ITEMS)

    off = await shown(told, "online_share", unsuitable_counts_as_online=False)

    assert unsuitable > 0
    assert off["numerator"] == 1135 - unsuitable
    assert off["switch"]["otherwise"]["numerator"] == 1135


async def test_the_cases_of_all_departments_add_up_page_by_page(told: Alone):
    bureau = told.person("bureau", "li")
    asked: dict[str, Any] = {"limit": 100}
    above, below, pages = 0, 0, 0

    while pages == 0 or asked["cursor"]:
        page = await bureau.get("/indicators/promise_compression/cases", params=asked)
        above += sum(one["numerator"] for one in page["items"])
        below += sum(one["denominator"] for one in page["items"])
        asked["cursor"], pages = page["next"], pages + 1

    found = await shown(told, "promise_compression")
    assert (above, below) == (found["numerator"], found["denominator"])
    assert pages > 10
