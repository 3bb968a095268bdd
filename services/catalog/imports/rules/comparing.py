"""What an import would change, beside what the catalogue holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Records = Mapping[str, Mapping[str, Any]]


@dataclass
class Difference:
    """Codes of items, and for changed ones the elements that differ."""

    added: list[str] = field(default_factory=list)
    changed: dict[str, list[str]] = field(default_factory=dict)
    unchanged: int = 0


def compare(records: Records, held: Records) -> Difference:
    found = Difference()
    for code, record in records.items():
        if code not in held:
            found.added.append(code)
        elif elements := differing(record, held[code]):
            found.changed[code] = elements
        else:
            found.unchanged += 1
    return found


def differing(record: Mapping[str, Any], held: Mapping[str, Any]) -> list[str]:
    """What is said differently, also what one of the two does not say at all."""
    missing = object()
    names = dict.fromkeys([*record, *held])
    return [name for name in names if record.get(name, missing) != held.get(name, missing)]
