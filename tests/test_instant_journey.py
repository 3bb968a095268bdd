"""A permit by rule, from the filing to the wallet, through every service, for real."""

from pathlib import Path
from typing import Any

import pytest

from tests import world
from tests.platform import Person, Platform, eventually, platform

TEXT = {"code": "promise", "version": 2, "text": "本人承诺……", "text_en": "I promise …"}
PERMIT = {
    "name": "公共场所卫生许可",
    "department": "health",
    "region": world.REGION,
    "accepts": "department",
    "regulator": "health",
    "promised": {"value": 5, "unit": "working_day"},
    "fields": [{"field": one} for one in ("applicant_name", "shop_name", "area")],
    "issues": "quick-permit",
    "validity": {"value": 4, "unit": "year"},
    "commitments": [TEXT],
    "instant": {"rule": "area <= 100.0", "acr": "2", "commitment": "promise"},
    "supervision": [{"kind": "verify_commitment", "within": {"value": 60, "unit": "natural_day"}}],
}
BUNDLE = {
    "name": "公共场所",
    "region": world.REGION,
    "lead_department": "health",
    "audience": "person",
    "parties": [
        {"role": "owner", "kind": "person", "who": "applicant", "name_field": "applicant_name"}
    ],
    "holder": "owner",
    "questions": [],
    "members": [{"member": "permit", "item": "quick-permit", "holder": "owner"}],
}
FORM = {"applicant_name": "王小明", "shop_name": "清风旅馆", "area": 80.0}


@pytest.fixture
async def town(fresh_database, nats_url, signer, tmp_path: Path):
    async with platform(fresh_database, nats_url, signer, tmp_path) as made:
        await made.open_town()
        bureau = made.person("bureau", "li")
        kind = {"name": "卫生许可证", "holder_kind": "person", "number_field": "permit_number"}
        content = {"content": ["permit_number", "shop_name"]}
        await bureau.put("/evidence-types/quick-permit", kind | content)
        await bureau.put("/items/quick-permit", PERMIT)
        await bureau.put("/bundles/quick", BUNDLE)

        async def published() -> bool:
            answer = await bureau("PUT", "/bundles/quick/publication", json={})
            return answer.status_code == 200

        await eventually(published)
        yield made


async def file(who: Person, sign: bool, **form: Any) -> Any:
    chosen = [{"item": "quick-permit", "code": "promise"}] if sign else []
    plan = await who.post("/bundles/quick/compositions", {"answers": {}, "commitments": chosen})
    [offered] = plan["commitments"]
    assert (offered["text"], offered["chosen"]) == (TEXT["text"], sign)
    signed = [{k: offered[k] for k in ("item", "code", "version", "digest")}] if sign else []
    filing = {"bundle": "quick", "plan": plan["digest"], "form": FORM | form}
    return await who.post("/applications", filing | {"commitments": signed})


async def test_a_signed_promise_and_a_true_rule_grant_while_one_waits(town: Platform):
    ada = town.person("citizen", "ada", acr="2")

    application = await file(ada, sign=True)

    progress = await town.settled(ada, application["id"])
    assert progress["outcome"] == "granted"
    [held] = (await eventually(lambda: wallet(ada)))["items"]
    assert (held["evidence"], held["trust"]) == ("quick-permit", "A")


async def wallet(who: Person) -> Any:
    found = await who.get("/wallet")
    return found if found["items"] else None


@pytest.mark.parametrize(
    ("acr", "sign", "area"),
    [("1", True, 80.0), ("2", False, 80.0), ("2", True, 101.0)],
)
async def test_the_ordinary_way_stays_open_beside_it(
    town: Platform, acr: str, sign: bool, area: float
):
    ada = town.person("citizen", f"ada-{acr}-{sign}-{area}", acr=acr)
    application = await file(ada, sign=sign, area=area)

    approval = await town.approval(application["id"], "permit", "health")
    assert approval["state"] == "opened"
    await town.officer("health").put(f"/approvals/{approval['id']}/acceptance")
    body = {"verdict": "refused", "reason_code": "not-enough"}
    await town.officer("health").put(f"/approvals/{approval['id']}/decision", body)

    progress = await town.settled(ada, application["id"])
    assert progress["outcome"] == "refused"
