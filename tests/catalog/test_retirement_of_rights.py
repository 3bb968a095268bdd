"""An item's retirement ends the rights over it, on its day, and taking it back lets them be."""

from datetime import timedelta
from typing import Any

from tests.catalog.editing import item
from tests.catalog.handshakes import SOON, TODAY, District

LAST = TODAY + timedelta(days=10)


async def with_rights(district: District, code: str) -> str:
    """One right in force, one only offered."""
    await district.item(code, kind="20")
    await district.active(f"{code}/east/accept", SOON)
    await district.offer(f"{code}/west/accept")
    return f"/items/{code}/retirement"


def decision(mode: str = "cancelled", **more: Any) -> dict[str, Any]:
    said = {"mode": mode, "effective": LAST.isoformat(), "legal_basis": "国发〔2021〕7号"}
    return said | {"dispositions": {}} | more


async def ends(district: District, code: str) -> list[str | None]:
    page = await district.bureau.get(f"/delegations?item={code}")
    return [one["ends_on"] for one in page["items"]]


async def test_a_retirement_ends_the_rights_and_taking_it_back_lets_them_be(district: District):
    path = await with_rights(district, "retiring")

    dry = await district.bureau.put(f"{path}?dry_run=true", decision())
    assert await ends(district, "retiring") == [None, None]
    assert [(one["point"], one["state"]) for one in dry["dependents"]["delegations"]] == [
        ("east", "active"),
        ("west", "offered"),
    ]
    await district.bureau.put(path, decision())
    assert await ends(district, "retiring") == [LAST.isoformat()] * 2
    told = await district.catalog.told("partner.market.delegation.changed", item="retiring")
    assert {one["ends_on"] for one in told[-2:]} == {LAST.isoformat()}
    assert (await district.bureau("DELETE", path)).status_code == 204
    assert await ends(district, "retiring") == [None, None]
    shown = await district.bureau.get("/delegations/retiring/east/accept")
    assert shown["in_force"]


async def test_an_item_that_goes_on_as_something_lighter_keeps_its_rights(district: District):
    path = await with_rights(district, "lighter")
    await district.bureau.put(path, decision())
    assert await ends(district, "lighter") == [LAST.isoformat()] * 2

    quicker = {"promised": {"value": 1, "unit": "working_day"}}
    becomes = item(kind="20", region="430799", legal_basis="示例条例第一条", **quicker)
    answer = await district.bureau("PUT", path, json=decision("optimised", becomes=becomes))

    assert answer.is_success, answer.text
    assert await ends(district, "lighter") == [None, None]


async def test_anybody_sees_the_rights_that_hold_and_not_what_is_being_agreed(district: District):
    await with_rights(district, "public")

    found = await district.catalog.citizen().get("/items/public/dependents")

    assert [(one["point"], one["state"]) for one in found["delegations"]] == [("east", "active")]
