"""What is proposed at once.  Plain values, no I/O."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.catalog.delegations.rules.capacity import Capacity
from services.catalog.delegations.rules.words import Level, Right, Terms


@dataclass(frozen=True, slots=True)
class Batch:
    """Every right over every item at every point, on the same terms."""

    level: Level
    items: Sequence[str]
    points: Sequence[str]
    rights: Sequence[Right]
    terms: Terms
    capacity: Capacity | None = None
    note: str = ""

    @property
    def size(self) -> int:
        return len(self.items) * len(self.points) * len(self.rights)
