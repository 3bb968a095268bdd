"""A sheet as it was read, and where its columns are.  Plain values, no I/O."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.catalog.imports.rules.cells import Wrong, tidy
from services.catalog.imports.rules.columns import Column, Sheet
from services.catalog.imports.rules.sheets import NOTE, SHEETS

LOOK_FOR_HEADER = 10
"""Rows in which the header must stand; above it there may be titles."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands, counted from 1 as Excel shows it; 0: the sheet or row as a whole."""

    sheet: str
    row: int = 0
    column: int = 0

    @property
    def cell(self) -> str | None:
        return f"{letters(self.column)}{self.row}" if self.row and self.column else None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where, and with which element of which item."""

    place: Place
    wrong: Wrong
    item: str | None = None
    pointer: str = ""


Spot = tuple[int, int]
"""A row and a column, counted from 1."""


@dataclass
class Table:
    """The cells of one sheet; `rows[0]` is row 1."""

    title: str
    rows: list[list[Any]]
    hidden: bool = False
    formulas: frozenset[Spot] = frozenset()
    broken: frozenset[Spot] = frozenset()
    """Cells that show an error such as #N/A."""
    merged: Sequence[tuple[Spot, Spot]] = ()


@dataclass
class Header:
    """Where the columns of a sheet are."""

    sheet: Sheet
    columns: dict[int, Column] = field(default_factory=dict)
    data_from: int = 1
    """The row below the header."""

    @property
    def paths(self) -> set[str]:
        return {column.path for column in self.columns.values()}

    def place(self, title: str, row: int, path: str) -> Place:
        found = (number for number, column in self.columns.items() if column.path == path)
        return Place(title, row, next(found, 0))


def letters(column: int) -> str:
    """1 -> A, 27 -> AA."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def cells(row: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """The columns of a row that are not empty, as texts."""
    for number, value in enumerate(row, 1):
        if text := tidy(str(value)):
            yield number, text


def find_header(table: Table, sheet: Sheet) -> tuple[Header | None, list[Fault]]:
    """The header is the row that has the item's code in it; a second one below it, of the elements'
    names, may bear it out."""
    first = sheet.columns[0]
    for number, row in enumerate(table.rows[:LOOK_FOR_HEADER], 1):
        named = {column: _column(sheet, text) for column, text in cells(row)}
        if first in named.values():
            return _header(table, sheet, number)
    zh = f"前 {LOOK_FOR_HEADER} 行中没有表头：应有一列“{first.header}”。"
    en = f"No header in the first {LOOK_FOR_HEADER} rows: there should be a column {first.header}."
    return None, [Fault(Place(table.title), Wrong("no-header", zh, en))]


def _column(sheet: Sheet, text: str) -> Column | None:
    plain = "".join(unicodedata.normalize("NFKC", text).split()).rstrip("*")
    return sheet.by_header.get(plain) or sheet.by_header.get(text)


def _header(table: Table, sheet: Sheet, number: int) -> tuple[Header | None, list[Fault]]:
    header = Header(sheet, data_from=number + 1)
    faults = []
    below = dict(cells(table.rows[number])) if number < len(table.rows) else {}
    paths = {column.path for column in sheet.columns}
    second = below if below and set(below.values()) <= paths else {}
    if second:
        header.data_from += 1
    for place, text in cells(table.rows[number - 1]):
        column = _column(sheet, text)
        wrong = _wrong_header(header, column, text, second.get(place))
        if wrong is not None:
            faults.append(Fault(Place(table.title, number, place), wrong))
        elif column is not None:
            header.columns[place] = column
    faults += _unnamed(table, header, number)
    # The rows of a list replace that of the item, and half of an object would be no object.
    missing = list(_missing(table.title, header, number)) if sheet.name else []
    return None if missing else header, faults + missing


def _wrong_header(
    header: Header, column: Column | None, text: str, below: str | None
) -> Wrong | None:
    if text.startswith(NOTE):
        return None
    if column is None:
        return Wrong(
            "unknown-column",
            f"模板中没有这一列；请改为模板的表头，或以“{NOTE}”开头（不读取）。",
            f"The template has no such column; use its headers, or begin with {NOTE} (not read).",
        )
    if column.path in header.paths:
        return Wrong("column-twice", "这一列重复。", "This column stands here twice.")
    if below is not None and below != column.path:
        zh = f"两行表头不一致：下一行应为 {column.path}。"
        return Wrong("header-differs", zh, f"The row below should say {column.path}.")
    return None


def _missing(title: str, header: Header, number: int) -> Iterator[Fault]:
    for column in header.sheet.columns:
        if column.needed and column.path not in header.paths:
            zh = f"缺少必需的列“{column.header}”（{column.path}）。"
            wrong = Wrong("column-missing", zh, f"The column {column.header} is needed.")
            yield Fault(Place(title, number), wrong)


def _unnamed(table: Table, header: Header, number: int) -> Iterator[Fault]:
    """Columns with values and no header would be lost without a word."""
    named = {column for column, _ in cells(table.rows[number - 1])}
    width = max(map(len, table.rows), default=0)
    for column in sorted(set(range(1, width + 1)) - named):
        for row, values in enumerate(table.rows[header.data_from - 1 :], header.data_from):
            if column <= len(values) and tidy(str(values[column - 1])):
                wrong = Wrong("no-column-header", "这一列没有表头。", "This column has no header.")
                yield Fault(Place(table.title, row, column), wrong)
                break


def sheets_of(tables: Sequence[Table]) -> dict[str, Sheet]:
    """Our sheets by the titles that the workbook gives them."""
    by_title = {sheet.title: sheet for sheet in SHEETS}
    by_name = {sheet.name or "items": sheet for sheet in SHEETS}
    found = {}
    for table in tables:
        title = tidy(table.title)
        if sheet := by_title.get(title) or by_name.get(title):
            found[table.title] = sheet
    return found
