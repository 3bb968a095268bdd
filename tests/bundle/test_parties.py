"""Who stands behind a role: an account's own person, an enterprise by its login, one born here."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from services.bundle.composition.rules.identifiers import is_credit_code, is_id_number
from tests import county
from tests.bundle.office import FORMS, Office, decided, issued, new_code, new_number, of
from tests.platform import Person
from tests.refusals import pointers, problem

NAME = FORMS["founding"]["enterprise_name"]
HERE = {"premises": "朝阳路 1 号", "area": 20.0, "worker_count": 0}


async def test_an_enterprise_is_its_logins_and_no_strangers_who_knows_the_number(office: Office):
    known, unknown = new_code(), new_code()
    await office.filed(office.company(known), "restaurant", credit_code=known)
    stranger, citizen = office.company(new_code()), office.somebody()

    told: list[Any] = []
    for who in (stranger, citizen):
        for number in (known, unknown):
            answers = {"premises": "x", "area": 1.0, "worker_count": 0}
            body = {"answers": answers, "holder": {"number": number}}
            composed = await who("POST", "/bundles/restaurant/compositions", json=body)
            filing = await office.prepared(who, "restaurant", credit_code=number)
            filed = await who("POST", "/applications", json=filing)
            for answer in (composed, filed):
                assert problem(answer) == (422, "holder-not-yours")
                told.append(answer.json()["errors"])
    assert all(one == told[0] for one in told), "nobody learns which numbers are known here"


async def test_without_a_login_the_plan_of_a_known_enterprise_tells_nothing_of_its_wallet(
    office: Office,
):
    code = new_code()
    boss = office.company(code)
    await office.filed(boss, "restaurant", credit_code=code, answers=HERE)

    own = await office.planned(boss, "restaurant", HERE)
    strangers = await office.planned(office.somebody(), "restaurant", HERE)

    assert "lease:company" not in [one["key"] for one in own["materials"]]
    assert "lease:company" in [one["key"] for one in strangers["materials"]]


async def test_an_enterprise_filed_for_by_many_at_once_is_one_party(office: Office):
    code = new_code()
    logins = [office.company(code) for _ in range(8)]
    filings = [
        await office.prepared(who, "restaurant", credit_code=code, answers=HERE) for who in logins
    ]

    answers = await asyncio.gather(
        *(who("POST", "/applications", json=one) for who, one in zip(logins, filings, strict=True))
    )

    holders = {one.json()["holder"] for one in answers if one.status_code == 201}
    assert len(holders) == 1
    assert {one.status_code for one in answers} <= {201, 409}


async def test_two_accounts_that_state_one_id_number_stay_two_people(office: Office):
    number = new_number()
    ada, mallory = office.somebody(), office.somebody()

    hers = await office.filed(ada, applicant_id_number=number)
    other = await office.filed(mallory, applicant_id_number=number)

    assert hers["holder"] != other["holder"]
    assert len((await mallory.get("/wallet"))["items"]) == 1
    parties = {one["party"] for one in (await mallory.get("/wallet"))["items"]}
    assert parties == {other["holder"]}


async def test_a_worker_named_in_two_filings_is_one_person_with_one_wallet(office: Office):
    worker = {"person_name": "周三", "person_id_number": new_number()}
    filed = []
    for _ in range(2):
        code = new_code()
        boss = office.company(code)
        answers = HERE | {"worker_count": 1}
        application = await office.filed(
            boss, "restaurant", credit_code=code, answers=answers, workers=[worker]
        )
        filed.append((boss, application))
        await office.hear(issued(application, "check-1", "health-certificate"))

    rows = await office.rows(
        "SELECT DISTINCT party FROM evidence WHERE evidence = 'health-certificate'"
        " AND application IN (:one, :two)",
        one=filed[0][1]["id"],
        two=filed[1][1]["id"],
    )
    assert len(rows) == 1
    assert {str(rows[0].party)} == {a["parties"]["worker[1]"] for _, a in filed}
    for boss, _ in filed:
        held = [one["evidence"] for one in (await boss.get("/wallet"))["items"]]
        assert "health-certificate" not in held, "it is the worker's, not the employer's"


async def founded(office: Office, code: str, *, content_first: bool = True) -> tuple[Person, Any]:
    """A company is founded: its licence is issued with this credit code."""
    founder = office.somebody()
    application = await office.filed(founder, "founding")
    content = {"enterprise_name": NAME, "credit_code": code}
    if content_first:
        licence = await office.issue(application, "register", content, evidence="business-licence")
        await office.hear(decided(application, "register"), licence)
    else:
        digest = await digest_of(office, content)
        await office.hear(
            decided(application, "register"),
            issued(application, "register", "business-licence", digest=digest),
        )
        stored = await store(office, application, content)
        assert stored["digest"] == digest
    return founder, application


async def digest_of(office: Office, content: dict[str, Any]) -> str:
    """The same content has the same digest, whichever approval it is stored for."""
    return str(
        (await store(office, await office.filed(office.somebody(), "founding"), content))["digest"]
    )


async def store(office: Office, application: Any, content: dict[str, Any]) -> Any:
    own = of(application, "register")
    officer = office.officer("market")
    return await officer.put(f"/dossiers/{own['approval']}/result", {"content": content})


@pytest.mark.parametrize("content_first", [True, False])
async def test_a_company_has_its_number_once_its_licence_is_issued(
    office: Office, content_first: bool
):
    code = new_code()
    founder, application = await founded(office, code, content_first=content_first)
    company = application["parties"]["company"]

    by_founder = await office.filed(
        founder, "restaurant", holder={"party": company}, credit_code=code, answers=HERE
    )
    by_login = await office.planned(office.company(code), "restaurant", HERE)

    assert by_founder["holder"] == company
    assert "lease:company" not in [one["key"] for one in by_login["materials"]], (
        "its own login finds the same company, and what the founder handed in for it"
    )


async def test_before_it_has_a_number_a_company_cannot_file_as_one(office: Office):
    founder = office.somebody()
    application = await office.filed(founder, "founding")
    holder = {"party": application["parties"]["company"]}

    filing = await office.prepared(
        founder, "restaurant", holder=holder, credit_code=new_code(), answers=HERE
    )

    assert pointers(await founder("POST", "/applications", json=filing)) == ["/holder/number"]


async def test_a_born_company_files_under_its_own_number_only(office: Office):
    founder, application = await founded(office, new_code())
    holder = {"party": application["parties"]["company"]}

    filing = await office.prepared(
        founder, "restaurant", holder=holder, credit_code=new_code(), answers=HERE
    )

    assert pointers(await founder("POST", "/applications", json=filing)) == ["/holder/number"]


async def test_who_does_not_represent_a_party_cannot_tell_it_from_none(office: Office):
    founder, application = await founded(office, new_code())
    stranger = office.somebody()
    own = (await office.filed(stranger))["holder"]

    told = []
    for who, party in (
        (stranger, application["parties"]["company"]),
        (stranger, str(uuid4())),
        (stranger, (await office.filed(founder))["holder"]),
        (founder, own),
    ):
        body = {"answers": HERE, "holder": {"party": party}}
        answer = await who("POST", "/bundles/restaurant/compositions", json=body)
        assert pointers(answer) == ["/holder/party"]
        told.append(answer.json()["errors"])
    assert all(one == told[0] for one in told)


async def test_a_party_of_another_kind_is_no_holder_of_this_bundle(office: Office):
    founder, application = await founded(office, new_code())
    person = (await office.filed(founder))["holder"]
    company = application["parties"]["company"]

    for bundle, party in (("restaurant", person), ("shop", company), ("founding", company)):
        body = {"answers": {}, "holder": {"party": party}}
        answer = await founder("POST", f"/bundles/{bundle}/compositions", json=body)
        assert pointers(answer) == ["/holder/party"], bundle
    body = {"answers": {}, "holder": {"number": new_code()}}
    assert pointers(await founder("POST", "/bundles/shop/compositions", json=body)) == [
        "/holder/number"
    ]


async def test_a_content_that_was_not_issued_gives_no_number(office: Office):
    """Two contents were stored; the one whose digest the desk issued is the one that counts."""
    right, wrong = new_code(), new_code()
    founder = office.somebody()
    application = await office.filed(founder, "founding")
    await store(office, application, {"enterprise_name": NAME, "credit_code": wrong})
    licence = await office.issue(
        application,
        "register",
        {"enterprise_name": NAME, "credit_code": right},
        evidence="business-licence",
    )
    await office.hear(decided(application, "register"), licence)
    await store(office, application, {"enterprise_name": NAME, "credit_code": wrong})
    holder = {"party": application["parties"]["company"]}

    with_wrong = await office.prepared(
        founder, "restaurant", holder=holder, credit_code=wrong, answers=HERE
    )
    assert pointers(await founder("POST", "/applications", json=with_wrong)) == ["/holder/number"]
    with_right = await office.filed(
        founder, "restaurant", holder=holder, credit_code=right, answers=HERE
    )
    assert with_right["holder"] == holder["party"]


async def test_a_number_that_another_enterprise_has_is_not_taken_over(office: Office):
    code = new_code()
    boss = office.company(code)
    before = await office.filed(boss, "restaurant", credit_code=code, answers=HERE)

    founder, application = await founded(office, code)

    company = application["parties"]["company"]
    assert company != before["holder"]
    [row] = await office.rows("SELECT number_index FROM party WHERE id = :id", id=company)
    assert row.number_index is None
    there = {"premises": "滨江路 3 号", "area": 20.0, "worker_count": 0}
    after = await office.filed(boss, "restaurant", credit_code=code, answers=there)
    assert after["holder"] == before["holder"]
    assert (await office.states(founder, application))["register"] == "granted"


async def test_whoever_an_agent_founds_a_company_for_represents_it(office: Office):
    """By a person's mandate the person, by an enterprise's mandate whoever gave it: not the agent,
    who would keep the company after the mandate ended."""
    code = new_code()
    ada, boss, agent = office.somebody(), office.company(code), office.somebody()
    for giver, number in ((ada, None), (boss, code)):
        body = {
            "agent": agent.sub,
            "bundles": ["founding"],
            "valid_until": "2099-01-01T00:00:00Z",
            "number": number,
        }
        given = (await giver.post("/mandates", json=body))["id"]
        application = await office.filed(agent, "founding", holder={"mandate": given})
        rows = await office.rows(
            "SELECT account FROM representative WHERE party = :party",
            party=application["parties"]["company"],
        )
        assert [row.account for row in rows] == [giver.sub]


async def test_names_and_numbers_lie_sealed_in_every_table(office: Office):
    code, worker = new_code(), {"person_name": "欧阳修远", "person_id_number": new_number()}
    boss = office.company(code)
    answers = HERE | {"worker_count": 1}
    await office.filed(boss, "restaurant", credit_code=code, answers=answers, workers=[worker])
    ada = office.somebody()
    secret = {"applicant_name": "司马相如长卿", "applicant_id_number": new_number()}
    await office.filed(ada, **secret)

    tables = await office.rows(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
    )
    for table in tables:
        for row in await office.rows(f'SELECT t::text FROM "{table.table_name}" t'):
            for value in (*worker.values(), *secret.values()):
                assert value not in row[0], table.table_name


def test_the_county_invents_numbers_that_are_right():
    assert all(is_id_number(county.id_number(n)) for n in range(1000))
    assert all(is_credit_code(county.credit_code(n)) for n in range(1000))
