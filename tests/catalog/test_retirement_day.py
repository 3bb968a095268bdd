"""The day of a retirement: until then it may be changed or taken back, from then on it stands."""

from datetime import timedelta

from tests.alone import Alone
from tests.catalog.editing import TODAY, Calendar, item
from tests.catalog.signs import DAY, LAW, PUBLISHED, RETIRED, TEXT, Signs
from tests.refusals import problem


async def test_before_the_day_both_versions_are_known(signs: Signs):
    await signs.retire()

    page = await signs.bureau.get(f"/items/{signs.food}/versions")
    states = [(one["state"], one["in_force_from"]) for one in page["items"]]
    asked = [{need["evidence"] for need in one["record"]["requirements"]} for one in page["items"]]

    assert states == [("scheduled", "2026-12-01"), ("in_force", "2026-11-24")]
    assert asked == [{signs.plan}, {signs.plan, signs.paper}]
    on_the_day = await signs.bureau.get(f"/items/{signs.food}?on=2026-12-01")
    assert {one["evidence"] for one in on_the_day["record"]["requirements"]} == {signs.plan}
    assert (await signs.bureau.get(f"/items/{signs.sign}"))["in_force_until"] == "2026-12-01"


async def test_on_the_day_each_dependent_is_rewritten_and_told(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    keeper = f"keeper-{signs.number}"
    await signs.put(keeper, requirements=[signs.need(deferrable=True)])
    await signs.retire(
        signs.body(
            dispositions={
                signs.food: {"action": "register", "register_name": "招牌系统"},
                signs.fire: {"action": "commitment", "commitment": TEXT},
                keeper: {"action": "keep", "kept_by": "market", "legal_basis": "《条例》第三条"},
            }
        )
    )

    await calendar.tick(DAY, hour=0)

    [food] = await signs.asks(signs.food)
    assert (food["source"], food["register_name"]) == ("register", "招牌系统")
    [fire] = await signs.asks(signs.fire)
    assert (fire["source"], fire["commitment"]) == ("commitment", "sign-text")
    [kept] = await signs.asks(keeper)
    assert (kept["source"], kept["kept_by"], kept["legal_basis"]) == (
        "applicant",
        "market",
        "《条例》第三条",
    )
    for code in (signs.food, signs.fire, keeper):
        told = (await catalog.told(PUBLISHED, code=code))[-1]
        assert (told["version"], told["item"]["in_force_from"]) == (2, "2026-12-01")
    [text] = (await catalog.told(PUBLISHED, code=signs.fire))[-1]["item"]["commitments"]
    assert text["text"] == TEXT["text"]
    shown = await signs.bureau.get(f"/items/{signs.sign}/versions")
    assert [one["state"] for one in shown["items"]] == ["retired"]
    assert (await signs.bureau.get(f"/items/{signs.sign}/retirement"))["state"] == "in_force"


async def test_today_means_today(catalog: Alone, signs: Signs):
    await signs.retire(signs.body(effective=TODAY.isoformat()))

    assert await signs.asks(signs.food) == await signs.asks(signs.fire) == []
    assert len(await catalog.told(PUBLISHED, code=signs.food)) == 2
    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert told["effective"] == TODAY.isoformat()


async def test_until_its_day_it_may_be_decided_otherwise(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    await signs.retire()
    later = DAY + timedelta(days=3)
    keep = {"action": "keep", "kept_by": "market", "legal_basis": LAW}
    other = signs.body(
        effective=later.isoformat(),
        dispositions={signs.food: keep, signs.fire: {"action": "drop"}},
    )

    answer = await signs.retire(other, headers={"if-match": '"1"'})

    assert answer.headers["etag"] == '"2"'
    assert [one["version"] for one in await catalog.told(RETIRED, item=signs.sign)] == [1, 2]
    await calendar.tick(DAY)
    assert len(await signs.asks(signs.food)) == len(await signs.asks(signs.fire)) == 1
    await calendar.tick(later)
    assert [one["kept_by"] for one in await signs.asks(signs.food)] == ["market"]
    assert await signs.asks(signs.fire) == []


async def test_it_may_be_taken_back_until_its_day_and_everybody_is_told(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    await signs.retire()
    path = f"/items/{signs.sign}/retirement"

    for _ in range(2):
        assert (await signs.bureau("DELETE", path)).status_code == 204

    told = await catalog.told(RETIRED, item=signs.sign)
    assert [(one["version"], one["withdrawn"]) for one in told] == [(1, False), (2, True)]
    assert (await signs.bureau.get(path))["state"] == "withdrawn"
    await calendar.tick(DAY)
    assert len(await signs.asks(signs.food)) == len(await signs.asks(signs.fire)) == 1
    shown = await signs.bureau.get(f"/items/{signs.sign}/versions")
    assert [(one["state"], one["in_force_until"]) for one in shown["items"]] == [("in_force", None)]

    assert (await signs.retire(signs.body(effective="2026-12-05"))).headers["etag"] == '"3"'


async def test_once_its_day_has_come_it_stands(signs: Signs, calendar: Calendar):
    path = f"/items/{signs.sign}/retirement"
    await signs.retire()
    await calendar.tick(DAY)

    other = await signs.retire(signs.body("commitment", effective="2026-12-24"))
    back = await signs.bureau("DELETE", path)
    written = await signs.bureau("PUT", f"/items/{signs.sign}", json=item(name="又来"))

    assert problem(other) == problem(back) == (409, "already-retired")
    assert problem(written) == (409, "item-retired")
    assert problem(await signs.bureau("DELETE", f"/items/{signs.food}/retirement")) == (
        404,
        "retirement-unknown",
    )
