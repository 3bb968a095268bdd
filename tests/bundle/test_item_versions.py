"""An application keeps the item versions of its filing day, whatever is published afterwards."""

from typing import Any

from tests.bundle.office import Office, decided, of
from tests.bundle.test_designers import draft, item
from tests.platform import Person

REQUESTED = "bundle.approval.requested"
LATER: dict[str, Any] = {
    "fields": [{"field": "area"}, {"field": "shop_name"}],
    "promised": {"value": 4},
}


async def filed(office: Office, who: Person, first: str, then: str) -> Any:
    """A filing of two items of which one waits for the other, as they were that day."""
    await office.hear(item(first), item(then))
    bundle = draft(first, then) | {"edges": [{"from": first, "to": then, "state": "decided"}]}
    await office.publish(f"{first}-{then}", bundle)
    plan = await office.planned(who, f"{first}-{then}", {"area": 1.0})
    filing = {"bundle": f"{first}-{then}", "plan": plan["digest"], "answers": {"area": 1.0}}
    return await who.post("/applications", json=filing | {"form": {"area": 1.0}})


async def test_what_is_asked_of_a_desk_later_is_what_was_in_force_when_it_was_filed(
    office: Office,
):
    ada = office.somebody()
    application = await filed(office, ada, "pinned-one", "pinned-two")
    await office.hear(item("pinned-one", 2, **LATER), item("pinned-two", 2, **LATER))

    await office.hear(decided(application, "pinned-one"))

    told = await office.told(REQUESTED, application=application["id"])
    assert {one["member"]: one["item_version"] for one in told} == {
        "pinned-one": 1,
        "pinned-two": 1,
    }
    assert [one["promise"]["value"] for one in told] == [1, 1]
    own = of(application, "pinned-two")
    dossier = await office.officer("market").get(f"/dossiers/{own['approval']}")
    assert dossier["item_version"] == 1
    assert dossier["fields"] == {"area": 1.0}


async def test_whoever_files_next_is_asked_by_the_version_that_is_then_in_force(office: Office):
    await filed(office, office.somebody(), "next-one", "next-two")
    await office.hear(item("next-one", 2, **LATER))

    plan = await office.planned(office.somebody(), "next-one-next-two", {"area": 1.0})

    assert {one["field"] for one in plan["form"]} == {"area", "shop_name"}
    versions = {one["item"]: one["item_version"] for one in plan["members"]}
    assert versions == {"next-one": 2, "next-two": 1}


async def test_a_plan_of_the_day_before_is_not_filed_on(office: Office):
    """At the turn of a version the applicant reads the new plan before filing it."""
    await filed(office, office.somebody(), "turn-one", "turn-two")
    ada = office.somebody()
    answers = {"area": 1.0}
    plan = await office.planned(ada, "turn-one-turn-two", answers)
    await office.hear(item("turn-two", 2, **LATER))

    filing = {"bundle": "turn-one-turn-two", "plan": plan["digest"], "answers": answers}
    answer = await ada("POST", "/applications", json=filing | {"form": answers})

    assert answer.status_code == 409
    assert {one["field"] for one in answer.json()["plan"]["form"]} == {"area", "shop_name"}
