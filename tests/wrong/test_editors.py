"""Editors' workbooks, drafts and codes that cannot be taken."""

import random

from tests import world
from tests.catalog import workbooks
from tests.refusals import pointers
from tests.served import Served
from tests.wrong.refusals import problem


async def test_workbooks_that_cannot_be_taken(town: Served):
    li = town.person("bureau", "li")
    row = ["book-in", "新事项", "market", world.REGION, 1]
    bomb = workbooks.zipped({**workbooks.parts(workbooks.items(row)), "x": b"\x00" * 300_000_000})
    wrong = workbooks.items([*row[:4], workbooks.Formula("=1+1", 2)])

    heavy = await workbooks.send(li, b"PK\x03\x04" + b"\x00" * 24_000_000)
    packed = await workbooks.send(li, bomb)
    formula = await workbooks.send(li, wrong)
    none = await workbooks.send(li, b"%PDF-1.4")
    stranger = await workbooks.send(town.citizen("ada"), workbooks.items(row))

    assert problem(heavy) == (413, "body-too-large")
    assert problem(packed) == (413, "file-too-large")
    assert problem(formula) == (422, "import-faulty")
    assert [(one["cell"], one["fault"]) for one in formula.json()["errors"]] == [("E2", "formula")]
    assert problem(none) == (422, "file-refused")
    assert problem(stranger)[0] == 403
    assert (await li("GET", "/items/book-in")).status_code == 404


async def test_a_workbook_of_many_rows_passes_the_door_both_ways(town: Served):
    li = town.person("bureau", "li")
    told_apart = random.Random(1)
    texts = [
        "".join(chr(told_apart.randrange(0x4E00, 0x9FA5)) for _ in range(900)) for _ in "x" * 100
    ]
    rows = [[f"many-{n}", "新", "market", world.REGION, 1, text] for n, text in enumerate(texts)]
    header = [*workbooks.HEADER, "受理条件"]

    told = (await workbooks.send(li, workbooks.items(*rows, header=header))).json()
    sheet = await town.client.get("/items/export.xlsx", params={"q": "many"})

    assert told["additions"] == 100
    assert "items.xlsx" in sheet.headers["content-disposition"]
    assert len(sheet.content) > 100_000
    assert (await workbooks.tried(li, sheet.content))["unchanged"] == 100


async def test_two_editors_of_one_draft(town: Served):
    li, zhao = town.person("bureau", "li"), town.person("bureau", "zhao")
    record = (await li.get("/items/fire-check"))["record"]
    first = await li("PUT", "/items/fire-check/draft", json=record | {"name": "消防检查"})
    read = {"if-match": first.headers["etag"]}
    mine = record | {"name": "李的修改"}

    assert (await li("PUT", "/items/fire-check/draft", json=mine, headers=read)).is_success
    late = await zhao("PUT", "/items/fire-check/draft", json=record, headers=read)
    blind = await zhao("PUT", "/items/fire-check/draft", json=record)
    yesterday = await li("PUT", "/items/fire-check/draft/publication", json={"from": "2026-01-01"})

    assert problem(late) == problem(blind) == (412, "draft-changed")
    assert "If-Match" in late.json()["detail"]
    assert problem(yesterday) == (422, "day-passed")
    assert pointers(yesterday) == ["/from"]
    assert (await zhao.get("/items/fire-check/draft"))["record"]["name"] == "李的修改"
    assert [one["code"] for one in (await zhao.get("/drafts"))["items"]] == ["fire-check"]
    assert (await li("DELETE", "/items/fire-check/draft")).status_code == 204
    assert (await town.client.get("/items/fire-check")).json()["version"] == 1


async def test_a_code_of_another_system_that_nobody_explained(town: Served):
    bureau = town.person("bureau", "li")
    swapped = {"name": "某市", "elements": {"handling": {"1": "promise", "2": "instant"}}}
    await bureau.put("/crosswalks/city", swapped)
    rows = {"rows": [{"handling": "1"}, {"handling": "01"}]}

    told = await bureau.post("/crosswalks/city/translations", json=rows)
    wrong = swapped | {"elements": {"handling": {"1": "即办件"}}}
    answer = await bureau("PUT", "/crosswalks/city", json=wrong)

    assert told["rows"] == [{"handling": "promise"}, {"handling": None}]
    assert [(one["value"], one["first_row"]) for one in told["unknown"]] == [("01", 1)]
    assert problem(answer) == (422, "crosswalk-faulty")
    assert pointers(answer) == ["/elements/handling/1"]
