"""What is missing or wrong in a filing is told at once, and nothing is stored."""

from typing import Any

import pytest

from tests import county, world
from tests.bundle.office import Office
from tests.refusals import pointers, problem


async def test_without_a_key_nothing_is_filed(office: Office):
    ada = office.somebody()
    filing = await office.prepared(ada)

    answer = await office.client.post("/applications", json=filing, headers=ada.headers)

    assert problem(answer) == (422, "key-missing")
    assert (await ada.get("/applications"))["items"] == []


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
