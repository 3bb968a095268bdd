"""An agent files what its mandate covers, and sees it as long as the mandate is in force."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests import county, world
from tests.bundle.office import Office, decided, new_code
from tests.platform import Person
from tests.refusals import pointers, problem


def until(days: float = 30) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


async def mandate(giver: Person, agent: Person, *bundles: str, **more: Any) -> str:
    wanted = {"agent": agent.sub, "bundles": list(bundles or ["shop"]), "valid_until": until()}
    return str((await giver.post("/mandates", json=wanted | more))["id"])


async def refused(office: Office, who: Person, mandate: str, bundle: str = "shop") -> Any:
    """The two refusals of composing and filing under a mandate, without what differs anyway."""
    holder = {"mandate": mandate}
    filing = {"bundle": bundle, "plan": "sha256:" + "0" * 64, "holder": holder, "form": {}}
    answers = [
        await who("POST", f"/bundles/{bundle}/compositions", json={"holder": holder}),
        await who("POST", "/applications", json=filing),
    ]
    for answer in answers:
        assert problem(answer) == (422, "holder-not-yours")
        assert pointers(answer) == ["/holder/mandate"]
    return [answer.json()["errors"] for answer in answers]


async def test_an_agent_files_for_a_person_and_both_follow_it(office: Office):
    ada, agent = office.somebody(), office.somebody()
    given = await mandate(ada, agent)

    application = await office.filed(agent, holder={"mandate": given})

    for who in (ada, agent):
        assert (await who.get(f"/applications/{application['id']}"))["id"] == application["id"]
        assert [one["id"] for one in (await who.get("/applications"))["items"]] == [
            application["id"]
        ]
    held = (await ada.get("/wallet"))["items"]
    assert [one["evidence"] for one in held] == ["floor-plan"]
    assert {one["party"] for one in held} == {application["holder"]}
    assert (await agent.get("/wallet"))["items"] == [], "what is handed in for ada is ada's"
    await office.hear(decided(application, "licence", "refused"))
    for who in (ada, agent):
        [notice] = (await who.get("/notices"))["items"]
        assert notice["application"] == application["id"]


async def test_what_the_principal_holds_is_not_asked_of_the_agent(office: Office):
    ada, agent = office.somebody(), office.somebody()
    await office.filed(ada)
    holder = {"mandate": await mandate(ada, agent)}

    plan = await office.planned(agent, "shop", world.ANSWERS, **holder)
    own = await office.planned(agent, "shop", world.ANSWERS)

    assert plan["materials"] == []
    assert [one["key"] for one in own["materials"]] == ["floor-plan:owner"]


async def test_a_mandate_that_is_not_in_force_or_covers_something_else_is_as_good_as_none(
    office: Office,
):
    ada, agent, stranger = office.somebody(), office.somebody(), office.somebody()
    expired, revoked, other = [
        await mandate(ada, agent, *bundles) for bundles in ((), (), ("founding",))
    ]
    await office.rows("UPDATE mandate SET valid_until = now() WHERE id = :id", id=expired)
    await ada("DELETE", f"/mandates/{revoked}")
    good = await mandate(ada, agent)

    told = [
        await refused(office, agent, expired),
        await refused(office, agent, revoked),
        await refused(office, agent, other),
        await refused(office, stranger, good),
        await refused(office, ada, good),
        await refused(office, agent, str(uuid4())),
    ]

    assert all(one == told[0] for one in told), "nobody learns which mandates there are"


async def test_after_a_revocation_the_agent_sees_nothing_and_the_principal_everything(
    office: Office,
):
    ada, agent = office.somebody(), office.somebody()
    given = await mandate(ada, agent)
    application = await office.filed(agent, holder={"mandate": given})
    path = f"/applications/{application['id']}"

    first = (await ada("DELETE", f"/mandates/{given}")).json()
    again = (await ada("DELETE", f"/mandates/{given}")).json()
    await office.hear(decided(application, "licence", "refused"))

    assert first["revoked_at"] == again["revoked_at"] is not None
    for one in (path, f"{path}/progress", f"{path}/events"):
        assert problem(await agent("GET", one)) == (404, "application-unknown")
    for one in (f"{path}/withdrawal", f"{path}/members/permit/withdrawal"):
        assert problem(await agent("PUT", one, json={})) == (404, "application-unknown")
    assert (await agent.get("/applications"))["items"] == []
    assert (await agent.get("/notices"))["items"] == [], "a notice tells how it ended"
    assert (await ada.get(f"{path}/progress"))["outcome"] == "refused"
    assert len((await ada.get("/notices"))["items"]) == 1


async def test_a_mandate_that_runs_out_takes_the_agents_sight_with_it(office: Office):
    ada, agent = office.somebody(), office.somebody()
    given = await mandate(ada, agent)
    application = await office.filed(agent, holder={"mandate": given})

    await office.rows("UPDATE mandate SET valid_until = now() WHERE id = :id", id=given)

    assert (await agent("GET", f"/applications/{application['id']}")).status_code == 404
    assert (await ada("GET", f"/applications/{application['id']}")).status_code == 200


async def test_only_who_gave_a_mandate_revokes_it(office: Office):
    ada, agent, stranger = office.somebody(), office.somebody(), office.somebody()
    given = await mandate(ada, agent)

    for who in (agent, stranger):
        assert problem(await who("DELETE", f"/mandates/{given}")) == (404, "mandate-unknown")
    assert problem(await ada("DELETE", f"/mandates/{uuid4()}")) == (404, "mandate-unknown")
    assert (await office.filed(agent, holder={"mandate": given}))["id"]
    for who, sees in ((ada, 1), (agent, 1), (stranger, 0)):
        assert len((await who.get("/mandates"))["items"]) == sees


async def test_an_enterprises_agent_files_for_it_and_for_no_other(office: Office):
    code, other = new_code(), new_code()
    boss, agent = office.company(code), office.somebody()
    given = await mandate(boss, agent, "restaurant", number=code)
    holder = {"mandate": given}

    application = await office.filed(agent, "restaurant", holder=holder, credit_code=code)

    own = await office.filed(
        boss, "restaurant", credit_code=code, answers=elsewhere(office, "滨江路 1 号")
    )
    assert application["holder"] == own["holder"], "one enterprise, whoever files"
    assert (await boss("GET", f"/applications/{application['id']}")).status_code == 200
    wrong = await office.prepared(agent, "restaurant", holder=holder, credit_code=other)
    answer = await agent("POST", "/applications", json=wrong)
    assert pointers(answer) == ["/holder/number"]
    body = {"answers": elsewhere(office, "x"), "holder": holder | {"number": other}}
    composed = await agent("POST", "/bundles/restaurant/compositions", json=body)
    assert pointers(composed) == ["/holder/number"]
    body["holder"]["number"] = code
    assert (await agent("POST", "/bundles/restaurant/compositions", json=body)).is_success


def elsewhere(office: Office, premises: str) -> dict[str, Any]:
    return {"premises": premises, "area": 350.0, "worker_count": 2}


async def test_a_persons_mandate_opens_no_enterprise(office: Office):
    """The boss mandates for himself; the enterprise he logs in for is another principal."""
    code = new_code()
    boss, agent = office.company(code), office.somebody()
    given = await mandate(boss, agent, "restaurant")

    filing = await office.prepared(agent, "restaurant", holder={"mandate": given}, credit_code=code)

    assert pointers(await agent("POST", "/applications", json=filing)) == ["/holder/number"]


async def test_an_enterprises_mandate_is_given_by_its_own_login_only(office: Office):
    known, unknown = new_code(), new_code()
    await mandate(office.company(known), office.somebody(), "restaurant", number=known)
    stranger = office.company(new_code())

    told = []
    for number in (known, unknown):
        body = {"agent": "a", "bundles": ["restaurant"], "valid_until": until(), "number": number}
        answer = await stranger("POST", "/mandates", json=body)
        assert problem(answer) == (422, "holder-not-yours")
        told.append(answer.json()["errors"])
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"valid_until": until(-1)}, "/valid_until"),
        ({"valid_until": "2099-01-01T00:00:00"}, "/valid_until"),
        ({"valid_until": "9999-12-31T23:59:59-12:00"}, "/valid_until"),
        ({"bundles": []}, "/bundles"),
        ({"bundles": ["Not A Code"]}, "/bundles/0"),
        ({"agent": ""}, "/agent"),
        ({"agent": "a\x00b"}, "/agent"),
        ({"whatever": 1}, "/whatever"),
    ],
)
async def test_a_mandate_that_says_nothing_certain_is_refused(office: Office, wrong, where):
    ada = office.somebody()
    body = {"agent": "agent", "bundles": ["shop"], "valid_until": until()} | wrong

    assert pointers(await ada("POST", "/mandates", json=body)) == [where]
    assert (await ada.get("/mandates"))["items"] == []


async def test_a_mandate_sent_again_is_answered_as_before_even_after_its_term(office: Office):
    ada, agent = office.somebody(), office.somebody()
    soon = (datetime.now(UTC) + timedelta(seconds=0.2)).isoformat()
    body = {"agent": agent.sub, "bundles": ["shop"], "valid_until": soon}
    first = await ada("POST", "/mandates", key="mandate", json=body)
    await office.rows("SELECT pg_sleep(0.3)")

    again = await ada("POST", "/mandates", key="mandate", json=body)

    assert (again.status_code, again.text) == (201, first.text)
    assert len((await ada.get("/mandates"))["items"]) == 1


async def test_a_number_that_a_form_said_opens_nobodys_wallet(office: Office):
    """Mallory states somebody's ID number as her own, mandates a friend, and asks what the person
    of that number holds.  A stated number proves nothing, by whatever detour."""
    record = county.RESTAURANT | {
        "audience": "person",
        "parties": [
            {"role": "handler", "kind": "person", "who": "applicant"},
            {
                "role": "elder",
                "kind": "person",
                "who": "named",
                "name_field": "applicant_name",
                "number_field": "applicant_id_number",
            },
        ],
        "holder": "elder",
        "questions": [],
        "members": [{"member": "register", "item": "licence-check", "holder": "elder"}],
    }
    await office.publish("for-the-elderly", record)
    victim = county.id_number(4242)
    mallory, friend = office.somebody(), office.somebody()
    await office.filed(mallory, applicant_id_number=victim)
    given = await mandate(mallory, friend, "for-the-elderly")
    form = {"applicant_name": "某人", "applicant_id_number": victim}

    holder = {"mandate": given}
    composed = await friend(
        "POST",
        "/bundles/for-the-elderly/compositions",
        json={"holder": holder | {"number": victim}},
    )
    plan = await office.planned(friend, "for-the-elderly", {}, **holder)
    filing = {"bundle": "for-the-elderly", "plan": plan["digest"], "holder": holder, "form": form}
    filed = await friend("POST", "/applications", json=filing)

    assert pointers(composed) == pointers(filed) == ["/holder/number"]
