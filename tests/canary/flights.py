"""Every flow that a filing can take, with the canaries in it."""

import asyncio
from typing import Any

from tests import county, world
from tests.approval.partner import Partner
from tests.canary.birds import DORAS_ID, DRAWING, ID_NUMBER, NAME, PHONE, WORKERS_ID, WORKERS_NAME
from tests.platform import Person, eventually
from tests.served import Served

SHOP = world.FORM | {"applicant_name": NAME, "applicant_id_number": ID_NUMBER}
FOUNDING = {
    "applicant_name": NAME,
    "applicant_id_number": ID_NUMBER,
    "applicant_phone": PHONE,
    "enterprise_name": "清风餐饮有限公司",
}
WORKERS = [{"person_name": WORKERS_NAME, "person_id_number": WORKERS_ID}]


async def uploaded(town: Served, who: Person) -> str:
    content = world.PDF + f"% {DRAWING} {ID_NUMBER}\n".encode()
    name = f"{NAME}-{ID_NUMBER}.pdf"
    answer = await who("POST", "/uploads", files={"file": (name, content, "application/pdf")})
    return str(answer.json()["id"])


async def prepared(
    town: Served, who: Person, bundle: str, answers: Any, form: Any, **holder: str
) -> dict[str, Any]:
    body = {"answers": answers, "holder": holder}
    plan = await who.post(f"/bundles/{bundle}/compositions", json=body)
    filled = form | answers
    return {
        "bundle": bundle,
        "plan": plan["digest"],
        "answers": answers,
        "holder": holder,
        "form": {f["field"]: filled[f["field"]] for f in plan["form"]},
        "materials": {
            m["key"]: [] if m["kind"] == "commitment" else [await uploaded(town, who)]
            for m in plan["materials"]
        },
    }


async def a_shop_from_filing_to_outcome(town: Served, ada: Person) -> dict[str, Any]:
    filing = await prepared(town, ada, "shop", world.ANSWERS, SHOP)
    for _ in range(2):
        answer = await ada("POST", "/applications", key="shop", json=filing)
    application = answer.json()
    stream = asyncio.create_task(ada("GET", f"/applications/{application['id']}/events"))
    licence = await town.approval(application["id"], "licence", "market")
    desk = town.officer("market")
    dossier = await desk.get(f"/dossiers/{licence['id']}")
    assert dossier["fields"]["applicant_id_number"] == ID_NUMBER
    await town.decide(licence)
    permit = await town.approval(application["id"], "permit", "health")
    desk = town.person("partner", "partner-health", department="health")
    dossier = await desk.get(f"/dossiers/{permit['id']}")
    [file] = [one for e in dossier["evidence"] for one in e["files"]]
    content = await desk("GET", f"/dossiers/{permit['id']}/files/{file['upload']}")
    assert DRAWING.encode() in content.content
    await town.decide(permit, "refused")
    await town.decide(await town.approval(application["id"], "fire", "fire"))
    await town.settled(ada, application["id"])
    await asyncio.wait_for(stream, 5)
    for path in ("/applications", "/wallet", "/notices", f"/applications/{application['id']}"):
        await ada.get(path)
    return dict(application)


async def a_company_and_its_restaurant(town: Served, ada: Person) -> dict[str, Any]:
    """Results whose content has a name in it, a number that is issued, workers in a list, an
    agent, and partners that answer over NATS."""
    founded = await ada.post(
        "/applications", json=await prepared(town, ada, "founding", {}, FOUNDING)
    )
    register = await town.approval(founded["id"], "register", "market")
    code = county.credit_code(33333)
    content = {"content": {"enterprise_name": FOUNDING["enterprise_name"], "credit_code": code}}
    await town.officer("market").get(f"/dossiers/{register['id']}")
    await decide_with(town, register, content)
    boss, agent = town.citizen("boss", enterprise=code), town.citizen("agent")
    mandate = {"agent": "agent", "bundles": ["restaurant"], "number": code}
    given = await boss.post("/mandates", json=mandate | {"valid_until": "2099-01-01T00:00:00Z"})
    answers = {"premises": "朝阳路 1 号", "area": 10.0, "worker_count": 1}
    form = {"enterprise_name": FOUNDING["enterprise_name"], "credit_code": code}
    form |= {"workers": WORKERS}

    async def numbered() -> Any:
        filing = await prepared(town, agent, "restaurant", answers, form, mandate=given["id"])
        answer = await agent("POST", "/applications", json=filing)
        return answer.json() if answer.is_success else None

    restaurant = await eventually(numbered)
    check = await town.approval(restaurant["id"], "check-1", "health")
    health = town.officer("health")
    assert WORKERS_ID in str(await health.get(f"/dossiers/{check['id']}"))
    named = {"certificate_number": "H-1", "person_name": WORKERS_NAME}
    kept = await health.put(f"/dossiers/{check['id']}/result", {"content": named})
    partner = Partner(town.js, "health")
    result = {"digest": kept["digest"], "issuer_number": "H-1"}
    message = await partner.decide(check["id"], result=result)
    assert (await partner.answer(message))[0] == "accepted"
    permit = await town.approval(restaurant["id"], "permit", "health")
    assert WORKERS_NAME in str(await health.get(f"/dossiers/{permit['id']}"))
    return dict(permit)


async def decide_with(town: Served, approval: dict[str, Any], content: dict[str, Any]) -> None:
    desk = town.officer(approval["department"])
    kept = await desk.put(f"/dossiers/{approval['id']}/result", content)
    body = {"verdict": "granted", "result": {"digest": kept["digest"], "issuer_number": "L-1"}}
    await desk.put(f"/approvals/{approval['id']}/decision", body)


async def withdrawn(town: Served, ada: Person) -> None:
    there = world.ANSWERS | {"premises": "滨江路 9 号"}
    filing = await prepared(town, ada, "shop", there, SHOP)
    application = await ada.post("/applications", json=filing)
    await ada.put(f"/applications/{application['id']}/members/fire/withdrawal")
    await ada.put(f"/applications/{application['id']}/withdrawal")


async def put_right(town: Served) -> None:
    """A desk writes to an applicant, who puts a name right; and both do it wrong."""
    dora, form = town.citizen("dora"), {"applicant_name": "李清", "applicant_id_number": DORAS_ID}
    there = world.ANSWERS | {"premises": "湖滨路 5 号"}
    filing = await prepared(town, dora, "shop", there, world.FORM | form)
    application = await dora.post("/applications", json=filing)
    licence = await town.approval(application["id"], "licence", "market")
    desk, at = town.officer("market"), f"/approvals/{licence['id']}/correction-requests"
    words = {"text": f"{NAME}，{ID_NUMBER}，{PHONE}", "gaps": {"applicant_name": NAME}}
    at_dossier = f"/dossiers/{licence['id']}/explanations"
    kept = await desk.put(at_dossier, words)
    gap = {"field": "applicant_name", "reason_code": "differs"}
    notice = {"gaps": [gap], "explanation": kept["digest"]}
    for wrong in (
        {"gaps": [gap | {"reason_code": NAME}]},
        {"gaps": [gap | {"field": NAME}]},
        {"explanation": f"{NAME} {PHONE}"},
        {"answer_by": ID_NUMBER},
    ):
        assert (await desk("POST", at, json=notice | wrong)).status_code == 422
    wrong_words = words | {"gaps": {"applicant_phone": PHONE}}
    assert (await desk("PUT", at_dossier, json=wrong_words)).status_code == 422
    await desk.post(at, notice)
    path = f"/applications/{application['id']}/corrections"

    async def asked() -> Any:
        seen = await dora.get(f"/applications/{application['id']}/progress")
        return [one for one in seen["to_do"] if one["kind"] == "correct"]

    await eventually(asked)
    for form in ({"applicant_phone": PHONE}, {"applicant_name": [NAME]}):
        assert (await dora("PUT", f"{path}/licence", json={"form": form})).status_code == 422
    for _ in range(2):
        await dora.put(f"{path}/licence", {"form": {"applicant_name": NAME}})

    async def told() -> bool:
        state: str = (await desk.get(f"/approvals/{licence['id']}"))["state"]
        return state == "accepted"

    await eventually(told)
    assert NAME in str(await desk.get(f"/dossiers/{licence['id']}"))
