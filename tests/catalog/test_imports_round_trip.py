"""What goes out comes back in: any records at all, and the whole example district."""

import asyncio
from io import BytesIO
from typing import Any, get_args, get_origin
from zipfile import ZipFile

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from python_calamine import load_workbook

from deploy.example import district, generator
from services.catalog.imports import judging
from services.catalog.imports.api import XLSX
from services.catalog.imports.rules.cells import tidy
from services.catalog.imports.rules.sheets import SYSTEMS
from services.catalog.imports.writing import Registry, write_workbook
from services.contracts import ItemDefinition
from tests.alone import Alone
from tests.catalog.workbooks import send, tried
from tests.platform import Person

NOTHING = Registry([], [], [])
CHARACTERS = st.characters(codec="utf-8", exclude_characters="\x00\r\ufffe\uffff")
CODES = st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True)
SPOKEN = st.text(st.sampled_from("餐=+-@\t \n'\"&<>_x000D_0１.5，、"), max_size=8)


def one_of_its_own(model: type[BaseModel]) -> st.SearchStrategy[dict[str, Any]]:
    """Any record of the model, each element drawn from what its annotation allows."""
    return st.fixed_dictionaries(
        {name: value(info, info.annotation) for name, info in model.model_fields.items()}
    )


def value(info: FieldInfo, annotation: Any) -> st.SearchStrategy[Any]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return one_of_its_own(annotation)
    arguments = get_args(annotation)
    if type(None) in arguments:
        [inner] = [one for one in arguments if one is not type(None)]
        return st.none() | value(info, inner).filter(lambda one: one != "")  # refused elsewhere
    if get_origin(annotation) is tuple:
        return several(info, arguments[0])
    if arguments and isinstance(arguments[0], str):
        return st.sampled_from(arguments)
    if arguments:  # Annotated
        return CODES
    return plain(info, annotation)


def several(info: FieldInfo, inner: Any) -> st.SearchStrategy[list[Any]]:
    fewest = 0 if info.default == () else 1
    if get_args(inner) and isinstance(get_args(inner)[0], str):
        return st.lists(st.sampled_from(get_args(inner)), min_size=fewest, unique=True)
    if inner is str:
        lines = st.text(CHARACTERS.filter(lambda one: one != "\n"), min_size=1, max_size=5)
        return st.lists(lines.map(tidy).filter(bool), max_size=3)
    return st.lists(value(info, inner), min_size=fewest, max_size=3)


def plain(info: FieldInfo, annotation: Any) -> st.SearchStrategy[Any]:
    if any(getattr(one, "pattern", None) for one in info.metadata):
        return CODES
    limits = {type(one).__name__: one for one in info.metadata}
    if annotation is bool:
        return st.booleans()
    if annotation is int:
        low, high = limits["Ge"].ge, limits.get("Le")
        return st.integers(low, high.le if high else 10**9)
    if annotation is float:
        return st.integers(1, 10_000).map(lambda part: part / 10_000)  # Excel keeps 15 digits
    least = limits["MinLen"].min_length if "MinLen" in limits else 0
    texts = (SPOKEN | st.text(CHARACTERS, max_size=6)).map(tidy)
    return texts.filter(lambda text: len(text) >= least)


@st.composite
def records(draw: Any) -> dict[str, Any]:
    record = draw(one_of_its_own(ItemDefinition))
    record["kind"] = draw(st.sampled_from(["01", "10", "20"]))
    record["region"] = draw(st.sampled_from(["430703", "0430", "CN-43"]))
    for one in record["codes"]:
        one["system"] = draw(st.sampled_from([*SYSTEMS, "other"]))
        one["value"] = draw(st.sampled_from(["007", "=1+1", "AB-1", "1e5"]))
    return ItemDefinition.model_validate(record).model_dump(mode="json")


@settings(max_examples=10, deadline=None)
@given(st.lists(records(), min_size=1, max_size=3))
def test_any_record_comes_back_as_it_went_out(made: list[dict[str, Any]]):
    items = [(f"item-{number}", record) for number, record in enumerate(made)]

    said = judging.read(write_workbook(items, NOTHING), None)
    proposal = judging.propose(said, {}, {"departments": {}, "evidence": {}, "fields": {}})

    assert proposal.faults == []
    for code, record in items:
        came = proposal.records[code]
        differing = {
            name: (came[name], record[name]) for name in record if came[name] != record[name]
        }
        assert differing == {}


@pytest.fixture(scope="module")
async def district_vocabulary(catalog: Alone) -> None:
    """What the example district's items name."""
    bureau = catalog.person("bureau", "li")
    gate = asyncio.Semaphore(8)

    async def put(path: str, tables: tuple[district.Table, ...], *leave: str) -> None:
        async def one(code: str, record: dict[str, Any]) -> None:
            body = {name: what for name, what in record.items() if name not in (*leave, "code")}
            async with gate:
                await bureau.put(f"/{path}/{code}", body)

        records = district.by_code(tables).items()
        simple = [one(code, record) for code, record in records if "of" not in record]
        await asyncio.gather(*simple)
        await asyncio.gather(*(one(code, record) for code, record in records if "of" in record))

    await put("departments", (district.table("departments.json"),), "source_note")
    await put("fields", district.fields(), "region", "source_note")
    await put("evidence-types", district.evidence_types(), "region", "source_note")


async def everything(catalog: Alone) -> dict[str, Any]:
    rows = await catalog.rows("SELECT code, record FROM item ORDER BY code")
    return {row.code: row.record for row in rows}


@pytest.mark.timeout(240)
async def test_the_whole_district_goes_out_and_comes_back(
    catalog: Alone, district_vocabulary, bureau: Person
):
    by_hand = district.by_code(district.items()).values()
    document = {"items": [*by_hand, *generator.table().records]}
    assert len(document["items"]) == 1234
    told = (await send(bureau, orjson.dumps(document))).json()
    assert (told["additions"], told["errors"]) == (1234, [])
    before = await everything(catalog)
    exported = await bureau("GET", "/items/export.xlsx")
    assert exported.headers["content-type"] == XLSX

    same = await tried(bureau, exported.content)
    assert (same["unchanged"], same["changes"], same["errors"]) == (1234, 0, [])

    await catalog.rows("TRUNCATE item, item_version, item_search, item_scheduled, outbox CASCADE")
    answer = (await send(bureau, exported.content)).json()

    assert (answer["additions"], answer["errors"]) == (1234, [])
    assert await everything(catalog) == before
    again = await bureau("GET", "/items/export.xlsx", headers={"if-none-match": "other"})
    assert again.status_code == 200
    tag = {"if-none-match": again.headers["etag"]}
    assert (await bureau("GET", "/items/export.xlsx", headers=tag)).status_code == 304


async def test_an_export_holds_what_a_search_finds(
    catalog: Alone, district_vocabulary, bureau: Person
):
    record = {"name": "导出甲", "department": "market", "region": "430700"}
    record |= {"promised": {"value": 1}, "topics": ['=HYPERLINK("http://x")']}
    for code in ("out-a", "out-b"):
        await bureau.put(f"/items/{code}", record | {"name": f"=1+1 {code}"})

    answer = await catalog.client.get("/items/export.xlsx", params={"q": "out-a"})

    book = load_workbook(BytesIO(answer.content))
    items = book.get_sheet_by_name("事项").to_python(skip_empty_area=False)
    assert [row[0] for row in items] == ["事项代码*", "code", "out-a"]
    assert items[2][1] == "=1+1 out-a"
    package = ZipFile(BytesIO(answer.content))
    sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in package.read(name) for name in sheets)
    assert b'quotePrefix="1"' in package.read("xl/styles.xml")


async def test_the_template_is_taken_as_it_is_and_lists_the_codes(catalog: Alone, bureau: Person):
    answer = await catalog.client.get("/items/import-template.xlsx")

    assert 'filename="import-template.xlsx"' in answer.headers["content-disposition"]
    told = await tried(bureau, answer.content)
    assert (told["additions"], told["removals"], told["errors"]) == (0, 0, [])
    book = load_workbook(BytesIO(answer.content))
    codes = book.get_sheet_by_name("代码表").to_python()
    assert ["办件类型", "instant", "即办件"] in codes
    assert ["部门", "market"] in [row[:2] for row in codes]
