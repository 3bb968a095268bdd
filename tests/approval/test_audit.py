"""Each legal act is signed in its own transaction and chained afterwards."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest
import rfc8785

from tests.alone import Alone
from tests.approval.chain import acts, chained, faults, record
from tests.approval.conftest import DIGEST, request
from tests.platform import eventually

ANCHORED = "approval.audit.anchored"


async def grant(desk: Alone, **more: Any) -> Any:
    asked = request(**more)
    await desk.hear(asked)
    officer = desk.person("officer", "wang", department=asked.department)
    result = {"digest": DIGEST, "issuer_number": f"N{uuid4()}"}
    body = {"verdict": "granted", "result": result}
    await officer.put(f"/approvals/{asked.approval}/decision", body)
    return asked


async def test_a_decision_names_authority_actor_mode_and_respondent(desk: Alone):
    asked = await grant(desk, power_source="entrusted", entrusted_by="market-city")

    [act] = await acts(desk, asked.approval)

    assert (act["act"], act["verdict"]) == ("decided", "granted")
    assert (act["authority"], act["actor"]) == ("market", "wang")
    assert (act["legal_mode"], act["respondent"]) == ("entrusted", "market-city")
    assert act["result"]["digest"] == DIGEST
    assert "issuer_number" not in act["result"], "it may be a person's number"


async def test_acceptance_decision_and_issue_are_three_acts(desk: Alone):
    asked = request(accepts="department")
    await desk.hear(asked)
    officer = desk.person("officer", "wang", department="market")
    path = f"/approvals/{asked.approval}"
    await officer.put(f"{path}/acceptance")
    await officer.put(f"{path}/decision", {"verdict": "granted"})
    await officer.put(f"{path}/result", {"digest": DIGEST, "issuer_number": f"N{uuid4()}"})

    assert [one["act"] for one in await acts(desk, asked.approval)] == [
        "accepted",
        "decided",
        "issued",
    ]


async def test_a_refused_command_leaves_no_act(desk: Alone):
    asked = await grant(desk)
    officer = desk.person("officer", "li", department="market")

    again = await officer(
        "PUT", f"/approvals/{asked.approval}/decision", json={"verdict": "refused"}
    )

    assert again.status_code in (409, 422)
    assert len(await acts(desk, asked.approval)) == 1


async def test_what_is_signed_is_canonical(desk: Alone):
    await grant(desk)

    rows = await desk.rows("SELECT document FROM audit_entry")

    assert rows
    for row in rows:
        assert rfc8785.dumps(json.loads(row.document)).decode() == row.document


async def test_acts_of_many_at_once_become_one_chain_that_verifies(desk: Alone):
    await asyncio.gather(*(grant(desk) for _ in range(20)))
    sequencers = [chained(desk) for _ in range(3)]
    await asyncio.gather(*sequencers, *(grant(desk) for _ in range(10)))
    await chained(desk)

    entries, anchors, keys = await record(desk)

    assert [one["position"] for one in entries] == list(range(1, len(entries) + 1))
    assert len(await desk.rows("SELECT 1 FROM audit_entry")) == len(entries)
    assert faults(entries, anchors, keys) == (len(entries), None)


async def test_an_edit_in_the_database_is_found(desk: Alone):
    asked = await grant(desk)
    await grant(desk)
    await chained(desk)
    await desk.rows(
        "UPDATE audit_entry SET document = replace(document, 'granted', 'refused') "
        "WHERE approval = :id",
        id=asked.approval,
    )
    try:
        entries, anchors, keys = await record(desk)
        _, fault = faults(entries, anchors, keys)
        [changed] = [one for one in entries if str(asked.approval) in one["document"]]
        assert fault is not None and fault.position == changed["position"]
    finally:
        await desk.rows(
            "UPDATE audit_entry SET document = replace(document, 'refused', 'granted') "
            "WHERE approval = :id",
            id=asked.approval,
        )


async def test_where_the_chain_stands_is_told(desk: Alone):
    await grant(desk)

    async def told() -> list[Any]:
        await chained(desk)
        return await desk.told(ANCHORED)

    [first, *_] = await eventually(told)

    digest = "SELECT digest FROM audit_link WHERE position = :at"
    [link] = await desk.rows(digest, at=first["position"])
    assert link.digest == first["digest"]


@pytest.mark.parametrize("role", ["officer", "citizen", "partner"])
async def test_the_whole_record_is_read_by_inspectors_only(desk: Alone, role: str):
    person = desk.person(role, "somebody", department="market")

    assert (await person("GET", "/audit/entries")).status_code == 403


async def test_anybody_gets_the_keys(desk: Alone):
    answer = await desk.client.get("/audit/keys")

    assert answer.json()["k1"]["algorithm"] == "Ed25519"
