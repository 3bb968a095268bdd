"""Authorities answer in any order, twice, and all at the same moment: one course, one outcome."""

import asyncio
import itertools
from typing import Any
from uuid import uuid4

import pytest

from services.bundle.applications.reactions import NobodyAsked
from tests.alone import letter
from tests.bundle.office import Office, accepted, decided, issued, of, states
from tests.county import DEPARTMENTS
from tests.refusals import problem

REQUESTED = "bundle.approval.requested"
CANCELLED = "bundle.approval.cancelled"
COMPLETED = "bundle.application.completed"


async def course(office: Office, application: Any) -> dict[str, list[str]]:
    """Which members were requested and cancelled, and how often all was completed."""
    about = {"application": application["id"]}
    return {
        "requested": sorted(one["member"] for one in await office.told(REQUESTED, **about)),
        "cancelled": sorted(one["member"] for one in await office.told(CANCELLED, **about)),
        "completed": [one["outcome"] for one in await office.told(COMPLETED, **about)],
    }


@pytest.mark.parametrize("order", itertools.permutations(range(3)))
async def test_acceptance_decision_and_result_mean_the_same_in_every_order(office: Office, order):
    ada = office.somebody()
    application = await office.filed(ada)
    said = [
        letter(accepted(application, "licence")),
        letter(decided(application, "licence")),
        letter(issued(application, "licence", "licence-fact")),
    ]

    for one in order:
        await office.hear(said[one])
        await office.hear(said[one])
    await office.hear(*said)

    view = await office.progress(ada, application)
    assert states(view) == {"licence": "granted", "permit": "requested", "fire": "requested"}
    licence = of(view, "licence")
    assert licence["issued"] and licence["result_number"] and licence["reason_code"] is None
    told = await course(office, application)
    assert told == {"requested": ["fire", "licence", "permit"], "cancelled": [], "completed": []}
    held = [one["evidence"] for one in (await ada.get("/wallet"))["items"]]
    assert sorted(held) == ["floor-plan", "licence-fact"]


async def test_equal_answers_under_other_event_ids_change_nothing_either(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    answers = [decided(application, "licence"), issued(application, "licence", "licence-fact")]

    await office.hear(*answers)
    before = await office.progress(ada, application)
    await office.hear_at_once(*answers, *answers)
    await office.hear(decided(application, "licence", "refused"))

    after = await office.progress(ada, application)
    assert states(after) == states(before)
    assert of(after, "licence")["reason_code"] is None
    assert (await course(office, application))["requested"] == ["fire", "licence", "permit"]


@pytest.mark.parametrize("round", range(4))
async def test_five_departments_answering_at_the_same_moment_complete_it_once(
    office: Office, round: int
):
    ada = office.somebody()
    application = await office.five(ada)
    answers = [letter(decided(application, code)) for code in DEPARTMENTS]

    await office.hear_at_once(*answers, *answers)

    view = await office.progress(ada, application)
    assert set(states(view).values()) == {"granted"}
    assert view["outcome"] == "granted"
    assert (await course(office, application))["completed"] == ["granted"]
    assert len((await ada.get("/notices"))["items"]) == 1


async def test_everything_at_once_and_twice_ends_like_one_after_another(office: Office):
    ada = office.somebody()
    filed = [await office.filed(ada, answers=elsewhere(n)) for n in range(2)]
    filed.append(await office.five(ada))
    said = [
        *(accepted(one, "licence") for one in filed[:2]),
        *(decided(one, "licence") for one in filed[:2]),
        *(issued(one, "licence", "licence-fact") for one in filed[:2]),
        *(decided(filed[2], code, "refused") for code in DEPARTMENTS),
        *(accepted(filed[2], code) for code in DEPARTMENTS),
    ]
    letters = [letter(one) for one in said]

    await office.hear_at_once(*letters, *reversed(letters))

    for one in filed[:2]:
        assert (await office.states(ada, one))["licence"] == "granted"
        assert (await course(office, one))["requested"] == ["fire", "licence", "permit"]
    assert (await course(office, filed[2]))["completed"] == ["refused"]


def elsewhere(number: int) -> dict[str, Any]:
    return {"area": 350.0, "premises": f"人民路 {number} 号"}


async def test_one_batch_moves_several_applications(office: Office):
    ada = office.somebody()
    first, second = await office.five(ada, "fire", "tax"), await office.five(ada, "health")

    await office.hear(
        decided(second, "health", "refused"), decided(first, "tax"), decided(first, "fire")
    )

    assert (await office.progress(ada, first))["outcome"] == "granted"
    assert (await office.progress(ada, second))["outcome"] == "refused"


async def test_what_is_completed_tells_how_each_member_ended(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    await office.hear(issued(application, "licence", "licence-fact"))
    await office.hear(decided(application, "permit", "refused"))
    await ada.put(f"/applications/{application['id']}/members/fire/withdrawal")

    [told] = await office.told(COMPLETED, application=application["id"])

    ends = {one["member"]: one["state"] for one in told["members"]}
    assert ends == {"licence": "granted", "permit": "refused", "fire": "withdrawn"}
    assert (told["outcome"], told["bundle"]) == ("partly_granted", "shop")
    view = await ada.get(f"/applications/{application['id']}")
    assert view["completed_at"] and view["outcome"] == "partly_granted"


async def test_a_result_that_nobody_waits_for_does_not_hold_the_outcome(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    await office.hear(issued(application, "licence", "licence-fact"))
    await office.hear(decided(application, "permit"), decided(application, "fire"))
    settled = await office.progress(ada, application)

    await office.hear(issued(application, "permit", "shop-permit"))

    later = await office.progress(ada, application)
    assert settled["outcome"] == later["outcome"] == "granted"
    assert of(later, "permit")["issued"] and not of(settled, "permit")["issued"]
    assert (await course(office, application))["completed"] == ["granted"]
    held = {one["evidence"] for one in (await ada.get("/wallet"))["items"]}
    assert "shop-permit" in held


async def test_a_decision_that_crossed_a_withdrawal_stands_and_changes_no_outcome(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    content = {"shop_name": "清风小馆"}
    result = await office.issue(application, "licence", content, evidence="licence-fact")
    await office.hear(accepted(application, "licence"))
    await ada.put(f"/applications/{application['id']}/withdrawal")

    await office.hear(decided(application, "licence"), result)

    view = await office.progress(ada, application)
    licence = of(view, "licence")
    assert view["outcome"] == "withdrawn"
    assert (licence["state"], licence["late"]) == ("withdrawn", "granted")
    assert licence["result_number"] == result.number
    assert (await course(office, application))["completed"] == ["withdrawn"]
    assert (await course(office, application))["requested"] == ["licence"]
    held = [one["evidence"] for one in (await ada.get("/wallet"))["items"]]
    assert "licence-fact" in held


async def test_a_late_refusal_is_noted_with_its_reason(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    await ada.put(f"/applications/{application['id']}/members/fire/withdrawal")

    await office.hear(decided(application, "fire", "refused", "too-late"))

    fire = of(await office.progress(ada, application), "fire")
    assert (fire["state"], fire["late"], fire["reason_code"]) == (
        "withdrawn",
        "refused",
        "too-late",
    )
    assert (await office.progress(ada, application))["outcome"] is None


@pytest.mark.parametrize("round", range(4))
async def test_a_withdrawal_and_a_decision_at_the_same_moment_agree(office: Office, round: int):
    ada = office.somebody()
    application = await office.five(ada, "fire")
    path = f"/applications/{application['id']}/withdrawal"

    answer, _ = await asyncio.gather(
        ada("PUT", path, json={}), office.hear(decided(application, "fire"))
    )

    view = await office.progress(ada, application)
    told = await course(office, application)
    ends = (answer.status_code, view["outcome"], of(view, "fire")["state"], told["cancelled"])
    assert ends in [
        (200, "withdrawn", "withdrawn", ["fire"]),
        (409, "granted", "granted", []),
    ]
    assert told["completed"] == [view["outcome"]]


@pytest.mark.parametrize("kind", [accepted, decided])
async def test_an_answer_to_what_nobody_asked_is_refused_for_certain(office: Office, kind):
    application = await office.five(office.somebody(), "fire")
    unknown = {**application, "id": str(uuid4())}
    other = {**application, "members": [of(application, "fire") | {"approval": str(uuid4())}]}

    for one in (unknown, other):
        with pytest.raises(NobodyAsked):
            await office.hear(kind(one, "fire"))


async def test_one_answer_nobody_asked_for_takes_the_whole_batch_back(office: Office):
    """The consumer then tries one by one; a batch must not be half done before."""
    ada = office.somebody()
    application = await office.five(ada, "fire")
    unknown = {**application, "id": str(uuid4())}
    good = letter(decided(application, "fire"))

    with pytest.raises(NobodyAsked):
        await office.hear(good, letter(decided(unknown, "fire")))

    assert (await office.progress(ada, application))["outcome"] is None
    await office.hear(good)
    assert (await office.progress(ada, application))["outcome"] == "granted"


async def test_versions_grow_with_every_change_and_with_nothing_else(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    one = letter(decided(application, "fire"))
    await office.hear(one)
    await office.hear(one)
    await office.hear(accepted(application, "fire"))

    assert (await office.progress(ada, application))["version"] == 2
    answer = await ada("GET", f"/applications/{application['id']}")
    assert answer.headers["etag"] == '"2"'
    assert problem(
        await ada("PUT", f"/applications/{application['id']}/choices/fire", json={"choice": "stop"})
    ) == (409, "nothing-to-choose")
    assert (await office.progress(ada, application))["version"] == 2
