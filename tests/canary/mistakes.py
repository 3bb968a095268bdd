"""Every error that a flow can end in, with the canaries in it."""

import base64
from typing import Any

import asyncpg

from tests import world
from tests.approval.partner import Partner
from tests.canary.birds import ID_NUMBER, NAME, PHONE, WRONG_ID
from tests.canary.flights import SHOP, prepared
from tests.platform import Person
from tests.served import Served


async def mistakes_of_applicants(town: Served, ada: Person, shop: dict[str, Any]) -> None:
    bob = town.citizen("bob")
    right = await prepared(town, bob, "shop", world.ANSWERS, SHOP)
    wrong: list[dict[str, Any]] = [
        {"form": right["form"] | {"applicant_id_number": WRONG_ID}},
        {"form": right["form"] | {"applicant_name": [NAME]}},
        {"form": right["form"] | {"applicant_name": {"name": NAME}}},
        {"form": right["form"] | {"shop_name": f"{NAME}{ID_NUMBER}" * 9}},
        {"form": right["form"] | {"area": ID_NUMBER}},
        {"form": f"{NAME} {ID_NUMBER}"},
        {"answers": {"area": ID_NUMBER, "premises": NAME}},
        {"answers": {"area": [ID_NUMBER], "premises": NAME}},
        {"plan": ID_NUMBER},
        {"plan": "sha256:" + "0" * 64},
        {"holder": {"number": ID_NUMBER}},
        {"holder": {"mandate": ID_NUMBER}},
        {"holder": {"party": PHONE}},
        {"materials": {"floor-plan:owner": [ID_NUMBER]}},
        {"bundle": ID_NUMBER},
        {"bundle": "no-such-bundle"},
    ]
    for one in wrong:
        answer = await bob("POST", "/applications", key="wrong", json=right | one)
        assert answer.status_code in (404, 409, 422), answer.text
    broken = f'{{"form": {{"applicant_name": "{NAME}", "number": "{ID_NUMBER}"'.encode()
    await bob("POST", "/applications", content=broken)
    await bob("POST", "/applications", content=b"[" * 99 + broken)
    text = f"{NAME} {ID_NUMBER} {PHONE}".encode()
    await bob("POST", "/uploads", files={"file": (f"{NAME}.txt", text, "text/plain")})
    await bob("GET", "/wallet", params={"holder": ID_NUMBER, "cursor": NAME})
    await bob("GET", "/notices", params={"cursor": base64.b64encode(NAME.encode()).decode()})
    await bob("PUT", f"/applications/{shop['id']}/choices/fire", json={"choice": NAME})
    mandate = {"agent": "x", "bundles": [NAME], "valid_until": PHONE, "number": WRONG_ID}
    await bob("POST", "/mandates", json=mandate)
    good = {"agent": "x", "bundles": ["shop"], "valid_until": "2099-01-01T00:00:00Z"}
    await bob("POST", "/mandates", json=good | {"number": ID_NUMBER})
    await town.client.get("/applications", headers={"authorization": f"Bearer {ID_NUMBER}"})


async def mistakes_of_desks(town: Served, permit: dict[str, Any]) -> None:
    desk, id_ = town.officer("health"), permit["id"]
    for content in (
        {"certificate_number": "C", "enterprise_name": NAME + "x" * 99, "surname": NAME},
        {"certificate_number": [ID_NUMBER], "enterprise_name": NAME},
    ):
        answer = await desk("PUT", f"/dossiers/{id_}/result", json={"content": content})
        assert answer.status_code == 422
    for body in (
        {"verdict": NAME},
        {"verdict": "refused", "reason_code": f"{NAME} {ID_NUMBER}"},
        {"verdict": "granted", "note": ID_NUMBER},
        {"verdict": "granted", "result": {"digest": ID_NUMBER, "issuer_number": NAME * 20}},
    ):
        answer = await desk("PUT", f"/approvals/{id_}/decision", json=body)
        assert answer.status_code == 422
    for evidence in (NAME, f"第 {ID_NUMBER} 号", PHONE):
        pause = {"kind": "inspection", "evidence": evidence, "expected": {"value": 5}}
        answer = await desk("POST", f"/approvals/{id_}/suspensions", json=pause)
        assert answer.status_code == 422, answer.text
    partner, of = Partner(town.js, "health"), {"approval": id_}
    said = [
        await partner.say("decision", of | {"verdict": "granted", "note": f"{NAME} {PHONE}"}),
        await partner.say("decision", of | {"verdict": NAME}),
        await partner.say("decision", of | {"verdict": "refused", "reason_code": ID_NUMBER + NAME}),
        await partner.say("decision", {"approval": ID_NUMBER, "verdict": "granted"}),
        await partner.say("decision", of, type=f"{NAME}{ID_NUMBER}"),
        await partner.say("result", of | {"result": {"digest": PHONE, "issuer_number": NAME * 20}}),
        await partner.say("decision", f"{NAME} {ID_NUMBER}"),
        await partner.say("decision", of | {"verdict": "granted"}, specversion=ID_NUMBER),
    ]
    pause = of | {"kind": "inspection", "expected": {"value": 5}}
    said.insert(0, await partner.say("suspension", pause | {"evidence": f"{NAME}{PHONE}"}))
    for one in said[:7]:
        await partner.refused(one)
    place = await partner.shout("decision", f"{NAME} {ID_NUMBER} {PHONE}".encode())
    await partner.refused(f"#INBOX_health:{place}")


async def broken_in_the_middle(town: Served, ada: Person) -> None:
    """PostgreSQL's own words about a row that broke a rule name what stood in the row."""
    filing = await prepared(town, ada, "shop", world.ANSWERS | {"premises": "解放路 3 号"}, SHOP)
    for table, rule in (("application", "region = ''"), ("idempotency", "body IS NULL")):
        await alter(town, f"ALTER TABLE {table} ADD CONSTRAINT fault CHECK ({rule}) NOT VALID")
        answer = await ada("POST", "/applications", json=filing)
        assert answer.status_code == 500
        await alter(town, f"ALTER TABLE {table} DROP CONSTRAINT fault")
    await alter(town, "ALTER TABLE party ADD CONSTRAINT fault CHECK (name IS NULL) NOT VALID")
    carol = town.citizen("carol")
    first = await prepared(town, carol, "shop", world.ANSWERS, SHOP)
    assert (await carol("POST", "/applications", json=first)).status_code == 500
    await alter(town, "ALTER TABLE party DROP CONSTRAINT fault")


async def alter(town: Served, statement: str) -> None:
    connection = await asyncpg.connect(town.databases["bundle"])
    await connection.execute(statement)
    await connection.close()
