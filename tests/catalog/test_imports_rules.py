"""The workbook's layout: every element of the record has its place, every word its own name."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from services.catalog.imports.rules.cells import NOTHING, read
from services.catalog.imports.rules.columns import Column, Holds
from services.catalog.imports.rules.sheets import ITEMS, LISTS, SHEETS, SYSTEMS
from services.catalog.imports.rules.words import LABELS, SPELLINGS, word
from services.catalog.records.rules import KINDS
from services.contracts import ItemDefinition


def leaves(model: type[BaseModel], stem: str = "") -> dict[str, Any]:
    """Every value of a record by its path, lists of objects left out; with its annotation."""
    found: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        inner = [one for one in parts(info.annotation) if isinstance(one, type)]
        models = [one for one in inner if issubclass(one, BaseModel)]
        if not models:
            found[stem + name] = info.annotation
        elif "tuple" not in str(info.annotation):
            found |= leaves(models[0], f"{stem}{name}.")
    return found


def parts(annotation: Any) -> list[Any]:
    inner = [one for arg in get_args(annotation) for one in parts(arg)]
    return [annotation, *inner]


def listed() -> dict[str, type[BaseModel]]:
    found = {}
    for name, info in ItemDefinition.model_fields.items():
        models = [
            one
            for one in parts(info.annotation)
            if isinstance(one, type) and issubclass(one, BaseModel)
        ]
        if models and "tuple" in str(info.annotation):
            found[name] = models[0]
    return found


def test_every_element_of_an_item_has_a_column_or_a_sheet():
    paths = {column.path for column in ITEMS.columns} - {f"codes.{one}" for one in SYSTEMS}

    assert paths == {"code", *leaves(ItemDefinition)}
    assert {sheet.name for sheet in LISTS} == set(listed())
    for sheet in LISTS:
        paths = {column.path for column in sheet.columns[1:]}
        assert paths == set(leaves(listed()[sheet.name])), sheet.title


def test_headers_are_told_apart():
    titles = [sheet.title for sheet in SHEETS] + [sheet.name for sheet in LISTS]
    assert len(set(titles)) == len(titles)
    for sheet in SHEETS:
        named = [name for column in sheet.columns for name in {column.header, column.path}]
        assert len(set(named)) == len(named), sheet.title


def test_every_word_of_the_contract_has_a_name_and_no_two_have_the_same():
    for sheet, model in [(ITEMS, ItemDefinition), *((s, listed()[s.name]) for s in LISTS)]:
        known = leaves(model)
        for column in sheet.columns:
            if column.holds not in (Holds.WORD, Holds.WORDS) or column.element == "kind":
                continue
            words = {one for one in parts(known[column.path]) if isinstance(one, str)}
            assert set(LABELS[column.element]) == words, column.path
    assert set(LABELS["kind"]) == set(KINDS)
    for element, labels in LABELS.items():
        assert len(set(labels.values())) == len(labels), element
        for one, label in labels.items():
            assert word(element, label) == one == word(element, one)
    assert set(SPELLINGS) == set(LABELS)


KIND = Column("kind", "事项类型", Holds.WORD, "kind")
DEPTH = Column("online_depth", "网上办理深度", Holds.DEPTH, "online_depth")
CHANNELS = Column("channels", "办理形式", Holds.WORDS, "channels")
CODE, TEXT = Column("code", "编码", Holds.CODE), Column("text", "文字")
WHOLE, TRUTH = Column("n", "次数", Holds.WHOLE), Column("t", "是否", Holds.TRUTH, "truth")
PHONE, REGION = Column("p", "电话", Holds.PHONE), Column("r", "区划", Holds.REGION)


@pytest.mark.parametrize(
    ("column", "value", "meant"),
    [
        (KIND, "01", "01"),
        (KIND, 1.0, "01"),
        (KIND, "１", "01"),
        (KIND, " 行政许可　", "01"),
        (KIND, 20.0, "20"),
        (DEPTH, "Ⅲ级 网上受理", 3),
        (DEPTH, "三级", 3),
        (DEPTH, "III", 3),
        (DEPTH, 4.0, 4),
        (CHANNELS, "窗口办理、pc", ["window", "pc"]),
        (CHANNELS, "窗口办理；电脑端办理，窗口办理", ["window", "pc"]),
        (CODE, "ＡＢ－１２", "AB-12"),
        (CODE, "0012", "0012"),
        (TEXT, "　全角（保留）\r\n第二行 \u00a0", "全角（保留）\n第二行"),
        (TEXT, 2.0, "2"),
        (TEXT, 0.5, "0.5"),
        (TEXT, "", NOTHING),
        (TEXT, " 　\n", NOTHING),
        (TEXT, None, NOTHING),
        (WHOLE, 2.0, 2),
        (WHOLE, "２", 2),
        (WHOLE, " 2 ", 2),
        (TRUTH, "是", True),
        (TRUTH, False, False),
        (TRUTH, 1.0, True),
        (TRUTH, "Ｎ", False),
        (PHONE, 12345.0, "12345"),
        (PHONE, 13812345678.0, "13812345678"),
        (PHONE, "0736-7777777", "0736-7777777"),
        (REGION, 430703.0, "430703"),
    ],
)
def test_what_a_cell_means(column, value, meant):
    assert read(column, value, None) == meant
    assert type(read(column, value, None)) is type(meant)
