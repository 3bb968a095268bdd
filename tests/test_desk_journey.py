"""What desks do besides deciding, through every service, for real: they ask for corrections, stop
the clock, make certificates later, look whether a promise was kept, and end what was granted."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from services.chassis import ticks
from tests import world
from tests.platform import Person, Platform, eventually, platform
from tests.test_instant_journey import BUNDLE, FORM, PERMIT

PLAN = "floor-plan:owner"
WORDS = "平面图看不清；店名请与营业执照一致。"
TRADE = {
    "name": "旅馆业特种行业许可",
    "department": "fire",
    "region": world.REGION,
    "regulator": "market",
    "promised": {"value": 5, "unit": "working_day"},
    "fields": [{"field": "shop_name"}],
    "requirements": [{"evidence": "quick-permit", "source": "item"}],
    "issues": "trade-permit",
}
INN = BUNDLE | {
    "members": [
        *BUNDLE["members"],
        {"member": "trade", "item": "trade-permit", "holder": "owner"},
    ]
}
ENDING = {
    "kind": "revoked",
    "reason_codes": ["commitment-not-kept"],
    "legal_basis": "《行政许可法》第六十九条",
}


@pytest.fixture
async def town(fresh_database, nats_url, signer, tmp_path: Path):
    async with platform(fresh_database, nats_url, signer, tmp_path) as made:
        await made.open_town()
        yield made


def pass_by(town: Platform, days: int) -> None:
    """Every service's clock, so many days ahead of the machine's."""
    for app in town.apps.values():
        app.state.clock = lambda: ticks.utc() + timedelta(days=days)


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


async def notices(who: Person, kind: str) -> list[Any]:
    found = [one for one in (await who.get("/notices"))["items"] if one["kind"] == kind]
    return found


async def told(who: Person, kind: str) -> Any:
    """The one notice of this kind."""
    [notice] = await eventually(lambda: notices(who, kind))
    return notice


async def both_at_desk(town: Platform, ada: Person) -> tuple[Any, Any, Any]:
    """A filing whose licence is there: the permit and the fire check lie at their desks."""
    application = await town.file(ada)
    await town.decide(await town.approval(application["id"], "licence", "market"))
    permit = await town.approval(application["id"], "permit", "health")
    return application, permit, await town.approval(application["id"], "fire", "fire")


async def explained(desk: Person, approval: str, text: str) -> str:
    async def stored() -> Any:
        answer = await desk("PUT", f"/dossiers/{approval}/explanations", json={"text": text})
        return answer.json()["digest"] if answer.is_success else None

    return str(await eventually(stored))


async def uploads(desk: Person, approval: str) -> list[str]:
    """Of the floor plan, as a desk sees it."""
    dossier = await desk.get(f"/dossiers/{approval}")
    [piece] = [one for one in dossier["evidence"] if one["evidence"] == "floor-plan"]
    return [str(one["upload"]) for one in piece["files"]]


async def test_a_correction_its_answer_and_the_decision(town: Platform):
    ada, health, fire = town.citizen(), town.officer("health"), town.officer("fire")
    application, permit, other = await both_at_desk(town, ada)
    here, answered = f"/approvals/{permit['id']}", f"/applications/{application['id']}/corrections"
    gaps = [
        {"field": "shop_name", "reason_code": "name-differs"},
        {"evidence": PLAN, "reason_code": "not-readable"},
    ]
    body = {"gaps": gaps, "explanation": await explained(health, permit["id"], WORDS)}

    await health.post(f"{here}/correction-requests", json=body)

    assert problem(await town.decide(permit)) == (409, "awaiting-correction")
    assert (await told(ada, "correction"))["next"]["code"] == "correct"
    [asked] = (await ada.get(answered))["items"]
    assert (asked["fields"], asked["materials"]) == (["shop_name"], [PLAN])
    assert asked["explanation"]["text"] == WORDS
    half = await ada("PUT", f"{answered}/permit", json={"form": {"shop_name": "清风面馆"}})
    assert problem(half) == (422, "correction-incomplete")
    assert [one["pointer"] for one in half.json()["errors"]] == ["/materials/floor-plan:owner"]

    plan = await town.upload(ada, world.PDF + b"better")
    whole = {"form": {"shop_name": "清风面馆"}, "materials": {PLAN: [plan]}}
    await ada.put(f"{answered}/permit", json=whole)

    async def accepted() -> bool:
        return bool((await health.get(here))["state"] == "accepted")

    await eventually(accepted)
    dossier = await health.get(f"/dossiers/{permit['id']}")
    assert dossier["fields"]["shop_name"] == "清风面馆"
    assert await uploads(health, permit["id"]) == await uploads(fire, other["id"]) == [plan]
    again = await health("POST", f"{here}/correction-requests", json=body)
    assert problem(again) == (409, "correction-asked-once")
    await town.decide(permit)
    await town.decide(other)
    assert (await town.settled(ada, application["id"]))["outcome"] == "granted"
    assert len(await notices(ada, "correction")) == 1


async def test_an_inspection_stops_the_clock_until_it_is_over(town: Platform):
    ada, desk = town.citizen(), town.officer("fire")
    application, permit, fire = await both_at_desk(town, ada)
    here, progress = f"/approvals/{fire['id']}", f"/applications/{application['id']}/progress"
    before = (await desk.get(f"{here}/clock"))["due"]
    pause = {"kind": "inspection", "expected": {"value": 3, "unit": "working_day"}}

    nameless = await desk("POST", f"{here}/suspensions", json=pause)
    await desk.post(f"{here}/suspensions", json=pause | {"evidence": "消检通〔2026〕第7号"})

    assert nameless.status_code == 422, "without evidence there is no pause"
    assert problem(await town.decide(fire)) == (409, "approval-suspended")
    assert (await desk.get(f"{here}/clock"))["due"] is None
    await told(ada, "suspended")
    [shown] = [one for one in (await ada.get(progress))["members"] if one["member"] == "fire"]
    assert (shown["due"], shown["holds"][0]["procedure"]) == (None, "inspection")

    pass_by(town, 20)
    await desk.put(f"{here}/suspensions/1/end", key="over")

    after = await desk.get(f"{here}/clock")
    assert after["due"] > before
    [entry] = after["pauses"]
    assert (entry["evidence"], entry["begun_by"]) == ("消检通〔2026〕第7号", "wang")
    assert await eventually(lambda: notices(ada, "resumed"))
    again = await desk("PUT", f"{here}/suspensions/1/end", key="again", json={})
    assert problem(again) == (409, "not-suspended")
    await town.decide(fire)
    await town.decide(permit)
    assert (await town.settled(ada, application["id"]))["outcome"] == "granted"


async def test_who_needs_a_certificate_waits_for_it_days_after_the_decision(town: Platform):
    ada, market = town.citizen(), town.officer("market")
    application = await town.file(ada)
    licence = await town.approval(application["id"], "licence", "market")
    here = f"/approvals/{licence['id']}"
    await market.put(f"{here}/decision", {"verdict": "granted"})

    async def states(*wanted: str) -> dict[str, str] | None:
        found = (await ada.get(f"/applications/{application['id']}/progress"))["members"]
        by_name = {one["member"]: one["state"] for one in found}
        return by_name if by_name["licence"] == "granted" and by_name["permit"] in wanted else None

    assert (await eventually(lambda: states("waiting", "requested")))["permit"] == "waiting"
    pass_by(town, 9)
    content = {"content": world.CONTENT["licence-check"]}
    digest = (await market.put(f"/dossiers/{licence['id']}/result", content))["digest"]
    issued = await market.put(f"{here}/result", {"digest": digest, "issuer_number": "N-late"})

    assert await eventually(lambda: states("requested", "accepted"))
    decided, made = (issued[name][:10] for name in ("decided_at", "issued_at"))
    assert made > decided


async def open_inn(town: Platform) -> None:
    """A hygiene permit by rule, and a trade permit of another department that relies on it."""
    bureau = town.person("bureau", "li")
    kind = {"name": "证", "holder_kind": "person", "number_field": "permit_number"}
    for code in ("quick-permit", "trade-permit"):
        record = kind | {"content": ["permit_number", "shop_name"]}
        await bureau.put(f"/evidence-types/{code}", record)
    await bureau.put("/items/quick-permit", PERMIT)
    await bureau.put("/items/trade-permit", TRADE)
    await town.publish("inn", INN)


async def file_inn(ada: Person) -> Any:
    chosen = [{"item": "quick-permit", "code": "promise"}]
    plan = await ada.post("/bundles/inn/compositions", {"answers": {}, "commitments": chosen})
    [offered] = plan["commitments"]
    signed = [{k: offered[k] for k in ("item", "code", "version", "digest")}]
    filing = {"bundle": "inn", "plan": plan["digest"], "form": FORM, "commitments": signed}
    return await ada.post("/applications", filing)


async def held(who: Person) -> dict[str, Any]:
    """The wallet by evidence; none before both permits are there."""
    found = {one["evidence"]: one for one in (await who.get("/wallet"))["items"]}
    return found if found.keys() >= {"quick-permit", "trade-permit"} else {}


async def verified(town: Platform, ada: Person, permit: Any) -> str:
    """What anybody learns who follows the QR code on the certificate."""
    page = (await ada("GET", f"/wallet/{permit['id']}/certificate")).text
    link = re.search(r'href="([^"]+)"', page)
    assert link is not None
    url = urlsplit(link[1].replace("&amp;", "&"))
    path = url.path.removeprefix("/api")
    answer = await town.client_for(path).get(path, params=parse_qs(url.query))
    return str(answer.json()["standing"])


async def test_a_failed_check_ends_a_permit_and_reaches_who_relied_on_it(town: Platform):
    await open_inn(town)
    ada = town.person("citizen", "ada", acr="2")
    application = await file_inn(ada)
    trade = await town.approval(application["id"], "trade", "fire")
    content = {"content": {"permit_number": "T-1", "shop_name": FORM["shop_name"]}}
    fire, health = town.officer("fire"), town.officer("health")
    digest = (await fire.put(f"/dossiers/{trade['id']}/result", content))["digest"]
    await town.decide(trade, result={"digest": digest, "issuer_number": "T-1"})
    permit = (await eventually(lambda: held(ada)))["quick-permit"]
    assert trade["relies_on"] == [permit["result_number"]]
    assert await verified(town, ada, permit) == "valid"

    await check_fails(town, application)
    ending = f"/results/{permit['result_number']}"
    assert problem(await health("POST", f"{ending}/endings", json=ENDING))[1] == "hearing-missing"
    await health.put(f"{ending}/hearing", {"outcome": "held", "evidence": "听证笔录第1号"})
    await health.post(f"{ending}/endings", ENDING)

    [flag] = (await fire.get(f"/approvals/{trade['id']}"))["flags"]
    assert (flag["result"], flag["ended_as"]) == (permit["result_number"], "revoked")
    reviewer = town.person("inspector", "shen", department="market")
    [review] = (await reviewer.get("/supervisions?kind=review"))["items"]
    assert (review["approval"], review["ref"]) == (trade["id"], permit["result_number"])
    await told(ada, "ended")
    wallet = await held(ada)
    assert {code: one["ended_as"] for code, one in wallet.items()} == {
        "quick-permit": "revoked",
        "trade-permit": None,
    }
    assert await verified(town, ada, permit) == "ended"
    page = (await ada("GET", f"/wallet/{permit['id']}/certificate")).text
    assert "本证照已被撤销" in page
    progress = await ada.get(f"/applications/{application['id']}/progress")
    assert progress["outcome"] == "granted", "what was settled stays settled"

    second = await file_inn(ada)
    approval = await town.approval(second["id"], "permit", "health")
    assert approval["state"] == "opened", "no rule grants anything to who broke a promise"


async def check_fails(town: Platform, application: Any) -> None:
    """The regulator takes the duty on and, weeks later, finds the promise not kept."""
    regulator = town.person("inspector", "shen", department="health")

    async def opened() -> Any:
        found = (await regulator.get("/supervisions?kind=verify_commitment"))["items"]
        return [one for one in found if one["application"] == application["id"]]

    [duty] = await eventually(opened)
    here = f"/supervisions/{duty['id']}"
    found = {"verdict": "fail", "reason_codes": ["commitment-not-kept"]}
    early = await regulator("POST", f"{here}/findings", json=found)
    assert problem(early) == (409, "not-acknowledged")
    await regulator.put(f"{here}/acknowledgement")
    pass_by(town, 50)
    await regulator.put(f"{here}/inspection")
    assert (await regulator.post(f"{here}/findings", json=found))["state"] == "ending_proposed"
