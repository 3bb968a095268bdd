"""The bureau says what another system's codes mean; rows are translated, and gaps reported."""

from typing import Any

import pytest

from deploy.example.load import stages
from tests.alone import Alone
from tests.platform import Person

NATIONAL = {"name": "国标", "elements": {"handling": {"1": "instant", "2": "promise"}}}
SWAPPED = {"name": "某市", "elements": {"handling": {"1": "promise", "2": "instant"}}}


async def translated(bureau: Person, system: str, *rows: dict[str, str]) -> Any:
    return await bureau.post(f"/crosswalks/{system}/translations", json={"rows": list(rows)})


async def test_the_same_digit_means_the_opposite_in_two_systems(bureau: Person):
    await bureau.put("/crosswalks/national", NATIONAL)
    await bureau.put("/crosswalks/swapped", SWAPPED)
    rows = [{"handling": "1"}, {"handling": "2"}]

    here = await translated(bureau, "national", *rows)
    there = await translated(bureau, "swapped", *rows)

    assert [row["handling"] for row in here["rows"]] == ["instant", "promise"]
    assert [row["handling"] for row in there["rows"]] == ["promise", "instant"]
    assert here["unknown"] == there["unknown"] == []


async def test_what_nobody_wrote_down_is_reported_and_left_open(bureau: Person):
    record = {"channels": {"1": "window", "2": "pc"}, "handling": {"1": "instant"}}
    several = {"name": "某省", "elements": record, "separators": {"channels": ","}}
    await bureau.put("/crosswalks/gaps", several)
    rows = [
        {"handling": "1", "channels": "1,2"},
        {"handling": "3", "channels": "2,7"},
        {"handling": "3", "channels": "", "level": "4"},
    ]

    told = await translated(bureau, "gaps", *rows)

    assert told["rows"] == [
        {"handling": "instant", "channels": ["window", "pc"]},
        {"handling": None, "channels": None},
        {"handling": None, "channels": None, "level": None},
    ]
    assert told["unknown"] == [
        {"element": "channels", "value": "", "count": 1, "first_row": 2},
        {"element": "channels", "value": "7", "count": 1, "first_row": 1},
        {"element": "handling", "value": "3", "count": 2, "first_row": 1},
        {"element": "level", "value": "4", "count": 1, "first_row": 2},
    ]


async def test_every_fault_of_a_crosswalk_is_named_with_the_words_there_are(bureau: Person):
    wrong = {
        "name": "某市",
        "elements": {"handling": {"1": "at-once", "2": "instant"}, "colour": {"1": "red"}},
        "separators": {"handling": ",", "rating": ","},
    }

    answer = await bureau("PUT", "/crosswalks/wrong", json=wrong, headers={"accept-language": "en"})

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/crosswalk-faulty")
    told = {one["pointer"]: (one["fault"], one["detail"]) for one in answer.json()["errors"]}
    assert {pointer: fault for pointer, (fault, _) in told.items()} == {
        "/elements/handling/1": "unknown-word",
        "/elements/colour": "unknown-element",
        "/separators/handling": "separator-misplaced",
        "/separators/rating": "unknown-element",
    }
    assert "instant" in told["/elements/handling/1"][1]
    assert (await bureau("GET", "/crosswalks/wrong")).status_code == 404


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"rows": []}, "/rows"),
        ({"rows": [{"handling": 1}]}, "/rows/0/handling"),
        ({"rows": [{"handling": "x" * 101}]}, "/rows/0/handling"),
        ({"rows": [{"handling": "1"}], "colour": "red"}, "/colour"),
        ({"rows": [{"handling": None}]}, "/rows/0/handling"),
    ],
)
async def test_rows_are_texts(bureau: Person, body: dict[str, Any], where: str):
    await bureau.put("/crosswalks/national", NATIONAL)

    answer = await bureau("POST", "/crosswalks/national/translations", json=body)

    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [where]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
async def test_numbers_that_are_none_are_refused(bureau: Person, number: str):
    await bureau.put("/crosswalks/national", NATIONAL)
    body = f'{{"rows": [{{"handling": {number}}}]}}'
    headers = {"content-type": "application/json"}

    path = "/crosswalks/national/translations"
    answer = await bureau("POST", path, content=body, headers=headers)

    assert answer.status_code == 422


async def test_a_crosswalk_has_versions_and_two_editors_do_not_overwrite_one_another(
    bureau: Person,
):
    first = await bureau("PUT", "/crosswalks/edited", json=NATIONAL)
    again = await bureau("PUT", "/crosswalks/edited", json=NATIONAL)
    etag = {"if-match": first.headers["etag"]}
    changed = await bureau("PUT", "/crosswalks/edited", json=SWAPPED, headers=etag)
    late = await bureau("PUT", "/crosswalks/edited", json=NATIONAL, headers=etag)
    unread = await bureau("PUT", "/crosswalks/new", json=NATIONAL, headers={"if-match": "*"})

    assert [one.json()["version"] for one in (first, again, changed)] == [1, 1, 2]
    assert (late.status_code, unread.status_code) == (412, 412)
    assert (await bureau.get("/crosswalks/edited"))["record"]["name"] == "某市"
    assert (await bureau("GET", "/crosswalks/new")).status_code == 404


async def test_anybody_reads_and_only_the_bureau_writes_and_translates(catalog: Alone):
    officer = catalog.officer("market")
    await catalog.person("bureau", "li").put("/crosswalks/open", NATIONAL)

    assert (await catalog.client.get("/crosswalks/open")).status_code == 200
    listed = await catalog.client.get("/crosswalks?limit=100")
    assert "open" in [one["code"] for one in listed.json()["items"]]
    path, body = "/crosswalks/open/translations", {"rows": [{"handling": "1"}]}
    assert (await catalog.client.post(path, json=body)).status_code == 401
    assert (await officer("POST", path, json=body)).status_code == 403
    assert (await officer("PUT", "/crosswalks/open", json=SWAPPED)).status_code == 403


async def test_no_crosswalk_no_translation(bureau: Person):
    body = {"rows": [{"handling": "1"}]}

    answer = await bureau("POST", "/crosswalks/nowhere/translations", json=body)

    assert answer.status_code == 404


async def test_the_example_district_brings_its_crosswalks(bureau: Person):
    puts = dict(stages())["crosswalks"]
    for put in puts:
        await bureau.put(f"/{put.path}", put.body)

    told = await translated(bureau, "capability-codes", {"online_depth": "4,2"})
    assert told["rows"] == [{"online_depth": "3"}]
    a, b = [
        (await translated(bureau, system, {"handling": "1"}))["rows"][0]["handling"]
        for system in ("gb-39046", "approval-platform-a")
    ]
    assert (a, b) == ("instant", "promise")
    stars = await translated(bureau, "stars", {"rating": "☆☆☆☆☆"}, {"rating": "1"})
    assert [row["rating"] for row in stars["rows"]] == ["1", "5"]
    padded = await translated(bureau, "unpadded-kinds", {"kind": "1"}, {"kind": "7"})
    assert padded["rows"] == [{"kind": "01"}, {"kind": None}]
