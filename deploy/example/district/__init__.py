"""Reads the data files of the example district; knows no service and sends nothing."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
Record = dict[str, Any]


@dataclass(frozen=True)
class Table:
    """One file: its records, each already carrying the file's region and source note."""

    file: str
    records: tuple[Record, ...]


def table(name: str) -> Table:
    """A file of many records; what a record does not say itself, the file says for it."""
    document = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    shared = {"region": document["region"], "source_note": document["source_note"]}
    shared |= document.get("shared", {})
    return Table(name, tuple(shared | record for record in document["records"]))


def fields() -> tuple[Table, ...]:
    return _tables("fields")


def evidence_types() -> tuple[Table, ...]:
    return _tables("evidence-types")


def points() -> Table:
    """The service points, each after the one it stands under."""
    return table("points.json")


def items() -> tuple[Table, ...]:
    """The items made by hand; `generator` makes the others."""
    return _tables("items")


def _tables(folder: str) -> tuple[Table, ...]:
    return tuple(
        table(f"{folder}/{path.name}") for path in sorted((FOLDER / folder).glob("*.json"))
    )


def bundles() -> tuple[Table, ...]:
    """Each bundle is a file of its own."""
    paths = sorted((FOLDER / "bundles").glob("*.json"))
    return tuple(
        Table(f"bundles/{path.name}", (json.loads(path.read_text(encoding="utf-8")),))
        for path in paths
    )


def by_code(tables: tuple[Table, ...]) -> dict[str, Record]:
    return {record["code"]: record for entry in tables for record in entry.records}
