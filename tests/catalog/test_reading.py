"""Anybody reads the catalogue, page by page; only the bureau writes it."""

import base64
import json

import pytest

from tests.alone import Alone
from tests.catalog.editing import evidence, field, item
from tests.platform import Person

WRITES = {
    "/departments/d": {"name": "局", "region": "430700"},
    "/fields/f": field(),
    "/evidence-types/e": evidence(),
    "/items/i": item(),
}


@pytest.mark.parametrize("path", WRITES)
async def test_writing_takes_a_token(catalog: Alone, path: str):
    answer = await catalog.client.put(path, json=WRITES[path])

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await catalog.client.get(path)).status_code == 404


@pytest.mark.parametrize("role", ["citizen", "clerk", "officer", "partner", "operator"])
@pytest.mark.parametrize("path", WRITES)
async def test_writing_takes_the_bureaus_role(catalog: Alone, path: str, role: str):
    somebody = catalog.person(role, "somebody", department="market")

    answer = await somebody("PUT", path, json=WRITES[path])

    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/excluded")


async def test_reading_takes_no_token(catalog: Alone, bureau: Person):
    await bureau.put("/items/open", item())

    for path in ("/departments", "/fields", "/evidence-types", "/items", "/items/open"):
        assert (await catalog.client.get(path)).status_code == 200


async def test_pages_follow_one_another_without_gap_or_repeat(catalog: Alone, bureau: Person):
    await bureau.put("/departments/parks", {"name": "园林局", "region": "430700"})
    codes = [f"page-{n}" for n in range(7)]
    for code in codes:
        await bureau.put(f"/items/{code}", item() | {"department": "parks"})

    seen, cursor = [], ""
    for _ in range(3):
        page = await bureau.get(f"/items?department=parks&limit=3{cursor}")
        assert len(page["items"]) <= 3
        seen += [one["code"] for one in page["items"]]
        cursor = f"&cursor={page['next']}"

    assert seen == codes
    assert page["next"] is None


async def test_versions_are_listed_newest_first(bureau: Person):
    for n in range(3):
        await bureau.put("/items/lived", item() | {"name": f"第 {n} 版"})

    first = await bureau.get("/items/lived/versions?limit=2")
    rest = await bureau.get(f"/items/lived/versions?limit=2&cursor={first['next']}")

    told = [(one["version"], one["record"]["name"]) for one in [*first["items"], *rest["items"]]]
    assert told == [(3, "第 2 版"), (2, "第 1 版"), (1, "第 0 版")]
    assert rest["next"] is None
    assert (await bureau("GET", "/items/never-lived/versions")).status_code == 404


def given(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize("cursor", ["%", given("9" * 60), given("²"), given("nonsense")])
async def test_a_cursor_that_we_never_gave_does_no_harm(bureau: Person, cursor: str):
    await bureau.put("/items/lived", item() | {"name": "一"})

    for path in ("/items", "/items/lived/versions"):
        answer = await bureau("GET", path, params={"cursor": cursor})
        assert answer.status_code in (200, 422), path


async def test_a_department_that_cannot_be_is_refused(bureau: Person):
    assert (await bureau("GET", "/items", params={"department": "a\x00"})).status_code == 422


async def test_a_page_has_at_most_a_hundred_lines(bureau: Person):
    assert (await bureau("GET", "/items?limit=101")).status_code == 422
    assert (await bureau("GET", "/items?limit=0")).status_code == 422


@pytest.mark.parametrize("code", ["Upper", "1st", "a_b", "a" * 65, "a b"])
async def test_codes_have_one_alphabet(bureau: Person, code: str):
    answer = await bureau("PUT", f"/items/{code}", json=item())

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/path/code"


async def test_a_member_nobody_documented_is_refused(bureau: Person):
    record = item() | {"colour": "red", "promised": {"value": 1, "unit": "moon"}}

    answer = await bureau("PUT", "/items/odd", json=record)

    pointers = [one["pointer"] for one in answer.json()["errors"]]
    assert (answer.status_code, sorted(pointers)) == (422, ["/colour", "/promised/unit"])


@pytest.mark.parametrize(
    ("accept", "language", "words"),
    [("", "zh-CN", "记录"), ("en", "en", "record"), ("fr, en;q=0.5, zh;q=0.2", "en", "record")],
)
async def test_a_refusal_speaks_the_readers_language(bureau: Person, accept, language, words):
    headers = {"accept-language": accept}
    wrong = item() | {"department": "nowhere"}

    answer = await bureau("PUT", "/items/wrong", json=wrong, headers=headers)

    assert answer.headers["content-language"] == language
    assert words in answer.json()["title"]
    assert answer.json()["instance"] == "/items/wrong"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/items/nan", item(), "promised"),
        ("/items/nan/draft", item(), "promised"),
        ("/fields/nan", field(type="number"), "rule"),
    ],
)
async def test_a_number_that_is_none_is_refused_wherever_it_stands(
    bureau: Person, path: str, body: dict, where: str, number: str
):
    key = "minimum" if where == "rule" else "value"
    text = json.dumps(body | {where: {key: "HERE"}}).replace('"HERE"', number)

    answer = await bureau("PUT", path, content=text, headers={"content-type": "application/json"})

    assert answer.status_code == 422, answer.text
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/{where}/{key}"]


async def test_the_share_of_a_duty_is_a_number(bureau: Person):
    duty = {"kind": "random_check", "within": {"value": 1}, "share": "HERE"}
    text = json.dumps(item() | {"supervision": [duty]}).replace('"HERE"', "NaN")

    answer = await bureau(
        "PUT", "/items/nan", content=text, headers={"content-type": "application/json"}
    )

    assert [one["pointer"] for one in answer.json()["errors"]] == ["/supervision/0/share"]
