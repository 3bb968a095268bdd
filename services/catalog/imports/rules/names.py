"""Registered names where codes belong: editors know 市场监督管理局 better than `market`."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from services.catalog.imports.rules.cells import NOTHING, Wrong, narrow
from services.catalog.imports.rules.columns import Sheet
from services.catalog.imports.rules.rows import Book, Row
from services.catalog.imports.rules.sheets import ITEMS, LISTS
from services.catalog.imports.rules.tables import Fault, Place

CODE = re.compile(r"[a-z][a-z0-9_-]*")
NO_SUCH_NAME = Wrong(
    "unknown-name",
    "没有登记这个名称，或有几个同名；请填代码（见代码表）。",
    "No such name is registered, or several are; put the code (see 代码表).",
)
Registered = Mapping[str, Mapping[str, str]]
"""Of departments, evidence types and fields: the code of each name that one of them has alone."""


def alone(names: Collection[tuple[str, str]]) -> dict[str, str]:
    """(code, name) pairs: names that mean one code only."""
    codes: dict[str, set[str]] = {}
    for code, name in names:
        codes.setdefault(narrow(name), set()).add(code)
    return {name: next(iter(found)) for name, found in codes.items() if len(found) == 1}


def put_codes(book: Book, registered: Registered) -> None:
    """Replace names by codes throughout a workbook; what is neither is a fault of its cell."""
    for draft in book.drafts.values():
        main = Row(draft.place.row, draft.code, draft.values, _by_path(draft.places))
        book.faults += _coded(main, ITEMS, "", registered)
        for sheet in LISTS:
            for place, row in enumerate(draft.lists.get(sheet.name, [])):
                book.faults += _coded(row, sheet, f"/{sheet.name}/{place}", registered)


def _by_path(places: Mapping[str, Place]) -> dict[str, Place]:
    return {pointer[1:].replace("/", "."): place for pointer, place in places.items()}


def _coded(row: Row, sheet: Sheet, stem: str, registered: Registered) -> Iterator[Fault]:
    for column in sheet.columns:
        if column.names and column.path in row.values:
            value = _each(row.values[column.path], registered[column.names])
            if isinstance(value, Wrong):
                yield Fault(row.places[column.path], value, row.code, f"{stem}/{column.path}")
                value = NOTHING
            row.values[column.path] = value


def _each(value: Any, codes: Mapping[str, str]) -> Any:
    """One code, or several in lines."""
    if isinstance(value, str):
        return _code(value, codes)
    if not isinstance(value, list):
        return value
    found = [_code(one, codes) for one in value]
    return NO_SUCH_NAME if NO_SUCH_NAME in found else found


def _code(text: str, codes: Mapping[str, str]) -> str | Wrong:
    return text if CODE.fullmatch(text) else codes.get(narrow(text), NO_SUCH_NAME)
