"""Each count says what it counts and of what it is a part, and is the number of just those."""

from datetime import timedelta
from typing import Any

import pytest

from services.catalog.delegations.cases import day
from services.chassis.ticks import utc
from tests.alone import Alone
from tests.catalog.editing import item
from tests.catalog.handshakes import SOON, District

REGION = "511300"


@pytest.fixture(scope="module")
async def district(catalog: Alone) -> District:
    """A district of its own in another province, so that nobody else's items are counted."""
    made = District(catalog)
    for code in ("market", "fire"):
        record = {"name": code, "region": REGION}
        await made.bureau.put(f"/departments/{code}", record)
    points = {"e": ("township", None), "w": ("township", None), "e-v": ("village", "e")}
    for code, (kind, parent) in points.items():
        record = {"kind": kind, "parent": parent, "region": "511300101", "name": code}
        await made.bureau.put(f"/service-points/{code}", record)
    for code, more in {
        "n-both": {"at_hall": True, "comprehensive_window": True},
        "n-hall": {"at_hall": True},
        "n-neither": {},
        "n-fire": {"at_hall": True, "department": "fire"},
    }.items():
        await made.bureau.put(f"/items/{code}", item(kind="20", **{"region": REGION} | more))
    await made.bureau.put("/items/n-elsewhere", item(region="511400", at_hall=True))
    return made


async def asked(district: District, region: str = REGION) -> dict[str, Any]:
    return await district.catalog.citizen().get(f"/items/counts?region={region}")


def values(counts: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["code"]: (one["value"], one["departments"]) for one in counts["counts"]}


async def test_the_three_denominators_and_what_is_delegated(district: District):
    east = district.catalog.person("clerk", "e-clerk", point="e")
    district.people_of = lambda what: east
    await district.active("n-both/e/accept", SOON)
    await district.active("n-both/e-v/accept", SOON)
    await district.tried("n-hall/e/close", SOON)
    await district.agreed("n-neither/e/close")

    found = await asked(district)

    assert values(found) == {
        "items": (4, 2),
        "items-at-hall": (3, 2),
        "items-at-comprehensive-windows": (1, 1),
        "items-accepted-at-points": (1, 1),
        "items-closed-at-points": (1, 1),
    }
    by_kind = [(one["kind"], one["accept"], one["close"]) for one in found["by_kind"]]
    assert by_kind == [("township", 1, 1), ("village", 1, 0)]
    by_point = [(one["point"], one["accept"], one["close"]) for one in found["by_point"]]
    assert by_point == [("e", 1, 1), ("e-v", 1, 0)]
    assert {one["quality"] for one in found["by_kind"] + found["by_point"]} == {None}


async def test_a_count_says_what_it_is(district: District):
    found = await asked(district)

    codes = {one["code"] for one in found["counts"]}
    for one in found["counts"]:
        assert one["definition"] and one["definition_en"] and one["name"] and one["name_en"]
        assert one["of"] in codes or (one["code"], one["of"]) == ("items", None)
    assert found["day"] == day(utc()).isoformat()


async def test_a_retired_item_is_not_counted_from_its_day_on(catalog: Alone, district: District):
    await district.bureau.put("/items/n-gone", item(region="521500", at_hall=True))
    assert values(await asked(district, "521500"))["items-at-hall"] == (1, 1)

    last = day(utc()) + timedelta(days=1)
    await catalog.rows("UPDATE item SET retired_from = :last WHERE code = 'n-gone'", last=last)
    assert values(await asked(district, "521500"))["items"] == (1, 1)
    clock, catalog.app.state.clock = catalog.app.state.clock, lambda: utc() + timedelta(days=1)
    try:
        assert values(await asked(district, "521500"))["items"] == (0, 0)
    finally:
        catalog.app.state.clock = clock


@pytest.mark.parametrize(
    ("region", "number"), [("511300", 4), ("510000", 5), ("511301", 0), ("north", 0)]
)
async def test_a_region_is_counted_with_all_that_lies_in_it(district: District, region, number):
    assert values(await asked(district, region))["items"][0] == number


async def test_every_item_of_every_region_is_counted_where_no_region_is_named(
    catalog: Alone, district: District
):
    [row] = await catalog.rows(
        "SELECT count(*) AS number FROM item WHERE coalesce(retired_from > :today, true)",
        today=day(utc()),
    )

    found = await catalog.citizen().get("/items/counts")
    assert found["counts"][0]["value"] == row.number > 5
