"""What was not asked, is not there, or decided something cannot be put right."""

from uuid import uuid4

import pytest

from services.contracts import Gap
from tests import county
from tests.bundle.correcting import AMENDED, NAME, answer, asked
from tests.bundle.desks import at_both_desks, read
from tests.bundle.office import Office, of
from tests.refusals import pointers, problem


async def test_what_was_not_asked_is_refused_by_name_and_nothing_is_changed(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    await office.hear(asked(application, "permit"))
    upload = await office.upload(ada)
    right = {"shop_name": "明月小馆"}
    plan = {"floor-plan:owner": [upload]}

    unasked = await answer(
        ada,
        application,
        "permit",
        form=right | {"applicant_name": "李四"},
        materials=plan | {"a/b:owner": [upload]},
    )
    nothing = await answer(ada, application, "permit")
    half = await answer(ada, application, "permit", form={"shop_name": " "}, materials=plan)
    foreign = await answer(
        ada, application, "permit", form=right, materials={"floor-plan:owner": [str(uuid4())]}
    )

    assert problem(unasked) == (422, "correction-not-asked")
    assert pointers(unasked) == ["/form/applicant_name", "/materials/a~1b:owner"]
    assert problem(nothing) == (422, "correction-incomplete")
    assert pointers(nothing) == ["/form/shop_name", "/materials/floor-plan:owner"]
    assert pointers(half) == ["/form/shop_name"]
    assert problem(foreign) == (422, "upload-refused")
    assert (await read(office, application, "permit"))["fields"]["shop_name"] == "清风小馆"
    assert not await office.told(AMENDED, application=application["id"])
    assert len((await office.progress(ada, application))["to_do"]) == 1


async def test_without_a_request_there_is_nothing_to_correct(office: Office):
    ada, eve = office.somebody(), office.somebody()
    application = await at_both_desks(office, ada)
    body = {"form": {"shop_name": "x"}}

    early = await answer(ada, application, "permit", **body)
    unknown = await answer(ada, application, "nobody", **body)
    foreign = await answer(eve, application, "permit", **body)
    listed = await eve("GET", f"/applications/{application['id']}/corrections")

    assert problem(early) == (409, "nothing-to-correct")
    assert problem(unknown) == (404, "unknown-member")
    assert problem(foreign) == problem(listed) == (404, "application-unknown")


async def test_what_the_dossier_does_not_have_nobody_can_put_right(office: Office):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    stray = Gap(field="applicant_name", reason_code="wrong")
    paper = Gap(evidence="licence-fact", reason_code="wrong")

    await office.hear(asked(application, "fire", stray, paper))
    await office.hear(asked(application, "permit", NAME, stray))

    [fire] = await office.told(AMENDED, application=application["id"])
    assert (fire["member"], fire["because"]) == ("fire", "correction")
    assert fire["unknown"] == ["applicant_name", "licence-fact"]
    seen = await office.progress(ada, application)
    assert [one["member"] for one in seen["to_do"]] == ["permit"]
    done = await answer(ada, application, "permit", form={"shop_name": "明月小馆"})
    assert done.status_code == 200
    told = await office.told(AMENDED, application=application["id"], member="permit")
    assert [one["unknown"] for one in told] == [["applicant_name"]]


@pytest.mark.parametrize("first", ["asked", "withdrawn"])
async def test_a_member_that_was_taken_back_waits_for_nobody(office: Office, first: str):
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    withdrawal = f"/applications/{application['id']}/members/permit/withdrawal"
    if first == "asked":
        await office.hear(asked(application, "permit"))
        await ada.put(withdrawal)
    else:
        await ada.put(withdrawal)
        await office.hear(asked(application, "permit"))

    seen = await office.progress(ada, application)

    assert (seen["to_do"], of(seen, "permit")["holds"]) == ([], [])
    done = await answer(ada, application, "permit", form={"shop_name": "x"})
    assert problem(done) == (409, "nothing-to-correct")


async def test_what_an_answer_decided_stays_as_the_plan_has_it(office: Office):
    """The area chose the members; another one would be another plan."""
    ada = office.somebody()
    application = await at_both_desks(office, ada)
    await office.hear(asked(application, "fire", Gap(field="area", reason_code="differs")))

    done = await answer(ada, application, "fire", form={"area": 20.0})

    assert problem(done) == (422, "correction-incomplete")
    assert pointers(done) == ["/form/area"]
    assert (await answer(ada, application, "fire", form={"area": 350.0})).status_code == 200


async def test_who_somebody_is_cannot_be_corrected(office: Office):
    ada = office.somebody()
    application = await office.filed(ada)
    gap = Gap(field="applicant_id_number", reason_code="differs")
    await office.hear(asked(application, "licence", gap))

    done = await answer(
        ada, application, "licence", form={"applicant_id_number": county.id_number(4711)}
    )

    assert pointers(done) == ["/form/applicant_id_number"]
