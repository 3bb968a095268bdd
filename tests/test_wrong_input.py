"""Whatever comes in wrong, through the gateway: refused with what would be right, and nothing else
is hurt by it."""

import asyncio
import base64
import json
import random
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

import services.contracts
from deploy.nats.streams import OWN
from services.contracts import Event
from tests import world
from tests.approval.partner import Partner
from tests.catalog import workbooks
from tests.platform import Person, eventually
from tests.served import Served, served


@pytest.fixture(scope="module")
async def town(postgres, templates, signer, tmp_path_factory) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("wrong-input")
    limits = {"body_seconds": 0.8, "head_seconds": 2}
    async with served(postgres, signer, folder, **limits) as opened:
        await opened.open_town()
        yield opened


@pytest.fixture
def ada(town: Served, request) -> Person:
    """A citizen of the test's own, with an empty wallet."""
    return town.citizen(f"ada-{request.node.name}"[:100])


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "zh-CN"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["trace_id"] == answer.headers["x-correlation-id"]
    assert any(ord(char) > 0x4E00 for char in document["title"])
    return answer.status_code, document["type"].removeprefix("/problems/")


def pointers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return sorted(one["pointer"] for one in answer.json()["errors"])


async def filed(who: Person) -> int:
    return len((await who.get("/applications"))["items"])


async def test_a_bundle_that_does_not_exist(town: Served, ada: Person):
    filing = await town.filing(ada) | {"bundle": "no-such-bundle"}

    composed = await ada("POST", "/bundles/no-such-bundle/compositions", json={"answers": {}})
    submitted = await ada("POST", "/applications", json=filing)

    assert problem(composed) == problem(submitted) == (404, "bundle-unknown")


async def test_answers_of_the_wrong_type(town: Served, ada: Person):
    body = {"answers": {"area": "large", "premises": 7}}

    answer = await ada("POST", "/bundles/shop/compositions", json=body)

    assert problem(answer) == (422, "answers-wrong")
    assert pointers(answer) == ["/answers/area", "/answers/premises"]


async def test_a_missing_field_and_a_missing_material(town: Served, ada: Person):
    filing = await town.filing(ada)
    del filing["form"]["shop_name"]
    filing["materials"] = {}

    answer = await ada("POST", "/applications", json=filing)

    assert problem(answer) == (422, "filing-incomplete")
    assert pointers(answer) == ["/form/shop_name", "/materials/floor-plan:owner"]
    assert await filed(ada) == 0


async def test_a_plan_that_is_no_longer_right(town: Served, ada: Person):
    filing = await town.filing(ada) | {"plan": "sha256:" + "0" * 64}

    answer = await ada("POST", "/applications", json=filing)

    assert problem(answer) == (409, "plan-changed")
    assert answer.json()["plan"]["digest"] == (await town.plan(ada))["digest"]
    assert await filed(ada) == 0


async def test_a_material_that_must_not_be_asked(town: Served, ada: Person):
    filing = await town.filing(ada)
    filing["materials"]["licence-fact:owner"] = [await town.upload(ada)]

    answer = await ada("POST", "/applications", json=filing)

    assert pointers(answer) == ["/materials/licence-fact:owner"]
    assert answer.json()["errors"][0]["fault"] == "material-not-asked"


async def test_one_filing_sent_fifty_times_at_once(town: Served, ada: Person):
    filing = await town.filing(ada)

    answers = await asyncio.gather(
        *(ada("POST", "/applications", key="fifty", json=filing) for _ in range(50))
    )

    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    assert await filed(ada) == 1
    where = answers[0].headers["location"]
    assert where == f"/api/applications/{answers[0].json()['id']}"
    assert (await ada("GET", where.removeprefix("/api"))).status_code == 200


async def test_a_key_used_for_another_body(town: Served, ada: Person):
    filing = await town.filing(ada)
    await ada("POST", "/applications", key="mine", json=filing)

    answer = await ada("POST", "/applications", key="mine", json=filing | {"materials": {}})

    assert problem(answer) == (422, "key-reused")
    assert await filed(ada) == 1


async def test_an_officer_of_another_department(town: Served, ada: Person):
    application = await town.file(ada)
    licence = await town.approval(application["id"], "licence", "market")
    stranger = town.officer("fire")

    for kind in ("approvals", "dossiers"):
        foreign = await stranger("GET", f"/{kind}/{licence['id']}")
        absent = await stranger("GET", f"/{kind}/{uuid4()}")
        assert problem(foreign)[0] == problem(absent)[0] == 404
        assert foreign.json()["detail"] == absent.json()["detail"]
    body = {"verdict": "granted"}
    answer = await stranger("PUT", f"/approvals/{licence['id']}/decision", json=body)
    assert problem(answer) == (404, "approval-unknown")


async def test_fifty_officers_decide_at_once_and_one_more_later(town: Served, ada: Person):
    application = await town.file(ada)
    licence = await town.approval(application["id"], "licence", "market")
    path = f"/approvals/{licence['id']}/decision"
    words = [{"verdict": "granted"}, {"verdict": "refused", "reason_code": "no"}]

    answers = await asyncio.gather(
        *(town.officer("market", f"officer-{n}")("PUT", path, json=words[n % 2]) for n in range(50))
    )
    second = await town.officer("market", "late")("PUT", path, json=words[0])

    codes = [one.status_code for one in answers]
    assert (codes.count(200), codes.count(409)) == (1, 49)
    assert problem(second) == (409, "already-decided")
    assert second.json()["verdict"] == answers[codes.index(200)].json()["state"]
    told = await town.rows(
        "approval",
        "SELECT 1 FROM outbox WHERE subject = 'approval.approval.decided' AND aggregate = $1",
        f"approval:{licence['id']}",
    )
    assert len(told) == 1


async def test_a_decision_before_its_approval(town: Served):
    path = f"/approvals/{uuid4()}/decision"

    answer = await town.officer("market")("PUT", path, json={"verdict": "granted"})

    assert problem(answer) == (404, "approval-unknown")
    assert int(answer.headers["retry-after"]) >= 1


async def at_partners(town: Served, who: Person) -> dict[str, Any]:
    """A shop whose licence was issued: its permit and fire check lie at two partners."""
    application = await town.file(who)
    await town.decide(await town.approval(application["id"], "licence", "market"))
    members = (("permit", "health"), ("fire", "fire"))
    return {
        department: await town.approval(application["id"], member, department)
        for member, department in members
    } | {"application": application}


async def test_a_partner_answers_for_another_department(town: Served, ada: Person):
    lying = await at_partners(town, ada)
    health = Partner(town.js, "health")

    message = await health.decide(lying["fire"]["id"])

    assert (await health.refused(message))["type"] == "/problems/approval-unknown"
    shown = await town.officer("fire").get(f"/approvals/{lying['fire']['id']}")
    assert shown["state"] == "accepted"


async def test_two_partners_use_one_message_id(town: Served, ada: Person):
    lying = await at_partners(town, ada)
    partners = [Partner(town.js, department) for department in ("health", "fire")]

    for one in partners:
        await one.decide(lying[one.department]["id"], "refused", reason_code="no", id="7")

    for one in partners:
        how, told = await one.answer("7")
        assert (how, told["approval"]) == ("accepted", lying[one.department]["id"])
    settled = await town.settled(ada, lying["application"]["id"])
    assert settled["outcome"] == "partly_granted"


def forged(town: Served, how: str) -> str:
    """A token with one thing wrong, as an Authorization header's value."""
    own, now = town.signer, int(time.time())
    claims = {"iss": own.issuer, "aud": "onevisit", "sub": "ada", "roles": ["citizen"]}
    claims |= {"iat": now, "nbf": now, "exp": now + 600}
    header = {"alg": "ES256", "kid": own.key.kid}
    head, body, signature = own.mint("ada", "citizen").split(".")
    stranger = ECKey.generate_key("P-256", parameters={"kid": own.key.kid})
    secret = OctKey.import_key(json.dumps(own.jwks()))
    with_key = header | {"jwk": stranger.as_dict(private=False)}
    return {
        "expired": own.sign(claims | {"exp": now - 60}),
        "not yet": own.sign(claims | {"nbf": now + 600}),
        "another audience": own.sign(claims | {"aud": "elsewhere"}),
        "another issuer": own.sign(claims | {"iss": "https://evil.example"}),
        "another key": jwt.encode(header, claims, stranger),
        "a key of its own": jwt.encode(with_key, claims, stranger),
        "the public key as a secret": jwt.encode(header | {"alg": "HS256"}, claims, secret),
        "alg none": ".".join([encoded({"alg": "none"}), body, ""]),
        "other claims": ".".join([head, encoded(claims | {"roles": ["bureau"]}), signature]),
        "no signature": f"{head}.{body}.",
        "nonsense": "x.y.z",
        "nothing": "",
    }[how]


def encoded(part: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "how",
    [
        "expired",
        "not yet",
        "another audience",
        "another issuer",
        "another key",
        "a key of its own",
        "the public key as a secret",
        "alg none",
        "other claims",
        "no signature",
        "nonsense",
        "nothing",
    ],
)
async def test_a_token_that_proves_nothing(town: Served, how: str):
    """At the gateway, and again at a service that is reached without it."""
    headers = {"authorization": f"Bearer {forged(town, how)}".strip()}

    through_the_door = await town.client.get("/applications", headers=headers)
    async with httpx.AsyncClient(trust_env=False) as behind:
        past_the_door = await behind.get(
            f"{town.servers['bundle'].url}/applications", headers=headers
        )

    for answer in (through_the_door, past_the_door):
        assert problem(answer) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_ten_megabytes_of_json(town: Served, ada: Person):
    filing = await town.filing(ada)
    filing["form"]["shop_name"] = "x" * 10_000_000

    answer = await ada("POST", "/applications", json=filing)

    assert problem(answer) == (413, "body-too-large")


async def test_json_that_is_none_or_as_deep_as_it_gets(town: Served, ada: Person):
    for body, status in ((b"{", 422), (b'{"form":' * 50_000, 400), (b"\xff", 400), (b"", 422)):
        headers = {"content-type": "application/json"}
        answer = await ada("POST", "/applications", content=body, headers=headers)
        assert problem(answer)[0] == status, body[:9]


async def test_a_body_that_comes_too_slowly(town: Served, ada: Person):
    reader, writer = await asyncio.open_connection("127.0.0.1", town.door.port)
    head = "POST /api/applications HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
    head += f"Authorization: {ada.headers['authorization']}\r\nIdempotency-Key: slow\r\n\r\n{{"
    writer.write(head.encode())
    await writer.drain()

    answer = await asyncio.wait_for(reader.read(4096), 5)
    writer.close()

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"/problems/body-too-slow" in answer


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


async def test_nonsense_in_a_partners_inbox_is_answered_and_parked_nowhere(town: Served):
    fire = Partner(town.js, "fire")
    places = [
        await fire.shout(what, b"nonsense")
        for what in ("decision", "acceptance", "result", "whatever", "correction_request")
    ]

    for place in places:
        problem = await fire.refused(f"#INBOX_fire:{place}")
        assert problem["type"] == "/problems/malformed"
    assert not await town.rows(
        "approval", "SELECT 1 FROM parked WHERE consumer LIKE 'approval-on-INBOX%'"
    )


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


async def test_a_document_nobody_asked_for_is_not_kept(town: Served, ada: Person):
    for content in (b"", b"<script>", b"MZ" + b"\x00" * 99):
        files = {"file": ("plan.pdf", content, "application/pdf")}
        answer = await ada("POST", "/uploads", files=files)
        assert problem(answer) == (422, "upload-refused")
    wrong = await ada("POST", "/uploads", json={"file": world.PDF.decode()})
    assert problem(wrong) == (422, "malformed")


async def test_workbooks_that_cannot_be_taken(town: Served):
    li = town.person("bureau", "li")
    row = ["book-in", "新事项", "market", world.REGION, 1]
    bomb = workbooks.zipped({**workbooks.parts(workbooks.items(row)), "x": b"\x00" * 300_000_000})
    wrong = workbooks.items([*row[:4], workbooks.Formula("=1+1", 2)])

    heavy = await workbooks.send(li, b"PK\x03\x04" + b"\x00" * 24_000_000)
    packed = await workbooks.send(li, bomb)
    formula = await workbooks.send(li, wrong)
    none = await workbooks.send(li, b"%PDF-1.4")
    stranger = await workbooks.send(town.citizen("ada"), workbooks.items(row))

    assert problem(heavy) == (413, "body-too-large")
    assert problem(packed) == (413, "file-too-large")
    assert problem(formula) == (422, "import-faulty")
    assert [(one["cell"], one["fault"]) for one in formula.json()["errors"]] == [("E2", "formula")]
    assert problem(none) == (422, "file-refused")
    assert problem(stranger)[0] == 403
    assert (await li("GET", "/items/book-in")).status_code == 404


async def test_a_workbook_of_many_rows_passes_the_door_both_ways(town: Served):
    li = town.person("bureau", "li")
    told_apart = random.Random(1)
    texts = [
        "".join(chr(told_apart.randrange(0x4E00, 0x9FA5)) for _ in range(900)) for _ in "x" * 100
    ]
    rows = [[f"many-{n}", "新", "market", world.REGION, 1, text] for n, text in enumerate(texts)]
    header = [*workbooks.HEADER, "受理条件"]

    told = (await workbooks.send(li, workbooks.items(*rows, header=header))).json()
    sheet = await town.client.get("/items/export.xlsx", params={"q": "many"})

    assert told["additions"] == 100
    assert "items.xlsx" in sheet.headers["content-disposition"]
    assert len(sheet.content) > 100_000
    assert (await workbooks.tried(li, sheet.content))["unchanged"] == 100


async def test_two_editors_of_one_draft(town: Served):
    li, zhao = town.person("bureau", "li"), town.person("bureau", "zhao")
    record = (await li.get("/items/fire-check"))["record"]
    first = await li("PUT", "/items/fire-check/draft", json=record | {"name": "消防检查"})
    read = {"if-match": first.headers["etag"]}
    mine = record | {"name": "李的修改"}

    assert (await li("PUT", "/items/fire-check/draft", json=mine, headers=read)).is_success
    late = await zhao("PUT", "/items/fire-check/draft", json=record, headers=read)
    blind = await zhao("PUT", "/items/fire-check/draft", json=record)
    yesterday = await li("PUT", "/items/fire-check/draft/publication", json={"from": "2026-01-01"})

    assert problem(late) == problem(blind) == (412, "draft-changed")
    assert "If-Match" in late.json()["detail"]
    assert problem(yesterday) == (422, "day-passed")
    assert pointers(yesterday) == ["/from"]
    assert (await zhao.get("/items/fire-check/draft"))["record"]["name"] == "李的修改"
    assert [one["code"] for one in (await zhao.get("/drafts"))["items"]] == ["fire-check"]
    assert (await li("DELETE", "/items/fire-check/draft")).status_code == 204
    assert (await town.client.get("/items/fire-check")).json()["version"] == 1


async def test_a_code_of_another_system_that_nobody_explained(town: Served):
    bureau = town.person("bureau", "li")
    swapped = {"name": "某市", "elements": {"handling": {"1": "promise", "2": "instant"}}}
    await bureau.put("/crosswalks/city", swapped)
    rows = {"rows": [{"handling": "1"}, {"handling": "01"}]}

    told = await bureau.post("/crosswalks/city/translations", json=rows)
    wrong = swapped | {"elements": {"handling": {"1": "即办件"}}}
    answer = await bureau("PUT", "/crosswalks/city", json=wrong)

    assert told["rows"] == [{"handling": "promise"}, {"handling": None}]
    assert [(one["value"], one["first_row"]) for one in told["unknown"]] == [("01", 1)]
    assert problem(answer) == (422, "crosswalk-faulty")
    assert pointers(answer) == ["/elements/handling/1"]
