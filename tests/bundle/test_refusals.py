"""How an authority says no: by its decision, or by not accepting; each with the ways to appeal."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.contracts import AcceptanceRefused, ApprovalAccepted, ApprovalReceived
from tests.alone import letter
from tests.bundle.office import DIGEST, Office, accepted, decided, of, states
from tests.refusals import pointers, problem

TEXT = "平面图看不清，请重新上传。"


def refused(application: Any, member: str, **more: Any) -> AcceptanceRefused:
    own = of(application, member)
    told: dict[str, Any] = {
        "approval": own["approval"],
        "application": application["id"],
        "bundle": application["bundle"],
        "member": member,
        "item": own["item"],
        "department": own["department"],
        "kind": "acceptance_refused",
        "reason_code": "outside-area",
        "opened_at": datetime.now(UTC),
        "refused_at": datetime.now(UTC),
    }
    return AcceptanceRefused(**told | more)


async def explained(office: Office, application: Any, member: str, **gaps: str) -> str:
    own = of(application, member)
    officer = office.officer(own["department"])
    path = f"/dossiers/{own['approval']}/explanations"
    kept = await officer.put(path, {"text": TEXT, "gaps": gaps})
    return str(kept["digest"])


async def test_a_receipt_is_shown_from_the_moment_it_is_given(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    own = of(application, "fire")
    received = ApprovalReceived(
        approval=own["approval"],
        application=application["id"],
        member="fire",
        department="fire",
        receipt="RC-1",
        received_at=datetime.now(UTC),
    )
    taken = ApprovalAccepted(**accepted(application, "tax").model_dump() | {"receipt": "RC-2"})

    await office.hear(received, taken)
    seen = await office.progress(ada, application)
    await office.hear(received, taken)

    assert [of(seen, m)["receipt"] for m in ("fire", "tax")] == ["RC-1", "RC-2"]
    assert states(seen) == {"fire": "requested", "tax": "accepted"}
    assert (await office.progress(ada, application))["version"] == seen["version"]


@pytest.mark.parametrize("kind", ["acceptance_refused", "not_our_matter"])
async def test_not_to_be_accepted_counts_as_a_refusal_and_is_not_called_one(
    office: Office, kind: str
):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax", fire="stop")

    await office.hear(refused(application, "fire", kind=kind, refer_to="police"))

    seen = await office.progress(ada, application)
    assert states(seen) == {"fire": "refused", "tax": "cancelled"}
    assert seen["outcome"] == "stopped"
    refusal = of(seen, "fire")["refusal"]
    assert (refusal["kind"], refusal["refer_to"]) == (kind, "police")
    assert [one["kind"] for one in refusal["remedies"]] == ["review", "lawsuit"]


async def test_a_decision_against_the_applicant_says_how_to_appeal(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")
    digest = await explained(office, application, "fire")
    told = decided(application, "fire", "refused").model_copy(update={"explanation": digest})

    await office.hear(told)

    [notice] = (await ada.get("/notices"))["items"]
    assert (notice["kind"], notice["member"]) == ("refused", "fire")
    assert notice["explanations"] == {"fire": {"text": TEXT, "gaps": {}}}
    refusal = of(await office.progress(ada, application), "fire")["refusal"]
    assert refusal["kind"] == "decision"
    assert of(await office.progress(ada, application), "tax")["refusal"] is None


async def test_a_refused_acceptance_that_crosses_a_withdrawal_changes_no_outcome(office: Office):
    ada = office.somebody()
    said = []
    for first in (True, False):
        application = await office.five(ada, "fire", "tax")
        told = letter(refused(application, "fire"))
        if first:
            await office.hear(told)
        await ada.put(f"/applications/{application['id']}/withdrawal")
        await office.hear(told)
        await office.hear(told)
        seen = await office.progress(ada, application)
        assert seen["outcome"] == "withdrawn"
        said.append((of(seen, "fire")["state"], of(seen, "fire")["late"]))

    assert said == [("refused", None), ("withdrawn", "refused")]


async def test_an_explanation_is_read_by_the_applicant_and_nobody_else(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax", fire="ask")
    digest = await explained(office, application, "fire")
    again = await explained(office, application, "fire")
    await office.hear(refused(application, "fire", explanation=digest))

    [notice] = (await ada.get("/notices"))["items"]
    stored = await office.rows("SELECT written, department FROM explanation")
    told = await office.rows("SELECT payload FROM outbox")

    assert digest == again
    assert notice["explanations"]["fire"]["text"] == TEXT
    assert not any(TEXT in row.written for row in stored)
    assert not any(TEXT in row.payload for row in told)
    other = await office.five(ada, "fire")
    assert await explained(office, other, "fire") != digest, "equal texts are not seen to be equal"


async def test_an_explanation_that_never_came_is_left_out(office: Office):
    ada = office.somebody()
    application = await office.five(ada, "fire", "tax")

    await office.hear(refused(application, "fire", explanation=DIGEST))

    [notice] = (await ada.get("/notices"))["items"]
    assert notice["explanations"] == {}


async def test_only_the_desk_itself_explains_and_only_what_its_dossier_has(office: Office):
    application = await office.filed(office.somebody())
    own = of(application, "licence")
    path = f"/dossiers/{own['approval']}/explanations"
    officer, stranger = office.officer("market"), office.officer("fire")

    foreign = await stranger("PUT", path, json={"text": TEXT})
    absent = await officer("PUT", f"/dossiers/{uuid4()}/explanations", json={"text": TEXT})
    gaps = {"applicant_name": "与证件一致", "shop_name": "x", "floor-plan:owner": "y", "a/b~": "z"}
    wrong = await officer("PUT", path, json={"text": TEXT, "gaps": gaps})
    empty = await officer("PUT", path, json={"text": "", "gaps": {"applicant_name": "x" * 2001}})
    broken = await officer(
        "PUT", path, content=b'{"text": "\\ud800"}', headers={"content-type": "application/json"}
    )

    assert problem(foreign) == problem(absent) == (404, "dossier-unknown")
    assert pointers(wrong) == ["/gaps/a~1b~0", "/gaps/floor-plan:owner", "/gaps/shop_name"]
    assert pointers(empty) == ["/gaps/applicant_name", "/text"]
    assert broken.status_code == 422
