"""How long: units, an item's limits, and what the licensing law says where an item says nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import Any, NamedTuple

from services.chassis.errors import Conflict, Flaw, Invalid


class Unit(StrEnum):
    WORKING_DAY = "working_day"
    NATURAL_DAY = "natural_day"
    HOUR = "hour"


class Length(NamedTuple):
    value: int
    unit: Unit = Unit.WORKING_DAY

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Length":
        return cls(record["value"], Unit(record.get("unit", Unit.WORKING_DAY)))

    def record(self) -> dict[str, Any]:
        return {"value": self.value, "unit": str(self.unit)}


class Basis(StrEnum):
    """Why a limit is what it is."""

    ITEM = "item"
    LICENSING_LAW = "licensing_law"
    JOINT_ORDER = "joint_order"


# 行政许可法 art. 42: 20 working days and 10 more; handled jointly by order, 45 and 15 more.
# Art. 32: what is missing is told within 5.
LICENSING, LICENSING_MORE = Length(20), Length(10)
JOINT, JOINT_MORE = Length(45), Length(15)
CORRECTION = Length(5)

# Working hours of one unit: what two lengths are compared in.
HOURS = {Unit.HOUR: 1, Unit.WORKING_DAY: 8, Unit.NATURAL_DAY: 8}


@dataclass(frozen=True, slots=True)
class Terms:
    """What an item says about time, as the request for the approval brought it."""

    promise: Length
    legal: Length | None = None
    extension: Length | None = None
    licensing_law: bool = False
    """The item is a licence (行政许可): that law sets the limits which the item does not."""
    joint_order: bool = False
    """The item cites an order for joint handling; without one nobody has 45 days."""
    deemed_consent: bool = False
    """The item names the law by which silence grants."""

    @classmethod
    def of(cls, row: Any) -> "Terms":
        return cls(
            promise=Length.of(row.promise),
            legal=Length.of(row.legal) if row.legal else None,
            extension=Length.of(row.extension) if row.extension else None,
            licensing_law=row.licensing_law,
            joint_order=row.joint_order,
            deemed_consent=row.deemed_consent,
        )

    def limit(self) -> tuple[Length, Basis] | None:
        """The legal limit.  The item's own goes first: another law may set one for it."""
        return _own_or_lawful(self, self.legal, LICENSING, JOINT)

    def longest_extension(self) -> tuple[Length, Basis] | None:
        return _own_or_lawful(self, self.extension, LICENSING_MORE, JOINT_MORE)


def _own_or_lawful(
    terms: Terms, own: Length | None, alone: Length, jointly: Length
) -> tuple[Length, Basis] | None:
    if own is not None:
        return own, Basis.ITEM
    if not terms.licensing_law:
        return None
    return (jointly, Basis.JOINT_ORDER) if terms.joint_order else (alone, Basis.LICENSING_LAW)


class NoExtension(Conflict):
    """Nothing allows this approval's time to be extended."""

    zh = "该事项没有可以延长期限的依据。"


class ExtensionFaulty(Invalid):
    """The extension asks for what it cannot have."""

    zh = "延长期限的请求不当。"


class AlreadyExtended(Conflict):
    """The time was extended once, and that is all."""

    zh = "期限已经延长过一次，不能再延长。"


def check_extension(terms: Terms, more: Length, asked_by: str, consented_by: str) -> None:
    """Raise unless this much may be added.  Whoever asks does not also consent."""
    longest = terms.longest_extension()
    if longest is None:
        raise NoExtension()
    flaws = []
    if not 0 < more.value * HOURS[more.unit] <= longest[0].value * HOURS[longest[0].unit]:
        zh, en = words(longest[0])
        flaws.append(Flaw("/length", f"应大于零且不超过{zh}。", f"Above zero and at most {en}."))
    if asked_by == consented_by:
        flaw = "须由另一人批准。", "Another person has to consent."
        flaws.append(Flaw("/consented_by", *flaw))
    if flaws:
        raise ExtensionFaulty(errors=flaws)


UNITS = {
    Unit.WORKING_DAY: ("个工作日", "working day"),
    Unit.NATURAL_DAY: ("个自然日", "natural day"),
    Unit.HOUR: ("小时", "working hour"),
}


def words(length: Length) -> tuple[str, str]:
    zh, en = UNITS[length.unit]
    return f"{length.value} {zh}", f"{length.value} {en}{'' if length.value == 1 else 's'}"


class Spell(NamedTuple):
    """From when to when a desk works on a working day."""

    begin: time
    end: time


def working_time(text: str) -> tuple[Spell, ...]:
    """Reads "09:00-17:00", or several spells by comma.  Raises ValueError for what is none."""
    spells = tuple(
        Spell(*(time.fromisoformat(part.strip()) for part in one.split("-", 1)))
        for one in text.split(",")
    )
    moments = [moment for spell in spells for moment in spell]
    if moments != sorted(set(moments)):
        raise ValueError("working time: spells in order, none empty, as in 09:00-12:00,13:00-18:00")
    return spells
