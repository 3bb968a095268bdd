"""What composition knows of fields and evidence types, the words in which items ask.

Parsing trusts shapes: what came over a border was checked there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a value must satisfy.  All patterns apply; no options means any value."""

    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()

    @classmethod
    def from_record(cls, record: Json) -> "Rule":
        """Reads the catalogue's rule (one `pattern`) and a plan's (`patterns`) alike.

        Bounds become floats, so that 1 and 1.0 give one and the same plan digest.
        """
        pattern = record.get("pattern")
        return cls(
            minimum=_float(record.get("minimum")),
            maximum=_float(record.get("maximum")),
            max_length=record.get("max_length"),
            patterns=(pattern,) if pattern else tuple(record.get("patterns", ())),
            options=tuple(
                Option(o["value"], o["name"], o.get("name_en", ""))
                for o in record.get("options", ())
            ),
        )

    def record(self) -> dict[str, Any]:
        return {
            "minimum": self.minimum,
            "maximum": self.maximum,
            "max_length": self.max_length,
            "patterns": list(self.patterns),
            "options": [
                {"value": o.value, "name": o.name, "name_en": o.name_en} for o in self.options
            ],
        }


def _float(number: float | None) -> float | None:
    return None if number is None else float(number)


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    code: str
    name: str
    name_en: str
    type: str
    personal: bool
    rule: Rule
    of: tuple[str, ...]

    @classmethod
    def from_record(cls, record: Json) -> "FieldDefinition":
        return cls(
            code=record["code"],
            name=record["name"],
            name_en=record.get("name_en", ""),
            type=record["type"],
            personal=record.get("personal", False),
            rule=Rule.from_record(record.get("rule", {})),
            of=tuple(record.get("of", ())),
        )


@dataclass(frozen=True, slots=True)
class EvidenceType:
    code: str
    name: str
    name_en: str
    holder_kind: str
    subject_field: str | None
    identifies: str | None
    number_field: str | None
    content: tuple[str, ...]

    @classmethod
    def from_record(cls, record: Json) -> "EvidenceType":
        return cls(
            code=record["code"],
            name=record["name"],
            name_en=record.get("name_en", ""),
            holder_kind=record["holder_kind"],
            subject_field=record.get("subject_field"),
            identifies=record.get("identifies"),
            number_field=record.get("number_field"),
            content=tuple(record.get("content", ())),
        )
