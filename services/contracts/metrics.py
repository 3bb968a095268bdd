"""Published by metrics."""

from datetime import datetime
from typing import ClassVar, Literal

from services.contracts.words import Code, Event


class DelegationMeasured(Event):
    """What came so far of a right that was handed down, where that has changed.

    Of `accept`: of the approvals that the point's window accepted, or said are not accepted; of
    `close`: of those that the point decided.  Of one delegation the highest `version` counts.
    """

    type: ClassVar[str] = "metrics.delegation.measured"
    stream: ClassVar[str] = "METRICS"
    aggregate: ClassVar[str] = "delegation"
    route: ClassVar[str] = "metrics.delegation.measured"

    delegation: str
    """`item/point/right`."""
    version: int
    item: Code
    point: Code
    right: Literal["accept", "close"]
    cases: int
    refused: int
    """Not granted, or not accepted."""
    returned: int
    """The applicant was asked to put something right (补正)."""
    overdue: int
    """Past the promise or the legal limit, unless that was excused."""
    bad_ratings: int | None = None
    """None: ratings are not measured."""
    measured_at: datetime
