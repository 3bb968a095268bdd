"""Items found by who may close them today, and items that nobody may ask for any more."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.alone import Alone
from tests.catalog.handshakes import ITEMS, District

SOON = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
RIGHTS = ("service/east/close", "swift/east-kiosk/close", "licence/west/close")


@pytest.fixture(scope="module")
async def district(catalog: Alone) -> District:
    made = await District(catalog).open()
    for what in RIGHTS:
        await made.active(what, SOON)
    await made.active("licence-two/west/accept", SOON)
    await made.offer("of-the-township/east/close", mode="hand_down")
    await made.tried("in-parts/west/close", SOON)
    return made


async def found(district: District, **asked: str) -> list[str]:
    page = await district.bureau.get("/items", params={"q": "", **asked})
    return [one["code"] for one in page["items"]]


async def test_items_are_sieved_by_who_may_close_them(district: District):
    closable = ["in-parts", "licence", "service", "swift"]

    assert await found(district, closable="true") == closable
    assert await found(district, closable="false") == sorted(set(ITEMS) - set(closable))
    assert await found(district, closable="true", point="west") == ["in-parts", "licence"]
    assert await found(district, closable="true", point="nowhere") == []
    assert "service" in await found(district, closable="false", point="west")
    assert await found(district, closable="true", kind="20", q="事项") == ["in-parts", "service"]


async def test_a_trial_that_is_over_closes_nothing(district: District):
    past = "UPDATE delegation SET trial_until = '2020-01-01' WHERE item = 'in-parts'"
    await district.catalog.rows(past)

    assert "in-parts" not in await found(district, closable="true")


async def test_a_retired_item_is_found_by_those_who_ask_for_it(district: District):
    code = await district.item("gone", name="已取消的事项甲")
    assert await found(district, q="事项甲") == [code]
    await district.catalog.rows(
        "UPDATE item SET retired_from = current_date - 1 WHERE code = 'gone'"
    )

    assert await found(district, q="事项甲") == []
    assert code not in await found(district)
    assert await found(district, q="事项甲", retired="true") == [code]
    sheet = await district.bureau("GET", "/items/export.xlsx", params={"q": "事项甲"})
    assert b"gone" not in sheet.content
