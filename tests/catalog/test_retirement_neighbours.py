"""Beside a retirement: others who issue the same, editors in between, two of one day."""

from datetime import timedelta

import pytest

from tests.alone import Alone
from tests.catalog.editing import Calendar, item
from tests.catalog.signs import DAY, RETIRED, Signs, faults, faults_of
from tests.refusals import problem


async def test_where_others_go_on_issuing_it_nobody_must_be_settled(catalog: Alone, signs: Signs):
    await signs.put(f"second-{signs.number}", issues=signs.paper)

    answer = await signs.retire(signs.body(dispositions={}))

    assert answer.status_code == 200, answer.text
    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert told["still_issued_by"] == [f"second-{signs.number}"]
    assert len(await signs.asks(signs.food)) == 1


async def test_the_last_one_of_two_to_end_must_settle_them(signs: Signs):
    second = f"second-{signs.number}"
    await signs.put(second, issues=signs.paper)
    await signs.retire(signs.body(dispositions={}))

    answer = await signs.bureau(
        "PUT", f"/items/{second}/retirement", json=signs.body(dispositions={})
    )

    assert {fault for _, fault in faults(answer)} == {"disposition-missing"}


async def test_an_editor_who_changes_a_dependent_before_the_day_keeps_the_change(
    signs: Signs, calendar: Calendar
):
    await signs.retire()
    await signs.put(signs.food, name="新名", requirements=[signs.need()])

    await calendar.tick(DAY)

    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert (record["name"], record["requirements"]) == ("新名", [])


@pytest.mark.parametrize("days", [-2, 0, 4])
async def test_a_version_that_an_editor_has_scheduled_is_changed_too(
    signs: Signs, calendar: Calendar, days: int
):
    day = DAY + timedelta(days=days)
    planned = item(name="排定", requirements=[signs.need()])
    await signs.bureau("PUT", f"/items/{signs.food}/draft", json=planned)
    await signs.bureau.put(f"/items/{signs.food}/draft/publication", {"from": day.isoformat()})
    await signs.retire()

    await calendar.tick(max(day, DAY))

    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert (record["name"], record["requirements"]) == ("排定", [])


async def test_a_version_made_by_a_retirement_is_not_taken_back_by_itself(signs: Signs):
    await signs.retire(signs.body("filing"))

    for code in (signs.food, signs.sign):
        answer = await signs.bureau("DELETE", f"/items/{code}/scheduled/2026-12-01")
        assert problem(answer) == (409, "of-retirement")


async def test_an_editors_version_of_that_day_may_be_taken_back_and_the_retirement_stays(
    signs: Signs, calendar: Calendar
):
    planned = item(name="排定", requirements=[signs.need()])
    await signs.retire()
    await signs.bureau("PUT", f"/items/{signs.food}/draft", json=planned)
    path = f"/items/{signs.food}/draft/publication"
    assert faults_of(await signs.bureau("PUT", path, json={"from": "2026-12-01"})) == {
        "ended-evidence"
    }
    without = item(name="排定")
    await signs.bureau("PUT", f"/items/{signs.food}/draft", json=without, headers={"if-match": "*"})
    await signs.bureau.put(path, {"from": "2026-12-01"})

    taken = await signs.bureau("DELETE", f"/items/{signs.food}/scheduled/2026-12-01")
    await calendar.tick(DAY)

    assert taken.json()["record"]["name"] == "排定"
    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert record["name"] == "事项"
    assert signs.paper not in {one["evidence"] for one in record["requirements"]}


@pytest.mark.parametrize("when", ["before", "after"])
async def test_nobody_new_may_ask_for_what_nobody_issues(
    signs: Signs, calendar: Calendar, when: str
):
    newcomer = f"/items/newcomer-{signs.number}"
    await signs.retire()
    if when == "after":
        await calendar.tick(DAY)

    refused = await signs.bureau("PUT", newcomer, json=item(requirements=[signs.need()]))

    [flaw] = refused.json()["errors"]
    assert (flaw["pointer"], flaw["fault"]) == ("/requirements/0/evidence", "ended-evidence")
    for allowed in (
        signs.need(source="register", register_name="招牌系统"),
        signs.need(kept_by="market"),
    ):
        answer = await signs.bureau("PUT", newcomer, json=item(requirements=[allowed]))
        assert answer.status_code == 200, answer.text


async def test_a_new_issuer_makes_it_askable_again(signs: Signs, calendar: Calendar):
    await signs.retire()
    await calendar.tick(DAY)
    await signs.put(f"successor-{signs.number}", issues=signs.paper)

    answer = await signs.bureau(
        "PUT", f"/items/{signs.fire}", json=item(requirements=[signs.need()])
    )

    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("mode", ["cancelled", "filing"])
async def test_an_item_that_will_be_retired_issues_nothing_else_meanwhile(signs: Signs, mode: str):
    """Who needs that other paper was asked by nobody."""
    await signs.retire(signs.body(mode))
    path = f"/items/{signs.sign}"

    for issues in (signs.licence, None):
        answer = await signs.bureau("PUT", path, json=item(issues=issues))
        assert faults_of(answer) == {"will-be-retired"}

    same = await signs.bureau("PUT", path, json=item(name="新名", issues=signs.paper))
    assert same.status_code == 200, same.text
    await signs.bureau("DELETE", f"{path}/retirement")
    assert (await signs.bureau("PUT", path, json=item())).status_code == 200


async def test_two_retirements_of_one_day_change_one_dependent_together(
    signs: Signs, calendar: Calendar
):
    plans = f"plans-{signs.number}"
    await signs.put(plans, issues=signs.plan)
    every = {code: {"action": "drop"} for code in (signs.food, signs.fire, signs.sign)}
    await signs.retire()
    other = await signs.bureau(
        "PUT", f"/items/{plans}/retirement", json=signs.body(dispositions=every)
    )
    assert faults(other) == {(f"/dispositions/{signs.sign}", "not-a-dependent")}, "it ends itself"
    del every[signs.sign]
    await signs.bureau.put(f"/items/{plans}/retirement", signs.body(dispositions=every))

    await calendar.tick(DAY)

    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert record["requirements"] == []
    assert (await signs.bureau.get(f"/items/{signs.food}"))["version"] == 2


async def test_taking_one_of_two_back_leaves_the_other(signs: Signs, calendar: Calendar):
    plans = f"plans-{signs.number}"
    await signs.put(plans, issues=signs.plan)
    every = {code: {"action": "drop"} for code in (signs.food, signs.fire)}
    await signs.retire()
    await signs.bureau.put(f"/items/{plans}/retirement", signs.body(dispositions=every))
    await signs.bureau("DELETE", f"/items/{signs.sign}/retirement")

    await calendar.tick(DAY)

    record = (await signs.bureau.get(f"/items/{signs.food}"))["record"]
    assert [one["evidence"] for one in record["requirements"]] == [signs.paper]
