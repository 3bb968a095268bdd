"""When a service point has a right over an item (受理权, 办结权).  Plain values, no I/O."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from services.chassis.errors import Invalid

LASTING = frozenset({"active", "widened"})
CLOSE = "close"


class PointUnknown(Invalid):
    """Filings are handled at service points that are known and open."""

    zh = "办理地点应是已登记且开放的服务点。"


@dataclass(frozen=True, slots=True)
class Held:
    """A right over one item at one point, as catalog told it last."""

    right: str
    department: str
    state: str
    trial_until: date | None = None
    ends_on: date | None = None
    situations: tuple[str, ...] = ()

    def in_force(self, today: date) -> bool:
        trial = self.state == "trial" and self.trial_until is not None and today <= self.trial_until
        return (self.state in LASTING or trial) and (self.ends_on is None or today < self.ends_on)

    def covers(self, department: str, situations: Collection[str], today: date) -> bool:
        """As approval judges it: whoever may act at the desk may read what it acts on."""
        named = not self.situations or (
            bool(situations) and set(situations) <= set(self.situations)
        )
        return named and self.department == department and self.in_force(today)
