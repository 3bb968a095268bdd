"""One filing: everything or nothing, once, and only on the plan that was agreed to."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from tests import county, world
from tests.bundle.office import Office, accepted, of, pointers, problem, states

TABLES = ("application", "member", "party", "representative", "evidence", "evidence_file")
TABLES += ("notice", "outbox", "idempotency")


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


async def test_without_a_key_nothing_is_filed(office: Office):
    ada = office.somebody()
    filing = await office.prepared(ada)

    answer = await office.client.post("/applications", json=filing, headers=ada.headers)

    assert problem(answer) == (422, "key-missing")
    assert (await ada.get("/applications"))["items"] == []


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


@pytest.mark.parametrize(
    "change",
    [
        {"plan": "sha256:" + "0" * 64},
        {"answers": world.ANSWERS | {"area": 20.0}},
        {"answers": world.ANSWERS | {"premises": "滨江路 9 号"}},
    ],
)
async def test_a_digest_is_good_for_just_these_answers(office: Office, change: dict[str, Any]):
    ada = office.somebody()

    answer = await ada("POST", "/applications", json=await office.prepared(ada) | change)

    assert problem(answer) == (409, "plan-changed")


async def test_another_persons_plan_is_no_plan_of_mine_where_wallets_differ(office: Office):
    ada, bob = office.somebody(), office.somebody()
    await office.filed(ada)
    hers = await office.planned(ada, "shop", world.ANSWERS)

    answer = await bob(
        "POST", "/applications", json=await office.prepared(bob) | {"plan": hers["digest"]}
    )

    assert problem(answer) == (409, "plan-changed")


async def test_what_the_plan_says_must_not_be_asked_must_not_be_handed_in(office: Office):
    ada = office.somebody()
    filing = await office.prepared(ada)
    upload = await office.upload(ada)
    filing["materials"] |= {"licence-fact:owner": [upload], "of-nowhere:owner": [upload]}

    answer = await ada("POST", "/applications", json=filing)

    assert pointers(answer) == ["/materials/licence-fact:owner", "/materials/of-nowhere:owner"]
    told = {one["pointer"]: one["fault"] for one in answer.json()["errors"]}
    assert told["/materials/licence-fact:owner"] == "material-not-asked"


async def test_everything_that_is_missing_or_wrong_is_told_at_once(office: Office):
    ada = office.somebody()
    filing = await office.prepared(ada)
    del filing["form"]["shop_name"], filing["form"]["applicant_name"]
    filing["form"] |= {"applicant_id_number": "110105194912310021", "extra": "x"}
    filing["materials"] = {"floor-plan:owner": []}

    answer = await ada("POST", "/applications", json=filing)

    assert pointers(answer) == [
        "/form/applicant_id_number",
        "/form/applicant_name",
        "/form/extra",
        "/form/shop_name",
        "/materials/floor-plan:owner",
    ]
    assert "110105194912310021" not in answer.text


@pytest.mark.parametrize(
    ("answers", "where"),
    [
        ({"area": "large", "premises": "x"}, ["/answers/area"]),
        ({"area": True, "premises": 7}, ["/answers/area", "/answers/premises"]),
        ({"area": 0.5, "premises": " "}, ["/answers/area", "/answers/premises"]),
        ({"premises": 7}, ["/answers/premises"]),
        ({"area": 1.0, "premises": "x", "colour": "red"}, ["/answers/colour"]),
        ({"area": [1], "premises": "x"}, None),
        ({"area": None, "premises": "x"}, None),
        ({"area": 10**400, "premises": "x"}, ["/answers/area"]),
        ({"area": 1.0, "premises": "a\x00b"}, ["/answers/premises"]),
    ],
)
async def test_answers_of_the_wrong_kind_are_named(office: Office, answers: Any, where: Any):
    ada = office.somebody()
    filing = await office.prepared(ada) | {"answers": answers}

    composed = await ada("POST", "/bundles/shop/compositions", json={"answers": answers})
    submitted = await ada("POST", "/applications", json=filing)

    for answer in (composed, submitted):
        assert all(one.startswith("/answers") for one in pointers(answer))
    assert where is None or pointers(composed) == where
    assert where is None or set(where) <= set(pointers(submitted))


async def test_a_bundle_nobody_published_is_unknown(office: Office):
    ada, bureau = office.somebody(), office.person("bureau", "li")
    await bureau.put("/bundles/draft", world.BUNDLE)
    filing = await office.prepared(ada)

    for code in ("draft", "no-such-bundle"):
        composed = await ada("POST", f"/bundles/{code}/compositions", json={"answers": {}})
        submitted = await ada("POST", "/applications", json=filing | {"bundle": code})
        assert problem(composed) == problem(submitted) == (404, "bundle-unknown")


async def test_a_commitment_is_given_and_not_uploaded(office: Office):
    code = county.credit_code(9001)
    boss = office.company(code)
    filing = await office.prepared(boss, "restaurant", credit_code=code)
    assert filing["materials"]["hygiene-promise:company"] == []
    without = {k: v for k, v in filing["materials"].items() if k != "hygiene-promise:company"}
    with_file = filing["materials"] | {"hygiene-promise:company": [await office.upload(boss)]}

    for materials in (without, with_file):
        answer = await boss("POST", "/applications", json=filing | {"materials": materials})
        assert pointers(answer) == ["/materials/hygiene-promise:company"]
    assert (await boss("POST", "/applications", json=filing)).status_code == 201


async def test_a_list_has_as_many_entries_as_was_answered(office: Office):
    code = county.credit_code(9002)
    boss = office.company(code)
    filing = await office.prepared(boss, "restaurant", credit_code=code)
    filing["form"]["workers"] = filing["form"]["workers"][:1]

    answer = await boss("POST", "/applications", json=filing)

    assert pointers(answer) == ["/form/workers"]


async def test_your_applications_are_yours_and_come_newest_first(office: Office):
    ada, bob = office.somebody(), office.somebody()
    filed = [(await office.filed(ada, answers=at(n)))["id"] for n in range(3)]

    first = await ada.get("/applications?limit=2")
    rest = await ada.get(f"/applications?limit=2&cursor={first['next']}")

    listed = [one["id"] for one in [*first["items"], *rest["items"]]]
    assert listed == filed[::-1]
    assert rest["next"] is None
    assert (await bob.get("/applications"))["items"] == []


def at(number: int) -> dict[str, Any]:
    return {"area": 20.0, "premises": f"人民路 {number} 号"}


async def paths_of(application: Any) -> list[tuple[str, str, Any]]:
    path = f"/applications/{application['id']}"
    return [
        ("GET", path, None),
        ("GET", f"{path}/progress", None),
        ("GET", f"{path}/events", None),
        ("PUT", f"{path}/withdrawal", {}),
        ("PUT", f"{path}/members/licence/withdrawal", {}),
        ("PUT", f"{path}/choices/licence", {"choice": "stop"}),
    ]


async def test_another_persons_application_is_as_absent_as_none(office: Office):
    ada, bob = office.somebody(), office.somebody()
    application = await office.filed(ada)

    for method, path, body in await paths_of(application):
        foreign = await bob(method, path, json=body)
        absent = await bob(method, path.replace(application["id"], str(uuid4())), json=body)
        assert problem(foreign) == problem(absent) == (404, "application-unknown"), path
        assert foreign.json()["detail"] == absent.json()["detail"]
    assert (await office.states(ada, application))["licence"] == "requested"


@pytest.mark.parametrize("role", ["officer", "partner", "bureau", "operator", "inspector"])
async def test_only_applicants_come_near_an_application(office: Office, role: str):
    application = await office.filed(office.somebody())
    somebody = office.person(role, "somebody", department="market")

    for method, path, body in await paths_of(application):
        assert problem(await somebody(method, path, json=body)) == (403, "excluded")
        assert (await office.client.request(method, path, json=body)).status_code == 401


async def test_a_filing_at_the_window_and_one_from_home_are_one_kind(office: Office):
    clerk = office.person("clerk", "clerk-1", acr="3")

    application = await office.filed(clerk)

    [requested] = await office.told("bundle.approval.requested", application=application["id"])
    assert requested["acr"] == "3"
    await office.hear(accepted(application, "licence"))
    assert of(await office.progress(clerk, application), "licence")["state"] == "accepted"


async def test_cursors_that_we_never_gave_are_refused(office: Office):
    ada = office.somebody()
    for path in ("/applications", "/wallet", "/notices"):
        for cursor in ("YWJj", "%", "OTk5", "AAAA"):
            answer = await ada("GET", path, params={"cursor": cursor})
            assert problem(answer) == (422, "bad-cursor"), (path, cursor)
