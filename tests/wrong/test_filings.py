"""Filings that are wrong, sent twice, or from whom they do not concern."""

import asyncio

from tests import world
from tests.platform import Person
from tests.refusals import pointers
from tests.served import Served
from tests.wrong.refusals import filed, problem


async def test_a_bundle_that_does_not_exist(town: Served, ada: Person):
    filing = await town.filing(ada) | {"bundle": "no-such-bundle"}

    composed = await ada("POST", "/bundles/no-such-bundle/compositions", json={"answers": {}})
    submitted = await ada("POST", "/applications", json=filing)

    assert problem(composed) == problem(submitted) == (404, "bundle-unknown")


async def test_answers_of_the_wrong_type(town: Served, ada: Person):
    body = {"answers": {"area": "large", "premises": 7}}

    answer = await ada("POST", "/bundles/shop/compositions", json=body)

    assert problem(answer) == (422, "answers-wrong")
    assert pointers(answer) == ["/answers/area", "/answers/premises"]


async def test_a_missing_field_and_a_missing_material(town: Served, ada: Person):
    filing = await town.filing(ada)
    del filing["form"]["shop_name"]
    filing["materials"] = {}

    answer = await ada("POST", "/applications", json=filing)

    assert problem(answer) == (422, "filing-incomplete")
    assert pointers(answer) == ["/form/shop_name", "/materials/floor-plan:owner"]
    assert await filed(ada) == 0


async def test_a_plan_that_is_no_longer_right(town: Served, ada: Person):
    filing = await town.filing(ada) | {"plan": "sha256:" + "0" * 64}

    answer = await ada("POST", "/applications", json=filing)

    assert problem(answer) == (409, "plan-changed")
    assert answer.json()["plan"]["digest"] == (await town.plan(ada))["digest"]
    assert await filed(ada) == 0


async def test_a_material_that_must_not_be_asked(town: Served, ada: Person):
    filing = await town.filing(ada)
    filing["materials"]["licence-fact:owner"] = [await town.upload(ada)]

    answer = await ada("POST", "/applications", json=filing)

    assert pointers(answer) == ["/materials/licence-fact:owner"]
    assert answer.json()["errors"][0]["fault"] == "material-not-asked"


async def test_one_filing_sent_fifty_times_at_once(town: Served, ada: Person):
    filing = await town.filing(ada)

    answers = await asyncio.gather(
        *(ada("POST", "/applications", key="fifty", json=filing) for _ in range(50))
    )

    assert {(one.status_code, one.text) for one in answers} == {(201, answers[0].text)}
    assert await filed(ada) == 1
    where = answers[0].headers["location"]
    assert where == f"/api/applications/{answers[0].json()['id']}"
    assert (await ada("GET", where.removeprefix("/api"))).status_code == 200


async def test_a_key_used_for_another_body(town: Served, ada: Person):
    filing = await town.filing(ada)
    await ada("POST", "/applications", key="mine", json=filing)

    answer = await ada("POST", "/applications", key="mine", json=filing | {"materials": {}})

    assert problem(answer) == (422, "key-reused")
    assert await filed(ada) == 1


async def test_a_document_nobody_asked_for_is_not_kept(town: Served, ada: Person):
    for content in (b"", b"<script>", b"MZ" + b"\x00" * 99):
        files = {"file": ("plan.pdf", content, "application/pdf")}
        answer = await ada("POST", "/uploads", files=files)
        assert problem(answer) == (422, "upload-refused")
    wrong = await ada("POST", "/uploads", json={"file": world.PDF.decode()})
    assert problem(wrong) == (422, "malformed")
