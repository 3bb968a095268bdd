"""The same thing is not filed twice: whoever may act for its holder is shown the open filing."""

import asyncio
from typing import Any

import pytest

from tests import county, world
from tests.bundle.office import Office, accepted, decided, issued, new_code, states
from tests.bundle.test_mandates import mandate
from tests.refusals import problem

ELSEWHERE = world.ANSWERS | {"premises": "滨江路 9 号"}


def shown(plan: Any) -> dict[str, str]:
    return {one["member"]: one["application"] for one in plan["already_open"]}


def left(plan: Any) -> list[str]:
    return [one["member"] for one in plan["members"]]


async def test_what_is_open_is_shown_with_its_application_and_nothing_is_left_to_file(
    office: Office,
):
    ada = office.somebody()
    first = await office.filed(ada)

    plan = await office.planned(ada, "shop", world.ANSWERS)

    assert shown(plan) == dict.fromkeys(("licence", "permit", "fire"), first["id"])
    assert (left(plan), plan["materials"], plan["form"]) == ([], [], [])


async def test_filing_it_again_is_refused_by_name_with_the_open_one(office: Office):
    ada = office.somebody()
    filing = await office.prepared(ada)
    first = await ada.post("/applications", json=filing)
    plan = await office.planned(ada, "shop", world.ANSWERS)

    same = await ada("POST", "/applications", json=filing)
    empty = await ada("POST", "/applications", json=filing | {"plan": plan["digest"]})

    for answer in (same, empty):
        assert problem(answer) == (409, "already-filed")
        assert {one["application"] for one in answer.json()["already_open"]} == {first["id"]}
    assert len((await ada.get("/applications"))["items"]) == 1


async def test_two_shops_are_two_things_down_to_the_licence_check(office: Office):
    ada = office.somebody()
    await office.filed(ada)

    plan = await office.planned(ada, "shop", ELSEWHERE)

    assert (shown(plan), left(plan)) == ({}, ["licence", "permit", "fire"])
    assert await office.filed(ada, answers=ELSEWHERE)


async def test_what_is_decided_may_be_filed_again_and_the_rest_is_still_open(office: Office):
    ada = office.somebody()
    first = await office.filed(ada)
    await office.hear(accepted(first, "licence"), decided(first, "licence"))
    await office.hear(issued(first, "licence", "licence-fact"), decided(first, "permit", "refused"))

    plan = await office.planned(ada, "shop", world.ANSWERS)

    assert shown(plan) == {"fire": first["id"]}
    assert left(plan) == ["licence", "permit"]


async def test_who_needs_what_is_open_is_held_back_until_it_is_issued(office: Office):
    ada = office.somebody()
    first = await office.filed(ada)
    await ada.put(f"/applications/{first['id']}/members/permit/withdrawal")
    waiting = await office.planned(ada, "shop", world.ANSWERS)
    await office.hear(decided(first, "licence"), issued(first, "licence", "licence-fact"))
    now = await office.planned(ada, "shop", world.ANSWERS)

    assert shown(waiting) == {"licence": first["id"], "fire": first["id"]}
    assert left(waiting) == []
    assert [(one["member"], one["waits_for"]) for one in waiting["held_back"]] == [
        ("permit", ["licence"])
    ]
    assert left(now) == ["licence", "permit"], "a check that is decided may be asked for anew"


async def test_a_withdrawal_opens_the_way(office: Office):
    ada = office.somebody()
    first = await office.filed(ada)
    await ada.put(f"/applications/{first['id']}/withdrawal")

    assert states(await office.filed(ada))["licence"] == "requested"


async def test_another_person_is_not_told(office: Office):
    ada, bob = office.somebody(), office.somebody()
    await office.filed(ada)

    plan = await office.planned(bob, "shop", world.ANSWERS)

    assert (shown(plan), plan["held_back"]) == ({}, [])
    assert await office.filed(bob)


async def test_an_enterprise_is_one_holder_whoever_logs_in_for_it(office: Office):
    code = new_code()
    boss, colleague = office.company(code), office.company(code)
    first = await office.filed(boss, "restaurant", credit_code=code)

    plan = await office.planned(colleague, "restaurant", RESTAURANT)
    stranger = await office.planned(office.company(new_code()), "restaurant", RESTAURANT)
    nobody = await office.planned(office.somebody(), "restaurant", RESTAURANT)

    assert shown(plan) == {"permit": first["id"], "fire": first["id"]}
    assert left(plan) == ["check-1", "check-2"], "whose workers they are is told to nobody"
    assert shown(stranger) == shown(nobody) == {}


RESTAURANT = {"premises": "朝阳路 1 号", "area": 350.0, "worker_count": 2}


async def test_workers_of_one_employer_are_checked_for_another_without_a_word(office: Office):
    """Who they work for elsewhere is no business of this applicant."""
    codes = new_code(), new_code()
    for code in codes:
        application = await office.filed(office.company(code), "restaurant", credit_code=code)
        assert states(application)["check-1"] == "requested"


async def test_an_agent_is_shown_what_is_open_for_the_principal(office: Office):
    ada, agent = office.somebody(), office.somebody()
    given = await mandate(ada, agent, "shop")
    first = await office.filed(ada)

    for_her = await office.planned(agent, "shop", world.ANSWERS, mandate=given)
    for_himself = await office.planned(agent, "shop", world.ANSWERS)

    assert shown(for_her)["licence"] == first["id"]
    assert shown(for_himself) == {}


async def test_another_bundle_with_the_same_item_shows_it_too(office: Office):
    ada = office.somebody()
    one, other = county.five("fire", "tax"), county.five("fire", "health")
    await office.publish("shared-one", one)
    await office.publish("shared-other", other)
    plan = await office.planned(ada, "shared-one", {"area": 10.0})
    filing = {"bundle": "shared-one", "plan": plan["digest"], "answers": {"area": 10.0}}
    first = await ada.post("/applications", json=filing | {"form": {"area": 10.0}})

    second = await office.planned(ada, "shared-other", {"area": 10.0})

    assert shown(second) == {"fire": first["id"]}
    assert left(second) == ["health"]
    filing = {"bundle": "shared-other", "plan": second["digest"], "answers": {"area": 10.0}}
    application = await ada.post("/applications", json=filing | {"form": {"area": 10.0}})
    assert states(application) == {"health": "requested"}


@pytest.mark.parametrize("known", [False, True], ids=["a first filing", "a known person"])
async def test_of_many_at_once_one_is_filed(office: Office, known: bool):
    """Each with a key of its own, through two bundles that share an item."""
    ada = office.somebody()
    for code in ("both-one", "both-other"):
        await office.publish(code, county.five("fire"))
    if known:
        first = await office.five(ada, "tax")
        await ada.put(f"/applications/{first['id']}/withdrawal")
    plans = [await office.planned(ada, code, {"area": 1.0}) for code in ("both-one", "both-other")]
    filings = [
        {"bundle": plan["bundle"], "plan": plan["digest"], "answers": {"area": 1.0}}
        | {"form": {"area": 1.0}}
        for plan in plans
    ]

    await office.connect()
    answers = await asyncio.gather(
        *(ada("POST", "/applications", json=filing) for filing in filings * 6)
    )

    assert sorted(one.status_code for one in answers) == [201] + [409] * 11
    assert {problem(one) for one in answers if one.status_code == 409} == {(409, "already-filed")}
