"""A copy for another region, with that region's thresholds."""

import asyncio
from typing import Any

import pytest

from tests import county
from tests.bundle.drafts import threshold
from tests.bundle.office import Office
from tests.platform import Person
from tests.refusals import pointers, problem


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
