"""What may come later: handed in once, by whom it was asked of, and told to every desk."""

import asyncio
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from services.bundle.composition.rules.deferral import last_day
from services.bundle.composition.rules.item_records import Duration
from tests.bundle.leaving import PHOTO, late, material
from tests.bundle.office import Office, accepted, decided
from tests.bundle.store import dossier, filed, filing, plan_of
from tests.refusals import pointers, problem


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


async def test_a_filing_goes_without_what_may_come_later_and_lists_the_gap(shop: Office):
    ada = shop.somebody()
    until = material(await plan_of(ada), "photo")["may_come_until"]

    application = await filed(shop, ada)

    assert until == last_day(today(), Duration(10, "working_day")).isoformat()
    [gap] = application["gaps"]
    assert (gap["material"], gap["until"], gap["came_at"]) == (PHOTO, until, None)
    assert gap["members"] == ["depot", "yard"]
    for member in ("depot", "yard"):
        read = await dossier(shop, application, member)
        assert read["gaps"] == [{"material": PHOTO, "until": until}]
        assert "photo" not in {one["evidence"] for one in read["evidence"]}
        assert read["commitments"] == [], "a gap is no promise"


async def test_what_comes_later_reaches_every_desk_that_asked_and_the_wallet(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)

    answer = await late(shop, ada, application)

    view = answer.json()
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{application["version"] + 1}"'
    assert view["gaps"][0]["came_at"] is not None
    asked = await shop.told("bundle.approval.requested", application=application["id"])
    assert {tuple(gap["evidence"] for gap in one["deferred"]) for one in asked} == {(PHOTO,)}
    told = await shop.told("bundle.dossier.amended", application=application["id"])
    assert {one["because"] for one in told} == {"deferral"}
    assert {tuple(one["evidence"]) for one in told} == {(PHOTO,)}
    assert PHOTO in view["materials"]
    for member in ("depot", "yard"):
        read = await dossier(shop, application, member)
        assert read["gaps"] == []
        assert "photo" in {one["evidence"] for one in read["evidence"]}
    assert "photo" in {one["evidence"] for one in (await ada.get("/wallet"))["items"]}


async def test_the_same_upload_again_is_the_same_and_another_is_refused(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    upload = await shop.upload(ada)

    first = await late(shop, ada, application, upload)
    again = await late(shop, ada, application, upload)
    other = await late(shop, ada, application)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json()["version"] == again.json()["version"]
    assert problem(other) == (409, "material-handed-in")


async def test_what_was_not_left_for_later_is_refused_with_what_was(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    path = f"/applications/{application['id']}/materials"
    body = {"uploads": [await shop.upload(ada)]}

    before = await ada("PUT", f"{path}/photo:nobody", json=body)
    await late(shop, ada, application)
    after = await ada("PUT", f"{path}/photo:nobody", json=body)

    assert problem(before) == problem(after) == (404, "material-unknown")
    assert (before.json()["gaps"], after.json()["gaps"]) == ([PHOTO], [])


async def test_two_at_once_make_one(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    uploads = [await shop.upload(ada) for _ in range(4)]
    await shop.connect()

    answers = await asyncio.gather(*(late(shop, ada, application, one) for one in uploads))

    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    [row] = await shop.rows(
        "SELECT count(*) FROM evidence WHERE application = :id AND evidence = 'photo'",
        id=application["id"],
    )
    assert row[0] == 1


async def test_handed_in_with_the_filing_it_is_no_gap(shop: Office):
    ada = shop.somebody()
    whole = await filing(shop, ada)
    whole["materials"][PHOTO] = [await shop.upload(ada)]

    application = await ada.post("/applications", json=whole)

    assert application["gaps"] == []
    assert problem(await late(shop, ada, application)) == (404, "material-unknown")


@pytest.mark.parametrize("key", ["deed:owner", "site-plan:owner", "nothing:owner"])
async def test_only_what_was_left_for_later_may_come_later(shop: Office, key: str):
    ada = shop.somebody()
    application = await filed(shop, ada)
    path = f"/applications/{application['id']}/materials/{key}"

    answer = await ada("PUT", path, json={"uploads": [await shop.upload(ada)]})

    assert problem(answer) == (404, "material-unknown")


async def test_when_everybody_has_decided_nothing_more_is_wanted(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    await shop.hear(accepted(application, "depot"), decided(application, "depot"))

    still = await late(shop, ada, application)
    other = await filed(shop, shop.somebody())
    await shop.hear(decided(other, "depot", "refused"), decided(other, "yard", "refused"))
    granted = await filed(shop, cyd := shop.somebody())
    await shop.hear(*(decided(granted, member) for member in ("depot", "yard")))

    assert still.status_code == 200, "the yard has not decided"
    person = await shop.rows("SELECT filer_account FROM application WHERE id = :id", id=other["id"])
    bob = shop.citizen(person[0].filer_account)
    assert problem(await late(shop, bob, other)) == (409, "material-too-late")
    assert (await late(shop, cyd, granted)).status_code == 200, "what they issue waits for it"


async def test_nobody_elses_application_and_nobody_elses_upload(shop: Office):
    ada, bob = shop.somebody(), shop.somebody()
    application = await filed(shop, ada)

    foreign = await late(shop, bob, application)
    absent = await late(shop, ada, {"id": str(uuid4())})
    stolen = await late(shop, ada, application, await shop.upload(bob))

    assert problem(foreign) == problem(absent) == (404, "application-unknown")
    assert problem(stolen) == (422, "upload-refused")
    assert pointers(stolen) == ["/uploads/0"], "as the body has it"
    assert (await ada.get(f"/applications/{application['id']}"))["gaps"][0]["came_at"] is None


@pytest.mark.parametrize("body", [{}, {"uploads": []}, {"uploads": ["x"]}, {"uploads": "x"}])
async def test_a_completion_names_uploads(shop: Office, body: Any):
    ada = shop.somebody()
    application = await filed(shop, ada)

    answer = await ada("PUT", f"/applications/{application['id']}/materials/{PHOTO}", json=body)

    assert problem(answer)[0] == 422
