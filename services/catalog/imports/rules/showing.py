"""From records to rows: the same elements in the same columns as they are read from."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.catalog.imports.rules.columns import Column, Holds, Sheet
from services.catalog.imports.rules.sheets import ITEMS, SYSTEMS
from services.catalog.imports.rules.words import LABELS

Cell = str | int | float | None
CODES = "codes"


def rows(sheet: Sheet, items: Sequence[tuple[str, Mapping[str, Any]]]) -> list[list[Cell]]:
    """The rows of one sheet, for items with their codes."""
    if sheet is ITEMS:
        return [_row(sheet, code, _with_codes(record)) for code, record in items]
    return [_row(sheet, code, one) for code, record in items for one in _listed(sheet.name, record)]


def _listed(name: str, record: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    one: Sequence[Mapping[str, Any]] = record[name]
    return one[len(in_columns(one)) :] if name == CODES else one


def _with_codes(record: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**record, CODES: in_columns(record[CODES])}


def in_columns(codes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The codes that stand in columns of their own: as many from the first on as reading puts
    back into the same order."""
    found: dict[str, str] = {}
    last = -1
    for one in codes:
        place = SYSTEMS.index(one["system"]) if one["system"] in SYSTEMS else -1
        if place <= last:
            break
        found[one["system"]], last = one["value"], place
    return found


def _row(sheet: Sheet, code: str, values: Mapping[str, Any]) -> list[Cell]:
    return [code, *(shown(column, _value(column, values)) for column in sheet.columns[1:])]


def _value(column: Column, values: Mapping[str, Any]) -> Any:
    whole = values.get(column.head)
    if not column.tail:
        return whole
    return None if whole is None else whole.get(column.tail)


def shown(column: Column, value: Any) -> Cell:
    """What a cell shows; None for an empty one."""
    if value is None or value == "":
        return None
    labels = LABELS.get(column.element, {})
    if column.holds in (Holds.WORD, Holds.DEPTH):
        return labels.get(str(value), str(value))
    if column.holds is Holds.TRUTH:
        return labels["true" if value else "false"]
    if column.holds is Holds.WORDS:
        return "、".join(labels.get(one, one) for one in value) or None
    if column.holds is Holds.LINES:
        return "\n".join(value) or None
    return value if isinstance(value, int | float) else str(value)
