"""Originals that must be seen: where, by which desk, and once."""

from typing import Any
from uuid import uuid4

from tests.bundle.leaving import PHOTO, material
from tests.bundle.office import Office, of
from tests.bundle.store import WINDOW, dossier, filed, plan_of
from tests.refusals import problem


async def test_the_plan_says_where_the_original_is_seen(shop: Office):
    plan = await plan_of(shop.somebody())

    [window] = material(plan, "site-plan")["original"]
    assert window == {"member": "depot", "department": "market"} | WINDOW
    assert material(plan, "deed")["original"] == []


def level(read: Any, evidence: str = "site-plan") -> tuple[str, Any]:
    [one] = [one for one in read["evidence"] if one["evidence"] == evidence]
    return one["trust"], one["original"]


async def test_an_upload_is_unchecked_until_a_desk_has_seen_the_original(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    approval = of(application, "depot")["approval"]
    assert level(await dossier(shop, application, "depot")) == ("C", "to_be_checked")
    assert level(await dossier(shop, application, "yard")) == ("C", None)
    assert level(await dossier(shop, application, "depot"), "deed") == ("C", None)

    path = f"/dossiers/{approval}/originals/site-plan:owner"
    first = await shop.officer("market").put(path)
    again = await shop.officer("market", "zhao").put(path)

    assert first == again
    assert (first["trust"], first["checked_by"]) == ("B", "market")
    assert level(await dossier(shop, application, "depot")) == ("B", "checked")
    held = {one["evidence"]: one for one in (await ada.get("/wallet"))["items"]}
    assert (held["site-plan"]["trust"], held["site-plan"]["checked_by"]) == ("B", "market")
    assert held["deed"]["trust"] == "C"


async def test_what_was_checked_once_is_not_asked_again(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    await ada.put(f"/applications/{application['id']}/members/depot/withdrawal")
    before = {one["evidence"] for one in (await plan_of(ada))["materials"]}
    second = await filed(shop, ada)
    approval = of(second, "depot")["approval"]

    await shop.officer("market").put(f"/dossiers/{approval}/originals/site-plan:owner")
    await ada.put(f"/applications/{second['id']}/withdrawal")
    after = {one["evidence"] for one in (await plan_of(ada))["materials"]}

    assert "site-plan" in before, "an unchecked upload is not enough for level B"
    assert "site-plan" not in after


async def test_only_the_desk_that_asked_says_that_it_saw_an_original(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    own = f"/dossiers/{of(application, 'depot')['approval']}/originals"
    market = shop.officer("market")

    answers = [
        await shop.officer("fire")("PUT", f"{own}/site-plan:owner", json={}),
        await shop.officer("market")("PUT", f"/dossiers/{uuid4()}/originals/deed:owner", json={}),
        await market("PUT", f"{own}/depot-permit:owner", json={}),
    ]

    assert {problem(one) for one in answers} == {(404, "dossier-unknown")}
    assert problem(await market("PUT", f"{own}/{PHOTO}", json={})) == (409, "nothing-to-compare")
    assert problem(await ada("PUT", f"{own}/deed:owner", json={})) == (403, "excluded")


async def test_what_one_applicant_shows_says_nothing_about_anothers(shop: Office):
    ada, bob = shop.somebody(), shop.somebody()
    application = await filed(shop, ada)
    path = f"/dossiers/{of(application, 'depot')['approval']}/originals/site-plan:owner"
    await shop.officer("market").put(path)

    assert level(await dossier(shop, await filed(shop, bob), "depot")) == ("C", "to_be_checked")
