"""A hygiene permit to be filed alone: the example district's own item, and a company for each."""

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from deploy.example import calls, district, load
from deploy.example.demo.applicant import document, signed
from deploy.example.demo.people import credit_code
from deploy.local.tokens import Signer
from tests.bench.town import FORM, LIFETIME

BUNDLE, ITEM = "bench-permit", "hygiene-permit-new"
COMMITMENT = {"item": ITEM, "code": "hygiene-permit"}
OWNERS = 50
AT_ONCE = 8
ANSWERS = {"premises_address": "沅芷区朝阳路 1 号", "place_kind": "hairdresser"}
FACTS: dict[str, Any] = {
    **{name: FORM[name] for name in FORM if name.startswith("applicant_")},
    **ANSWERS,
    "enterprise_name": "清风理发店",
    "legal_representative": "张三丰",
    "business_area": 120.0,
    "worker_count": 3,
    "hygiene_manager": "李四",
}


class Unfit(RuntimeError):
    """The district cannot be loaded, or its permit is not granted by rule."""


@dataclass(frozen=True)
class Filing:
    token: str
    body: bytes


async def filings(gateway: str, signer: Signer) -> Iterator[Filing]:
    """As many as wanted, each by the login of another company; the plan is the same for all, as
    none of them holds anything yet."""
    bureau = signer.mint("bench-bureau", "bureau", lifetime=LIFETIME)
    async with httpx.AsyncClient(base_url=gateway, trust_env=False, timeout=30) as door:
        door.headers["authorization"] = f"Bearer {bureau}"
        await _publish(door)
        del door.headers["authorization"]
        plan = await _plan(door, _login(signer, 0))
        uploads = [await _upload(door, signer, n, plan) for n in range(OWNERS)]
    return (_filing(signer, n, plan, uploads[n % OWNERS]) for n in itertools.count(1))


async def _publish(door: httpx.AsyncClient) -> None:
    """All that the district says by hand, up to its items; and a bundle of the one."""
    [record] = [one.records[0] for one in district.bundles() if _code(one) == "open-public-place"]
    members = [one for one in record["members"] if one["item"] == ITEM]
    bundle = {k: v for k, v in record.items() if k not in ("code", "source_note", "promised")}
    bundle["questions"] = [one for one in bundle["questions"] if one["field"] in ANSWERS]
    stages = [made for name, made in load.stages() if name not in ("bundles", "publications")]
    mine = calls.Put("bench", BUNDLE, f"bundles/{BUNDLE}", bundle | {"members": members})
    done = calls.Put("bench", BUNDLE, f"bundles/{BUNDLE}/publication", {})
    gate = asyncio.Semaphore(AT_ONCE)

    async def put(call: calls.Put) -> str | None:
        async with gate:
            return await calls.send(door, call)

    for stage in (*stages, [mine], [done]):
        answers = await asyncio.gather(*(put(call) for call in stage))
        if problems := [one for one in answers if one]:
            raise Unfit("; ".join(problems[:3]))


def _code(table: district.Table) -> str:
    return str(table.records[0]["code"])


def _company(number: int) -> str:
    return credit_code(f"91430700MA{number:07d}")


def _login(signer: Signer, number: int) -> str:
    sub, company = f"bench-owner-{number % OWNERS}", _company(number)
    return signer.mint(sub, "citizen", acr="3", enterprise=company, lifetime=LIFETIME)


async def _plan(door: httpx.AsyncClient, token: str) -> dict[str, Any]:
    asked = {"answers": ANSWERS, "holder": {"number": _company(0)}, "commitments": [COMMITMENT]}
    headers = {"authorization": f"Bearer {token}"}
    answer = await door.post(f"/api/bundles/{BUNDLE}/compositions", json=asked, headers=headers)
    if not answer.is_success or len(answer.json()["members"]) != 1:
        raise Unfit(f"no plan: {answer.status_code} {answer.text[:300]}")
    plan: dict[str, Any] = answer.json()
    return plan


async def _upload(
    door: httpx.AsyncClient, signer: Signer, number: int, plan: dict[str, Any]
) -> dict[str, list[str]]:
    """One owner's uploads, by material; commitments need none."""
    headers = {"authorization": f"Bearer {_login(signer, number)}"}
    materials: dict[str, list[str]] = {}
    for one in plan["materials"]:
        materials[one["key"]] = []
        if one["kind"] == "commitment":
            continue
        file = {"file": ("paper.png", document(f"{one['key']} {number}"), "image/png")}
        key = {"idempotency-key": f"{one['key']}-{number}"}
        answer = await door.post("/api/uploads", files=file, headers=headers | key)
        materials[one["key"]] = [answer.raise_for_status().json()["id"]]
    return materials


def _filing(
    signer: Signer, number: int, plan: dict[str, Any], materials: dict[str, list[str]]
) -> Filing:
    known = FACTS | {"credit_code": _company(number)}
    body = {
        "bundle": BUNDLE,
        "plan": plan["digest"],
        "answers": ANSWERS,
        "holder": {"number": _company(number)},
        "form": {one["field"]: known[one["field"]] for one in plan["form"]},
        "materials": materials,
        "commitments": signed(plan),
    }
    return Filing(_login(signer, number), orjson.dumps(body))
