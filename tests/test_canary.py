"""Personal data leaves a filing by one way only: the dossier that a desk reads.

Distinctive numbers, names and a phone go through every flow and every error that a flow can end
in; then they are looked for wherever something was kept, told, logged, counted or answered.
"""

import asyncio
import base64
import hashlib
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote

import asyncpg
import httpx
import pytest

from deploy.local.postgres import Postgres
from services.chassis.telemetry import JsonLines
from tests import county, world
from tests.approval.partner import Partner
from tests.platform import Person, eventually
from tests.served import Served, served

ID_NUMBER = county.id_number(33333)
WORKERS_ID = county.id_number(34343)
DORAS_ID = county.id_number(35353)
WRONG_ID = ID_NUMBER[:8] + ("7" if ID_NUMBER[8] != "7" else "6") + ID_NUMBER[9:]
NAME, WORKERS_NAME = "慕容紫英灵", "百里屠苏白"
PHONE = "13907364127"
DRAWING = "本图系慕容紫英灵亲绘"
CANARIES = {
    "an ID number": ID_NUMBER,
    "a worker's ID number": WORKERS_ID,
    "an ID number with a slip": WRONG_ID,
    "a name": NAME,
    "a worker's name": WORKERS_NAME,
    "a phone number": PHONE,
    "a document's words": DRAWING,
}


def disguises(value: str) -> Iterator[bytes]:
    """The value, and what it looks like escaped, encoded or hashed without a key."""
    raw = value.encode()
    yield raw
    yield json.dumps(value)[1:-1].encode()
    yield json.dumps(value)[1:-1].encode().upper()
    yield quote(value).encode()
    yield value.encode("utf-16-le")
    for shift in range(3):
        whole = base64.b64encode(b"\x00" * shift + raw)
        yield whole[(0, 4, 4)[shift] : len(whole) // 4 * 4 - 4]
    for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        yield digest(raw).hexdigest().encode()
        yield digest(raw).digest()


def sightings(kept: bytes) -> list[str]:
    """Which canaries can be seen in some bytes."""
    return [
        name
        for name, value in CANARIES.items()
        if any(form in kept for form in disguises(value) if len(form) > 9)
    ]


class Cage:
    """Everything that was answered and logged while the canaries flew."""

    def __init__(self) -> None:
        self.answers: list[tuple[str, bytes]] = []
        self.dossiers: list[bytes] = []
        self.log = io.StringIO()

    async def keep(self, answer: httpx.Response) -> None:
        await answer.aread()
        where = f"{answer.status_code} {answer.request.method} {answer.request.url.path}"
        whole = answer.content + repr(answer.headers.multi_items()).encode()
        if "/dossiers/" in answer.request.url.path and answer.request.method == "GET":
            self.dossiers.append(whole)
        else:
            self.answers.append((where, whole))


@pytest.fixture(scope="module")
async def cage() -> Cage:
    return Cage()


@pytest.fixture(scope="module")
async def town(postgres, templates, signer, tmp_path_factory, cage) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("canary")
    async with served(postgres, signer, folder, log_level="DEBUG") as opened:
        handler = logging.StreamHandler(cage.log)
        handler.setFormatter(JsonLines("all", "1"))
        root, level = logging.getLogger(), logging.getLogger().level
        root.handlers = [handler]
        root.setLevel("DEBUG")
        opened.client.event_hooks = {"response": [cage.keep]}
        bureau = opened.person("bureau", "li")
        await opened.open_town()
        for code, name in county.DEPARTMENTS.items():
            await bureau.put(f"/departments/{code}", {"name": name, "region": "430700"})
        for path, records in (
            ("fields", county.FIELDS),
            ("evidence-types", county.EVIDENCE),
            ("items", county.ITEMS),
        ):
            for code, record in records.items():
                await bureau.put(f"/{path}/{code}", record)
        await opened.publish("founding", county.FOUNDING)
        await opened.publish("restaurant", county.RESTAURANT)
        yield opened
        root.handlers, root.level = [], level


SHOP = world.FORM | {"applicant_name": NAME, "applicant_id_number": ID_NUMBER}
FOUNDING = {"applicant_name": NAME, "applicant_id_number": ID_NUMBER, "applicant_phone": PHONE}
FOUNDING |= {"enterprise_name": "清风餐饮有限公司"}
WORKERS = [{"person_name": WORKERS_NAME, "person_id_number": WORKERS_ID}]


@pytest.fixture(scope="module")
async def flown(town: Served, cage: Cage) -> None:
    """Every flow, once; what the tests below look at is what it left behind."""
    ada = town.citizen("ada")
    shop = await a_shop_from_filing_to_outcome(town, ada)
    company = await a_company_and_its_restaurant(town, ada)
    await mistakes_of_applicants(town, ada, shop)
    await mistakes_of_desks(town, company)
    await withdrawn(town, ada)
    await put_right(town)
    await broken_in_the_middle(town, ada)
    await eventually(lambda: _quiet(town))


async def _quiet(town: Served) -> bool:
    """All that was to be told has been told."""
    lag = (await town.person("operator", "op").get("/operations/lag"))["items"]
    waiting = [one["unpublished"] + sum(one["consumers"].values()) for one in lag]
    return not any(waiting)


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


def test_a_canary_is_seen_in_every_disguise():
    for form in disguises(NAME):
        assert sightings(b"...." + form + b"....") or len(form) <= 9
    assert sightings(json.dumps({"x": ID_NUMBER}).encode()) == ["an ID number"]
    assert sightings(base64.b64encode(f"ab{ID_NUMBER}".encode())) == ["an ID number"]
    assert sightings(b"nothing to see") == []


async def test_the_dossier_is_where_the_canaries_are(flown: None, cage: Cage):
    """Else all the others prove nothing."""
    assert set(sightings(b"".join(cage.dossiers))) == set(CANARIES) - {"an ID number with a slip"}


async def test_no_answer_but_the_dossier_has_them(flown: None, cage: Cage):
    assert len(cage.answers) > 100
    kinds = {where[:3] for where, _ in cage.answers}
    assert {"200", "201", "401", "404", "409", "422", "500"} <= kinds
    assert {where: seen for where, body in cage.answers if (seen := sightings(body))} == {}


async def test_no_log_line_has_them(flown: None, cage: Cage):
    lines = cage.log.getvalue()
    levels = {json.loads(line)["level"] for line in lines.splitlines()}
    assert {"DEBUG", "INFO", "ERROR"} <= levels, "the worst was captured too"
    assert "fault" in lines, "and what PostgreSQL said of the broken rows"

    assert [line for line in lines.splitlines() if sightings(line.encode())] == []


def test_neither_postgresql_nor_nats_logs_them(flown: None, postgres: Postgres, town: Served):
    assert "fault" in postgres.log.read_text(errors="replace"), "it told of the broken rows"
    for log in (postgres.log, town.folder / "nats" / "nats.log"):
        assert sightings(log.read_bytes()) == []


async def test_no_table_has_them_in_clear(flown: None, town: Served):
    """Sealed columns are no exception: what is sealed cannot be read either."""
    seen, filled = {}, set()
    for service in town.databases:
        for table in await town.rows(
            service,
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
        ):
            name = table["table_name"]
            for row in await town.rows(service, f'SELECT t::text FROM "{name}" t'):
                filled.add((service, name))
                if found := sightings(row[0].encode()):
                    seen[(service, name)] = found
    assert seen == {}
    for name in ("application", "party", "outbox", "inbox", "idempotency", "result_content"):
        assert ("bundle", name) in filled
    for name in ("disclosure", "evidence_file", "mandate", "notice"):
        assert ("bundle", name) in filled
    for name in ("explanation", "correction_answer"):
        assert ("bundle", name) in filled


async def test_no_event_in_any_stream_has_them_but_what_a_partner_itself_said(
    flown: None, town: Served
):
    messages = 0
    for stream in ("CATALOG", "BUNDLE", "APPROVAL", "METRICS", "PARTNER_fire", "PARTNER_health"):
        state = (await town.js.stream_info(stream)).state
        messages += state.messages
        for place in range(state.first_seq, state.last_seq + 1):
            if not state.messages:
                break
            one = await town.js.get_msg(stream, place)
            assert sightings((one.data or b"") + str(one.headers).encode()) == [], one.subject
    assert messages > 50


async def test_no_metric_has_them(flown: None, town: Served):
    figures = (await town.person("bureau", "li")("GET", "/indicators")).content
    assert sightings(figures) == []
    async with httpx.AsyncClient(trust_env=False) as client:
        for server in town.servers.values():
            exposed = (await client.get(f"{server.url}/metrics")).content
            assert b"http_request_seconds" in exposed
            assert sightings(exposed) == []


async def test_the_folder_of_uploads_has_no_plaintext(flown: None, town: Served):
    files = [one for one in (town.folder / "uploads").rglob("*") if one.is_file()]
    assert len(files) >= 3
    for one in files:
        kept = one.read_bytes()
        assert sightings(kept + str(one).encode()) == []
        assert b"%PDF" not in kept


async def test_nothing_was_set_aside_on_the_way(flown: None, town: Served):
    """All mistakes were answered; a parked event would keep its payload."""
    assert (await town.person("operator", "op").get("/operations/parked"))["items"] == []
