"""Who answers reads the dossier; who is asked reads what it was shown; who has neither, nothing."""

import itertools
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import ApprovalHandedOver, ConsultationClosed, ConsultationOpened
from tests import world
from tests.alone import letter
from tests.bundle.desks import at_both_desks
from tests.bundle.office import Office, accepted, decided, of
from tests.refusals import problem

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)
TEXT = {"text": "可否同意？"}


def handed_over(application: Any, member: str, to: str) -> ApprovalHandedOver:
    own = of(application, member)
    return ApprovalHandedOver(
        approval=own["approval"],
        application=application["id"],
        member=member,
        from_department=own["department"],
        department=to,
        kind="misrouted",
        reason_code="wrong-desk",
        handed_over_at=NOW,
    )


def asked(application: Any, member: str, consulted: str = "tax", **more: Any) -> ConsultationOpened:
    own = of(application, member)
    told: dict[str, Any] = {
        "consultation": uuid4(),
        "approval": own["approval"],
        "application": application["id"],
        "member": member,
        "department": own["department"],
        "consulted": consulted,
        "opened_at": NOW,
    }
    return ConsultationOpened(**told | more)


def closed(opening: ConsultationOpened, **more: Any) -> ConsultationClosed:
    about = opening.model_dump(include={"consultation", "approval", "application"})
    about |= {"department": opening.department, "consulted": opening.consulted}
    return ConsultationClosed(**about, closed_at=NOW, **more)


async def test_the_dossier_follows_the_approval_to_its_new_desk(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    path = f"/dossiers/{of(application, 'permit')['approval']}"
    await office.hear(letter(handed_over(application, "permit", "tax"), 2))

    there = await office.officer("tax").get(path)

    assert there["fields"]["shop_name"] == world.FORM["shop_name"]
    assert problem(await office.officer("health")("GET", path)) == (404, "dossier-unknown")
    seen = await office.progress(ada, application)
    assert of(seen, "permit")["department"] == "tax"
    await office.hear(letter(decided(application, "permit"), 3))
    assert (await office.officer("tax").get(path))["fields"]


async def test_of_several_moves_the_last_one_holds_in_whatever_order(office: Office):
    for order in itertools.permutations(range(3)):
        ada = office.somebody()
        application = await office.five(ada, "fire", "police")
        said = [
            letter(handed_over(application, "fire", "tax"), 2),
            letter(handed_over(application, "fire", "health"), 3),
            letter(accepted(application, "fire"), 1),
        ]
        for place in order:
            await office.hear(said[place])
            await office.hear(said[place])
        seen = of(await office.progress(ada, application), "fire")
        assert (seen["department"], seen["state"]) == ("health", "accepted"), order


async def test_a_cancellation_goes_to_where_it_lies_now(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "police")
    await office.hear(letter(handed_over(application, "fire", "tax"), 2))

    await ada.put(f"/applications/{application['id']}/members/fire/withdrawal")

    [told] = await office.told("bundle.approval.cancelled", application=application["id"])
    assert told["department"] == "tax"


async def test_whoever_is_asked_reads_what_it_was_shown_and_no_more(office: Office):
    application = await at_both_desks(office, office.somebody())
    path = f"/dossiers/{of(application, 'permit')['approval']}"
    health, tax = office.officer("health"), office.officer("tax")
    question = (await health.put(f"{path}/explanations", TEXT))["digest"]
    assert problem(await tax("GET", path)) == (404, "dossier-unknown")

    opening = asked(
        application, "permit", fields=("shop_name",), evidence=("licence-fact",), question=question
    )
    await office.hear(opening)

    shown = await tax.get(path)
    assert shown["fields"] == {"shop_name": world.FORM["shop_name"]}
    assert [one["evidence"] for one in shown["evidence"]] == ["licence-fact"]
    assert shown["question"] == TEXT["text"]
    whole = await health.get(path)
    assert set(whole["fields"]) == {"shop_name", "premises"}
    [plan] = [one for one in whole["evidence"] if one["evidence"] == "floor-plan"]
    file = f"{path}/files/{plan['files'][0]['upload']}"
    assert problem(await tax("GET", file)) == (404, "dossier-unknown")
    for write in (f"{path}/result", f"{path}/originals/floor-plan:owner"):
        body = {"content": {}} if write.endswith("result") else {}
        assert problem(await tax("PUT", write, json=body)) == (404, "dossier-unknown")
    assert problem(await office.officer("police")("GET", path)) == (404, "dossier-unknown")


async def test_a_file_that_was_shown_is_read(office: Office):
    application = await at_both_desks(office, office.somebody())
    path = f"/dossiers/{of(application, 'permit')['approval']}"
    await office.hear(asked(application, "permit", evidence=("floor-plan:owner",)))
    tax = office.officer("tax")

    [plan] = (await tax.get(path))["evidence"]

    answer = await tax("GET", f"{path}/files/{plan['files'][0]['upload']}")
    assert answer.content == world.PDF
    read = await office.rows(
        "SELECT department, what FROM disclosure WHERE approval = :id ORDER BY at, id",
        id=of(application, "permit")["approval"],
    )
    assert [(one.department, one.what.partition(" ")[0]) for one in read] == [
        ("tax", "dossier"),
        ("tax", "file"),
    ]


async def test_an_opinion_is_read_by_the_desk_that_asked_for_it(office: Office):
    application = await at_both_desks(office, office.somebody())
    path = f"/dossiers/{of(application, 'permit')['approval']}"
    opening = asked(application, "permit", fields=("shop_name",))
    await office.hear(opening)
    tax, health = office.officer("tax"), office.officer("health")
    said = {"text": "同意，但须按期年报。"}
    statement = (await tax.put(f"{path}/explanations", said))["digest"]
    wrong = await tax("PUT", f"{path}/explanations", json=said | {"gaps": {"shop_name": "x"}})

    await office.hear(closed(opening, opinion="agree_with_conditions", statement=statement))

    assert problem(wrong) == (422, "explanation-faulty")
    [opinion] = (await health.get(path))["opinions"]
    assert (opinion["department"], opinion["opinion"]) == ("tax", "agree_with_conditions")
    assert opinion["statement"] == said["text"]
    for closed_now in (await tax("GET", path), await tax("PUT", f"{path}/explanations", json=said)):
        assert problem(closed_now) == (404, "dossier-unknown")


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_opening_and_closing_mean_the_same_in_both_orders(office: Office, order: Any):
    application = await at_both_desks(office, office.somebody())
    path = f"/dossiers/{of(application, 'permit')['approval']}"
    opening = asked(application, "permit", fields=("shop_name",))
    said = [letter(opening, 1), letter(closed(opening, opinion="agree"), 2)]

    for place in order:
        await office.hear(said[place])
        await office.hear(said[place])

    assert problem(await office.officer("tax")("GET", path)) == (404, "dossier-unknown")
    [opinion] = (await office.officer("health").get(path))["opinions"]
    assert (opinion["opinion"], opinion["statement"]) == ("agree", None)


@pytest.mark.parametrize("end", ["decided", "withdrawn"])
async def test_when_the_member_is_over_there_is_nothing_to_be_shown(office: Office, end: str):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    path = f"/dossiers/{of(application, 'permit')['approval']}"
    await office.hear(asked(application, "permit", fields=("shop_name",)))

    if end == "decided":
        await office.hear(decided(application, "permit"))
    else:
        await ada.put(f"/applications/{application['id']}/members/permit/withdrawal")

    assert problem(await office.officer("tax")("GET", path)) == (404, "dossier-unknown")
