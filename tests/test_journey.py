"""One application from the first question to the last result, through every service, for real."""

from pathlib import Path

import pytest

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
