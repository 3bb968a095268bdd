"""Officers and partners' systems that answer what is not theirs, too early, or all at once."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.approval.partner import Partner
from tests.platform import Person
from tests.served import Served
from tests.wrong.refusals import problem


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
