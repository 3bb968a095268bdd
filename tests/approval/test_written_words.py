"""What somebody wrote stands in no signed act and in no event; acts of the older form verify."""

import hashlib
import json
from uuid import uuid4

import pytest

from services.approval.audit import actions as audit
from services.approval.audit.rules import digest_of
from tests.alone import Alone
from tests.approval.chain import acts, chained, faults, record
from tests.approval.conftest import opened
from tests.approval.supervising import granted, new_item, number_of

NUMBER = "慕容紫英灵核查通知〔2026〕12 号"
RECORD = "百里屠苏白听证笔录第 7 号"
LAW = "《行政许可法》第六十九条，慕容紫英灵案"
WRITTEN = (NUMBER, RECORD, LAW)


@pytest.fixture
async def suspended(desk: Alone):
    approval = await opened(desk)
    officer = desk.officer("market")
    body = {"kind": "inspection", "evidence": NUMBER, "expected": {"value": 5}}
    await officer.post(f"/approvals/{approval}/suspensions", body)
    return approval


@pytest.fixture
async def revoked(desk: Alone):
    approval = await granted(desk, new_item())
    number, officer = await number_of(desk, approval), desk.officer("market")
    heard = {"outcome": "held", "evidence": RECORD}
    await officer.put(f"/results/{number}/hearing", heard)
    body = {"kind": "revoked", "reason_codes": ["not-qualified"], "legal_basis": LAW}
    await officer.post(f"/results/{number}/endings", body)
    return approval


async def test_an_act_has_the_digest_of_what_was_written(desk: Alone, suspended, revoked):
    [begun] = await acts(desk, suspended)
    ended = (await acts(desk, revoked))[-1]

    assert begun["evidence_digest"] == digest_of(suspended, NUMBER)
    assert ended["legal_basis_digest"] == digest_of(revoked, LAW)
    assert ended["hearing_evidence_digest"] == digest_of(revoked, RECORD)
    by_hand = hashlib.sha256(f"{suspended}\n{NUMBER}".encode()).hexdigest()
    assert begun["evidence_digest"] == f"sha256:{by_hand}"
    assert digest_of(suspended, NUMBER) != digest_of(revoked, NUMBER), "nobody sees them equal"


async def test_nothing_that_was_written_is_signed_or_told(desk: Alone, suspended, revoked):
    kept = [row.document for row in await desk.rows("SELECT document FROM audit_entry")]
    kept += [row.payload for row in await desk.rows("SELECT payload FROM outbox")]

    for one in kept:
        plain = json.dumps(json.loads(one), ensure_ascii=False)
        assert not any(text in plain for text in WRITTEN)


async def test_acts_of_the_older_form_verify_beside_the_newer(desk: Alone, suspended):
    """Until now the text itself was signed: such acts stay as they are, and are not rewritten."""
    old = {"act": "suspended", "approval": str(suspended), "kind": "hearing", "evidence": NUMBER}
    async with desk.app.state.sessions.begin() as tx:
        await audit.enter(tx, suspended, old | {"id": str(uuid4())})
    path, key = f"/approvals/{suspended}/suspensions/1/end", {"idempotency-key": str(uuid4())}
    assert (await desk.officer("market")("PUT", path, json={}, headers=key)).is_success
    await chained(desk)

    entries, anchors, keys = await record(desk)

    assert faults(entries, anchors, keys) == (len(entries), None)
    assert any(NUMBER in one["document"] for one in entries)
