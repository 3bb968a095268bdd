"""From a retirement's day on nobody is asked for what nobody issues, and everybody is told why."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.bundle.closing import FIRE, LICENCE, PERMIT, Shop, today
from tests.bundle.office import Office
from tests.platform import Person
from tests.refusals import problem

ANSWERS = {"area": 350.0, "premises": "朝阳路 1 号"}


async def plan(shop: Shop, who: Person | None = None) -> Any:
    return await shop.office.planned(who or shop.office.somebody(), shop.bundle, ANSWERS)


def members(plan: Any) -> list[str]:
    return sorted(one["member"] for one in plan["members"])


def evidence(plan: Any) -> list[str]:
    return sorted(one["evidence"].rpartition("-")[0] for one in plan["materials"])


def why_not(plan: Any, code: str) -> dict[str, Any]:
    return next(one for one in plan["not_asked"] if one["evidence"] == code)


async def test_the_retired_member_is_left_out_and_nobody_asks_for_its_paper(office: Office):
    shop = await Shop(office).open()
    before = await plan(shop)

    await shop.retire()
    after = await plan(shop)

    assert members(before) == ["fire", "licence", "permit"]
    assert members(after) == ["fire", "permit"]
    assert evidence(after) == evidence(before) == ["floor-plan"]
    [left_out] = [one for one in after["left_out"] if one["member"] == "licence"]
    item = shop.code(LICENCE)
    assert left_out["retired"] == {
        "item": item,
        "mode": "cancelled",
        "effective": today().isoformat(),
    }
    spared = why_not(after, shop.code("licence-fact"))
    assert (spared["why"], spared["by"], sorted(spared["for"])) == (
        "retired",
        item,
        ["fire", "permit"],
    )
    assert after["before"]["materials"] == 2, "filed alone, neither is asked for it either"
    assert all(one["waits_for"] == [] for one in after["members"])


async def test_what_was_agreed_to_the_day_before_is_answered_with_the_new_plan(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    old = await plan(shop, ada)
    await shop.retire()

    answer = await ada(
        "POST",
        "/applications",
        json={
            "bundle": shop.bundle,
            "plan": old["digest"],
            "answers": ANSWERS,
            "form": {},
            "materials": {},
        },
    )

    assert problem(answer) == (409, "plan-changed")
    new = answer.json()["plan"]
    assert members(new) == ["fire", "permit"]
    assert (await ada.get("/applications"))["items"] == []
    assert (await shop.filed(ada))["outcome"] is None


async def test_the_day_begins_at_midnight_in_shanghai(office: Office):
    shop = await Shop(office).open()
    day = today() + timedelta(days=1)
    await office.hear(shop.retired(effective=day))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=8)

    found = []
    for moment in (midnight - timedelta(seconds=1), midnight):
        office.app.state.clock = lambda moment=moment: moment
        found.append(members(await plan(shop)))

    assert found == [["fire", "licence", "permit"], ["fire", "permit"]]


async def test_a_paper_handed_in_all_the_same_is_refused_by_name(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    await shop.retire()
    key = f"{shop.code('licence-fact')}:owner"

    answer = await ada(
        "POST",
        "/applications",
        json={
            "bundle": shop.bundle,
            "plan": (await plan(shop, ada))["digest"],
            "answers": ANSWERS,
            "form": {},
            "materials": {key: []},
        },
    )

    [refused] = [one for one in answer.json()["errors"] if one["pointer"] == f"/materials/{key}"]
    assert refused["fault"] == "material-not-asked"


async def test_what_a_law_keeps_is_asked_of_the_applicant_under_a_name(office: Office):
    shop = await Shop(office).open()
    need = {"evidence": "licence-fact", "kept_by": "health", "legal_basis": "《食品安全法》"}
    await shop.retire(dispositions={PERMIT: "keep", FIRE: "drop"})
    before_the_version_came = await plan(shop)
    await office.hear(shop.published(PERMIT, requirements=[need]))

    for one in (before_the_version_came, await plan(shop)):
        assert members(one) == ["fire", "permit"]
        [asked] = [m for m in one["materials"] if m["evidence"] == shop.code("licence-fact")]
        assert [why["member"] for why in asked["why"]] == ["permit"]
    assert asked["why"][0]["kept_by"] == "health"

    await office.hear(shop.published(FIRE, requirements=[need]))  # found out later
    [asked] = [m for m in (await plan(shop))["materials"] if m["name"] == "营业执照核验"]
    assert {why["member"] for why in asked["why"]} == {"fire", "permit"}


async def test_where_another_item_issues_the_same_it_may_be_asked(office: Office):
    other = {"issues": "licence-fact"}
    shop = await Shop(office, fire_check=other | {"requirements": []}).open()

    await shop.retire(dispositions={}, still_issued_by=(shop.code(FIRE),))
    waits = {m["member"]: m["waits_for"] for m in (await plan(shop))["members"]}
    assert [one["member"] for one in waits["permit"]] == ["fire"]

    await shop.retire(FIRE, dispositions={PERMIT: "drop"})
    last = await plan(shop)
    assert members(last) == ["permit"]
    assert why_not(last, shop.code("licence-fact"))["why"] == "retired"


async def test_an_item_that_takes_over_later_lifts_it(office: Office):
    shop = await Shop(office).open()
    await shop.retire()
    assert evidence(await plan(shop)) == ["floor-plan"]

    await office.hear(shop.published(FIRE, issues="licence-fact", requirements=[]))

    waits = {m["member"]: m["waits_for"] for m in (await plan(shop))["members"]}
    assert [one["member"] for one in waits["permit"]] == ["fire"]


async def test_a_filing_is_still_a_member_and_its_licence_is_not_asked(office: Office):
    shop = await Shop(office).open()

    await shop.retire(mode="filing")
    await office.hear(
        shop.published(LICENCE, issues=None, promised={"value": 0, "unit": "working_day"})
    )

    after = await plan(shop)
    assert members(after) == ["fire", "licence", "permit"]
    assert evidence(after) == ["floor-plan"]
    assert after["promise"]["working_hours"] == 40


async def test_the_next_versions_of_its_dependents_come_in_as_any_others(office: Office):
    """The day's net is no longer needed then: the reason is the item's own."""
    shop = await Shop(office).open()
    await shop.retire()
    for name in (PERMIT, FIRE):
        await office.hear(shop.published(name, requirements=[{"evidence": "floor-plan"}]))

    after = await plan(shop)

    assert {m["item_version"] for m in after["members"]} == {2}
    assert [one["why"] for one in after["not_asked"]] == []


async def test_a_bundle_with_a_retired_member_or_its_paper_is_refused_at_publishing(
    office: Office,
):
    shop = await Shop(office).open()
    await shop.retire()
    bureau = office.person("bureau", "li")

    answer = await bureau("PUT", f"/bundles/{shop.bundle}/publication", json={})

    assert problem(answer) == (422, "bundle-faulty")
    named = {(one["fault"], one["pointer"]): one for one in answer.json()["errors"]}
    assert set(named) == {
        ("retired-item", "/members/0/item"),
        ("retired-evidence", "/members/1/item"),
        ("retired-evidence", "/members/2/item"),
    }
    assert shop.code(LICENCE) in named["retired-item", "/members/0/item"]["detail"]
    assert members(await plan(shop)) == ["fire", "permit"], "what is published goes on"


async def test_a_designer_is_told_at_publishing_of_what_will_be_retired(office: Office):
    shop = await Shop(office).open()
    day = today() + timedelta(days=30)
    await office.hear(shop.retired(effective=day))

    published = await office.person("bureau", "li").put(f"/bundles/{shop.bundle}/publication")

    told = [one for one in published["warnings"] if one["about"].startswith("retired-")]
    assert [(one["about"], one["pointer"]) for one in told] == [
        ("retired-item", "/members/0/item"),
        ("retired-evidence", "/members/1/item"),
        ("retired-evidence", "/members/2/item"),
    ]
    assert all(day.isoformat() in one["detail"] for one in told)
    assert members(await plan(shop)) == ["fire", "licence", "permit"]


async def test_a_question_that_only_a_retired_member_hung_on_is_not_asked_any_more(
    office: Office,
):
    shop, ada = await Shop(office).open(), office.somebody()
    await shop.retire(FIRE, dispositions={})

    body = {"answers": {"premises": "朝阳路 1 号"}}
    found = await ada.post(f"/bundles/{shop.bundle}/compositions", json=body)

    assert members(found) == ["licence", "permit"]


async def test_nothing_is_left_to_apply_for_and_the_reasons_are_told(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    for name in (FIRE, PERMIT, LICENCE):
        await shop.retire(name, dispositions={})

    body = {"answers": ANSWERS}
    answer = await ada("POST", f"/bundles/{shop.bundle}/compositions", json=body)

    assert problem(answer) == (422, "nothing-to-do")
    assert {one["member"] for one in answer.json()["left_out"]} == {"fire", "licence", "permit"}
