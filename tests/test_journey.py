"""One application from the first question to the last result, through every service, for real."""

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from nats.js.errors import NotFoundError

from tests import world
from tests.platform import Platform, eventually, platform


@pytest.fixture
async def town(fresh_database, nats_url, signer, tmp_path: Path):
    async with platform(fresh_database, nats_url, signer, tmp_path) as made:
        await made.open_town()
        yield made


async def test_departments_approve_in_parallel_and_results_reach_who_needs_them(town: Platform):
    ada = town.citizen()
    application = await town.file(ada)
    states = {m["member"]: m["state"] for m in application["members"]}
    assert states == {"licence": "requested", "permit": "waiting", "fire": "waiting"}

    licence = await town.approval(application["id"], "licence", "market")
    assert (await town.decide(licence)).status_code == 200

    permit = await town.approval(application["id"], "permit", "health")
    fire = await town.approval(application["id"], "fire", "fire")
    dossier = await town.officer("health").get(f"/dossiers/{permit['id']}")
    issued = next(e for e in dossier["evidence"] if e["evidence"] == "licence-fact")
    assert issued["content"] == {"shop_name": "清风小馆"}
    assert "applicant_id_number" not in dossier["fields"], "the permit's item does not declare it"
    assert permit["relies_on"] == [issued["result_number"]]

    await town.decide(permit)
    await town.decide(fire)
    progress = await town.settled(ada, application["id"])
    assert progress["outcome"] == "granted"

    async def in_wallet():
        held = {one["evidence"] for one in (await ada.get("/wallet"))["items"]}
        return held == {"licence-fact", "shop-permit", "fire-certificate", "floor-plan"}

    assert await eventually(in_wallet)


async def test_a_second_filing_is_not_asked_for_what_the_wallet_holds(town: Platform):
    ada = town.citizen()
    first = await town.file(ada)
    assert first["materials"] == ["floor-plan:owner"]
    await ada.put(f"/applications/{first['id']}/withdrawal")

    same_place = await town.plan(ada)
    elsewhere = await town.plan(ada, answers={"area": 350.0, "premises": "滨江路 9 号"})

    assert same_place["materials"] == []
    assert [n["why"] for n in same_place["not_asked"] if n["evidence"] == "floor-plan"] == ["held"]
    assert [m["key"] for m in elsewhere["materials"]] == ["floor-plan:owner"]


async def test_a_refusal_that_stops_cancels_what_was_not_accepted(town: Platform):
    ada = town.citizen()
    application = await town.file(ada)
    licence = await town.approval(application["id"], "licence", "market")

    await town.decide(licence, "refused")

    progress = await town.settled(ada, application["id"])
    assert progress["outcome"] in ("refused", "stopped")
    notices = await eventually(lambda: _items(ada, "/notices"))
    assert notices[0]["facts"]["members"]["licence"]["reason_code"] == "not-enough"


async def _items(who, path):
    return (await who.get(path))["items"]


async def test_metrics_count_what_was_lived_from_events_alone(town: Platform):
    ada = town.citizen()
    application = await town.file(ada, answers={"area": 20.0, "premises": "朝阳路 1 号"})
    await town.decide(await town.approval(application["id"], "licence", "market"))
    await town.decide(await town.approval(application["id"], "permit", "health"))
    await town.settled(ada, application["id"])
    bureau = town.person("bureau", "li")

    async def counted():
        found = await bureau.get("/indicators?group_by=department")
        return found if len(found["approvals"]) == 2 and found["applications"] else None

    figures = await eventually(counted)
    [of_bundle] = figures["applications"]
    assert (of_bundle["filed"], of_bundle["settled"]) == (1, 1)
    assert of_bundle["outcomes"] == {"granted": 1}
    health = next(one for one in figures["approvals"] if one["key"] == "health")
    assert health["granted"] == 1
    assert health["promised_days_mean"] == 5.0
    assert health["worked_days_p50"] == 0
    assert health["kept_promises"] == 1.0


async def test_the_limits_that_the_catalogue_names_are_what_the_desks_clock_counts(town: Platform):
    twenty, ten = ({"value": days, "unit": "working_day"} for days in (20, 10))
    record = world.ITEMS["licence-check"] | {
        "legal": twenty,
        "extension": ten,
        "deemed_consent": "《中华人民共和国行政许可法》第五十条",
    }
    await town.person("bureau", "li").put("/items/licence-check", record)
    ada = town.citizen()

    async def planned() -> bool:
        members = (await town.plan(ada))["members"]
        return bool(members[0]["clock"]["legal"] == twenty)

    await eventually(planned)
    application = await town.file(ada)
    licence = await town.approval(application["id"], "licence", "market")

    clock = await town.officer("market").get(f"/approvals/{licence['id']}/clock")

    counts = {one["kind"]: one for one in clock["counts"]}
    assert counts["legal"]["budget"][0]["value"] == 20
    assert (
        counts["promised"]["budget"][0]["value"]
        == world.ITEMS["licence-check"]["promised"]["value"]
    )
    assert clock["deemed_consent"] is True
    assert clock["due"] == counts["promised"]["due"] < counts["legal"]["due"]
    assert sum(step["counted"] for step in counts["legal"]["steps"]) == 20


async def test_an_item_is_abolished_between_two_filings_of_one_bundle(town: Platform):
    """A's item is abolished, and B does not go on demanding A's result."""
    ada, bob, bureau = town.citizen("ada"), town.citizen("bob"), town.person("bureau", "li")
    first = await town.file(ada)
    await town.decide(await town.approval(first["id"], "licence", "market"))
    permit = await town.approval(first["id"], "permit", "health")
    fire = await town.approval(first["id"], "fire", "fire")
    before = await town.plan(bob)

    dry = await bureau.put("/items/licence-check/retirement?dry_run=true", retirement())
    needing = [one["item"] for one in dry["dependents"]["requirements"]]
    assert needing == ["fire-check", "shop-permit"] and dry["errors"] == []

    async def bundles_known():
        found = await bureau.get("/items/licence-check/dependents")
        return [one["code"] for one in found["bundles"]] == ["shop"]

    await eventually(bundles_known)
    await bureau.put("/items/licence-check/retirement", retirement())

    async def asked_for_less():
        plan = await town.plan(bob)
        return plan if len(plan["members"]) == 2 else None

    after = await eventually(asked_for_less)
    assert {one["member"] for one in after["members"]} == {"permit", "fire"}
    [left_out] = after["left_out"]
    assert (left_out["member"], left_out["retired"]["mode"]) == ("licence", "cancelled")
    assert len(after["form"]) < len(before["form"])
    assert all(one["waits_for"] == [] for one in after["members"])

    async def desks_told():
        shown = await town.officer("health").get(f"/approvals/{permit['id']}")
        return [one["evidence"] for one in shown["spared"]] == ["licence-fact"]

    await eventually(desks_told)
    dossier = await town.officer("health").get(f"/dossiers/{permit['id']}")
    assert "licence-fact" not in {one["evidence"] for one in dossier["evidence"]}
    told = await partner_told(town, "partner.fire.approval.amended")
    assert told["approval"] == fire["id"]
    assert [one["evidence"] for one in told["spared"]] == ["licence-fact"]
    notice = (await _items(ada, "/notices"))[0]
    assert (notice["kind"], notice["facts"]["retired"]) == ("amended", "licence-check")

    second = await town.file(bob)
    assert {m["member"]: m["state"] for m in second["members"]} == {
        "permit": "requested",
        "fire": "requested",
    }
    for application, who in ((first, ada), (second, bob)):
        for member, department in (("permit", "health"), ("fire", "fire")):
            await town.decide(await town.approval(application["id"], member, department))
        assert (await town.settled(who, application["id"]))["outcome"] == "granted"
    orphans = (await bureau.get("/lint"))["items"]
    assert "licence-fact" not in {one["evidence"] for one in orphans}


def retirement() -> dict:
    drop = {"action": "drop"}
    return {
        "mode": "cancelled",
        "effective": datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat(),
        "legal_basis": "国发〔2021〕7号",
        "dispositions": {"shop-permit": drop, "fire-check": drop},
    }


async def partner_told(town: Platform, subject: str) -> dict:
    """The last event on a partner's own stream."""
    jetstream = town.apps["approval"].state.broker.client.jetstream()

    async def last():
        with suppress(NotFoundError):
            return await jetstream.get_last_msg("PARTNER_fire", subject)

    return json.loads((await eventually(last)).data)["data"]
