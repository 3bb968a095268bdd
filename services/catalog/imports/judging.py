"""What a file says, as records that the catalogue could hold, and everything that is wrong with it.

All of it is slow with a thousand items: call it in a thread.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.catalog.crosswalks.rules import Crosswalk
from services.catalog.imports.opening import read_json, read_workbook
from services.catalog.imports.rules.cells import Wrong
from services.catalog.imports.rules.comparing import Difference
from services.catalog.imports.rules.files import MOST_ITEMS, kind, too_large
from services.catalog.imports.rules.merging import merged, place_of
from services.catalog.imports.rules.names import Registered, put_codes
from services.catalog.imports.rules.rows import Book, assemble
from services.catalog.imports.rules.tables import Fault, Place
from services.chassis.errors import Flaw
from services.chassis.malformed import flaws
from services.contracts import Code, ItemDefinition

CODE: TypeAdapter[str] = TypeAdapter(Code)
Records = Mapping[str, dict[str, Any]]
Find = Callable[[str, str], tuple[Place, str]]
"""The cell and the JSON pointer, in the file, of an element of an item."""
NO_SHEET = ""
"""Of a JSON file: its rows are the items."""


@dataclass
class Proposal:
    """What a file proposes: records by code, and what is wrong."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    find: Find = lambda code, pointer: (Place(NO_SHEET), pointer)

    @property
    def sound(self) -> dict[str, dict[str, Any]]:
        """Records of which nothing is known to be wrong.  Of the others a rule would complain about
        what stands in for a cell that could not be read."""
        faulty = {fault.item for fault in self.faults}
        return {code: one for code, one in self.records.items() if code not in faulty}

    def blame(self, code: str, found: Iterable[Flaw]) -> None:
        """Flaws of a record, told by where they stand; a cell that is blamed already is enough."""
        blamed = {fault.place for fault in self.faults if fault.place.cell}
        for flaw in found:
            place, pointer = self.find(code, flaw.pointer)
            if place not in blamed:
                wrong = Wrong(flaw.more.get("fault", "malformed"), flaw.zh, flaw.en)
                self.faults.append(Fault(place, wrong, code, pointer))


@dataclass
class Outcome:
    """What a file says, beside what the catalogue holds."""

    proposal: Proposal
    difference: Difference
    missing: list[str]
    """Items of the departments and regions that the file names, and not in it."""


def read(content: bytes, crosswalk: Crosswalk | None) -> Book | list[dict[str, Any]]:
    """The file by itself: a workbook's drafts, or the items of a JSON file."""
    said: Book | list[dict[str, Any]]
    if kind(content) == "xlsx":
        said = assemble(read_workbook(content), crosswalk)
        number = len(said.drafts)
    else:
        said = read_json(content)
        number = len(said)
    if number > MOST_ITEMS:
        raise too_large(f"至多 {MOST_ITEMS} 个事项。", f"At most {MOST_ITEMS} items.")
    return said


def codes_of(said: Book | Sequence[Mapping[str, Any]]) -> list[str]:
    if isinstance(said, Book):
        return list(said.drafts)
    return [code for one in said if isinstance(code := one.get("code"), str)]


def propose(said: Book | list[dict[str, Any]], held: Records, registered: Registered) -> Proposal:
    """`held`: the records that the catalogue has of the items named."""
    if isinstance(said, Book):
        put_codes(said, registered)
        made, raw = _from_book(said, held)
    else:
        made, raw = _from_json(said)
    for code, record in raw.items():
        found: list[Flaw] = []
        try:
            CODE.validate_python(code)
        except ValidationError as error:
            found += [Flaw("/code", one.zh, one.en) for one in flaws(error.errors())]
        try:
            made.records[code] = ItemDefinition.model_validate(record).model_dump(mode="json")
        except ValidationError as error:
            found += flaws(error.errors())
        made.blame(code, found)
    return made


def _from_book(book: Book, held: Records) -> tuple[Proposal, dict[str, dict[str, Any]]]:
    def find(code: str, pointer: str) -> tuple[Place, str]:
        return place_of(pointer, book.drafts[code]), pointer

    raw = {code: merged(draft, book, held.get(code)) for code, draft in book.drafts.items()}
    return Proposal(faults=list(book.faults), find=find), raw


def _from_json(items: list[dict[str, Any]]) -> tuple[Proposal, dict[str, dict[str, Any]]]:
    numbers: dict[str, int] = {}

    def find(code: str, pointer: str) -> tuple[Place, str]:
        number = numbers[code]
        return Place(NO_SHEET, number + 1), f"/items/{number}{pointer}"

    made, raw = Proposal(find=find), {}
    for number, one in enumerate(items):
        record = dict(one)
        code = record.pop("code", None)
        wrong = _wrong_code(code, numbers)
        if wrong:
            place = Place(NO_SHEET, number + 1)
            made.faults.append(Fault(place, wrong, None, f"/items/{number}/code"))
        else:
            numbers[code], raw[code] = number, record
    return made, raw


def _wrong_code(code: object, known: Mapping[str, int]) -> Wrong | None:
    if not isinstance(code, str):
        return Wrong("no-item", "缺少 code（文字）。", "The code is missing, a string.")
    if code in known:
        return Wrong("item-twice", "前面已有这个 code。", "This code stands above already.")
    return None
