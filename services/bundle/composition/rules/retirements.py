"""What of the catalogue is no more on a day, as far as composing must know it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.bundle.composition.rules.item_records import Requirement

LOOKED_UP = frozenset({"register", "commitment"})
"""Sources that ask nobody for the paper itself."""


@dataclass(frozen=True, slots=True)
class Retirement:
    """What is left of a retirement to say: which item, how, and since when (an ISO date)."""

    item: str
    mode: str
    effective: str

    def record(self) -> dict[str, str]:
        return {"item": self.item, "mode": self.mode, "effective": self.effective}


@dataclass(frozen=True, slots=True)
class Retired:
    """What is no more on the day of composing."""

    items: Mapping[str, Retirement] = field(default_factory=dict)
    """Items for which nobody can apply."""
    evidence: Mapping[str, Retirement] = field(default_factory=dict)
    """Evidence types that nobody issues."""
    kept: frozenset[tuple[str, str]] = frozenset()
    """(item, evidence) that is still asked, by a law and under a name."""

    def __bool__(self) -> bool:
        return bool(self.items or self.evidence)

    def of(self, item: str, need: Requirement) -> Retirement | None:
        """Why `item` must not ask for what it needs; None: it may."""
        if need.source in LOOKED_UP or need.kept_by or (item, need.evidence) in self.kept:
            return None
        return self.evidence.get(need.evidence)
