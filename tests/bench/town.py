"""What is filed: one thing of five items without mutual needs, published through the public API."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from deploy.local.tokens import Signer

REGION = "430700"
BUNDLE = "bench"
DEPARTMENTS = ("market", "fire", "health", "culture", "water")
Members = dict[str, str]
"""Member -> the department whose item it is."""
EVERYWHERE: Members = {code: code for code in DEPARTMENTS}
CITIZENS = 1000
OFFICERS = 4
LIFETIME = 4 * 3600
FIELDS: dict[str, dict[str, Any]] = {
    "applicant_name": {"name": "申请人姓名", "type": "text", "personal": True},
    "applicant_id_number": {"name": "身份证号", "type": "id_number", "personal": True},
    "applicant_phone": {"name": "联系电话", "type": "phone", "personal": True},
    "premises": {"name": "经营场所", "type": "text"},
    "shop_name": {"name": "店名", "type": "text", "rule": {"max_length": 40}},
    "permit_number": {"name": "许可证号", "type": "text"},
}
ASKED = ("applicant_name", "applicant_id_number", "applicant_phone", "premises", "shop_name")
FORM = {
    "applicant_name": "张三丰",
    "applicant_id_number": "11010519491231002X",
    "applicant_phone": "13800138000",
    "premises": "朝阳路 1 号",
    "shop_name": "清风小馆",
}
ANSWERS = {"premises": FORM["premises"]}


@dataclass
class Town:
    """Everybody's tokens, and the body that every citizen files."""

    filing: bytes
    citizens: Callable[[], str]
    """The next citizen's token."""
    officers: dict[str, Callable[[], str]] = field(default_factory=dict)


async def open_town(
    gateway: str, signer: Signer, bundle: str = BUNDLE, members: Members = EVERYWHERE
) -> Town:
    """Publish departments, fields, items and the bundle; ask for the plan that all agree to."""
    bureau = signer.mint("bench-bureau", "bureau", lifetime=LIFETIME)
    people = [
        signer.mint(f"bench-citizen-{n}", "citizen", lifetime=LIFETIME) for n in range(CITIZENS)
    ]
    async with httpx.AsyncClient(base_url=f"{gateway}/api", trust_env=False, timeout=30) as client:
        for path, record in _records(bundle, members):
            await _put(client, bureau, path, record)
        await _put(client, bureau, f"bundles/{bundle}/publication", {})
        plan = await _plan(client, people[0], bundle, len(members))
    filing = {"bundle": bundle, "plan": plan["digest"], "answers": ANSWERS, "form": FORM}
    return Town(
        orjson.dumps(filing),
        itertools.cycle(people).__next__,
        {code: itertools.cycle(_desk(signer, code)).__next__ for code in DEPARTMENTS},
    )


def _desk(signer: Signer, department: str) -> list[str]:
    return [
        signer.mint(f"bench-{department}-{n}", "officer", department=department, lifetime=LIFETIME)
        for n in range(OFFICERS)
    ]


def _records(bundle: str, members: Members) -> list[tuple[str, dict[str, Any]]]:
    rows: list[tuple[str, dict[str, Any]]] = []
    for code in DEPARTMENTS:
        rows.append((f"departments/{code}", {"name": f"{code} 局", "region": REGION}))
    rows += [(f"fields/{code}", record) for code, record in FIELDS.items()]
    for code, department in members.items():
        permit = {"name": f"{code} 许可证", "holder_kind": "person", "content": ["permit_number"]}
        rows.append((f"evidence-types/{code}-permit", permit))
        rows.append((f"items/{code}-approval", _item(code, department)))
    return [*rows, (f"bundles/{bundle}", _bundle(members))]


def _item(code: str, department: str) -> dict[str, Any]:
    return {
        "name": f"{code} 许可",
        "department": department,
        "region": REGION,
        "promised": {"value": 5, "unit": "working_day"},
        "fields": [{"field": code} for code in ASKED],
        "issues": f"{code}-permit",
    }


def _bundle(members: Members) -> dict[str, Any]:
    owner = {"role": "owner", "kind": "person", "who": "applicant"}
    owner |= {"name_field": "applicant_name", "number_field": "applicant_id_number"}
    return {
        "name": "开一家店（测速）",
        "region": REGION,
        "lead_department": DEPARTMENTS[0],
        "audience": "person",
        "parties": [owner],
        "holder": "owner",
        "questions": [{"field": "premises", "text": "在哪里？"}],
        "members": [
            {"member": code, "item": f"{code}-approval", "holder": "owner"} for code in members
        ],
    }


async def _put(client: httpx.AsyncClient, token: str, path: str, record: dict[str, Any]) -> None:
    """What arrives before the records it names have travelled is answered 409: ask again."""
    async with asyncio.timeout(60):
        while True:
            headers = {"authorization": f"Bearer {token}"}
            answer = await client.put(f"/{path}", json=record, headers=headers)
            if answer.status_code not in (409, 503):
                break
            await asyncio.sleep(0.1)
    if not answer.is_success:
        raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")


async def _plan(client: httpx.AsyncClient, token: str, bundle: str, members: int) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {token}"}
    path, body = f"/bundles/{bundle}/compositions", {"answers": ANSWERS}
    answer = await client.post(path, json=body, headers=headers)
    plan: dict[str, Any] = answer.raise_for_status().json()
    parallel = not any(member["waits_for"] for member in plan["members"])
    if len(plan["members"]) != members or not parallel or plan["materials"]:
        raise RuntimeError("the bench bundle should be five members that wait for nothing")
    return plan
