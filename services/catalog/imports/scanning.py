"""What stands in a sheet's XML and calamine does not tell: formulas, error cells, how far it goes.

Calamine makes a rectangle of all cells in memory.  Two cells, A1 and XFD1048576, would make one of
17 billion: the extent is known before calamine sees the sheet.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.parsers import expat

from services.catalog.imports.packages import RELATIONS, WORKBOOK, Package
from services.catalog.imports.rules.files import MOST_CELLS, MOST_COLUMNS, damaged, too_much
from services.catalog.imports.rules.tables import Spot

CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
SPACE = "}"


@dataclass
class Scan:
    """What was found in one sheet."""

    formulas: set[Spot] = field(default_factory=set)
    broken: set[Spot] = field(default_factory=set)
    rows: int = 0
    columns: int = 0

    @property
    def cells(self) -> int:
        """Of the rectangle that holds them all."""
        return self.rows * self.columns


def sheet_parts(package: Package) -> dict[str, str]:
    """The part that holds each sheet, by the sheet's title."""
    targets: dict[str, str] = {}
    titles: dict[str, str] = {}

    def relation(name: str, given: dict[str, str]) -> None:
        if name == "Relationship":
            targets[given.get("Id", "")] = _part(given.get("Target", ""))

    def sheet(name: str, given: dict[str, str]) -> None:
        if name == "sheet":
            relations = [value for key, value in given.items() if key.endswith(f"{SPACE}id")]
            titles[given.get("name", "")] = relations[0] if relations else ""

    _parse(package.chunks(RELATIONS), relation)
    _parse(package.chunks(WORKBOOK), sheet)
    parts = {title: targets.get(relation, "") for title, relation in titles.items()}
    if not set(parts.values()) <= package.names:
        raise damaged()
    return parts


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def scan(package: Package, part: str) -> Scan:
    found, at = Scan(), _Cursor()

    def start(name: str, given: dict[str, str]) -> None:
        if name == "row":
            at.next_row(given.get("r"))
        elif name == "c":
            at.next_cell(given.get("r"))
            if given.get("t") == "e":
                found.broken.add(at.spot)
                _extend(found, at.spot)
        elif name == "f":
            found.formulas.add(at.spot)
            _extend(found, at.spot)
        elif name in ("v", "is"):
            _extend(found, at.spot)

    _parse(package.chunks(part), start)
    return found


@dataclass
class _Cursor:
    """Cells and rows may leave their address out: then they follow the one before."""

    row: int = 0
    column: int = 0

    @property
    def spot(self) -> Spot:
        return self.row, self.column

    def next_row(self, address: str | None) -> None:
        self.row = int(address) if address and address.isdecimal() else self.row + 1
        self.column = 0

    def next_cell(self, address: str | None) -> None:
        self.column += 1
        if address is not None:
            named = CELL.fullmatch(address)
            if named is None:
                raise damaged()
            self.column = _number(named[1])
            self.row = int(named[2])


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _extend(found: Scan, spot: Spot) -> None:
    found.rows, found.columns = max(found.rows, spot[0]), max(found.columns, spot[1])
    if found.columns > MOST_COLUMNS or found.cells > MOST_CELLS:
        raise too_much()


def _parse(chunks: Iterable[bytes], start: object) -> None:
    """Call `start` with the local name and attributes of each element."""
    parser = expat.ParserCreate(namespace_separator=SPACE)
    parser.buffer_text = True

    def local(name: str, given: dict[str, str]) -> None:
        start(name.rpartition(SPACE)[2], given)  # type: ignore[operator]

    def doctype(*_: object) -> None:
        raise damaged()  # no workbook has one, and entities are a bomb of their own

    parser.StartElementHandler = local
    parser.StartDoctypeDeclHandler = doctype
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged() from error
