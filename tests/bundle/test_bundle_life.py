"""A bundle's life: drafted, checked, published, superseded; by the bureau alone."""

from typing import Any

import pytest

from tests import county, world
from tests.bundle.drafts import threshold
from tests.bundle.office import Office
from tests.platform import Person
from tests.refusals import problem


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
