"""容缺 through every service: accepted without a material, granted, and issued when it has come."""

from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.platform import Person, Platform, eventually, platform

DAYS = {"value": 10, "unit": "working_day"}
PLAN = "floor-plan:owner"


@pytest.fixture
async def town(fresh_database, nats_url, signer, tmp_path: Path):
    """The fire check takes the floor plan later, the permit does not ask for it."""
    async with platform(fresh_database, nats_url, signer, tmp_path) as made:
        await made.open_town()
        bureau = made.person("bureau", "li")
        later = {"evidence": "floor-plan", "deferrable": True, "deferral": DAYS}
        needs = [{"evidence": "licence-fact"}, later]
        await bureau.put("/items/fire-check", world.ITEMS["fire-check"] | {"requirements": needs})
        plain = world.ITEMS["shop-permit"] | {"requirements": [{"evidence": "licence-fact"}]}
        await bureau.put("/items/shop-permit", plain)

        async def taken_over() -> bool:
            plan = await made.plan(made.citizen("nobody"))
            return [one["deferrable"] for one in plan["materials"]] == [True]

        await eventually(taken_over)
        yield made


async def at_fire(town: Platform, who: Person) -> tuple[Any, Any]:
    """An application filed without the plan, and its approval at the fire brigade's desk."""
    filing = await town.filing(who)
    application = await who.post("/applications", json=filing | {"materials": {}})
    await town.decide(await town.approval(application["id"], "licence", "market"))
    return application, await town.approval(application["id"], "fire", "fire")


async def test_a_grant_goes_before_and_its_certificate_waits_for_the_gap(town: Platform):
    ada, officer = town.citizen(), town.officer("fire")
    application, approval = await at_fire(town, ada)
    assert [one["evidence"] for one in approval["deferred"]] == [PLAN]
    assert approval["deferred"][0]["until"], "by a day that the applicant was told"
    dossier = f"/dossiers/{approval['id']}"
    kept = await officer.put(f"{dossier}/result", {"content": world.CONTENT["fire-check"]})
    result = {"digest": kept["digest"], "issuer_number": "F-1"}
    path = f"/approvals/{approval['id']}"

    at_once = await officer(
        "PUT", f"{path}/decision", json={"verdict": "granted"} | {"result": result}
    )
    await officer.put(f"{path}/decision", {"verdict": "granted"})
    early = await officer("PUT", f"{path}/result", json=result)
    held = {one["evidence"] for one in (await ada.get("/wallet"))["items"]}
    for one in (at_once, early):
        assert one.status_code == 409
        assert one.json()["type"] == "/problems/gap-open"
    assert "fire-certificate" not in held

    upload = {"uploads": [await town.upload(ada)]}
    await ada.put(f"/applications/{application['id']}/materials/{PLAN}", upload)

    async def issued() -> bool:
        answer = await officer("PUT", f"{path}/result", json=result)
        return answer.status_code == 200

    assert await eventually(issued)
    assert [one["gaps"] for one in [await officer.get(dossier)]] == [[]]

    async def in_wallet() -> bool:
        found = {one["evidence"] for one in (await ada.get("/wallet"))["items"]}
        return {"fire-certificate", "floor-plan"} <= found

    assert await eventually(in_wallet)


async def test_what_came_before_the_desk_was_asked_is_no_gap(town: Platform):
    """The member still waits for its predecessor when its material comes."""
    ada = town.citizen()
    filing = await town.filing(ada)
    application = await ada.post("/applications", json=filing | {"materials": {}})
    upload = {"uploads": [await town.upload(ada)]}
    await ada.put(f"/applications/{application['id']}/materials/{PLAN}", upload)

    await town.decide(await town.approval(application["id"], "licence", "market"))
    approval = await town.approval(application["id"], "fire", "fire")

    assert approval["deferred"] == []
    assert (await town.decide(approval)).status_code == 200
