"""What was to be put right, or was left for later, when the item no longer asks for it."""

from typing import Any

from services.contracts import Gap
from tests.bundle.closing import AMENDED, PERMIT, Shop, told
from tests.bundle.correcting import asked as correction
from tests.bundle.office import Office, decided, issued
from tests.platform import Person

DOSSIER = "bundle.dossier.amended"
NAME = Gap(field="shop_name", reason_code="differs")


async def under_correction(shop: Shop, ada: Person, *gaps: Gap) -> Any:
    """The permit is at its desk, which has asked to put these right."""
    application = await shop.filed(ada)
    await shop.office.hear(issued(application, "licence", shop.code("licence-fact")))
    await shop.office.hear(correction(application, "permit", *gaps))
    return application


async def lighten(shop: Shop) -> None:
    """The permit asks for no floor plan any more."""
    plan = shop.code("floor-plan")
    more = {"evidence": None, "dispositions": {}, "no_longer_asks": (plan,)}
    await shop.retire(PERMIT, mode="optimised", **more)


async def test_who_was_asked_to_put_right_only_what_is_spared_has_nothing_left_to_do(
    office: Office,
):
    shop, ada = await Shop(office).open(), office.somebody()
    plan = Gap(evidence=shop.code("floor-plan"), reason_code="illegible")
    application = await under_correction(shop, ada, plan)
    assert [one["kind"] for one in (await office.progress(ada, application))["to_do"]] == [
        "correct"
    ]

    await lighten(shop)

    assert (await office.progress(ada, application))["to_do"] == []
    [told_desk] = await told(office, DOSSIER, application)
    assert (told_desk["member"], told_desk["because"]) == ("permit", "correction")


async def test_of_a_correction_only_what_is_still_asked_must_be_put_right(office: Office):
    shop, ada = await Shop(office).open(), office.somebody()
    plan = Gap(evidence=shop.code("floor-plan"), reason_code="illegible")
    application = await under_correction(shop, ada, NAME, plan)

    await lighten(shop)

    [asked] = (await ada.get(f"/applications/{application['id']}/corrections"))["items"]
    assert (asked["open"], asked["fields"], asked["materials"]) == (True, ["shop_name"], [])
    path = f"/applications/{application['id']}/corrections/permit"
    answer = await ada("PUT", path, json={"form": {"shop_name": "明月小馆"}, "materials": {}})
    assert answer.status_code == 200, answer.text


async def test_a_correction_that_crosses_the_retirement_asks_for_nothing_that_is_spared(
    office: Office,
):
    shop, ada = await Shop(office).open(), office.somebody()
    application = await shop.filed(ada)
    await office.hear(issued(application, "licence", shop.code("licence-fact")))
    await lighten(shop)

    plan = Gap(evidence=shop.code("floor-plan"), reason_code="illegible")
    await office.hear(correction(application, "permit", plan))

    assert (await office.progress(ada, application))["to_do"] == []
    [told_desk] = await told(office, DOSSIER, application)
    assert told_desk["unknown"] == [shop.code("floor-plan")]


async def test_a_grant_that_waits_for_what_was_left_for_later_waits_no_more(office: Office):
    later = [{"evidence": "licence-fact"}, {"evidence": "floor-plan", "deferrable": True}]
    shop, ada = await Shop(office, shop_permit={"requirements": later}).open(), office.somebody()
    small = {"area": 20.0, "premises": "朝阳路 1 号"}
    application = await shop.filed(ada, small, materials={})
    await office.hear(issued(application, "licence", shop.code("licence-fact")))
    await office.hear(decided(application, "permit"))

    await lighten(shop)

    [amended] = await told(office, AMENDED, application)
    assert (amended["member"], amended["spared"][0]["evidence"]) == (
        "permit",
        shop.code("floor-plan"),
    )
