"""What composition knows of items: what each asks, promises and issues, as frozen values."""

from dataclasses import dataclass
from typing import Any

from services.bundle.composition.rules.field_records import EvidenceType, FieldDefinition, Json

WORKING_HOURS = {"working_day": 8, "natural_day": 8, "hour": 1}


@dataclass(frozen=True, slots=True)
class Duration:
    """A promised time.  A natural day counts as a working day: the longer reading."""

    value: int
    unit: str

    @classmethod
    def from_record(cls, record: Json) -> "Duration":
        return cls(record["value"], record.get("unit", "working_day"))

    @property
    def hours(self) -> int:
        return self.value * WORKING_HOURS[self.unit]

    def record(self) -> dict[str, Any]:
        return {"value": self.value, "unit": self.unit}


@dataclass(frozen=True, slots=True)
class FieldUse:
    field: str
    required: bool
    when: str | None
    legal_basis: str

    @classmethod
    def from_record(cls, record: Json) -> "FieldUse":
        return cls(
            field=record["field"],
            required=record.get("required", True),
            when=record.get("when"),
            legal_basis=record.get("legal_basis", ""),
        )


@dataclass(frozen=True, slots=True)
class Requirement:
    evidence: str
    when: str | None
    source: str
    whose: str
    lowest_trust: str
    waits_for: str
    deferrable: bool
    deferral: Duration | None
    """How long after the filing it may come, where it is deferrable."""
    commitment: str | None
    """The item's commitment that may be signed instead."""
    register_name: str
    kept_by: str | None
    """The department that answers for still asking although its producer has been retired."""
    legal_basis: str

    @classmethod
    def from_record(cls, record: Json) -> "Requirement":
        return cls(
            evidence=record["evidence"],
            when=record.get("when"),
            source=record.get("source", "applicant"),
            whose=record.get("whose", "holder"),
            lowest_trust=record.get("lowest_trust", "C"),
            waits_for=record.get("waits_for", "issued"),
            deferrable=record.get("deferrable", False),
            deferral=_duration(record.get("deferral")),
            commitment=record.get("commitment"),
            register_name=record.get("register_name", ""),
            kept_by=record.get("kept_by"),
            legal_basis=record.get("legal_basis", ""),
        )


def _duration(record: Json | None) -> Duration | None:
    return Duration.from_record(record) if record else None


@dataclass(frozen=True, slots=True)
class CommitmentText:
    """告知承诺书: another text is another version."""

    code: str
    version: int
    text: str
    text_en: str
    fulfil_within: Duration | None

    @classmethod
    def from_record(cls, record: Json) -> "CommitmentText":
        return cls(
            code=record["code"],
            version=record.get("version", 1),
            text=record["text"],
            text_en=record.get("text_en", ""),
            fulfil_within=_duration(record.get("fulfil_within")),
        )


@dataclass(frozen=True, slots=True)
class Situation:
    """办理情形: a way of handling the item, told where its condition holds."""

    code: str
    name: str
    when: str | None

    @classmethod
    def from_record(cls, record: Json) -> "Situation":
        return cls(record["code"], record["name"], record.get("when"))


@dataclass(frozen=True, slots=True)
class Window:
    """Where and when the item's originals are looked at, as far as its record says."""

    place: str
    hours: str
    phone: str


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    name: str
    name_en: str
    department: str
    accepts: str
    promised: Duration
    clock: Json
    """What the authority's legal clock needs of it: limits, and flags for what they rest on."""
    power: Json
    """In which legal mode the department acts, for whom, and by how many officers."""
    visits: int
    fields: tuple[FieldUse, ...]
    requirements: tuple[Requirement, ...]
    issues: str | None
    commitments: tuple[CommitmentText, ...]
    instant: Json | None
    """By which rule it may be granted at filing: `rule`, `acr`, `commitment`, `number_prefix`,
    `validity`."""
    situations: tuple[Situation, ...]
    thresholds: Json
    """The numbers that its conditions use by name, in its own region."""
    window: Window
    region: str
    later_filings: tuple[Json, ...]
    """延续, 变更, 补证, as the record has them; see later.py."""

    @classmethod
    def from_record(cls, record: Json) -> "Item":
        return cls(
            code=record["code"],
            name=record["name"],
            name_en=record.get("name_en", ""),
            department=record["department"],
            accepts=record.get("accepts", "automatic"),
            promised=Duration.from_record(record["promised"]),
            clock=_clock(record),
            power={
                "power_source": record.get("power_source", "own"),
                "entrusted_by": record.get("entrusted_by"),
                "four_eyes": record.get("four_eyes", False),
            },
            visits=record.get("visits", 0),
            fields=tuple(map(FieldUse.from_record, record.get("fields", ()))),
            requirements=tuple(map(Requirement.from_record, record.get("requirements", ()))),
            issues=record.get("issues"),
            commitments=tuple(map(CommitmentText.from_record, record.get("commitments", ()))),
            instant=_instant(record),
            situations=tuple(map(Situation.from_record, record.get("situations", ()))),
            thresholds={one["name"]: one["value"] for one in record.get("thresholds", ())},
            window=Window(
                record.get("place", ""), record.get("hours", ""), record.get("phone", "")
            ),
            region=record.get("region", ""),
            later_filings=tuple(record.get("later_filings", ())),
        )


def _instant(record: Json) -> dict[str, Any] | None:
    rule, validity = record.get("instant"), record.get("validity")
    if rule is None or record.get("issues") is None:
        return None
    return {
        "rule": rule["rule"],
        "acr": rule.get("acr", ""),
        "commitment": rule.get("commitment"),
        "number_prefix": rule.get("number_prefix", ""),
        "validity": dict(validity) if validity else None,
    }


LICENCE = "01"
"""行政许可, among the kinds of GB/T 39046 Annex A."""


def _clock(record: Json) -> dict[str, Any]:
    return {
        "legal": _length(record.get("legal")),
        "extension": _length(record.get("extension")),
        "licensing_law": record.get("kind", LICENCE) == LICENCE,
        "joint_order": bool(record.get("joint_order", "").strip()),
        "deemed_consent": bool(record.get("deemed_consent", "").strip()),
        "handling": record.get("handling", "promise"),
        "issues_with_gaps": bool(record.get("issues_with_gaps", False)),
        "special_procedures": list(record.get("special_procedures", ())),
    }


def _length(record: Json | None) -> dict[str, Any] | None:
    return Duration.from_record(record).record() if record else None


@dataclass(frozen=True, slots=True)
class ItemVersion:
    """An item in force, with the definitions of every code it uses (catalog.item.published)."""

    version: int
    item: Item
    fields: tuple[FieldDefinition, ...]
    evidence_types: tuple[EvidenceType, ...]

    @classmethod
    def from_record(cls, record: Json) -> "ItemVersion":
        return cls(
            version=record["version"],
            item=Item.from_record(record["item"]),
            fields=tuple(map(FieldDefinition.from_record, record.get("fields", ()))),
            evidence_types=tuple(map(EvidenceType.from_record, record.get("evidence_types", ()))),
        )
