"""A bundle of the district is copied to another region, and every number of it is replaced."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.alone import Alone
from tests.example.served import serving


@pytest.fixture(scope="module")
async def bundles(postgres, templates, signer, tmp_path_factory) -> AsyncIterator[Alone]:
    folder = tmp_path_factory.mktemp("uploads")
    async with serving(postgres, signer, folder, "open-restaurant", "connect-utilities") as made:
        yield made


async def copied(bundles: Alone, code: str, thresholds: dict[str, float]) -> Any:
    bureau = bundles.person("bureau", "li")
    body = {"code": f"{code}-430800", "region": "430800", "thresholds": thresholds}
    made = await bureau.post(f"/bundles/{code}/copies", json=body)
    await bureau.put(f"/bundles/{code}-430800/publication")
    return made


async def plan(bundles: Alone, code: str, answers: dict[str, Any]) -> tuple[set[str], set[str]]:
    """Its members and what is asked for."""
    body = {"answers": answers, "holder": {"number": "91430700MA4L16JQ9B"}}
    who = bundles.citizen("owner", enterprise="91430700MA4L16JQ9B")
    found = await who.post(f"/bundles/{code}/compositions", json=body)
    assert "members" in found, found
    return (
        {one["member"] for one in found["members"]},
        {one["evidence"] for one in found["materials"]},
    )


SHOP = {
    "premises_address": "人民路 1 号",
    "business_area": 100.0,
    "worker_count": 1,
    "serves_cold_dishes": False,
    "serves_raw_food": False,
    "fresh_juice": False,
    "signboard_area": 6.0,
    "sells_tobacco": False,
    "fire_by_commitment": False,
}


async def test_a_restaurant_is_opened_by_the_numbers_of_its_region(bundles: Alone):
    there = {"fire_check_from": 50.0, "structure_report_from": 5.0}

    made = await copied(bundles, "open-restaurant", there)

    left = {one["about"] for one in made["unchanged"]}
    assert left == {"kept-item"}, "every number is the region's own"
    first, asked = await plan(bundles, "open-restaurant", SHOP)
    second, asked_there = await plan(bundles, "open-restaurant-430800", SHOP)
    assert second - first == {"fire-check"}
    assert "structure-report" in asked_there - asked
    small = SHOP | {"business_area": 49.9, "signboard_area": 4.9}
    assert await plan(bundles, "open-restaurant-430800", small) == await plan(
        bundles, "open-restaurant", small
    )


async def test_short_works_end_where_the_region_says(bundles: Alone):
    works = {
        "project_address": "滨湖路 8 号",
        "works_length": 150.0,
        "digs_road": True,
        "occupies_green": False,
        "wants_water": True,
        "wants_power": False,
        "wants_gas": False,
    }

    made = await copied(bundles, "connect-utilities", {"small_works_up_to": 100.0})

    assert {one["about"] for one in made["unchanged"]} == {"kept-item"}
    first, asked = await plan(bundles, "connect-utilities", works)
    second, asked_there = await plan(bundles, "connect-utilities-430800", works)
    assert (first - second, second - first) == ({"works-filing"}, {"planning", "road", "traffic"})


async def test_what_is_not_replaced_is_told(bundles: Alone):
    bureau = bundles.person("bureau", "li")
    body = {"code": "restaurant-430900", "region": "430900", "thresholds": {"fire_check_from": 50}}

    made = await bureau.post("/bundles/open-restaurant/copies", json=body)

    told = [(one["about"], one["pointer"]) for one in made["unchanged"]]
    assert ("kept-threshold", "/thresholds/structure_report_from") in told
