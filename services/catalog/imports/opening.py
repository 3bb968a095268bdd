"""From the bytes of a file to tables or records.  Slow: call it in a thread."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import orjson
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
    load_workbook,
)

from services.catalog.imports.packages import BROKEN, Package
from services.catalog.imports.rules.files import MOST_CELLS, damaged, refused, too_much
from services.catalog.imports.rules.tables import Table
from services.catalog.imports.scanning import Scan, scan, sheet_parts

MOST_SHEETS = 50


def read_workbook(content: bytes) -> list[Table]:
    """Every sheet; raises FileRefused or FileTooLarge before anything large is made of it."""
    try:
        package = Package(content)
        parts = sheet_parts(package)
        if len(parts) > MOST_SHEETS:
            raise too_much()
        scans = {title: scan(package, part) for title, part in parts.items()}
        if sum(found.cells for found in scans.values()) > MOST_CELLS:
            raise too_much()
        with load_workbook(BytesIO(content)) as workbook:
            return [_table(workbook, title, found) for title, found in scans.items()]
    except (CalamineError, *BROKEN) as error:
        raise damaged() from error


def _table(workbook: CalamineWorkbook, title: str, found: Scan) -> Table:
    [known] = [one for one in workbook.sheets_metadata if one.name == title]
    if known.typ is not SheetTypeEnum.WorkSheet:
        return Table(title, [], hidden=False)
    sheet = workbook.get_sheet_by_name(title)
    return Table(
        title,
        _cells(sheet),
        hidden=known.visible is not SheetVisibleEnum.Visible,
        formulas=frozenset(found.formulas),
        broken=frozenset(found.broken),
        merged=_merged(sheet),
    )


def _cells(sheet: CalamineSheet) -> list[list[Any]]:
    """From A1 on, also where the first rows and columns are empty."""
    return list(sheet.to_python(skip_empty_area=False)) if sheet.start is not None else []


def _merged(sheet: CalamineSheet) -> Sequence[tuple[tuple[int, int], tuple[int, int]]]:
    return [
        ((top + 1, left + 1), (bottom + 1, right + 1))
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    ]


def read_json(content: bytes) -> list[dict[str, Any]]:
    """The items of a JSON file: `{"items": [...]}`, each with its `code`, or as this API lists
    them."""
    try:
        document = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise refused("不是合法的 JSON（UTF-8）。", "This is not valid JSON in UTF-8.") from error
    items = document.get("items") if isinstance(document, dict) else document
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        zh = 'JSON 应为 {"items": [事项, …]}，每项有 code。'
        raise refused(zh, 'The JSON should be {"items": [item, …]}, each with its code.')
    return [_flat(one) for one in items]


def _flat(one: dict[str, Any]) -> dict[str, Any]:
    record = one.get("record")
    return {"code": one.get("code"), **record} if isinstance(record, dict) else one
