"""Looking at what a retirement would do: who needs the item, and what becomes of them."""

from services.contracts import BundlePublished
from tests.alone import Alone
from tests.catalog.signs import LAW, Signs


async def test_a_dry_run_lists_just_those_who_need_it_and_what_is_missing(
    catalog: Alone, signs: Signs
):
    await signs.put(f"other-{signs.number}", requirements=[{"evidence": signs.plan}])
    looked_up = signs.need(source="register", register_name="招牌系统")
    await signs.put(f"modern-{signs.number}", requirements=[looked_up])
    told = BundlePublished(
        code=f"open-{signs.number}",
        version=1,
        name="开店",
        lead_department="market",
        items=(signs.sign, signs.food),
    )
    await catalog.hear(told)
    before = await catalog.rows("SELECT count(*) FROM outbox")

    answer = await signs.retire(signs.body(dispositions={}), "?dry_run=true")

    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["state"], found["evidence"], found["version"]) == ("dry_run", signs.paper, None)
    needing = [one["item"] for one in found["dependents"]["requirements"]]
    assert needing == sorted([signs.fire, signs.food])
    assert [one["code"] for one in found["dependents"]["bundles"]] == [told.code]
    assert found["dependents"]["applications"] == f"/api/bundles/-/retirements/{signs.sign}"
    assert {(one["pointer"], one["fault"]) for one in found["errors"]} == {
        (f"/dispositions/{code}", "disposition-missing") for code in (signs.fire, signs.food)
    }
    assert await catalog.rows("SELECT count(*) FROM outbox") == before
    assert (await signs.bureau("GET", f"/items/{signs.sign}/retirement")).status_code == 404


async def test_a_dry_run_shows_each_dependent_before_and_after(signs: Signs):
    body = signs.body(
        dispositions={
            signs.food: {"action": "register", "register_name": "招牌系统"},
            signs.fire: {"action": "keep", "kept_by": "market", "legal_basis": LAW},
        }
    )

    found = (await signs.retire(body, "?dry_run=true")).json()

    assert found["errors"] == []
    shown = {one["item"]: one for one in found["rewritten"]}
    assert shown[signs.food]["before"][0]["source"] == "item"
    assert shown[signs.food]["after"][0]["register_name"] == "招牌系统"
    assert shown[signs.fire]["after"][0]["kept_by"] == "market"
    assert (await signs.asks(signs.food))[0]["source"] == "item", "a dry run changes nothing"


async def test_dependents_are_told_without_any_plan_to_retire(catalog: Alone, signs: Signs):
    await signs.put(f"second-{signs.number}", issues=signs.paper)

    found = (await catalog.client.get(f"/items/{signs.sign}/dependents")).json()

    assert found["evidence"] == signs.paper
    assert found["other_issuers"] == [f"second-{signs.number}"]
    assert [one["item"] for one in found["requirements"]] == sorted([signs.fire, signs.food])
    assert (await catalog.client.get("/items/no-such-item/dependents")).status_code == 404


async def test_a_dry_run_tells_no_partner(catalog: Alone, signs: Signs):
    await signs.retire(query="?dry_run=true")

    assert not await catalog.told("partner.market.item.retired", item=signs.sign)
