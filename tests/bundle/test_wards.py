"""A guardian files for a named child: the relation is shown by a paper that somebody has seen."""

import asyncio
import itertools
from typing import Any

import pytest

from tests.bundle import schooling
from tests.bundle.office import Office, new_number, of
from tests.bundle.schooling import (
    PAGE,
    SCHOOLING,
    SEEN,
    WARD,
    bundle,
    filed,
    filing,
    plan,
    published,
)
from tests.platform import Person
from tests.refusals import problem

KEY = f"{PAGE}:child"
numbers = itertools.count(1)


@pytest.fixture
async def school(office: Office) -> Office:
    await schooling.open_school(office)
    return office


def path(application: Any, member: str) -> str:
    return f"/dossiers/{of(application, member)['approval']}"


async def registered(school: Office, parent: Person, number: str) -> str:
    """A child born here whose page of the register was issued; its party."""
    application = await filed(school, parent, number, "registering")
    content = {"child_name": "李小花", "child_number": number}
    told = await school.issue(application, "page", content, evidence=PAGE)
    await school.hear(told)
    return str(application["parties"]["child"])


async def vaccines(school: Office, application: Any) -> Any:
    health = school.officer("health")
    body = {"content": {"child_name": "李小花"}}
    return await health("PUT", f"{path(application, 'vaccines')}/result", json=body)


async def test_a_child_born_here_is_proven_by_what_was_issued_to_it(school: Office):
    parent, number = school.somebody(), new_number()
    child = await registered(school, parent, number)

    assert (await plan(parent, party=child))["materials"] == []
    application = await filed(school, parent, number, party=child)

    assert application["parties"]["child"] == child
    dossier = await school.officer("health").get(path(application, "vaccines"))
    assert dossier["relation"] == {"evidence": PAGE, "material": KEY, "proven": True}
    assert [(one["evidence"], one["trust"]) for one in dossier["evidence"]] == [(PAGE, "A")]
    assert (await vaccines(school, application)).status_code == 200


async def test_another_child_is_named_and_nothing_is_issued_before_the_proof_was_seen(
    school: Office,
):
    parent, number = school.somebody(), new_number()

    application = await filed(school, parent, number)

    assert application["materials"] == [KEY]
    health, where = school.officer("health"), path(application, "vaccines")
    before = await health.get(where)
    early = await vaccines(school, application)
    await health.put(f"{where}/originals/{KEY}")
    after = await health.get(where)
    assert (before["relation"]["proven"], after["relation"]["proven"]) == (False, True)
    assert problem(early) == (409, "relation-unchecked")
    assert early.json()["material"] == KEY
    assert (await vaccines(school, application)).status_code == 200


async def test_what_was_seen_for_one_filing_holds_for_the_guardians_next_one(school: Office):
    parent, number = school.somebody(), new_number()
    first = await filed(school, parent, number)
    child = first["parties"]["child"]
    await school.officer("health").put(f"{path(first, 'vaccines')}/originals/{KEY}")
    await parent.put(f"/applications/{first['id']}/withdrawal")

    assert (await plan(parent, party=child))["materials"] == []
    second = await filed(school, parent, number, party=child)
    await parent.put(f"/applications/{second['id']}/withdrawal")
    by_number = await filed(school, parent, number)

    assert {second["parties"]["child"], by_number["parties"]["child"]} == {child}


async def test_a_strangers_child_is_as_absent_as_none(school: Office):
    parent, stranger, number = school.somebody(), school.somebody(), new_number()
    child = await registered(school, parent, number)
    unknown = new_number()

    taken = await stranger(
        "POST", "/bundles/schooling/compositions", json={"answers": {}, "holder": {"party": child}}
    )
    plans = [await plan(stranger), await plan(school.somebody())]
    theirs = await filed(school, stranger, number)
    nobodys = await filed(school, stranger, unknown)

    assert problem(taken) == (422, "holder-not-yours")
    assert plans[0]["digest"] == plans[1]["digest"]
    assert theirs["parties"]["child"] != child
    assert theirs["materials"] == nobodys["materials"] == [KEY]
    assert (await vaccines(school, theirs)).json()["type"] == "/problems/relation-unchecked"
    assert [one["evidence"] for one in (await stranger.get("/wallet"))["items"]] == [PAGE, PAGE], (
        "just what they handed in themselves"
    )
    own = {one["trust"] for one in (await parent.get("/wallet"))["items"]}
    assert own == {"A"}, "and nothing came into the child's"


async def test_the_number_in_the_form_is_that_of_the_child_that_is_named(school: Office):
    parent, number = school.somebody(), new_number()
    child = await registered(school, parent, number)
    unregistered = await filed(school, parent, number, "registering")

    other = await filing(school, parent, new_number(), party=child)
    unborn = await filing(school, parent, number, party=unregistered["parties"]["child"])

    for body in (other, unborn):
        answer = await parent("POST", "/applications", json=body)
        assert problem(answer) == (422, "holder-not-yours")


async def test_the_parents_own_child_is_found_by_its_number(school: Office):
    """The plan asked for the page, for it knew nobody yet; the child has it all the same."""
    parent, number = school.somebody(), new_number()
    child = await registered(school, parent, number)

    application = await filed(school, parent, number)

    assert application["parties"]["child"] == child
    assert (await vaccines(school, application)).status_code == 200


async def test_two_filings_at_once_for_one_child_are_one(school: Office):
    parent, number = school.somebody(), new_number()
    await school.connect()
    bodies = [await filing(school, parent, number) for _ in range(4)]

    answers = await asyncio.gather(*(parent("POST", "/applications", json=body) for body in bodies))

    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    refused = {problem(one) for one in answers if one.status_code == 409}
    assert refused == {(409, "already-filed")}


async def test_an_ended_page_proves_nothing_any_more(school: Office):
    parent, number = school.somebody(), new_number()
    child = await registered(school, parent, number)
    application = await filed(school, parent, number, party=child)
    await school.rows(
        "UPDATE evidence SET ended_as = 'revoked' WHERE party = :child AND trust = 'A'", child=child
    )

    assert problem(await vaccines(school, application)) == (409, "relation-unchecked")


# --- publishing ----------------------------------------------------------------------------------


async def faults(school: Office, record: dict[str, Any]) -> list[tuple[str, str]]:
    bureau = school.person("bureau", "li")
    await bureau.put("/bundles/wrong-school", record)
    told = await bureau.post("/bundles/wrong-school/check", json={})
    return [(one["about"], one["pointer"]) for one in told["faults"]]


@pytest.mark.parametrize(
    ("need", "right"),
    [
        (SEEN, True),
        (SEEN | {"lowest_trust": "A"}, True),
        (SEEN | {"lowest_trust": "C"}, False),
        (SEEN | {"deferrable": True, "deferral": {"value": 3}}, False),
        (SEEN | {"whose": "applicant"}, False),
        (SEEN | {"source": "register", "register_name": "户籍系统"}, False),
        (None, False),
    ],
)
async def test_every_item_of_a_ward_asks_for_the_proof(school: Office, need, right):
    code = f"clinic-{next(numbers)}"
    await school.hear(published(code, "check-vaccines", requirements=[need] if need else []))

    told = await faults(school, bundle(("vaccines", code), ("enrol", "enrol")))

    assert told == ([] if right else [("unproven-ward", "/members/0/item")])


@pytest.mark.parametrize(
    ("child", "fault"),
    [
        (WARD | {"proved_by": None}, ("unproven-ward", "/parties/1/proved_by")),
        (WARD | {"number_field": None}, ("unproven-ward", "/parties/1/proved_by")),
        (WARD | {"who": "named"}, ("no-ward", "/parties/1/proved_by")),
    ],
)
async def test_a_ward_says_by_what_it_is_proven(school: Office, child, fault):
    assert await faults(school, SCHOOLING | {"parties": [SCHOOLING["parties"][0], child]}) == [
        fault
    ]


async def test_a_ward_is_no_matter_of_a_rule(school: Office):
    """秒批: nobody would look at the paper."""
    code = f"swift-{next(numbers)}"
    rule = {"instant": {"rule": "true"}, "commitments": []}
    await school.hear(published(code, "check-vaccines", **rule))

    told = await faults(school, bundle(("vaccines", code), ("enrol", "enrol")))

    assert told == [("instant-ward", "/members/0/item")]
