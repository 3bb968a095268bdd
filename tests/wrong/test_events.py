"""What is no event, or one that cannot take effect, is set aside and holds nothing up."""

import json
from typing import Any
from uuid import uuid4

import services.contracts
from deploy.nats.streams import OWN
from services.contracts import Event
from tests.platform import Person, eventually
from tests.served import Served
from tests.wrong.refusals import problem


def internal() -> list[type[Event]]:
    """Every event that travels between our own services."""
    kinds = [getattr(services.contracts, name) for name in services.contracts.__all__]
    events = [k for k in kinds if isinstance(k, type) and issubclass(k, Event) and k is not Event]
    return [kind for kind in events if kind.stream in OWN]


async def who_hears(town: Served) -> dict[str, set[str]]:
    """By subject, the services whose durable consumers ask for it: they park what is no event.
    What nobody hears harms nobody."""
    heard: dict[str, set[str]] = {}
    for stream in sorted({kind.stream for kind in internal()}):
        for one in await town.js.consumers_info(stream):
            for subject in one.config.filter_subjects or [one.config.filter_subject]:
                heard.setdefault(subject, set()).add(one.name.partition("-on-")[0])
    return heard


async def test_nonsense_on_every_subject_is_parked_and_holds_nothing_up(town: Served, ada: Person):
    heard = await who_hears(town)
    assert set(heard) < {kind.route for kind in internal()}
    assert heard["bundle.approval.requested"] == {"approval"}
    assert heard["approval.approval.decided"] == {"bundle", "metrics"}
    for kind in internal():
        envelope = {"specversion": "1.0", "type": kind.type, "id": str(uuid4()), "data": {}}
        for nonsense in (
            b"nonsense",
            json.dumps(envelope).encode(),
            json.dumps(envelope | {"type": "of.no.kind", "id": str(uuid4())}).encode(),
            json.dumps(envelope | {"id": None}).encode(),
        ):
            await town.js.publish(kind.route, nonsense)
    operator = town.person("operator", "op")

    async def parked() -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = (await operator.get("/operations/parked"))["items"]
        return items if len(items) >= 4 * sum(map(len, heard.values())) else None

    items = await eventually(parked)

    assert items is not None
    found: dict[str, list[str]] = {}
    for one in items:
        found.setdefault(one["subject"], []).append(one["service"])
    assert {subject: set(by) for subject, by in found.items()} == heard
    often = {subject: len(by) / len(heard[subject]) for subject, by in found.items()}
    assert often == dict.fromkeys(found, 4)
    assert all(one["reason"] and "payload" not in one for one in items)
    assert (await ada("GET", "/operations/parked")).status_code == 403

    application = await town.file(ada)
    await town.decide(await town.approval(application["id"], "licence", "market"))
    await town.decide(await town.approval(application["id"], "permit", "health"), "refused")
    await town.decide(await town.approval(application["id"], "fire", "fire"))
    assert (await town.settled(ada, application["id"]))["outcome"] == "partly_granted"
    lag = (await operator.get("/operations/lag"))["items"]
    assert all(one["unpublished"] == 0 and one["stuck"] == 0 for one in lag)


async def test_a_parked_event_whose_cause_is_not_mended_stays_parked(town: Served):
    operator, event = town.person("operator", "op"), str(uuid4())
    document = {"specversion": "1.0", "type": "bundle.application.completed", "id": event}
    await town.js.publish(document["type"], json.dumps(document | {"data": {}}).encode())

    async def parked() -> Any:
        items = (await operator.get("/operations/parked"))["items"]
        return next((one for one in items if one["event_id"] == event), None)

    before = await eventually(parked)
    path = f"/operations/parked/{before['service']}/{event}/retry"
    unknown = await operator("POST", path.replace(event, str(uuid4())))
    answer = await operator("POST", path)

    assert problem(unknown) == (404, "not-found")
    assert answer.status_code >= 400
    assert await eventually(parked) == before | {"tries": before["tries"] + 1}
