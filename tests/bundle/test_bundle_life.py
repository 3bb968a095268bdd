"""A bundle's life: drafted, checked, published, superseded, suspended, compared, copied."""

import asyncio
from typing import Any

import pytest

from tests import county, world
from tests.bundle.office import Office, accepted, pointers, problem
from tests.platform import Person


@pytest.fixture
def bureau(office: Office) -> Person:
    return office.person("bureau", "li")


FIRE = {"member": "fire", "item": "ask-fire", "holder": "owner", "when": "area >= fire_from"}


def threshold(value: Any = 300) -> dict[str, Any]:
    record = county.five("market", "fire")
    record["members"][1] = FIRE
    return record | {"thresholds": {"fire_from": value}}


# --- check ---------------------------------------------------------------------------------------


async def test_a_check_tells_every_fault_and_publishes_nothing(office: Office, bureau: Person):
    record = county.five("fire") | {"holder": "nobody"}
    await bureau.put("/bundles/unchecked", record)

    told = await bureau.post("/bundles/unchecked/check", json={})

    assert told["publishable"] is False
    assert [(one["about"], one["pointer"]) for one in told["faults"]] == [
        ("unknown-role", "/holder")
    ]
    assert told["faults"][0]["detail"] != told["faults"][0]["detail_en"]
    assert problem(await office.client.get("/bundles/unchecked")) == (404, "bundle-unknown")


async def test_a_check_and_a_publication_give_the_same_advice(office: Office, bureau: Person):
    await bureau.put("/bundles/idle", county.five("fire"))

    checked = await bureau.post("/bundles/idle/check", json={})
    published = await bureau.put("/bundles/idle/publication")

    assert checked["publishable"] is True
    assert [one["about"] for one in checked["warnings"]] == ["idle-question"]
    assert published["warnings"] == checked["warnings"]
    assert published["published_version"] == 1


async def test_a_check_names_items_that_nobody_told_of(bureau: Person):
    record = county.five("fire")
    record["members"][0]["item"] = "never-heard-of"
    await bureau.put("/bundles/unheard", record)

    told = await bureau.post("/bundles/unheard/check", json={})

    assert [one["about"] for one in told["faults"]] == ["unknown-item"]


async def test_a_check_says_what_the_draft_changes(office: Office, bureau: Person):
    await office.publish("changing", county.five("fire"))
    await bureau.put("/bundles/changing", county.five("fire", "tax"))

    told = await bureau.post("/bundles/changing/check", json={})

    assert [(one["change"], one["detail_en"]) for one in told["changes"]] == [
        ("added", "New member tax (ask-tax).")
    ]


async def test_a_draft_is_read_by_its_designers(office: Office, bureau: Person):
    await bureau.put("/bundles/secret", county.five("fire"))

    answer = await bureau("GET", "/bundles/secret/draft")

    assert (answer.status_code, answer.headers["etag"]) == (200, '"1"')
    assert answer.json()["record"]["members"][0]["item"] == "ask-fire"
    assert problem(await bureau("GET", "/bundles/none-such/draft")) == (404, "bundle-unknown")


# --- versions ------------------------------------------------------------------------------------


async def test_every_published_version_stays_readable(office: Office, bureau: Person):
    await office.publish("steps", county.five("fire"))
    await bureau.put("/bundles/steps", county.five("tax"))
    await office.publish("steps", county.five("fire", "tax"))

    listed = (await bureau.get("/bundles/steps/versions"))["items"]
    first = (await office.client.get("/bundles/steps/versions/1")).json()

    assert [(one["version"], one["in_force"]) for one in listed] == [(3, True), (1, False)]
    assert [m["member"] for m in first["record"]["members"]] == ["fire"]
    assert first["item_versions"] == {"ask-fire": 1}
    for number in (2, 4):
        answer = await office.client.get(f"/bundles/steps/versions/{number}")
        assert problem(answer) == (404, "version-unknown"), "a draft is no version"


async def test_versions_come_page_by_page(office: Office, bureau: Person):
    for codes in (("fire",), ("tax",), ("health",)):
        await office.publish("pages", county.five(*codes))

    first = await bureau.get("/bundles/pages/versions?limit=2")
    rest = await bureau.get(f"/bundles/pages/versions?limit=2&cursor={first['next']}")

    assert [one["version"] for one in [*first["items"], *rest["items"]]] == [3, 2, 1]
    assert rest["next"] is None
    for wrong in ("%", "YWJj", "LTE", "MTIzNDU2Nzg5MDEyMw"):
        answer = await bureau("GET", "/bundles/pages/versions", params={"cursor": wrong})
        assert problem(answer) == (422, "bad-cursor"), wrong


async def test_publishing_the_same_again_makes_no_version(office: Office, bureau: Person):
    await office.publish("once", county.five("fire"))
    await bureau.put("/bundles/once/publication")

    assert len((await bureau.get("/bundles/once/versions"))["items"]) == 1


async def test_two_versions_are_compared_in_words(office: Office, bureau: Person):
    await office.publish("compared", threshold(300))
    await office.publish("compared", threshold(500))

    there = (await office.client.get("/bundles/compared/diff?from=1&to=2")).json()
    back = (await office.client.get("/bundles/compared/diff?from=2&to=1")).json()

    [change] = there["changes"]
    assert change["detail"] == "门槛 fire_from 由“300”改为“500”。"
    assert back["changes"][0]["detail_en"].endswith("from “500” to “300”.")
    assert (await office.client.get("/bundles/compared/diff?from=1&to=1")).json()["changes"] == []


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=1&to=9", (404, "version-unknown")),
        ("from=1", (422, "malformed")),
        ("from=0&to=1", (422, "malformed")),
        ("from=x&to=1", (422, "malformed")),
        ("from=1&to=99999999999", (422, "malformed")),
    ],
)
async def test_only_versions_that_were_published_are_compared(
    office: Office, query: str, told: Any
):
    await office.publish("few", county.five("fire"))

    assert problem(await office.client.get(f"/bundles/few/diff?{query}")) == told


# --- suspension ----------------------------------------------------------------------------------


async def test_while_it_is_suspended_nobody_composes_or_files_and_what_runs_goes_on(
    office: Office, bureau: Person
):
    ada = office.somebody()
    running = await office.five(ada, "fire")
    code = running["bundle"]
    bob = office.somebody()
    plan = await office.planned(bob, code, {"area": 10.0})
    filing = {"bundle": code, "plan": plan["digest"], "answers": {"area": 10.0}}

    suspended = await bureau.put(f"/bundles/{code}/suspension", {"reason": "系统升级"})
    composed = await bob("POST", f"/bundles/{code}/compositions", json={"answers": {}})
    filed = await bob("POST", "/applications", key="later", json=filing | {"form": {"area": 10.0}})
    await office.hear(accepted(running, "fire"))
    shown = (await office.client.get(f"/bundles/{code}")).json()

    assert suspended["suspension"]["reason"] == "系统升级"
    assert problem(composed) == problem(filed) == (409, "bundle-suspended")
    assert "系统升级" not in composed.text, "free text stays where it is read"
    assert (await office.states(ada, running))["fire"] == "accepted"
    assert shown["suspension"] == suspended["suspension"]

    await bureau("DELETE", f"/bundles/{code}/suspension")
    again = await bob("POST", "/applications", key="later", json=filing | {"form": {"area": 10.0}})
    assert again.status_code == 201, "the same key works once it is open again"
    assert (await office.client.get(f"/bundles/{code}")).json()["suspension"] is None


async def test_suspending_again_changes_the_reason_and_resuming_again_changes_nothing(
    office: Office, bureau: Person
):
    await office.publish("pausing", county.five("fire"))

    first = await bureau.put("/bundles/pausing/suspension", {"reason": "一"})
    second = await bureau.put("/bundles/pausing/suspension", {"reason": "二"})
    ended = [(await bureau("DELETE", "/bundles/pausing/suspension")).json() for _ in range(2)]

    assert second["suspension"] == {"since": first["suspension"]["since"], "reason": "二"}
    assert ended[0] == ended[1]
    assert ended[0]["suspension"] is None


async def test_publishing_does_not_end_a_suspension(office: Office, bureau: Person):
    await office.publish("resting", county.five("fire"))
    await bureau.put("/bundles/resting/suspension", {"reason": "x"})
    await office.publish("resting", county.five("tax"))

    body = {"answers": {}}
    answer = await office.somebody()("POST", "/bundles/resting/compositions", json=body)
    assert problem(answer) == (409, "bundle-suspended")


async def test_a_draft_cannot_be_suspended(bureau: Person):
    await bureau.put("/bundles/drafted", county.five("fire"))

    for code in ("drafted", "none-such"):
        answer = await bureau("PUT", f"/bundles/{code}/suspension", json={"reason": "x"})
        assert problem(answer) == (404, "bundle-unknown")


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "x", "y": 1}]
)
async def test_a_suspension_has_a_reason(bureau: Person, body: Any):
    answer = await bureau("PUT", "/bundles/shop/suspension", json=body)

    assert problem(answer) == (422, "malformed")


# --- thresholds and copies -----------------------------------------------------------------------


async def selected(office: Office, code: str, area: float) -> list[str]:
    plan = await office.planned(office.somebody(), code, {"area": area})
    return [one["member"] for one in plan["members"]]


async def test_a_copy_is_a_draft_with_the_thresholds_of_its_region(office: Office, bureau: Person):
    await office.publish("original", threshold(300))
    body = {
        "code": "original-430800",
        "region": "430800",
        "items": {"ask-fire": "ask-health"},
        "thresholds": {"fire_from": 50},
    }

    answer = await bureau("POST", "/bundles/original/copies", json=body)
    made = answer.json()

    assert answer.status_code == 201, answer.text
    assert answer.headers["location"].endswith("/bundles/original-430800/draft")
    assert made["published_version"] is None
    assert made["record"]["region"] == "430800"
    assert made["record"]["members"][1]["item"] == "ask-health"
    assert [(one["about"], one["pointer"]) for one in made["unchanged"]] == [
        ("kept-item", "/members/0/item")
    ]
    await bureau.put("/bundles/original-430800/publication")
    assert await selected(office, "original-430800", 60.0) == ["market", "fire"]
    assert await selected(office, "original", 60.0) == ["market"]


async def test_a_copy_is_made_once_and_never_over_another(office: Office, bureau: Person):
    await office.publish("source", threshold())
    body = {"code": "source-copy", "region": "430800"}

    answers = await asyncio.gather(
        *(bureau("POST", "/bundles/source/copies", key="copy", json=body) for _ in range(4))
    )
    other = await bureau("POST", "/bundles/source/copies", json=body)

    assert {one.status_code for one in answers} == {201}
    assert problem(other) == (409, "bundle-exists")
    assert (await bureau.get("/bundles/source-copy/draft"))["version"] == 1


async def test_what_the_bundle_has_not_is_refused_and_nothing_is_made(
    office: Office, bureau: Person
):
    await office.publish("plain", threshold())
    body = {"code": "plain-copy", "region": "430800", "items": {"no-item": "x"}}
    body |= {"thresholds": {"no_such": 1}}

    answer = await bureau("POST", "/bundles/plain/copies", json=body)

    assert problem(answer) == (422, "copy-faulty")
    assert pointers(answer) == ["/items/no-item", "/thresholds/no_such"]
    assert problem(await bureau("GET", "/bundles/plain-copy/draft")) == (404, "bundle-unknown")


@pytest.mark.parametrize(
    ("value", "fault"),
    [(300, None), (300.5, None), ("large", "faulty-condition"), (True, "faulty-condition")],
)
async def test_a_threshold_fits_what_it_is_compared_with(
    office: Office, bureau: Person, value: Any, fault: str | None
):
    await bureau.put("/bundles/fitting", threshold(value))

    told = await bureau.post("/bundles/fitting/check", json={})

    assert [one["about"] for one in told["faults"]] == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("thresholds", "where"),
    [
        ({"Fire": 1}, "/thresholds/Fire"),
        ({"fire_from": None}, "/thresholds/fire_from"),
        ({"fire_from": [1]}, "/thresholds/fire_from"),
        ({"fire_from": ""}, "/thresholds/fire_from"),
        ({"fire_from": 1e300}, "/thresholds/fire_from"),
    ],
)
async def test_a_threshold_is_a_plain_value(bureau: Person, thresholds: Any, where: str):
    record = county.five("fire") | {"thresholds": thresholds}

    answer = await bureau("PUT", "/bundles/odd-thresholds", json=record)

    assert any(one.startswith(where) for one in pointers(answer))


async def test_a_threshold_must_not_bear_the_name_of_a_field(office: Office, bureau: Person):
    record = county.five("fire") | {"thresholds": {"area": 3}}
    await bureau.put("/bundles/clashing", record)

    told = await bureau.post("/bundles/clashing/check", json={})

    assert [(one["about"], one["pointer"]) for one in told["faults"]] == [
        ("threshold-name", "/thresholds/area")
    ]


async def test_a_draft_without_thresholds_is_kept_as_it_always_was(bureau: Person):
    """Loading the same bundle again after this version was installed changes nothing."""
    made = await bureau.put("/bundles/as-ever", county.five("fire"))

    assert "thresholds" not in made["record"]


@pytest.mark.parametrize("role", ["citizen", "clerk", "officer", "operator"])
async def test_only_the_bureau_decides_on_a_bundles_life(office: Office, role: str):
    somebody = office.person(role, "somebody", department="market")
    requests = [
        ("GET", "/bundles/shop/draft", None),
        ("POST", "/bundles/shop/check", {}),
        ("PUT", "/bundles/shop/suspension", {"reason": "x"}),
        ("DELETE", "/bundles/shop/suspension", None),
        ("POST", "/bundles/shop/copies", {"code": "mine", "region": world.REGION}),
    ]

    for method, path, body in requests:
        assert problem(await somebody(method, path, json=body)) == (403, "excluded"), path
        assert (await office.client.request(method, path, json=body)).status_code == 401
