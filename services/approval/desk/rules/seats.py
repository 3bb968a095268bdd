"""Who sits at a desk.  Plain values, no I/O."""

from dataclasses import dataclass

from services.approval.catalogue.rules import Mode, signs


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody at the desk of a department.  `point`: they are not the department's own people, but
    those of a service point, and act by a right in this `mode`."""

    department: str
    by: str
    """The account (an opaque id) or `system:<department>`."""
    point: str | None = None
    mode: Mode | None = None

    def signs(self) -> dict[str, str]:
        """What the signed act says of a point's own; nothing for a department's people."""
        return signs(self.point, self.mode) if self.point and self.mode else {}
