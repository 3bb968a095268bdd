"""Designers draft and publish; applicants go on with what is published until the next is right."""

import asyncio
from typing import Any

import pytest

from services.contracts import EvidenceTypeRecord, FieldRecord, ItemPublished, ItemRecord
from tests import county, world
from tests.alone import letter
from tests.bundle.office import Office
from tests.platform import Person
from tests.refusals import pointers, problem

PUBLISHED = "bundle.bundle.published"


def item(code: str, version: int = 1, **more: Any) -> ItemPublished:
    """A version of a small item, as catalog would tell it."""
    record = {
        "name": f"事项 {code}",
        "department": "market",
        "region": "430700",
        "promised": {"value": 1},
        "fields": [{"field": "area"}],
    }
    evidence = ("floor-plan", "licence-fact", "shop-permit")
    fields = ("area", "shop_name", "permit_number", "premises")
    return ItemPublished(
        code=code,
        version=version,
        item=ItemRecord(code=code, **record | more),
        fields=tuple(FieldRecord(code=one, **world.FIELDS[one]) for one in fields),
        evidence_types=tuple(
            EvidenceTypeRecord(code=one, **world.EVIDENCE[one]) for one in evidence
        ),
    )


def draft(*codes: str) -> dict[str, Any]:
    """A bundle of these items, each a member of its own."""
    members = [{"member": code, "item": code, "holder": "owner"} for code in codes]
    return county.five() | {"members": members}


async def visits(office: Office, code: str) -> int:
    plan = await office.planned(office.somebody(), code, {"area": 1.0})
    return int(plan["before"]["visits"])


async def test_a_draft_is_nobodys_business_until_it_is_published(office: Office, bureau: Person):
    record = county.five("fire")
    await bureau.put("/bundles/quiet", record)

    assert problem(await office.client.get("/bundles/quiet")) == (404, "bundle-unknown")
    listed = [one["code"] for one in (await bureau.get("/bundles?limit=100"))["items"]]
    assert "quiet" not in listed and "shop" in listed

    published = await bureau.put("/bundles/quiet/publication")
    assert published["published_version"] == 1
    shown = (await office.client.get("/bundles/quiet")).json()
    assert shown["record"]["name"] == record["name"]
    [told] = await office.told(PUBLISHED, code="quiet")
    assert (told["version"], told["items"]) == (1, ["ask-fire"])


async def test_what_is_published_stays_until_the_next_publication(office: Office, bureau: Person):
    await office.publish("steady", county.five("fire"))
    await bureau.put("/bundles/steady", county.five("fire", "tax"))

    before = await office.planned(office.somebody(), "steady", {"area": 1.0})
    shown = (await office.client.get("/bundles/steady")).json()
    await bureau.put("/bundles/steady/publication")
    after = await office.planned(office.somebody(), "steady", {"area": 1.0})

    assert [m["member"] for m in before["members"]] == ["fire"]
    assert [m["member"] for m in shown["record"]["members"]] == ["fire"]
    assert [m["member"] for m in after["members"]] == ["fire", "tax"]
    assert (before["version"], after["version"]) == (1, 2)


async def test_an_application_keeps_the_plan_it_was_filed_on(office: Office, bureau: Person):
    ada = office.somebody()
    await office.publish("kept", county.five("fire"))
    plan = await office.planned(ada, "kept", {"area": 1.0})
    filing = {"bundle": "kept", "plan": plan["digest"], "answers": {"area": 1.0}}
    filing |= {"form": {"area": 1.0}}
    application = await ada.post("/applications", json=filing)

    await office.publish("kept", county.five("fire", "tax"))
    late = await office.somebody()("POST", "/applications", json=filing)

    assert problem(late) == (409, "plan-changed")
    view = await ada.get(f"/applications/{application['id']}")
    assert [m["member"] for m in view["members"]] == ["fire"]
    assert view["bundle_version"] == 1


async def test_the_same_draft_and_the_same_publication_again_change_nothing(
    office: Office, bureau: Person
):
    record = county.five("fire")
    versions = [(await bureau.put("/bundles/same", record))["version"] for _ in range(2)]
    for _ in range(2):
        await bureau.put("/bundles/same/publication")
    changed = (await bureau.put("/bundles/same", county.five("tax")))["version"]
    back = (await bureau.put("/bundles/same", record))["version"]

    assert (versions, changed, back) == ([1, 1], 2, 3)
    assert len(await office.told(PUBLISHED, code="same")) == 1


async def test_a_publication_names_every_fault_and_publishes_nothing(
    office: Office, bureau: Person
):
    record = county.five("fire") | {"holder": "nobody"}
    record["questions"] = [{"field": "no_such_field", "text": "？"}]
    record["members"][0]["when"] = "area > 'large'"
    await bureau.put("/bundles/faulty", record)

    answer = await bureau("PUT", "/bundles/faulty/publication", json={})

    assert problem(answer) == (422, "bundle-faulty")
    assert {"/holder", "/questions/0/field", "/members/0/when"} <= set(pointers(answer))
    assert problem(await office.client.get("/bundles/faulty")) == (404, "bundle-unknown")
    assert not await office.told(PUBLISHED, code="faulty")


async def test_an_item_not_heard_of_yet_is_asked_for_again(office: Office, bureau: Person):
    await bureau.put("/bundles/early", draft("late-item"))

    early = await bureau("PUT", "/bundles/early/publication", json={})
    await office.hear(item("late-item"))
    again = await bureau("PUT", "/bundles/early/publication", json={})

    assert problem(early) == (409, "unknown-item")
    assert int(early.headers["retry-after"]) >= 1
    assert again.status_code == 200


async def test_a_newer_item_comes_into_the_bundles_that_are_right_with_it(office: Office):
    await office.hear(item("renewed", visits=1))
    await office.publish("renewing-items", draft("renewed"))
    newer = letter(item("renewed", 2, visits=2))

    await office.hear(newer)
    await office.hear(newer)

    assert await visits(office, "renewing-items") == 2
    assert len(await office.told(PUBLISHED, code="renewing-items")) == 1


async def test_an_older_item_heard_late_changes_nothing(office: Office):
    await office.hear(item("late-old", 3, visits=3))
    await office.publish("with-late-old", draft("late-old"))

    await office.hear(item("late-old", 2, visits=2), item("late-old", 1, visits=1))

    assert await visits(office, "with-late-old") == 3


async def test_one_batch_brings_the_newest_version_whatever_its_order(office: Office):
    await office.hear(item("batched", 1, visits=1))
    await office.publish("with-batched", draft("batched"))

    await office.hear(*(item("batched", n, visits=n) for n in (4, 2, 3)))

    assert await visits(office, "with-batched") == 4


async def test_an_item_that_would_break_a_bundle_stays_out_until_it_is_right_again(
    office: Office, bureau: Person
):
    """Applicants come first: the bundle goes on with what it has."""
    await office.hear(item("risky", visits=1))
    await office.publish("with-risky", draft("risky"))

    await office.hear(item("risky", 2, visits=2, fields=[{"field": "area", "when": "nothing > 1"}]))
    broken = await visits(office, "with-risky")
    told = await bureau("PUT", "/bundles/with-risky/publication", json={})
    await office.hear(item("risky", 3, visits=3))

    assert broken == 1
    assert problem(told) == (422, "bundle-faulty")
    assert await visits(office, "with-risky") == 3


async def test_two_items_heard_at_once_both_come_in(office: Office):
    await office.hear(item("left"), item("right"))
    await office.publish("pair", draft("left", "right"))

    await office.hear_at_once(item("left", 2, visits=2), item("right", 2, visits=3))

    assert await visits(office, "pair") == 5


async def test_an_item_heard_while_its_bundle_is_published_is_in_it(office: Office, bureau: Person):
    for n in range(6):
        await office.hear(item(f"racing-{n}", visits=1))
        await bureau.put(f"/bundles/race-{n}", draft(f"racing-{n}"))

        await asyncio.gather(
            bureau.put(f"/bundles/race-{n}/publication"),
            office.hear(item(f"racing-{n}", 2, visits=2)),
        )

        assert await visits(office, f"race-{n}") == 2, "the newer version was lost"


async def test_a_draft_made_on_an_older_reading_is_refused(office: Office, bureau: Person):
    await bureau.put("/bundles/edited", county.five("fire"))
    await bureau.put("/bundles/edited", county.five("tax"))
    headers = {"if-match": '"1"'}

    late = await bureau("PUT", "/bundles/edited", json=county.five("police"), headers=headers)
    right = await bureau(
        "PUT", "/bundles/edited", json=county.five("police"), headers={"if-match": '"2"'}
    )

    assert problem(late) == (412, "stale")
    assert (right.status_code, right.headers["etag"]) == (200, '"3"')


async def test_two_first_drafts_of_one_code_take_turns(office: Office, bureau: Person):
    drafts = [county.five(code) for code in county.DEPARTMENTS]

    answers = await asyncio.gather(*(bureau("PUT", "/bundles/both", json=one) for one in drafts))

    assert sorted(one.json()["version"] for one in answers) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("role", ["citizen", "clerk", "officer", "operator"])
async def test_only_the_bureau_designs(office: Office, role: str):
    somebody = office.person(role, "somebody", department="market")

    for path, body in (
        ("/bundles/mine", county.five()),
        ("/bundles/shop/publication", {}),
    ):
        assert problem(await somebody("PUT", path, json=body)) == (403, "excluded")
        assert (await office.client.put(path, json=body)).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"colour": "red"}, "/colour"),
        ({"audience": "animal"}, "/audience"),
        ({"members": []}, "/members"),
        ({"parties": [{"role": "R!", "kind": "person", "who": "applicant"}]}, "/parties/0/role"),
        ({"region": ""}, "/region"),
    ],
)
async def test_a_draft_has_the_documented_form(bureau: Person, wrong: Any, where: str):
    answer = await bureau("PUT", "/bundles/odd", json=county.five() | wrong)

    assert pointers(answer) == [where]


async def test_published_bundles_are_listed_page_by_page(office: Office, bureau: Person):
    for n in range(3):
        await office.publish(f"aa-page-{n}", county.five("fire"))
    first = await bureau.get("/bundles?limit=2")
    rest = await bureau.get(f"/bundles?limit=100&cursor={first['next']}")

    listed = [one["code"] for one in [*first["items"], *rest["items"]]]
    assert listed == sorted(listed)
    assert listed[:3] == ["aa-page-0", "aa-page-1", "aa-page-2"]
    assert rest["next"] is None


async def test_answers_are_composed_for_applicants_only(office: Office):
    body = {"answers": world.ANSWERS}
    officer = office.officer("market")

    answer = await officer("POST", "/bundles/shop/compositions", json=body)

    assert problem(answer) == (403, "excluded")
    assert (await office.client.post("/bundles/shop/compositions", json=body)).status_code == 401
