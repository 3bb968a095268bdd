"""A refusal stops the others, lets them go on, or asks; withdrawals take back what is undecided."""

import asyncio
from typing import Any

import pytest

from tests import county, world
from tests.bundle.office import Office, accepted, decided, issued, states
from tests.bundle.test_answers import CANCELLED, course
from tests.refusals import problem


async def cancellations(office: Office, application: Any) -> dict[str, str]:
    told = await office.told(CANCELLED, application=application["id"])
    return {one["member"]: one["reason"] for one in told}


def path(application: Any, *rest: str) -> str:
    return "/".join([f"/applications/{application['id']}", *rest])


async def test_a_stop_cancels_what_no_desk_accepted_and_spares_what_one_did(office: Office):
    ada = office.somebody()
    application = await office.five(ada, fire="stop")
    await office.hear(accepted(application, "health"), decided(application, "tax"))

    await office.hear(decided(application, "fire", "refused"))

    assert await office.states(ada, application) == {
        "market": "cancelled",
        "fire": "refused",
        "health": "accepted",
        "tax": "granted",
        "police": "cancelled",
    }
    assert await cancellations(office, application) == {"market": "stopped", "police": "stopped"}
    assert (await office.progress(ada, application))["outcome"] is None
    await office.hear(decided(application, "health"))
    assert (await course(office, application))["completed"] == ["stopped"]


async def test_a_cancelled_members_late_grant_changes_neither_state_nor_outcome(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "market", fire="stop")
    await office.hear(decided(application, "fire", "refused"))

    await office.hear(accepted(application, "market"), decided(application, "market"))

    view = await office.progress(ada, application)
    assert (view["outcome"], states(view)["market"]) == ("stopped", "cancelled")
    assert (await course(office, application))["completed"] == ["stopped"]


async def test_under_continue_the_others_go_on_and_dependents_become_impossible(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    await office.hear(issued(application, "licence", "licence-fact"))
    await office.hear(decided(application, "permit", "refused"))

    assert (await office.states(ada, application))["fire"] == "requested"
    await office.hear(decided(application, "fire"))
    assert (await course(office, application))["completed"] == ["partly_granted"]


async def test_a_refusal_that_asks_holds_back_what_is_new_until_the_applicant_chooses(
    office: Office,
):
    """Fire refuses first: the two that would start now wait for the word."""
    ada = office.somebody()
    application = await asking(office, ada)
    await office.hear(decided(application, "fire", "refused", "no-exit"))
    await office.hear(issued(application, "licence", "licence-fact"))

    view = await office.progress(ada, application)
    assert view["open_choices"] == ["fire"]
    assert states(view)["permit"] == "waiting"
    [notice] = (await ada.get("/notices"))["items"]
    assert (notice["kind"], notice["member"]) == ("choice", "fire")
    assert notice["facts"]["reason_code"] == "no-exit"

    chosen = await ada.put(path(application, "choices", "fire"), {"choice": "continue"})

    assert chosen["open_choices"] == []
    assert states(chosen)["permit"] == "requested"
    again = await ada.put(path(application, "choices", "fire"), {"choice": "continue"})
    assert again["version"] == chosen["version"]
    other = await ada("PUT", path(application, "choices", "fire"), json={"choice": "stop"})
    assert problem(other) == (409, "choice-made")
    assert (await course(office, application))["requested"] == ["fire", "licence", "permit"]


async def asking(office: Office, who: Any) -> Any:
    """licence -> permit, and fire beside them, whose refusal asks."""
    await office.publish(
        "asking",
        county.five("fire")
        | {
            "questions": [*world.BUNDLE["questions"]],
            "parties": world.BUNDLE["parties"],
            "members": [
                world.BUNDLE["members"][0],
                world.BUNDLE["members"][1],
                {"member": "fire", "item": "ask-fire", "holder": "owner", "on_refusal": "ask"},
            ],
        },
    )
    plan = await office.planned(who, "asking", world.ANSWERS)
    filing = {
        "bundle": "asking",
        "plan": plan["digest"],
        "answers": world.ANSWERS,
        "form": {f["field"]: world.FORM[f["field"]] for f in plan["form"]},
        "materials": {m["key"]: [await office.upload(who)] for m in plan["materials"]},
    }
    return await who.post("/applications", json=filing)


async def test_choosing_stop_cancels_what_is_not_accepted(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax", "police", fire="ask")
    await office.hear(accepted(application, "tax"), decided(application, "fire", "refused"))

    stopped = await ada.put(path(application, "choices", "fire"), {"choice": "stop"})

    assert states(stopped) == {"fire": "refused", "tax": "accepted", "police": "cancelled"}
    assert await cancellations(office, application) == {"police": "stopped"}
    await office.hear(decided(application, "tax"))
    assert (await course(office, application))["completed"] == ["stopped"]


@pytest.mark.parametrize(
    ("member", "body", "expected"),
    [
        ("tax", {"choice": "stop"}, (409, "nothing-to-choose")),
        ("nobody", {"choice": "stop"}, (404, "unknown-member")),
        ("fire", {"choice": "perhaps"}, (422, "malformed")),
        ("fire", {}, (422, "malformed")),
        ("Not-A-Code", {"choice": "stop"}, (422, "malformed")),
    ],
)
async def test_only_an_open_choice_is_made_and_only_with_its_two_words(
    office: Office, member, body, expected
):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax", fire="ask")
    early = await ada("PUT", path(application, "choices", "fire"), json={"choice": "stop"})
    await office.hear(decided(application, "fire", "refused"))

    answer = await ada("PUT", path(application, "choices", member), json=body)

    assert problem(early) == (409, "nothing-to-choose")
    assert problem(answer) == expected
    assert (await office.progress(ada, application))["open_choices"] == ["fire"]


async def test_a_choice_is_moot_once_nothing_is_left_to_stop(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax", fire="ask")
    await office.hear(decided(application, "fire", "refused"))
    await office.hear(decided(application, "tax"))

    view = await office.progress(ada, application)

    assert (view["open_choices"], view["outcome"]) == ([], "partly_granted")
    late = await ada("PUT", path(application, "choices", "fire"), json={"choice": "stop"})
    assert problem(late) == (409, "already-settled")


async def test_a_choice_and_the_last_answer_at_the_same_moment_complete_once(office: Office):
    for _ in range(4):
        ada = office.somebody()
        application = await office.five(ada, "fire", "tax", fire="ask")
        await office.hear(decided(application, "fire", "refused"))

        await asyncio.gather(
            ada("PUT", path(application, "choices", "fire"), json={"choice": "stop"}),
            office.hear(decided(application, "tax")),
        )

        view = await office.progress(ada, application)
        assert (view["outcome"], states(view)["tax"]) in [
            ("stopped", "cancelled"),
            ("partly_granted", "granted"),
        ]
        assert (await course(office, application))["completed"] == [view["outcome"]]


async def test_withdrawing_all_takes_back_what_is_undecided_at_once(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    await office.hear(issued(application, "licence", "licence-fact"))
    await office.hear(accepted(application, "permit"))

    view = await ada.put(path(application, "withdrawal"))

    assert view["outcome"] == "withdrawn"
    assert states(view) == {"licence": "granted", "permit": "withdrawn", "fire": "withdrawn"}
    assert await cancellations(office, application) == {"permit": "withdrawn", "fire": "withdrawn"}
    [told] = await office.told("bundle.application.withdrawn", application=application["id"])
    assert (told["whole"], sorted(told["members"])) == (True, ["fire", "permit"])
    again = await ada.put(path(application, "withdrawal"))
    assert again["version"] == view["version"]
    assert (await course(office, application))["completed"] == ["withdrawn"]


async def test_withdrawing_what_no_desk_has_tells_no_desk(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)

    await ada.put(path(application, "members", "permit", "withdrawal"))

    assert await cancellations(office, application) == {}
    [told] = await office.told("bundle.application.withdrawn", application=application["id"])
    assert (told["whole"], told["members"]) == (False, ["permit"])


async def test_withdrawing_one_member_loses_those_that_need_it(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)

    view = await ada.put(path(application, "members", "licence", "withdrawal"))

    assert states(view) == {"licence": "withdrawn", "permit": "impossible", "fire": "impossible"}
    assert view["outcome"] == "withdrawn"
    assert await cancellations(office, application) == {"licence": "withdrawn"}
    assert (await course(office, application))["requested"] == ["licence"]


async def test_what_is_decided_or_settled_is_not_taken_back(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    await office.hear(decided(application, "fire"))

    decided_member = await ada("PUT", path(application, "members", "fire", "withdrawal"), json={})
    unknown = await ada("PUT", path(application, "members", "nobody", "withdrawal"), json={})
    await office.hear(decided(application, "tax"))
    settled = await ada("PUT", path(application, "withdrawal"), json={})
    settled_member = await ada("PUT", path(application, "members", "tax", "withdrawal"), json={})

    assert problem(decided_member) == (409, "member-decided")
    assert problem(unknown) == (404, "unknown-member")
    assert problem(settled) == problem(settled_member) == (409, "already-settled")
    assert not await office.told("bundle.application.withdrawn", application=application["id"])


async def test_many_withdrawals_at_once_are_one(office: Office):
    ada = office.somebody()
    application = await office.five(ada)

    answers = await asyncio.gather(
        *(ada("PUT", path(application, "withdrawal"), json={}) for _ in range(8))
    )

    assert {(one.status_code, one.json()["outcome"]) for one in answers} == {(200, "withdrawn")}
    told = await course(office, application)
    assert (len(told["cancelled"]), told["completed"]) == (5, ["withdrawn"])


async def test_refusals_of_one_moment_are_one_notice_and_say_how_to_appeal(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax", "police")
    await office.hear(
        decided(application, "fire", "refused", "no-exit"),
        decided(application, "tax", "refused", "no-ledger"),
    )

    [told] = (await ada.get("/notices"))["items"]

    assert (told["kind"], told["member"]) == ("refused", None)
    assert {m: one["reason_code"] for m, one in told["facts"]["members"].items()} == {
        "fire": "no-exit",
        "tax": "no-ledger",
    }
    ways = [
        (one["kind"], one["within"], one["unit"])
        for one in told["facts"]["members"]["fire"]["refusal"]["remedies"]
    ]
    assert ways == [("review", 60, "day"), ("lawsuit", 6, "month")]


async def test_one_notice_tells_all_reasons_together_in_the_readers_language(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax", "police")
    await office.hear(
        decided(application, "fire", "refused", "no-exit"),
        decided(application, "police"),
        decided(application, "tax", "refused", "no-ledger"),
    )

    [zh] = (await ada.get("/notices"))["items"]
    [en] = (await ada.get("/notices", headers={"accept-language": "en"}))["items"]

    assert zh["kind"] == "completed"
    assert zh["facts"]["outcome"] == "partly_granted"
    reasons = {m: one["reason_code"] for m, one in zh["facts"]["members"].items()}
    assert reasons == {"fire": "no-exit", "tax": "no-ledger", "police": None}
    assert (zh["text"], en["text"]) == ("您的申请已办结。", "Your application is settled.")
    [told] = await office.told("bundle.notice.issued", application=application["id"])
    assert (told["notice"], told["kind"]) == (zh["id"], "completed")
