"""A right is handed down, used at the point's window and taken back, through every service."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.platform import Person, Platform, eventually, platform

POINT = "taoyuan"
CAPACITY = {"people": 3, "trained": 2, "training": ["licences-2026"]}


@pytest.fixture
async def town(fresh_database, nats_url, signer, tmp_path: Path):
    async with platform(fresh_database, nats_url, signer, tmp_path) as made:
        await made.open_town()
        yield made


def people(town: Platform) -> tuple[Person, Person]:
    return town.person("bureau", "li"), town.person("clerk", "qin", point=POINT)


async def step(who: Person, kind: str, name: str, body: dict[str, Any]) -> Any:
    path = f"/delegations/licence-check/{POINT}/{kind}"
    version = (await who.get(path))["version"]
    headers = {"if-match": f'"{version}"', "idempotency-key": f"{kind}-{name}-{version}"}
    return await who.put(f"{path}/{name}", body, headers=headers)


async def hand_down(town: Platform) -> None:
    """The township takes over the licence check, from acceptance to decision."""
    bureau, clerk = people(town)
    record = {"kind": "township", "name": "桃源镇", "region": world.REGION, "organ": True}
    await bureau.put(f"/service-points/{POINT}", record)
    rights = {"items": ["licence-check"], "points": [POINT], "rights": ["accept", "close"]}
    await bureau.post("/delegations/offers", rights | {"mode": "entrust"})
    until = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
    for kind in ("accept", "close"):
        await step(clerk, kind, "acceptance", {"capacity": CAPACITY})
        await step(bureau, kind, "trial", {"until": until})
        await step(bureau, kind, "activation", {})


async def at_window(clerk: Person, application: str) -> Any:
    async def lies_there() -> Any:
        page = await clerk.get(f"/approvals?application={application}")
        return page["items"][0] if page["items"] else None

    return await eventually(lies_there)


async def test_a_township_decides_what_was_handed_down_until_it_is_taken_back(town: Platform):
    bureau, clerk = people(town)
    ada, bob = town.citizen(), town.citizen("bob")
    await hand_down(town)

    async def filed(who: Person) -> Any:
        """As soon as bundle has heard of the point."""

        async def taken() -> Any:
            answer = await who("POST", "/applications", json=await town.filing(who, point=POINT))
            return answer.json() if answer.status_code == 201 else None

        return await eventually(taken)

    application = await filed(ada)
    approval = await at_window(clerk, application["id"])
    dossier = await clerk.get(f"/dossiers/{approval['id']}")
    assert dossier["fields"]["applicant_name"] == world.FORM["applicant_name"]
    kept = await clerk.put(
        f"/dossiers/{approval['id']}/result", {"content": world.CONTENT["licence-check"]}
    )
    result = {"digest": kept["digest"], "issuer_number": "T-1"}
    body = {"verdict": "granted", "result": result}
    shown = await clerk.put(f"/approvals/{approval['id']}/decision", body)
    assert (shown["decided_point"], shown["decided_mode"]) == (POINT, "entrust")

    permit = await town.approval(application["id"], "permit", "health")
    assert permit["relies_on"], "what the township issued reaches the next department"

    async def measured() -> Any:
        return (await bureau.get(f"/delegations/licence-check/{POINT}/close"))["quality"]

    quality = await eventually(measured)
    assert (quality["cases"], quality["refused"], quality["returned"]) == (1, 0, 0)

    waiting = await filed(bob)
    approval = await at_window(clerk, waiting["id"])
    for kind in ("close", "accept"):
        await step(bureau, kind, "withdrawal", {"reasons": ["returns"]})

    async def lost() -> bool:
        answers = [
            await clerk("PUT", f"/approvals/{approval['id']}/decision", json=body),
            await clerk("GET", f"/dossiers/{approval['id']}"),
        ]
        return [one.status_code for one in answers] == [404, 404]

    assert await eventually(lost)
    assert (await town.decide(approval)).status_code == 200, "the department goes on with it"
