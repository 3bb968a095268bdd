"""What is in a workbook is what was meant, and what is not in it stays."""

import orjson
import pytest

from tests.alone import Alone
from tests.catalog.editing import evidence, field
from tests.catalog.workbooks import HEADER, items, record, send, tried
from tests.platform import Person

pytestmark = pytest.mark.usefixtures("vocabulary")

PUBLISHED = "catalog.item.published"


async def test_a_new_and_a_changed_item_come_in_with_everything_they_have(
    catalog: Alone, bureau: Person
):
    unit, more = "承诺办结时限单位", ["网上办理深度", "服务对象", "审批结果", "办理地点"]
    content = items(
        ["hygiene", "公共场所卫生许可", "health", 430703.0, 3.0, "", "Ⅳ级 全程网办"],
        ["plain", "　另一个 ", "health", "430703", "５", "自然日", 1, "个人", "hygiene-permit", 2],
        header=[*HEADER, unit, *more],
        申请材料=[
            ["事项代码", "材料类型", "容缺", "容缺补交期限", "份数", "适用条件"],
            ["hygiene", "floor-plan", "是", 10, 2.0, "area > 100.0"],
        ],
        表单字段=[
            ["事项代码", "字段", "必填"],
            ["hygiene", "area", ""],
            ["hygiene", "place", "否"],
        ],
    )

    tried_first = await tried(bureau, content)
    answer = await send(bureau, content)

    told = answer.json()
    assert answer.status_code == 200, answer.text
    assert tried_first == told | {"dry_run": True}
    assert (told["additions"], told["changes"], told["removals"]) == (2, 0, 0)
    assert told["added"] == ["hygiene", "plain"]
    hygiene, plain = await record(bureau, "hygiene"), await record(bureau, "plain")
    assert (hygiene["region"], hygiene["online_depth"]) == ("430703", 4)
    assert hygiene["promised"] == {"value": 3, "unit": "working_day"}
    assert hygiene["audience"] == ["person", "enterprise"]
    [paper] = hygiene["requirements"]
    assert (paper["deferrable"], paper["copies"]) == (True, 2)
    assert paper["deferral"] == {"value": 10, "unit": "working_day"}
    assert [(one["field"], one["required"]) for one in hygiene["fields"]] == [
        ("area", True),
        ("place", False),
    ]
    assert (plain["name"], plain["place"], plain["issues"]) == ("另一个", "2", "hygiene-permit")
    assert (plain["audience"], plain["online_depth"]) == (["person"], 1)
    assert plain["promised"] == {"value": 5, "unit": "natural_day"}
    assert len(await catalog.told(PUBLISHED, code="hygiene")) == 1
    page = await bureau.get("/items", params={"q": "ggcswsxk"})
    assert [one["code"] for one in page["items"]] == ["hygiene"]


async def test_what_a_workbook_does_not_say_stays_as_it_is(bureau: Person):
    whole = {
        "name": "部分",
        "department": "health",
        "region": "1001",
        "promised": {"value": 4, "unit": "natural_day"},
        "phone": "12345",
        "place": "大厅",
        "requirements": [{"evidence": "floor-plan"}],
        "codes": [
            {"system": "catalog-code", "value": "000712345678"},
            {"system": "local", "value": "L1"},
        ],
    }
    before = (await bureau.put("/items/partly", whole))["record"]
    header = ["事项代码", "承诺办结时限", "办理地点", "地方编码"]

    told = (await send(bureau, items(["partly", 2, "", "L2"], header=header))).json()

    assert told["changed"] == [{"code": "partly", "elements": ["codes", "promised", "place"]}]
    assert await record(bureau, "partly") == before | {
        "promised": {"value": 2, "unit": "natural_day"},
        "place": "",
        "codes": [
            {"system": "local", "value": "L2"},
            {"system": "catalog-code", "value": "000712345678"},
        ],
    }

    emptied = items(["partly"], header=["事项代码"], 申请材料=[["事项代码", "材料类型"]])
    assert (await send(bureau, emptied)).status_code == 200
    assert (await record(bureau, "partly"))["requirements"] == []


async def test_what_the_workbook_leaves_out_is_reported_and_stays(bureau: Person):
    await send(
        bureau,
        items(
            ["stays-a", "甲", "health", "1004", 1],
            ["stays-b", "乙", "health", "1004", 1],
            ["elsewhere", "丙", "health", "1005", 1],
            ["others", "丁", "market", "1004", 1],
        ),
    )

    told = (await send(bureau, items(["stays-a", "甲", "health", "1004", 2]))).json()

    assert (told["removals"], told["missing"]) == (1, ["stays-b"])
    assert (await bureau.get("/items/stays-b"))["version"] == 1


async def test_two_items_of_a_workbook_cannot_have_one_code_elsewhere(bureau: Person):
    number = "11430703MB000000000000AB"
    content = items(
        ["one-a", "甲", "health", "1009", 1, number],
        ["one-b", "乙", "health", "1009", 1, number],
        header=[*HEADER, "实施编码"],
    )

    told = await tried(bureau, content)

    found = [(one["cell"], one["fault"], one["pointer"]) for one in told["errors"]]
    assert found == [
        ("F2", "code-taken", "/codes/0/value"),
        ("F3", "code-taken", "/codes/0/value"),
    ]


async def test_items_can_swap_their_codes_in_one_workbook(bureau: Person):
    header = [*HEADER, "实施编码"]
    numbers = [f"11430703MB00000000000{n}XY" for n in (1, 2)]
    rows = [[f"swap-{n}", "换", "health", "1010", 1] for n in (1, 2)]
    await send(bureau, items(*([*r, n] for r, n in zip(rows, numbers, strict=True)), header=header))

    swapped = zip(rows, reversed(numbers), strict=True)
    answer = await send(bureau, items(*([*row, number] for row, number in swapped), header=header))

    assert answer.json()["changes"] == 2, answer.text


@pytest.mark.parametrize("shape", ["whole", "list", "page"])
async def test_json_goes_the_same_way(bureau: Person, shape: str):
    record = {
        "name": "文件",
        "department": "health",
        "region": "1011",
        "promised": {"value": 1, "unit": "hour"},
        "topics": ["一、二", "三"],
    }
    code = f"json-{shape}"
    flat = [record | {"code": code}]
    paged = {"items": [{"code": code, "version": 3, "record": record}], "next": None}
    document = {"whole": {"items": flat}, "list": flat, "page": paged}[shape]

    told = (await send(bureau, b"\xef\xbb\xbf" + orjson.dumps(document))).json()

    assert told["added"] == [code]
    assert (await bureau.get(f"/items/{code}"))["record"]["topics"] == ["一、二", "三"]


async def test_errors_of_a_json_file_are_told_by_pointer(bureau: Person):
    good = {"name": "好", "department": "health", "region": "1", "promised": {"value": 1}}
    document = [
        {"code": "fine", **good},
        {"code": "fine", **good},
        {"name": "无码"},
        {"code": "Upper", **good, "region": "12"},
        {"code": "short", **good, "region": "1", "colour": "red"},
        {"code": "lost", **good, "region": "12", "department": "no-such-department"},
    ]

    told = await tried(bureau, orjson.dumps(document))

    assert [one["pointer"] for one in told["errors"]] == [
        "/items/0/region",
        "/items/1/code",
        "/items/2/code",
        "/items/3/code",
        "/items/4/region",
        "/items/4/colour",
        "/items/5/department",
    ]
    assert {one["sheet"] for one in told["errors"]} == {None}


async def test_cells_can_hold_another_systems_codes(bureau: Person):
    elements = {
        "handling": {"1": "promise", "2": "instant"},
        "channels": {"1": "window", "2": "pc"},
        "online_depth": {"": "1", "4": "3", "5": "4"},
    }
    body = {
        "name": "某平台",
        "elements": elements,
        "separators": {"channels": ",", "online_depth": ","},
    }
    await bureau.put("/crosswalks/their-platform", body)
    header = [*HEADER, "办件类型", "办理形式", "网上办理深度", "行使层级"]
    content = items(
        ["theirs", "他们的", "health", "1012", 1, 2.0, "1,2", "4,5", "县级"],
        ["theirs-too", "也是", "health", "1012", 1, 1, 2, "", "village"],
        header=header,
    )

    assert (await send(bureau, content, system="their-platform")).status_code == 200

    one, two = await record(bureau, "theirs"), await record(bureau, "theirs-too")
    assert (one["handling"], one["channels"]) == ("instant", ["window", "pc"])
    assert (one["online_depth"], one["level"]) == (4, "county")
    assert (two["handling"], two["channels"], two["online_depth"]) == ("promise", ["pc"], 1)

    unknown = items(["theirs", "他们的", "health", "1012", 1, 3, "1,9"], header=header[:7])
    told = await tried(bureau, unknown, system="their-platform")
    found = [(one["cell"], one["fault"], one["pointer"]) for one in told["errors"]]
    assert found == [("F2", "unknown-value", "/handling"), ("G2", "unknown-value", "/channels")]
    assert "their-platform" in told["errors"][0]["zh"]


async def test_a_system_without_a_crosswalk_is_refused(bureau: Person):
    answer = await send(bureau, items(), dry=True, system="nobody-knows")

    assert answer.json()["type"] == "/problems/system-unknown"
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/query/system"]


async def test_a_retired_item_is_not_changed_any_more(catalog: Alone, bureau: Person):
    row = ["ended", "已取消", "health", "1013", 1]
    await send(bureau, items(row, ["living", "在办", "health", "1013", 1]))
    await catalog.rows("UPDATE item SET retired_from = '2020-01-01' WHERE code = 'ended'")

    same = await tried(bureau, items(row))
    told = await tried(bureau, items([*row[:4], 2]))
    others = await tried(bureau, items(["living", "在办", "health", "1013", 1]))

    assert same["errors"] == []
    assert [(one["cell"], one["fault"]) for one in told["errors"]] == [("A2", "retired-item")]
    assert (others["removals"], others["missing"]) == (0, [])


async def test_registered_names_stand_for_codes(bureau: Person):
    await bureau.put("/departments/fire", {"name": "消防救援大队（城区）", "region": "430700"})
    await bureau.put("/departments/fire-two", {"name": "同名局", "region": "430700"})
    await bureau.put("/departments/fire-three", {"name": "同名局", "region": "430700"})
    await bureau.put("/evidence-types/shop-plan", evidence(name="店铺平面图"))
    await bureau.put("/fields/shop_size", field(name="店铺面积", type="number"))
    content = items(
        ["by-name", "按名称", "消防救援大队(城区)", "1014", 1, "卫生健康局\nmarket"],
        header=[*HEADER, "联办机构"],
        申请材料=[["事项代码", "材料类型"], ["by-name", "店铺平面图"]],
        表单字段=[["事项代码", "字段"], ["by-name", "店铺面积"], ["by-name", "place"]],
    )

    assert (await send(bureau, content)).status_code == 200
    made = await record(bureau, "by-name")
    assert (made["department"], made["joint_with"]) == ("fire", ["health", "market"])
    assert made["requirements"][0]["evidence"] == "shop-plan"
    assert [one["field"] for one in made["fields"]] == ["shop_size", "place"]

    unclear = items(
        ["by-name", "按名称", "同名局", "1014", 1],
        申请材料=[["事项代码", "材料类型"], ["by-name", "没有的图"]],
    )
    told = await tried(bureau, unclear)
    found = [(one["cell"], one["fault"], one["pointer"]) for one in told["errors"]]
    assert found == [
        ("C2", "unknown-name", "/department"),
        ("B2", "unknown-name", "/requirements/0/evidence"),
    ]
