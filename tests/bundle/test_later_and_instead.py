"""What may come later, what may be signed instead, and originals that must be seen."""

import asyncio
from datetime import date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from services.bundle.composition.rules.deferral import last_day
from services.bundle.composition.rules.item_records import Duration
from tests.bundle import store
from tests.bundle.office import Office, accepted, decided, of, pointers, problem
from tests.bundle.store import CHOICE, PROMISE, WINDOW, dossier, filed, filing, plan_of

PHOTO = "photo:owner"


@pytest.fixture
async def shop(office: Office) -> Office:
    await store.open_store(office)
    return office


def today() -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


def material(plan: Any, evidence: str) -> Any:
    return next(one for one in plan["materials"] if one["evidence"] == evidence)


async def late(office: Office, who: Any, application: Any, *uploads: str) -> Any:
    path = f"/applications/{application['id']}/materials/{PHOTO}"
    return await who("PUT", path, json={"uploads": list(uploads) or [await office.upload(who)]})


# --- later ---------------------------------------------------------------------------------------


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


# --- instead -------------------------------------------------------------------------------------


async def test_a_commitment_that_was_chosen_is_signed_and_shown_to_its_desk(shop: Office):
    ada = shop.somebody()
    plan = await plan_of(ada, CHOICE)
    assert "safety-report:owner" not in {one["key"] for one in plan["materials"]}

    application = await filed(shop, ada, CHOICE)

    [signed] = application["commitments"]
    assert (signed["code"], signed["version"]) == ("safe", 2)
    assert signed["replaces"] == ["safety-report:owner"]
    [shown] = (await dossier(shop, application, "depot"))["signed"]
    assert (shown["text"], shown["digest"]) == (PROMISE["text"], signed["digest"])
    assert shown["replaces"] == ["safety-report:owner"]
    assert (await dossier(shop, application, "yard"))["signed"] == []


async def test_without_a_choice_the_evidence_is_asked_and_nothing_is_signed(shop: Office):
    ada = shop.somebody()

    application = await filed(shop, ada)

    assert application["commitments"] == []
    assert "safety-report:owner" in application["materials"]
    [offer] = (await plan_of(shop.somebody()))["commitments"]
    assert offer["chosen"] is False


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"digest": "sha256:" + "0" * 64}, ["/commitments/0/digest"]),
        ({"version": 1}, ["/commitments/0/digest"]),
    ],
)
async def test_another_text_than_the_plans_is_refused(shop: Office, change: Any, where: Any):
    ada = shop.somebody()
    whole = await filing(shop, ada, CHOICE)
    whole["commitments"][0] |= change

    answer = await ada("POST", "/applications", json=whole)

    assert pointers(answer) == where


async def test_a_text_that_changed_since_is_a_changed_plan(shop: Office):
    ada = shop.somebody()
    whole = await filing(shop, ada, CHOICE)
    await shop.hear(store.depot(2, commitments=[PROMISE | {"version": 3, "text": "另一文本"}]))

    answer = await ada("POST", "/applications", json=whole)
    await shop.hear(store.depot(3))

    assert problem(answer) == (409, "plan-changed")
    [offer] = answer.json()["plan"]["commitments"]
    assert offer["version"] == 3


async def test_leaving_the_signature_out_is_another_plan(shop: Office):
    """Who does not sign is asked for the evidence."""
    ada = shop.somebody()
    whole = await filing(shop, ada, CHOICE) | {"commitments": []}

    answer = await ada("POST", "/applications", json=whole)

    assert problem(answer) == (409, "plan-changed")
    asked = {one["key"] for one in answer.json()["plan"]["materials"]}
    assert "safety-report:owner" in asked


@pytest.mark.parametrize(
    "choice", [{"item": "depot", "code": "x"}, {"item": "yard", "code": "safe"}]
)
async def test_a_commitment_nobody_offers_is_refused(shop: Office, choice: Any):
    body = {"answers": {}, "commitments": [choice]}
    answer = await shop.somebody()("POST", "/bundles/store/compositions", json=body)

    assert pointers(answer) == ["/commitments/0"]


# --- originals -----------------------------------------------------------------------------------


async def test_the_plan_says_where_the_original_is_seen(shop: Office):
    plan = await plan_of(shop.somebody())

    [window] = material(plan, "site-plan")["original"]
    assert window == {"member": "depot", "department": "market"} | WINDOW
    assert material(plan, "deed")["original"] == []


def level(read: Any, evidence: str = "site-plan") -> tuple[str, Any]:
    [one] = [one for one in read["evidence"] if one["evidence"] == evidence]
    return one["trust"], one["original"]


async def test_an_upload_is_unchecked_until_a_desk_has_seen_the_original(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    approval = of(application, "depot")["approval"]
    assert level(await dossier(shop, application, "depot")) == ("C", "to_be_checked")
    assert level(await dossier(shop, application, "yard")) == ("C", None)
    assert level(await dossier(shop, application, "depot"), "deed") == ("C", None)

    path = f"/dossiers/{approval}/originals/site-plan:owner"
    first = await shop.officer("market").put(path)
    again = await shop.officer("market", "zhao").put(path)

    assert first == again
    assert (first["trust"], first["checked_by"]) == ("B", "market")
    assert level(await dossier(shop, application, "depot")) == ("B", "checked")
    held = {one["evidence"]: one for one in (await ada.get("/wallet"))["items"]}
    assert (held["site-plan"]["trust"], held["site-plan"]["checked_by"]) == ("B", "market")
    assert held["deed"]["trust"] == "C"


async def test_what_was_checked_once_is_not_asked_again(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    await ada.put(f"/applications/{application['id']}/members/depot/withdrawal")
    before = {one["evidence"] for one in (await plan_of(ada))["materials"]}
    second = await filed(shop, ada)
    approval = of(second, "depot")["approval"]

    await shop.officer("market").put(f"/dossiers/{approval}/originals/site-plan:owner")
    await ada.put(f"/applications/{second['id']}/withdrawal")
    after = {one["evidence"] for one in (await plan_of(ada))["materials"]}

    assert "site-plan" in before, "an unchecked upload is not enough for level B"
    assert "site-plan" not in after


async def test_only_the_desk_that_asked_says_that_it_saw_an_original(shop: Office):
    ada = shop.somebody()
    application = await filed(shop, ada)
    own = f"/dossiers/{of(application, 'depot')['approval']}/originals"
    market = shop.officer("market")

    answers = [
        await shop.officer("fire")("PUT", f"{own}/site-plan:owner", json={}),
        await shop.officer("market")("PUT", f"/dossiers/{uuid4()}/originals/deed:owner", json={}),
        await market("PUT", f"{own}/depot-permit:owner", json={}),
    ]

    assert {problem(one) for one in answers} == {(404, "dossier-unknown")}
    assert problem(await market("PUT", f"{own}/{PHOTO}", json={})) == (409, "nothing-to-compare")
    assert problem(await ada("PUT", f"{own}/deed:owner", json={})) == (403, "excluded")


async def test_what_one_applicant_shows_says_nothing_about_anothers(shop: Office):
    ada, bob = shop.somebody(), shop.somebody()
    application = await filed(shop, ada)
    path = f"/dossiers/{of(application, 'depot')['approval']}/originals/site-plan:owner"
    await shop.officer("market").put(path)

    assert level(await dossier(shop, await filed(shop, bob), "depot")) == ("C", "to_be_checked")
