"""One filing: everything or nothing, once, and only on the plan that was agreed to."""

import asyncio
from uuid import uuid4

import pytest

from tests import world
from tests.bundle.office import Office, accepted, of, states
from tests.refusals import pointers, problem

TABLES = (
    *("application", "member", "party", "representative", "evidence", "evidence_file"),
    *("notice", "outbox", "idempotency"),
)


async def counts(office: Office) -> dict[str, int]:
    """Rows per table; a filing that failed must not add one."""
    found = {}
    for table in TABLES:
        [row] = await office.rows(f"SELECT count(*) FROM {table}")
        found[table] = row[0]
    return found


async def test_a_filing_starts_every_member_whose_inputs_are_there(office: Office):
    ada = office.somebody()

    application = await office.filed(ada)

    assert states(application) == {"licence": "requested", "permit": "waiting", "fire": "waiting"}
    [submitted] = await office.told("bundle.application.submitted", application=application["id"])
    requested = await office.told("bundle.approval.requested", application=application["id"])
    assert [one["member"] for one in requested] == ["licence"]
    told = {one["member"]: one["approval"] for one in submitted["members"]}
    assert told == {one["member"]: one["approval"] for one in application["members"]}
    assert requested[0]["holder"] == application["holder"]


async def test_the_answer_says_where_the_application_is_and_masks_who_filed_it(office: Office):
    ada = office.somebody()

    answer = await ada("POST", "/applications", json=await office.prepared(ada))

    assert answer.headers["location"].endswith(f"/applications/{answer.json()['id']}")
    assert answer.headers["etag"] == '"1"'
    assert world.ID_NUMBER not in answer.text
    assert world.FORM["applicant_name"] not in answer.text
    assert answer.json()["form"]["applicant_id_number"] == "110***********002X"
    assert answer.json()["form"]["shop_name"] == world.FORM["shop_name"]


@pytest.mark.parametrize(
    "fault",
    [
        "ALTER TABLE outbox ADD CONSTRAINT fault CHECK (subject <> 'bundle.approval.requested')",
        "ALTER TABLE member ADD CONSTRAINT fault CHECK (member <> 'fire')",
        "ALTER TABLE evidence ADD CONSTRAINT fault CHECK (evidence <> 'floor-plan')",
        "ALTER TABLE evidence_file ADD CONSTRAINT fault CHECK (place < 0)",
        "ALTER TABLE idempotency ADD CONSTRAINT fault CHECK (body IS NULL OR key <> 'faulty')",
    ],
)
async def test_a_filing_that_breaks_in_the_middle_leaves_nothing_and_can_be_sent_again(
    office: Office, fault: str
):
    ada = office.somebody()
    filing = await office.prepared(ada)
    before = await counts(office)
    table = fault.split()[2]

    await office.rows(fault + " NOT VALID")
    try:
        broken = await ada("POST", "/applications", key="faulty", json=filing)
        after = await counts(office)
    finally:
        await office.rows(f"ALTER TABLE {table} DROP CONSTRAINT fault")
    again = await ada("POST", "/applications", key="faulty", json=filing)

    assert problem(broken) == (500, "unexpected")
    assert after == before
    assert again.status_code == 201
    assert len((await ada.get("/applications"))["items"]) == 1


@pytest.mark.parametrize("whose", ["nobody", "somebody else"])
async def test_an_upload_that_is_not_the_filers_own_leaves_nothing(office: Office, whose: str):
    ada, bob = office.somebody(), office.somebody()
    filing = await office.prepared(ada)
    foreign = str(uuid4()) if whose == "nobody" else await office.upload(bob)
    own = filing["materials"]["floor-plan:owner"]
    filing["materials"]["floor-plan:owner"] = [*own, foreign]
    before = await counts(office)

    answer = await ada("POST", "/applications", json=filing)

    assert problem(answer) == (422, "upload-refused")
    assert pointers(answer) == ["/materials/floor-plan:owner/1"]
    assert await counts(office) == before


async def test_fifty_equal_filings_at_once_are_one_application_and_one_answer(office: Office):
    ada = office.somebody()
    filing = await office.prepared(ada)

    answers = await asyncio.gather(
        *(ada("POST", "/applications", key="fifty", json=filing) for _ in range(50))
    )

    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    assert sum("idempotent-replay" not in one.headers for one in answers) == 1
    assert {one.headers["location"] for one in answers} == {answers[0].headers["location"]}
    assert len((await ada.get("/applications"))["items"]) == 1
    application = answers[0].json()["id"]
    assert len(await office.told("bundle.application.submitted", application=application)) == 1
    assert len(await office.told("bundle.approval.requested", application=application)) == 1


async def test_twenty_first_filings_of_one_account_are_one_application_of_one_person(
    office: Office,
):
    """Each with a key of its own: one is the first, the others are shown it."""
    ada = office.somebody()
    filing = await office.prepared(ada)
    await office.connect()

    answers = await asyncio.gather(*(ada("POST", "/applications", json=filing) for _ in range(20)))

    [filed] = [one.json() for one in answers if one.status_code == 201]
    for late in (one for one in answers if one.status_code != 201):
        assert problem(late) == (409, "already-filed")
        open_ = {one["application"] for one in late.json()["already_open"]}
        assert open_ == {filed["id"]}
    found = await office.rows("SELECT id FROM party WHERE account = :account", account=ada.sub)
    assert len(found) == 1


async def test_a_key_with_another_body_is_refused_and_with_the_same_body_replayed(office: Office):
    ada = office.somebody()
    filing = await office.prepared(ada)
    first = await ada("POST", "/applications", key="mine", json=filing)

    same = await ada("POST", "/applications", key="mine", json=dict(reversed(filing.items())))
    other = await ada("POST", "/applications", key="mine", json=filing | {"form": {}})
    bob = office.somebody()
    his = await bob("POST", "/applications", key="mine", json=await office.prepared(bob))

    assert (same.status_code, same.text) == (201, first.text)
    assert same.headers["idempotent-replay"] == "true"
    assert problem(other) == (422, "key-reused")
    assert his.status_code == 201, "another caller's equal key is another key"


async def test_a_plan_that_changed_comes_back_with_the_new_one_and_nothing_is_stored(
    office: Office,
):
    ada = office.somebody()
    filing = await office.prepared(ada)
    first = await office.filed(ada)  # the floor plan is in the wallet now: it is asked no more
    await ada.put(f"/applications/{first['id']}/withdrawal")
    before = await counts(office)

    late = await ada("POST", "/applications", key="late", json=filing)

    assert problem(late) == (409, "plan-changed")
    assert await counts(office) == before
    plan = late.json()["plan"]
    assert plan == await office.planned(ada, "shop", world.ANSWERS)
    assert plan["materials"] == []
    agreed = filing | {"plan": plan["digest"], "materials": {}}
    assert (await ada("POST", "/applications", key="late", json=agreed)).status_code == 201


async def test_a_filing_at_the_window_and_one_from_home_are_one_kind(office: Office):
    clerk = office.person("clerk", "clerk-1", acr="3")

    application = await office.filed(clerk)

    [requested] = await office.told("bundle.approval.requested", application=application["id"])
    assert requested["acr"] == "3"
    await office.hear(accepted(application, "licence"))
    assert of(await office.progress(clerk, application), "licence")["state"] == "accepted"
