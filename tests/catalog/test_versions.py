"""An item's versions, day by day: who reads which, and what stays readable."""

from datetime import date

import pytest

from tests.alone import Alone
from tests.catalog.drafting import PUBLISHED, SOON, drafted, history, published
from tests.catalog.editing import TODAY, Calendar, field, named
from tests.platform import Person
from tests.refusals import problem


async def test_what_was_in_force_on_a_day_can_be_asked_for(bureau: Person, calendar: Calendar):
    await bureau.put("/items/dated", named("一"))
    calendar.at(date(2026, 11, 26))
    await bureau.put("/items/dated", named("二"))
    await bureau.put("/items/dated", named("三"))
    await published(bureau, "dated", named("四"), SOON)
    await published(bureau, "dated", named("五"), "2027-01-01")

    asked = {
        "2026-11-23": None,
        "2026-11-24": "一",
        "2026-11-25": "一",
        "2026-11-26": "三",
        "2026-11-30": "三",
        SOON: "四",
        "2026-12-31": "四",
        "2027-01-01": "五",
        "9999-12-31": "五",
    }
    for day, name in asked.items():
        answer = await bureau("GET", f"/items/dated?on={day}")
        if name is None:
            assert problem(answer) == (404, "not-in-force")
        else:
            assert answer.json()["record"]["name"] == name, day
    assert (await bureau("GET", "/items/dated?on=24.11.2026")).status_code == 422


async def test_a_retired_item_has_no_versions_to_come(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    """What retirement writes is `retired_from`; the rest follows."""
    await bureau.put("/items/ending", named("末版"))
    await published(bureau, "ending", named("来不及"), "2026-12-10")
    await catalog.rows("UPDATE item SET retired_from = '2026-12-05' WHERE code = 'ending'")

    await drafted(bureau, "ending", named("再来"))
    late = await bureau("PUT", "/items/ending/draft/publication", json={"from": "2026-12-05"})
    before = await bureau.get("/items/ending")
    await calendar.tick(date(2026, 12, 10))

    assert problem(late) == (409, "item-retired")
    assert (before["state"], before["in_force_until"]) == ("in_force", "2026-12-05")
    after = await bureau.get("/items/ending")
    assert (after["state"], after["record"]["name"]) == ("retired", "末版")
    assert await history(bureau, "ending") == [("draft", "再来"), ("retired", "末版")]
    assert (await bureau.get("/items/ending?on=2026-12-04"))["record"]["name"] == "末版"
    answer = await bureau("GET", "/items/ending?on=2026-12-05")
    assert problem(answer) == (404, "not-in-force")
    assert len(await catalog.told(PUBLISHED, code="ending")) == 1


@pytest.mark.parametrize("limit", [1, 2, 3, 50])
async def test_pages_run_from_the_draft_to_the_first_version(
    bureau: Person, calendar: Calendar, limit: int
):
    if not (await bureau("GET", "/items/paged")).is_success:
        for name in ("一", "二", "三"):
            await bureau.put("/items/paged", named(name))
        for name, day in (("四", SOON), ("五", "2027-01-01")):
            await published(bureau, "paged", named(name), day)
        await drafted(bureau, "paged", named("六"))

    seen, cursor = [], ""
    while True:
        page = await bureau.get(f"/items/paged/versions?limit={limit}{cursor}")
        assert len(page["items"]) <= limit
        seen += [one["record"]["name"] for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert seen == ["六", "五", "四", "三", "二", "一"]


async def test_the_bureau_sees_what_is_in_preparation(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    for code in ("prep", "prep-b"):
        await published(bureau, code, named("将来"), SOON)
        await published(bureau, code, named("更远"), "2027-01-01")
        await drafted(bureau, code, named("草稿"))

    seen, cursor = [], ""
    while True:
        page = await bureau.get(f"/drafts?limit=2{cursor}")
        seen += [(one["code"], one["state"], one["in_force_from"]) for one in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert [one for one in seen if one[0].startswith("prep")] == [
        (code, state, day)
        for code in ("prep", "prep-b")
        for state, day in (("draft", None), ("scheduled", SOON), ("scheduled", "2027-01-01"))
    ]
    assert len(seen) == len(set(seen))
    assert (await catalog.client.get("/drafts")).status_code == 401
    assert (await catalog.officer("market")("GET", "/drafts")).status_code == 403


async def test_a_retired_item_is_not_written_any_more(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    await bureau.put("/fields/of_the_retired", field(name="旧名"))
    record = named("末版", fields=[{"field": "of_the_retired"}])
    await bureau.put("/items/retired", record)
    await catalog.rows("UPDATE item SET retired_from = :day WHERE code = 'retired'", day=TODAY)

    changed = await bureau("PUT", "/items/retired", json=named("复活"))
    same = await bureau("PUT", "/items/retired", json=record)
    await bureau.put("/fields/of_the_retired", field(name="新名"))

    assert problem(changed) == (409, "item-retired")
    assert (same.status_code, same.json()["version"]) == (200, 1)
    assert len(await catalog.told(PUBLISHED, code="retired")) == 1


@pytest.mark.parametrize("table", ["item", "item_scheduled", "item_draft"])
async def test_a_record_stored_before_an_element_came_is_still_right(
    catalog: Alone, bureau: Person, calendar: Calendar, table: str
):
    code = f"older-{table.replace('_', '-')}"
    record = named("旧记录", regulator="market")
    if table == "item":
        await bureau.put(f"/items/{code}", record)
    elif table == "item_draft":
        await drafted(bureau, code, record)
    else:
        await published(bureau, code, record, SOON)
    forget = f"UPDATE {table} SET record = record - 'joint_with' - 'organ' WHERE code = :code"
    await catalog.rows(forget, code=code)

    if table == "item":
        assert (await bureau.put(f"/items/{code}", record))["version"] == 1
    elif table == "item_draft":
        await bureau.put(f"/items/{code}/draft/publication", {"from": SOON})
    await calendar.tick(date(2026, 12, 1))

    [told] = await catalog.told(PUBLISHED, code=code)
    assert (told["version"], told["item"]["organ"]) == (1, "statutory")
