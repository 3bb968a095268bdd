"""A workbook goes in whole or not at all, once, and by the bureau alone."""

import asyncio

import pytest

from tests.alone import Alone
from tests.catalog.workbooks import items, send, tried
from tests.platform import Person

pytestmark = pytest.mark.usefixtures("vocabulary")


async def test_an_import_again_changes_nothing_and_tells_nobody(catalog: Alone, bureau: Person):
    content = items(["again", "再来", "health", "1000", 1])
    await send(bureau, content)
    before = len(await catalog.rows("SELECT 1 FROM outbox"))

    told = (await send(bureau, content)).json()

    assert (told["additions"], told["changes"], told["unchanged"]) == (0, 0, 1)
    assert len(await catalog.rows("SELECT 1 FROM outbox")) == before
    assert (await bureau.get("/items/again"))["version"] == 1


async def test_one_error_and_nothing_is_taken(catalog: Alone, bureau: Person):
    before = len(await catalog.rows("SELECT 1 FROM outbox"))
    content = items(
        ["good", "好的", "health", "1002", 1], ["bad", "坏的", "no-such-department", "1002", 1]
    )

    told = await tried(bureau, content)
    answer = await send(bureau, content)

    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/import-faulty")
    [error], [shown] = answer.json()["errors"], told["errors"]
    assert error["detail"] == shown["zh"]
    assert "en" not in error
    for found in (error, shown):
        assert (found["sheet"], found["row"], found["column"]) == ("事项", 3, "C")
        assert (found["cell"], found["item"], found["pointer"]) == ("C3", "bad", "/department")
    for code in ("good", "bad"):
        assert (await bureau("GET", f"/items/{code}")).status_code == 404
    assert len(await catalog.rows("SELECT 1 FROM outbox")) == before


async def test_a_dry_run_writes_nothing(catalog: Alone, bureau: Person):
    told = await tried(bureau, items(["dry", "干跑", "health", "1003", 1]))

    assert told["additions"] == 1
    assert (await bureau("GET", "/items/dry")).status_code == 404
    assert not await catalog.rows("SELECT 1 FROM item_search WHERE code = 'dry'")
    assert not await catalog.rows("SELECT 1 FROM idempotency WHERE key = 'dry'")


async def test_the_same_key_gets_the_same_answer_and_one_import(bureau: Person):
    content = items(["keyed", "键", "health", "1006", 1])
    answers = await asyncio.gather(*(send(bureau, content, key="once") for _ in range(5)))

    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}
    assert answers[0].json()["additions"] == 1
    other = await send(bureau, items(["keyed", "另", "health", "1006", 1]), key="once")
    assert other.json()["type"] == "/problems/key-reused"


async def test_without_a_key_nothing_is_imported(bureau: Person):
    files = {"file": ("items.xlsx", items(["keyless", "无", "health", "1007", 1]), "x/y")}

    answer = await bureau.platform.client_for("/items").post(
        "/items/imports", files=files, headers=bureau.headers
    )

    assert answer.json()["type"] == "/problems/key-missing"
    assert (await bureau("GET", "/items/keyless")).status_code == 404


@pytest.mark.parametrize("role", ["citizen", "clerk", "officer", "operator"])
async def test_only_the_bureau_imports(catalog: Alone, role: str):
    somebody = catalog.person(role, "somebody", department="health")

    assert (await send(somebody, items())).status_code == 403
    assert (await catalog.client.post("/items/imports")).status_code == 401


async def test_imports_at_once_take_turns(bureau: Person):
    """Each sees what the one before wrote: together they make one version each."""
    contents = [items(["raced", f"第 {n} 稿", "health", "1008", n + 1]) for n in range(6)]

    answers = await asyncio.gather(*(send(bureau, content) for content in contents))

    assert {one.status_code for one in answers} == {200}
    assert sorted(one.json()["additions"] for one in answers) == [0, 0, 0, 0, 0, 1]
    assert (await bureau.get("/items/raced"))["version"] == 6
