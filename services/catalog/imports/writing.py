"""Workbooks to hand out: the catalogue, and the template.  Slow: call it in a thread.

Text is always written as text.  What begins like a formula gets Excel's own mark for text as well,
so that neither a click into the cell nor another program makes a formula of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from services.catalog.imports.rules.columns import Column, Holds, Sheet
from services.catalog.imports.rules.sheets import GUIDE, SHEETS, TABLES
from services.catalog.imports.rules.showing import rows
from services.catalog.imports.rules.words import LABELS

Items = Sequence[tuple[str, Mapping[str, Any]]]
FORMULA_LIKE = ("=", "+", "-", "@", "\t", "\r")
HEADERS = 2
LAST_ROW = 10_000
"""Down to which row a list of words is offered in a cell."""
WIDE = frozenset({"name", "legal_basis", "conditions", "text", "when", "instructions"})
GUIDE_LINES = (
    "一行一个事项；申请材料、表单字段等各占一张表，用事项代码对应。",
    "One row an item; what an item has several of stands in a sheet of its own, by item code.",
    "第一行是表头，第二行是要素名；标 * 的必填。可以删去不填的列和表：原有内容保留。",
    "Row 1 is the header, row 2 names the elements; * is needed. A column or sheet that you delete "
    "leaves what the catalogue holds as it is.",
    "单元格留空表示该要素为空或默认值。",
    "An empty cell means: nothing, or what holds by default.",
    "编码请用文本格式；不要用公式、合并单元格和日期格式。",
    "Codes are text. No formulas, no merged cells, no dates.",
    "表名或表头以“备注”开头的表和列不读取。",
    "Sheets and columns whose name begins with 备注 are your own and are not read.",
    "先试运行（dry_run=true），改正所列错误后再导入；有一处错误则全部不导入。",
    "Try it with dry_run=true first. One error, and nothing is taken.",
)


@dataclass(frozen=True)
class Registry:
    """What items may name: (code, name) of departments, evidence types and fields."""

    departments: Sequence[tuple[str, str]]
    evidence: Sequence[tuple[str, str]]
    fields: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Formats:
    header: Format
    path: Format
    text: Format
    quoted: Format
    plain: Format


def write_workbook(items: Items, registry: Registry) -> bytes:
    """A workbook with a row for each item; without any, the template."""
    held = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, options) as workbook:
        workbook.set_properties({"title": "政务服务事项实施清单"})
        formats = _formats(workbook)
        for sheet in SHEETS:
            page = workbook.add_worksheet(sheet.title)
            _head(page, sheet, formats)
            for number, row in enumerate(rows(sheet, items), HEADERS):
                _row(page, number, row, formats)
        _tables(workbook.add_worksheet(TABLES), registry, formats)
        page = workbook.add_worksheet(GUIDE)
        page.set_column(0, 0, 100)
        for number, line in enumerate(GUIDE_LINES):
            page.write_string(number, 0, line)
    return held.getvalue()


def _formats(workbook: xlsxwriter.Workbook) -> Formats:
    text = {"num_format": "@", "valign": "top"}
    return Formats(
        header=workbook.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1}),
        path=workbook.add_format({"italic": True, "font_color": "#808080", "bottom": 1}),
        text=workbook.add_format(text),
        quoted=workbook.add_format(text | {"quote_prefix": True}),
        plain=workbook.add_format({"valign": "top"}),
    )


def _head(page: Worksheet, sheet: Sheet, formats: Formats) -> None:
    page.freeze_panes(HEADERS, 2)
    for number, column in enumerate(sheet.columns):
        counts = column.holds in (Holds.WHOLE, Holds.NUMBER)
        width = 40 if column.head in WIDE else 18
        page.set_column(number, number, width, formats.plain if counts else formats.text)
        page.write_string(0, number, column.header + ("*" if column.needed else ""), formats.header)
        page.write_string(1, number, column.path, formats.path)
        if note := _note(column):
            page.write_comment(0, number, note, {"x_scale": 2})
        if column.holds in (Holds.WORD, Holds.DEPTH, Holds.TRUTH):
            words = list(LABELS[column.element].values())
            offered = {"validate": "list", "source": words, "error_type": "warning"}
            page.data_validation(HEADERS, number, LAST_ROW, number, offered)


def _note(column: Column) -> str:
    words = "、".join(LABELS[column.element].values()) if column.element else ""
    several = (
        "可填多个，用“、”隔开 / several, with 、 between" if column.holds is Holds.WORDS else ""
    )
    return "\n".join(filter(None, (column.note, words, several)))


def _row(page: Worksheet, number: int, row: Iterable[Any], formats: Formats) -> None:
    for place, value in enumerate(row):
        if isinstance(value, str):
            style = formats.quoted if value.startswith(FORMULA_LIKE) else formats.text
            page.write_string(number, place, value, style)
        elif value is not None:
            page.write_number(number, place, value, formats.plain)


def _tables(page: Worksheet, registry: Registry, formats: Formats) -> None:
    page.set_column(0, 2, 30)
    for place, header in enumerate(("代码表", "代码", "名称")):
        page.write_string(0, place, header, formats.header)
    headers = {
        column.element: column.header
        for sheet in SHEETS
        for column in sheet.columns
        if column.element
    }
    lines = [
        (headers[element], word, label)
        for element, words in LABELS.items()
        for word, label in words.items()
    ]
    lines += [("部门", code, name) for code, name in registry.departments]
    lines += [("材料类型", code, name) for code, name in registry.evidence]
    lines += [("字段", code, name) for code, name in registry.fields]
    for number, line in enumerate(lines, 1):
        _row(page, number, line, formats)
