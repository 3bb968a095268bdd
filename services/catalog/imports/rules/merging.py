"""What a workbook says, laid over what the catalogue holds; and where each element stands."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.catalog.imports.rules.cells import NOTHING, Wrong
from services.catalog.imports.rules.rows import Book, Draft, Row
from services.catalog.imports.rules.sheets import LISTS, SYSTEMS
from services.catalog.imports.rules.tables import Place

CODES = "codes"


def merged(draft: Draft, book: Book, held: Mapping[str, Any] | None) -> dict[str, Any]:
    """The item's record.  An element that is left out says what the contract has as default.

    Fills in `draft.places` for what stands in lists: only now their places in the record are known.
    """
    record = dict(held or {})
    said = {path: value for path, value in draft.values.items() if not path.startswith("codes.")}
    _lay(record, said)
    for sheet in LISTS:
        if sheet.name in book.lists and sheet.name != CODES:
            rows = draft.lists.get(sheet.name, [])
            record[sheet.name] = [_object(row) for row in rows]
            _note(draft, sheet.name, rows, 0)
    _codes(record, draft, CODES in book.lists)
    return record


def _lay(record: dict[str, Any], said: Mapping[str, Any]) -> None:
    groups: dict[str, dict[str, Any]] = {}
    for path, value in said.items():
        head, _, tail = path.partition(".")
        if tail:
            groups.setdefault(head, {})[tail] = value
        elif _empty(value):
            record.pop(head, None)
        else:
            record[head] = value
    for head, values in groups.items():
        group = _group(record.get(head), values)
        record.pop(head, None)
        if group:
            record[head] = group


def _group(held: Mapping[str, Any] | None, said: Mapping[str, Any]) -> dict[str, Any]:
    """An object told in several columns; with its first one empty and no other filled, none."""
    if all(_empty(value) for value in said.values()):
        return {}
    kept = {name: value for name, value in (held or {}).items() if name not in said}
    return kept | {name: value for name, value in said.items() if not _empty(value)}


def _object(row: Row) -> dict[str, Any]:
    made: dict[str, Any] = {}
    _lay(made, row.values)
    return made


def _empty(value: Any) -> bool:
    """What is wrong has been told of already; here it is as if nothing were said."""
    return value is NOTHING or isinstance(value, Wrong)


def _note(draft: Draft, name: str, rows: Sequence[Row], start: int) -> None:
    for place, row in enumerate(rows, start):
        stem = f"/{name}/{place}"
        draft.places[stem] = row.places["item"]
        for path, where in row.places.items():
            if path != "item":
                draft.places[f"{stem}/{path.replace('.', '/')}"] = where


def _codes(record: dict[str, Any], draft: Draft, sheet: bool) -> None:
    """Codes in other systems: those with a column first, then those of the sheet.

    Without the sheet, what the catalogue holds of systems without a column stays.
    """
    told = [system for system in SYSTEMS if f"codes.{system}" in draft.values]
    if not told and not sheet:
        return
    codes: list[dict[str, Any]] = []
    for system in told:
        value = draft.values[f"codes.{system}"]
        where = draft.places.pop(f"/codes/{system}")
        if not _empty(value):
            draft.places[f"/codes/{len(codes)}"] = where
            draft.places[f"/codes/{len(codes)}/value"] = where
            codes.append({"system": system, "value": value})
    if sheet:
        rows = draft.lists.get(CODES, [])
        _note(draft, CODES, rows, len(codes))
        codes += [_object(row) for row in rows]
    else:
        codes += [one for one in record.get(CODES, ()) if one["system"] not in told]
    record[CODES] = codes


def place_of(pointer: str, draft: Draft) -> Place:
    """The cell of an element, or of the nearest thing around it, or the item's row; of the item as
    a whole, that of its code."""
    if not pointer:
        return draft.place
    asked = pointer
    while asked:
        if asked in draft.places:
            return draft.places[asked]
        inside = [one for one in draft.places if one.startswith(f"{asked}/")]
        if inside:
            return draft.places[inside[0]]
        asked = asked.rpartition("/")[0]
    return Place(draft.place.sheet, draft.place.row)
