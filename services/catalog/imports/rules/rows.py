"""From rows to items: what a workbook says of each, and in which cell.

A sheet or column that a workbook does not have says nothing: what the catalogue holds stays.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from services.catalog.crosswalks.rules import Crosswalk
from services.catalog.imports.rules.cells import NOTHING, Wrong, read
from services.catalog.imports.rules.columns import Column, Sheet
from services.catalog.imports.rules.sheets import NOTE, READ_NOT
from services.catalog.imports.rules.tables import (
    Fault,
    Header,
    Place,
    Spot,
    Table,
    find_header,
    letters,
    sheets_of,
)

FORMULA = Wrong(
    "formula",
    "这一格是公式；请改为数值（复制后“选择性粘贴—数值”）。",
    "This is a formula. Replace it by its value (copy, then paste special: values).",
)
BROKEN = Wrong("error-cell", "这一格显示的是错误值；请改正。", "This cell shows an error; mend it.")
NO_CODE = Wrong("no-item", "这一行没有事项代码。", "This row has no item code.")
TWICE = Wrong(
    "item-twice", "这个事项代码在前面已有一行。", "A row above has this item code already."
)
ORPHAN = Wrong(
    "item-absent",
    "“事项”表中没有这个事项代码；请先在“事项”表中写一行。",
    "The sheet 事项 has no row with this item code; add it there.",
)
HIDDEN = Wrong(
    "hidden-sheet",
    "这张表是隐藏的；请取消隐藏核对，或删除。",
    "This sheet is hidden. Unhide and check it, or delete it.",
)


@dataclass
class Row:
    """One row: the values of its columns by path, and where they stand."""

    number: int
    code: Any = NOTHING
    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    wrong: list[tuple[Place, str, Wrong]] = field(default_factory=list)

    def faults(self, stem: str) -> Iterator[Fault]:
        """What its cells are blamed for; `stem`: the pointer of the object that the row is."""
        item = self.code if isinstance(self.code, str) else None
        for place, path, wrong in self.wrong:
            yield Fault(place, wrong, item, f"{stem}/{path.replace('.', '/')}")


@dataclass
class Draft:
    """What a workbook says of one item."""

    code: str
    place: Place
    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Row]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    """Where each element stands, by its JSON pointer."""


@dataclass
class Book:
    """A whole workbook, read."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    lists: set[str] = field(default_factory=set)
    """The lists that have a sheet."""


def assemble(tables: Sequence[Table], crosswalk: Crosswalk | None) -> Book:
    book = Book()
    known = sheets_of(tables)
    book.faults += _strange_sheets(tables, known)
    for table in sorted(tables, key=lambda one: one.title in known and known[one.title].name != ""):
        sheet = known.get(table.title)
        if sheet is None:
            continue
        if table.hidden:
            book.faults.append(Fault(Place(table.title), HIDDEN))
        header, faults = find_header(table, sheet)
        book.faults += faults
        if header is None:
            continue
        rows = list(_rows(table, header, crosswalk, book.faults))
        if sheet.name:
            _list(book, sheet, rows)
        else:
            _items(book, rows)
    return book


def _strange_sheets(tables: Sequence[Table], known: Mapping[str, Sheet]) -> Iterator[Fault]:
    titles = [known[table.title] for table in tables if table.title in known]
    for table in tables:
        if table.title in known:
            if titles.count(known[table.title]) > 1:
                wrong = Wrong("sheet-twice", "这张表重复。", "This sheet stands here twice.")
                yield Fault(Place(table.title), wrong)
        elif not _passed_over(table):
            zh = f"模板中没有这张表；请用模板的表名，或以“{NOTE}”开头（不读取）。"
            en = f"The template has no such sheet; use its names, or begin with {NOTE}."
            yield Fault(Place(table.title), Wrong("unknown-sheet", zh, en))
    if not any(not sheet.name for sheet in titles):
        wrong = Wrong("no-items", "缺少“事项”表。", "The sheet 事项 (the items) is missing.")
        yield Fault(Place("事项"), wrong)


def _passed_over(table: Table) -> bool:
    title = table.title.strip()
    empty = all(value == "" for row in table.rows for value in row)
    return empty or title in READ_NOT or title.startswith(NOTE)


def _rows(
    table: Table, header: Header, crosswalk: Crosswalk | None, faults: list[Fault]
) -> Iterator[Row]:
    spread = _spread(table, header, faults)
    # Calamine shows nothing where a formula without a value or an error stands.
    marked = {row for row, _ in table.formulas | table.broken}
    for number, cells in enumerate(table.rows[header.data_from - 1 :], header.data_from):
        if number in marked or any(value != "" for value in cells):
            yield _row(table, header, number, spread, crosswalk)


def _row(
    table: Table,
    header: Header,
    number: int,
    spread: Mapping[Spot, Spot],
    crosswalk: Crosswalk | None,
) -> Row:
    row = Row(number)
    for place, column in header.columns.items():
        spot = spread.get((number, place), (number, place))
        value = _cell(table, column, spot, crosswalk)
        row.places[column.path] = Place(table.title, number, place)
        if isinstance(value, Wrong):
            row.wrong.append((Place(table.title, *spot), column.path, value))
        row.values[column.path] = value
    row.code = row.values.pop(header.sheet.columns[0].path)
    return row


def _cell(table: Table, column: Column, spot: Spot, crosswalk: Crosswalk | None) -> Any:
    if spot in table.formulas:
        return FORMULA
    if spot in table.broken:
        return BROKEN
    row, place = spot
    cells = table.rows[row - 1]
    return read(column, cells[place - 1] if place <= len(cells) else "", crosswalk)


def _spread(table: Table, header: Header, faults: list[Fault]) -> dict[Spot, Spot]:
    """Cells that show another cell's value.  The item's code over the rows of its list is what
    editors merge and can mean one thing only; of other merged cells it is not clear."""
    spread: dict[Spot, Spot] = {}
    key = header.place(table.title, 1, header.sheet.columns[0].path).column
    for (top, left), (bottom, right) in table.merged:
        if bottom < header.data_from:
            continue
        if left == right == key and top >= header.data_from and header.sheet.name:
            spread |= {(row, key): (top, key) for row in range(top, bottom + 1)}
            continue
        area = f"{letters(left)}{top}:{letters(right)}{bottom}"
        zh = f"{area} 是合并单元格；请取消合并，逐格填写。"
        en = f"{area} is merged. Unmerge it and fill in every cell."
        faults.append(Fault(Place(table.title, top, left), Wrong("merged", zh, en)))
    return spread


def _items(book: Book, rows: Sequence[Row]) -> None:
    for row in rows:
        book.faults += row.faults("")
        place = row.places["code"]
        if row.code is NOTHING:
            book.faults.append(Fault(place, NO_CODE))
        elif isinstance(row.code, str) and row.code in book.drafts:
            book.faults.append(Fault(place, TWICE, row.code, "/code"))
        elif isinstance(row.code, str):
            draft = Draft(row.code, place, row.values)
            draft.places = {f"/{path.replace('.', '/')}": one for path, one in row.places.items()}
            book.drafts[row.code] = draft


def _list(book: Book, sheet: Sheet, rows: Sequence[Row]) -> None:
    book.lists.add(sheet.name)
    for row in rows:
        draft = book.drafts.get(row.code) if isinstance(row.code, str) else None
        listed = draft.lists.setdefault(sheet.name, []) if draft else []
        book.faults += row.faults(f"/{sheet.name}/{len(listed)}")
        listed.append(row)
        if row.code is NOTHING:
            book.faults.append(Fault(row.places["item"], NO_CODE))
        elif isinstance(row.code, str) and draft is None:
            book.faults.append(Fault(row.places["item"], ORPHAN, row.code))
