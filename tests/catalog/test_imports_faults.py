"""Everything that can be wrong with a workbook is found at once, and told by its cell."""

import re
from datetime import datetime
from typing import Any

import pytest

from tests.alone import Alone
from tests.catalog.editing import evidence, field
from tests.catalog.workbooks import (
    HEADER,
    Formula,
    faults,
    items,
    parts,
    place,
    tried,
    workbook,
    zipped,
)
from tests.platform import Person

PAPERS = ["事项代码", "材料类型", "容缺", "份数", "来源渠道", "适用条件"]


@pytest.fixture(scope="module", autouse=True)
async def vocabulary(catalog: Alone):
    bureau = catalog.person("bureau", "li")
    await bureau.put("/fields/area", field(type="number"))
    await bureau.put("/evidence-types/floor-plan", evidence())


GOOD = ["good", "好的", "market", "430700", 1]
# 备注 columns are their owner's business; what stands in them is not read.
WIDE = [
    *HEADER,
    *("办件类型", "实施编码", "办理地点", "网上办理深度", "备注", "备注二", "进驻大厅"),
]
ROWS: dict[str, tuple[list[Any], list[tuple[str, str]]]] = {
    "a formula": (
        ["formula", Formula("=A3", "好"), "market", "430700", 1],
        [("事项!B2", "formula")],
    ),
    "a formula in error, and a word nobody knows": (
        ["broken", "错误值", "market", "430700", Formula("=NA()", "#N/A"), "x"],
        [("事项!E2", "formula"), ("事项!F2", "unknown-word")],
    ),
    "words nobody knows": (
        ["words", "用语", "market", "430700", 1, "快办件", "", "", "五级", "", "", "也许"],
        [("事项!F2", "unknown-word"), ("事项!I2", "unknown-word"), ("事项!L2", "not-truth")],
    ),
    "a number in words, and a code as a number": (
        ["numbers", "数字", "market", "430700", "三", "", 1.1430703e23],
        [("事项!E2", "not-whole"), ("事项!G2", "number-as-code")],
    ),
    "a broken number, and a date for a text": (
        ["dated", "日期", "market", "430700", 2.5, "", "", datetime(2026, 3, 5)],
        [("事项!E2", "not-whole"), ("事项!H2", "date-as-text")],
    ),
    "a code in capitals": (
        ["Upper", "代码", "market", "430700", 1],
        [("事项!A2", "malformed")],
    ),
    "no code": (["", "没有代码", "market", "430700", 1], [("事项!A2", "no-item")]),
    "a department nobody registered": (
        ["nobody", "没有部门", "no-such-department", "430700", 1],
        [("事项!C2", "unknown-code")],
    ),
    "no time": (["late", "没有时限", "market", "430700"], [("事项!E2", "malformed")]),
    "too long, too short, too slow": (
        ["slow", "长" * 201, "market", "4", 1001],
        [("事项!B2", "malformed"), ("事项!D2", "malformed"), ("事项!E2", "malformed")],
    ),
    "a cell beyond the headers": (
        ["stray", "多出一列", "market", "430700", 1, *[""] * 7, "丢失"],
        [("事项!M2", "no-column-header")],
    ),
    "nothing": (
        ["good", "好的", "market", "430700", 1, "即办件", "", "大厅", 3, "", "自用", "是"],
        [],
    ),
}


@pytest.mark.parametrize("name", ROWS)
async def test_a_faulty_row_is_told_by_its_cells(bureau: Person, name: str):
    row, found = ROWS[name]

    assert await faults(bureau, items(row, header=WIDE)) == found


async def test_rows_that_disturb_one_another_are_told(bureau: Person):
    rows = [
        GOOD,
        ["second", "第二", "market", "430700", 1],
        ["good", "重复", "market", "430700", 1],
    ]
    content = workbook(
        {"事项": [["某区政务服务事项清单"], [*HEADER, "办理地点"], *rows]},
        more=lambda made: made.get_worksheet_by_name("事项").merge_range("F3:F4", "大厅"),
    )

    assert await faults(bureau, content) == [("事项!F3", "merged"), ("事项!A5", "item-twice")]


MATERIALS: dict[str, tuple[list[Any], list[tuple[str, str]]]] = {
    "a condition that breaks off": (
        ["good", "floor-plan", "", 1, "", "area >"],
        [("F", "faulty-condition")],
    ),
    "a paper and a field nobody knows": (
        ["good", "no-such-paper", "", 1, "", "nowhere > 1"],
        [("B", "unknown-code"), ("F", "unknown-field")],
    ),
    "no paper": (["good", "", "", 1], [("B", "malformed")]),
    "an item that is not in the workbook": (
        ["absent", "floor-plan", "", 1],
        [("A", "item-absent")],
    ),
    "no item": (["", "floor-plan", "", 1], [("A", "no-item")]),
    "a number and a source in the wrong words": (
        ["good", "floor-plan", "", "一份", "邻居"],
        [("D", "not-whole"), ("E", "unknown-word")],
    ),
}


@pytest.mark.parametrize("name", MATERIALS)
async def test_a_faulty_row_of_another_sheet_is_told_there(bureau: Person, name: str):
    row, found = MATERIALS[name]

    told = await faults(bureau, items(GOOD, 申请材料=[PAPERS, row]))

    assert told == [(f"申请材料!{column}2", fault) for column, fault in found]


async def test_what_is_wrong_with_sheets_is_told_with_the_rest_at_once(bureau: Person):
    """In the workbook's order, and nothing of it is taken."""
    content = workbook(
        {
            "事项": [[*HEADER, "颜色"], GOOD, ["watched", "监管", "market", "430700", 1]],
            "申请材料": [PAPERS, ["absent", "floor-plan", "", 1]],
            "收费项目": [["没有表头"]],
            "办理情形": [["事项代码", "情形名称"], ["good", "变更"]],
            "新表": [["什么"]],
            "备注表": [["自用"]],
            "监管任务": [["事项代码", "监管方式", "监管完成期限"], ["watched", "现场检查", 5]],
        },
        hidden=["监管任务"],
    )

    told = await tried(bureau, content)

    found = [(place(one), one["fault"]) for one in told["errors"]]
    assert found == [
        ("新表!", "unknown-sheet"),
        ("事项!F1", "unknown-column"),
        ("事项!3", "supervision-without-regulator"),
        ("申请材料!A2", "item-absent"),
        ("收费项目!", "no-header"),
        ("办理情形!1", "column-missing"),
        ("监管任务!", "hidden-sheet"),
    ]
    assert told["error_count"] == len(found)
    for one in told["errors"]:
        assert any(ord(char) > 0x4E00 for char in one["zh"])
        assert one["en"].isascii() or any(ord(char) > 0x4E00 for char in one["en"])
    assert (await bureau("GET", "/items/good")).status_code == 404


async def test_an_item_code_merged_over_its_rows_belongs_to_each(bureau: Person):
    content = workbook(
        {
            "事项": [HEADER, ["merged", "合并", "market", "430700", 1]],
            "申请材料": [
                ["事项代码", "材料类型", "份数"],
                ["merged", "floor-plan", 1],
                ["", "floor-plan", 2],
            ],
        },
        more=lambda made: made.get_worksheet_by_name("申请材料").merge_range("A2:A3", "merged"),
    )

    told = await tried(bureau, content)

    [error] = told["errors"]
    assert (error["item"], error["cell"], error["pointer"]) == (
        "merged",
        "B3",
        "/requirements/1/evidence",
    )


async def test_a_cell_that_shows_an_error_is_told(bureau: Person):
    content = items(
        ["shown", "名称", "market", "430700", 1, "即办件"], header=[*HEADER, "办件类型"]
    )
    broken = parts(content)
    sheet = "xl/worksheets/sheet1.xml"
    before = broken[sheet].decode()
    broken[sheet] = re.sub(
        r'<c r="E2"[^>]*><v>1</v>', '<c r="E2" t="e"><v>#REF!</v>', before
    ).encode()
    assert broken[sheet] != before.encode()

    assert await faults(bureau, zipped(broken)) == [("事项!E2", "error-cell")]


@pytest.mark.parametrize(
    ("sheets", "found"),
    [
        ({"备注": [["x"]]}, [("事项!", "no-items")]),
        ({"items": [["code", "name"]]}, []),
        ({"事项": []}, [("事项!", "no-header")]),
        (
            {"事项": [["事项代码"]], "items": [["code"]]},
            [("事项!", "sheet-twice"), ("items!", "sheet-twice")],
        ),
        ({"事项": [["事项代码", "事项代码"]]}, [("事项!B1", "column-twice")]),
        ({"事项": [["事项代码", "事项名称"], ["code", "region"]]}, [("事项!B1", "header-differs")]),
        ({"事项": [["事项代码", "事项名称"], ["code", "name"]]}, []),
        ({"事项": [["事项代码*", " 事项 名称 "]]}, []),
        ({"事项": [["事项代码"]], "代码表": [["x"]], "说明": [["y"]]}, []),
        ({"事项": [["事项代码"]], "Sheet2": []}, []),
    ],
)
async def test_sheets_and_headers(bureau: Person, sheets, found):
    assert await faults(bureau, workbook(sheets)) == found


async def test_what_stands_in_for_an_unreadable_cell_is_not_complained_of(bureau: Person):
    header = [*HEADER, "权力来源", "委托部门"]
    row = ["lent", "受托", "market", "430700", 1, "借来的", "market"]

    assert await faults(bureau, items(row, header=header)) == [("事项!F2", "unknown-word")]


async def test_the_first_thousand_errors_are_told_and_all_are_counted(bureau: Person):
    rows = [[f"many-{n}", "多", "nowhere", "430700", 1] for n in range(1100)]

    told = await tried(bureau, items(*rows))

    assert (told["error_count"], len(told["errors"])) == (1100, 1000)
