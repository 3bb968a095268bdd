"""Requirements that nobody can meet or answers for: found with owner and age, gone when mended."""

from datetime import timedelta
from typing import Any

from tests.alone import Alone
from tests.catalog.editing import TODAY, Calendar, evidence, item
from tests.catalog.signs import DAY, LAW, Signs
from tests.platform import Person
from tests.refusals import problem


async def lint(who: Person, query: str = "") -> list[dict[str, Any]]:
    found, cursor = [], ""
    while True:
        page = await who.get(f"/lint?limit=2{query}{cursor}")
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


async def about(signs: Signs) -> dict[str, list[tuple[str, str, int]]]:
    """By item of these signs: reason, since, days."""
    found: dict[str, list[tuple[str, str, int]]] = {}
    for one in await lint(signs.bureau):
        if one["item"].endswith(f"-{signs.number}"):
            told = [(each["reason"], each["since"], each["days"]) for each in one["defects"]]
            found.setdefault(one["item"], []).extend(told)
    return found


async def settled(bureau: Person) -> Signs:
    return await Signs(bureau).open()


async def test_what_is_in_order_is_not_found(bureau: Person, calendar: Calendar):
    assert await about(await settled(bureau)) == {}


async def test_a_requirement_without_a_law_is_one_from_the_version_that_lost_it(
    bureau: Person, calendar: Calendar
):
    signs = await settled(bureau)
    calendar.at(TODAY + timedelta(days=3))
    await signs.put(signs.food, requirements=[signs.need(legal_basis="")])
    calendar.at(TODAY + timedelta(days=5))
    await signs.put(signs.food, name="新名", requirements=[signs.need(legal_basis="")])

    assert await about(signs) == {signs.food: [("no_legal_basis", "2026-11-27", 2)]}

    await signs.put(signs.food, requirements=[signs.need()])
    assert await about(signs) == {}


async def test_what_an_item_is_said_to_issue_and_none_does_is_one(
    bureau: Person, calendar: Calendar
):
    signs = await settled(bureau)
    await signs.put(signs.food, requirements=[signs.need(source="applicant")])
    calendar.at(TODAY + timedelta(days=1))
    await signs.put(signs.sign, issues=None)
    calendar.at(TODAY + timedelta(days=4))

    assert await about(signs) == {signs.fire: [("no_issuer", "2026-11-25", 3)]}, (
        "what an applicant brings from elsewhere needs no issuer here"
    )

    await signs.put(signs.sign, issues=signs.paper)
    assert await about(signs) == {}


async def test_what_nobody_ever_issued_is_one_since_it_was_asked(
    bureau: Person, calendar: Calendar
):
    signs = await settled(bureau)
    await bureau.put(f"/evidence-types/ghost-{signs.number}", evidence())
    ghost = {"evidence": f"ghost-{signs.number}", "source": "item", "legal_basis": LAW}
    calendar.at(TODAY + timedelta(days=2))
    await signs.put(signs.food, requirements=[ghost])
    calendar.at(TODAY + timedelta(days=9))

    assert await about(signs) == {signs.food: [("no_issuer", "2026-11-26", 7)]}


async def test_a_retirement_that_was_settled_leaves_nothing(bureau: Person, calendar: Calendar):
    for mode in ("cancelled", "filing", "commitment"):
        calendar.at(TODAY)
        signs = await settled(bureau)
        await signs.retire(signs.body(mode))

        await calendar.tick(DAY)

        assert await about(signs) == {}, mode


async def test_where_the_last_issuer_goes_without_a_disposition_its_dependents_are_found(
    bureau: Person, calendar: Calendar
):
    """Another item went on issuing it, so nobody had to be settled; then that one changed."""
    signs = await settled(bureau)
    second = f"second-{signs.number}"
    await signs.put(second, issues=signs.paper)
    await signs.retire(signs.body(dispositions={}))
    await calendar.tick(DAY)
    assert await about(signs) == {}

    calendar.at(DAY + timedelta(days=4))
    await signs.put(second, issues=None)
    calendar.at(DAY + timedelta(days=6))

    orphan = [("issuer_retired", "2026-12-05", 2), ("keeper_missing", "2026-12-05", 2)]
    assert await about(signs) == {signs.food: orphan, signs.fire: orphan}

    await signs.put(signs.food, requirements=[])
    await signs.put(signs.fire, requirements=[signs.need(kept_by="market")])
    assert await about(signs) == {}


async def test_a_keeper_without_a_law_is_not_enough(bureau: Person, calendar: Calendar):
    signs = await settled(bureau)
    second = f"second-{signs.number}"
    await signs.put(second, issues=signs.paper)
    await signs.put(signs.food, requirements=[signs.need(kept_by="market", legal_basis="")])
    await signs.put(signs.fire)
    await signs.retire(signs.body(dispositions={}))
    await signs.put(second, issues=None)
    await calendar.tick(DAY)

    reasons = {reason for reason, *_ in (await about(signs))[signs.food]}
    assert reasons == {"issuer_retired", "no_legal_basis"}


async def test_a_retired_item_owes_nobody_a_repair(bureau: Person, calendar: Calendar):
    signs = await settled(bureau)
    await signs.put(signs.food, requirements=[signs.need(legal_basis="")])
    await bureau.put(
        f"/items/{signs.food}/retirement",
        {"mode": "cancelled", "effective": DAY.isoformat(), "legal_basis": LAW},
    )
    assert signs.food in await about(signs)

    await calendar.tick(DAY)

    assert await about(signs) == {}


async def test_pages_by_department_have_neither_gap_nor_repeat(bureau: Person, calendar: Calendar):
    await bureau.put("/departments/gardens", {"name": "园林局", "region": "430700"})
    papers = [f"bare-{n}" for n in range(3)]
    for code in papers:
        await bureau.put(f"/evidence-types/{code}", evidence())
    needs = [{"evidence": code} for code in papers]
    for n in range(3):
        record = item(department="gardens", requirements=needs)
        await bureau.put(f"/items/bare-item-{n}", record)

    found = await lint(bureau, "&department=gardens")

    places = [(one["item"], one["place"]) for one in found]
    assert places == [(f"bare-item-{n}", place) for n in range(3) for place in range(3)]
    assert {one["department"] for one in found} == {"gardens"}
    assert found[0]["evidence_name"] == "材料"
    assert await lint(bureau, "&department=nobody") == []


async def test_who_may_look_and_what_cursor_is_ours(catalog: Alone, bureau: Person):
    assert (await catalog.client.get("/lint")).status_code == 401
    assert problem(await catalog.citizen()("GET", "/lint")) == (403, "excluded")
    assert (await catalog.officer("market")("GET", "/lint?limit=1")).status_code == 200
    for cursor in ("nonsense", "YQ", "%00"):
        answer = await bureau("GET", "/lint", params={"cursor": cursor})
        assert problem(answer) == (422, "bad-cursor")


async def test_a_page_is_filled_past_all_that_only_looks_like_an_orphan(
    bureau: Person, calendar: Calendar
):
    signs = await settled(bureau)
    keepers = [f"keeper-{n}-{signs.number}" for n in range(5)]
    for code in keepers:
        await signs.put(code, requirements=[signs.need(kept_by="market")])
    last = f"orphan-{signs.number}"
    await signs.put(last, requirements=[signs.need(legal_basis="")])
    for code in (signs.food, signs.fire):
        await signs.put(code)
    dropped = {"action": "drop"}
    await signs.retire(signs.body(dispositions={last: dropped}))
    await calendar.tick(DAY)
    await signs.put(last, requirements=[signs.need(legal_basis="", source="register")])
    await signs.put(last, requirements=[{"evidence": signs.plan}])

    assert await about(signs) == {last: [("no_legal_basis", DAY.isoformat(), 0)]}
