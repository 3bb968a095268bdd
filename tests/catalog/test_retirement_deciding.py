"""A retirement is decided: whoever needs the item is settled, or the decision is refused."""

import asyncio
from datetime import timedelta

import pytest

from tests.alone import Alone
from tests.catalog.editing import TODAY, Calendar, item
from tests.catalog.signs import DAY, PUBLISHED, RETIRED, TEXT, Signs, faults
from tests.platform import Person
from tests.refusals import problem


async def test_who_needs_it_and_has_no_answer_is_named_and_nothing_is_decided(
    catalog: Alone, signs: Signs
):
    one_of_two = signs.body(dispositions={signs.food: {"action": "drop"}})

    answer = await signs.retire(one_of_two)

    assert faults(answer) == {(f"/dispositions/{signs.fire}", "disposition-missing")}
    assert signs.fire in answer.json()["errors"][0]["detail"]
    assert (await signs.bureau("GET", f"/items/{signs.sign}/retirement")).status_code == 404
    assert not await catalog.told(RETIRED, item=signs.sign)
    assert (await signs.bureau.get(f"/items/{signs.sign}"))["in_force_until"] is None


async def test_everything_that_is_wrong_is_told_at_once(signs: Signs):
    body = signs.body(
        effective="2026-11-23",
        becomes=item(),
        dispositions={
            signs.food: {"action": "register"},
            signs.fire: {"action": "keep", "kept_by": "nowhere", "register_name": "x"},
            "stranger": {"action": "drop"},
        },
    )

    assert faults(await signs.retire(body)) == {
        ("/effective", "day-passed"),
        ("/becomes", "becomes-misplaced"),
        (f"/dispositions/{signs.food}/register_name", "disposition-incomplete"),
        (f"/dispositions/{signs.fire}/legal_basis", "disposition-incomplete"),
        (f"/dispositions/{signs.fire}/register_name", "disposition-misplaced"),
        (f"/dispositions/{signs.fire}/kept_by", "unknown-code"),
        ("/dispositions/stranger", "not-a-dependent"),
    }


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"mode": "abolished"}, "/mode"),
        ({"effective": "tomorrow"}, "/effective"),
        ({"legal_basis": ""}, "/legal_basis"),
        ({"dispositions": {"Not A Code": {"action": "drop"}}}, "/dispositions/Not A Code/[key]"),
        ({"dispositions": {"x": {"action": "forget"}}}, "/dispositions/x/action"),
        ({"colour": "red"}, "/colour"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_its_place(signs: Signs, wrong, pointer):
    answer = await signs.retire(signs.body() | wrong)

    assert answer.status_code == 422
    assert pointer in {one["pointer"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("days", [-1, 5 * 366 + 1])
async def test_a_day_that_has_passed_or_is_far_away_is_refused(signs: Signs, days: int):
    day = (TODAY + timedelta(days=days)).isoformat()

    answer = await signs.retire(signs.body(effective=day))

    assert {pointer for pointer, _ in faults(answer)} == {"/effective"}


async def test_the_decision_is_told_with_its_day_before_the_day(catalog: Alone, signs: Signs):
    body = signs.body(
        dispositions={
            signs.food: {"action": "register", "register_name": "招牌系统"},
            signs.fire: {"action": "commitment", "commitment": TEXT},
        }
    )

    decided = await signs.retire(body)

    assert decided.status_code == 200, decided.text
    assert decided.headers["etag"] == '"1"'
    assert decided.json()["state"] == "decided"
    [told] = await catalog.told(RETIRED, item=signs.sign)
    assert (told["version"], told["mode"], told["effective"]) == (1, "cancelled", "2026-12-01")
    assert (told["evidence"], told["department"], told["item_version"]) == (
        signs.paper,
        "market",
        1,
    )
    settled = {one["items"][0]: one for one in told["dispositions"]}
    assert settled[signs.food]["register_name"] == "招牌系统"
    assert settled[signs.fire]["commitment"] == "sign-text"
    assert len(await catalog.told(PUBLISHED, code=signs.food)) == 1


async def test_the_same_decision_again_changes_nothing_and_tells_nobody(
    catalog: Alone, signs: Signs, calendar: Calendar
):
    first = await signs.retire()
    again = await signs.retire()
    await calendar.tick(DAY)
    late = await signs.retire()

    assert [one.headers["etag"] for one in (first, again, late)] == ['"1"'] * 3
    assert len(await catalog.told(RETIRED, item=signs.sign)) == 1
    assert len(await catalog.told(PUBLISHED, code=signs.food)) == 2


async def test_eight_editors_who_decide_the_same_at_once_decide_it_once(
    catalog: Alone, signs: Signs
):
    answers = await asyncio.gather(*(signs.retire() for _ in range(8)))

    assert {(one.status_code, one.headers["etag"]) for one in answers} == {(200, '"1"')}
    assert len(await catalog.told(RETIRED, item=signs.sign)) == 1


async def test_a_decision_made_on_an_older_reading_is_refused(signs: Signs):
    await signs.retire()
    later = signs.body(effective="2026-12-24")

    for tag in ('"0"', '"7"'):
        assert problem(await signs.retire(later, headers={"if-match": tag})) == (412, "stale")
    assert (await signs.bureau.get(f"/items/{signs.sign}/retirement"))["effective"] == "2026-12-01"


async def test_a_text_too_many_is_told_at_the_decision_not_on_the_day(signs: Signs):
    texts = [{"code": f"text-{n}", "text": "承诺"} for n in range(20)]
    await signs.put(signs.food, requirements=[signs.need()], commitments=texts)
    body = signs.body()
    body["dispositions"][signs.food] = {"action": "commitment", "commitment": TEXT}

    answer = await signs.retire(body)

    assert problem(answer) == (422, "retirement-faulty")
    assert answer.json()["errors"][0]["pointer"].startswith(f"/dispositions/{signs.food}")


async def test_only_the_bureau_decides(catalog: Alone, signs: Signs):
    path = f"/items/{signs.sign}/retirement"
    for role in ("citizen", "officer", "clerk", "operator"):
        who = catalog.person(role, "somebody", department="market")
        for method in ("PUT", "DELETE"):
            answer = await who(method, path, json=signs.body())
            assert problem(answer) == (403, "excluded")
    assert (await catalog.client.put(path, json=signs.body())).status_code == 401
    assert (
        problem(await signs.bureau("PUT", "/items/nowhere/retirement", json=signs.body()))[0] == 404
    )


async def test_a_department_with_a_system_of_its_own_hears_what_becomes_of_its_items(
    catalog: Alone, bureau: Person, calendar: Calendar
):
    """Market is a partner, the gardens are not; the sign permit is the gardens'."""
    await bureau.put("/departments/gardens", {"name": "园林局", "region": "430700"})
    signs = await Signs(bureau).open(department="gardens")
    await signs.put(signs.fire, department="gardens", requirements=[signs.need()])
    told = "partner.market.item.retired"

    await signs.retire()
    await signs.bureau("DELETE", f"/items/{signs.sign}/retirement")

    first, last = await catalog.told(told, item=signs.sign)
    assert (first["department"], first["evidence"]) == ("market", signs.paper)
    [own] = first["dispositions"]
    assert (own["items"], own["action"]) == ([signs.food], "drop"), "nothing of the gardens' items"
    assert (first["withdrawn"], last["withdrawn"]) == (False, True)
    assert not await catalog.told("partner.gardens.item.retired", item=signs.sign)
