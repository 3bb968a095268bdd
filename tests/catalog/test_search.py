"""People find items by what they half remember of them."""

from typing import Any

import pytest

from services.catalog.records.indexing import catch_up_once
from tests.alone import Alone
from tests.catalog.editing import item
from tests.platform import Person

NAMES = {
    "food-permit": ("餐饮服务许可", "Catering service permit"),
    "food-permit-new": ("餐饮服务许可（新办）", "Catering service permit, first issue"),
    "small-food": ("小餐饮经营许可", "Small catering licence"),
    "drug-retail": ("药品零售许可", "Retail of medicines"),
    "app-filing": ("ＡＰＰ　备案_100%", "App filing"),
    "relief": ("残疾人两项补贴", "Allowances for the disabled"),
    "bank-account": ("银行开户\\许可'证", ""),
}


@pytest.fixture(scope="module")
async def found(catalog: Alone):
    bureau = catalog.person("bureau", "li")
    await bureau.put("/departments/wjw", {"name": "卫生健康局", "region": "430700"})
    for code, (name, name_en) in NAMES.items():
        more: dict[str, Any] = {"name": name, "name_en": name_en}
        if code == "drug-retail":
            more |= {"department": "wjw", "kind": "20", "level": "township", "online_depth": 4}
            more |= {"audience": ["enterprise"], "region": "430702"}
            more |= {"codes": [{"system": "task-code", "value": "11430700MB00000000000001"}]}
        await bureau.put(f"/items/{code}", item() | more)

    async def ask(q: str, **filters: Any) -> list[str]:
        page = await bureau.get("/items", params={"q": q} | filters)
        return [one["code"] for one in page["items"]]

    return ask


@pytest.mark.parametrize(
    ("q", "codes"),
    [
        ("餐饮服务许可", ["food-permit", "food-permit-new"]),
        ("餐饮", ["food-permit", "food-permit-new", "small-food"]),
        ("饮", ["food-permit", "food-permit-new", "small-food"]),
        ("证", ["bank-account"]),
        ("许可 餐饮", ["food-permit", "food-permit-new", "small-food"]),
        ("许可 新办", ["food-permit-new"]),
        ("饮餐", []),
        ("cyfwxk", ["food-permit", "food-permit-new"]),
        ("fwxk", ["food-permit", "food-permit-new"]),
        ("canyinfuwu", ["food-permit", "food-permit-new"]),
        ("canyfw", ["food-permit", "food-permit-new"]),
        ("anyin", []),
        ("yinhang", ["bank-account"]),
        ("canji 补贴", ["relief"]),
        ("CATERING", ["food-permit", "food-permit-new", "small-food"]),
        ("catering LICENCE", ["small-food"]),
        ("app备案", []),
        ("app 备案", ["app-filing"]),
        ("ａｐｐ", ["app-filing"]),
        ("appba", ["app-filing"]),
        ("%", ["app-filing"]),
        ("_1", ["app-filing"]),
        ("\\", ["bank-account"]),
        ("可'证", ["bank-account"]),
        ("11430700mb", ["drug-retail"]),
        ("small-food", ["small-food"]),
        ("卫生健康", ["drug-retail"]),
        ("卫生 零售", ["drug-retail"]),
        (" 　 ", sorted(NAMES)),
    ],
)
async def test_what_a_query_finds(found, q: str, codes: list[str]):
    assert await found(q) == codes


async def test_names_that_begin_with_the_word_come_before_names_that_contain_it(found):
    assert await found("小餐饮经营许可") == ["small-food"]
    assert await found("餐饮服务许可（新办）") == ["food-permit-new"]
    assert (await found("许可"))[:1] == ["bank-account"], "by code where the rank is the same"
    assert await found("c") == [
        # begins so in English, has a c in English, has one in its code
        "food-permit",
        "food-permit-new",
        "drug-retail",
        "relief",
        "small-food",
        "bank-account",
    ]


@pytest.mark.parametrize(
    ("filters", "codes"),
    [
        ({"department": "wjw"}, ["drug-retail"]),
        ({"department": ["wjw", "market"]}, sorted(NAMES)),
        ({"kind": "20"}, ["drug-retail"]),
        ({"level": ["township", "village"]}, ["drug-retail"]),
        ({"online_depth": [3, 4]}, ["drug-retail"]),
        ({"region": "430702"}, ["drug-retail"]),
        ({"audience": "enterprise"}, sorted(NAMES)),
        ({"audience": "person"}, sorted(set(NAMES) - {"drug-retail"})),
        ({"audience": "person", "department": "wjw"}, []),
    ],
)
async def test_filters_hold_with_and_without_words(found, filters: dict, codes: list[str]):
    assert await found("", **filters) == codes
    permits = {"bank-account", "food-permit", "food-permit-new", "small-food", "drug-retail"}
    assert sorted(await found("许可", **filters)) == [one for one in codes if one in permits]


@pytest.mark.parametrize(
    "faulty",
    [
        {"q": "x" * 101},
        {"q": " ".join("abcdefghi")},
        {"level": "moon"},
        {"online_depth": "0"},
        {"online_depth": "two"},
        {"audience": "cats"},
        {"department": "A"},
    ],
)
async def test_what_cannot_be_asked_is_refused_by_name(bureau: Person, faulty: dict):
    answer = await bureau("GET", "/items", params=faulty)

    assert answer.status_code == 422
    [flaw] = answer.json()["errors"]
    assert flaw["pointer"].startswith(f"/query/{next(iter(faulty))}")


async def test_a_query_with_a_character_no_database_keeps_is_refused(bureau: Person):
    assert (await bureau("GET", "/items", params={"q": "a\x00b"})).status_code == 422


async def test_pages_run_through_all_ranks_without_gap_or_repeat(found, bureau: Person):
    whole = await found("c 许可")
    seen: list[str] = []
    cursor = None
    while True:
        params = {"q": "c 许可", "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = await bureau.get("/items", params=params)
        seen += [one["code"] for one in page["items"]]
        cursor = page["next"]
        if not cursor:
            break

    assert seen == whole
    assert len(seen) == 5


async def test_a_changed_name_is_found_and_the_old_one_is_not(found, bureau: Person):
    await bureau.put("/items/renamed", item() | {"name": "旧称甲乙"})
    assert await found("甲乙") == ["renamed"]

    await bureau.put("/items/renamed", item() | {"name": "新称丙丁"})

    assert await found("甲乙") == []
    assert await found("丙丁") == ["renamed"] == await found("xcbd")


async def test_a_renamed_department_is_found_by_its_new_name(found, bureau: Person):
    await bureau.put("/departments/moved", {"name": "档案馆", "region": "430700"})
    await bureau.put("/items/of-the-moved", item() | {"department": "moved", "name": "查阅"})
    assert await found("档案馆") == ["of-the-moved"]

    await bureau.put("/departments/moved", {"name": "方志办", "region": "430700"})

    assert await found("档案馆") == []
    assert await found("方志办 查阅") == ["of-the-moved"]


async def test_items_without_a_search_row_or_with_an_old_one_get_one(found, catalog: Alone):
    await catalog.rows("DELETE FROM item_search WHERE code = 'relief'")
    await catalog.rows("UPDATE item_search SET made_by = 0, names = '' WHERE code = 'small-food'")
    assert await found("残疾人") == [] == await found("小餐饮 经营")
    sessions = catalog.app.state.sessions

    made = [await catch_up_once(sessions, most=1) for _ in range(3)]

    assert made == [1, 1, 0]
    assert await found("残疾人") == ["relief"]
    assert await found("小餐饮 经营") == ["small-food"]
