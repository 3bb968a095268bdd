"""What the lived figures mean.  Plain values, no I/O."""

from services.metrics.lived.rules.calendar import (
    SHANGHAI,
    is_working_day,
    promised_hours,
    working_days,
)
from services.metrics.lived.rules.definitions import (
    DECIDED_APPROVALS,
    DEFINITIONS,
    DELIVERED_APPROVALS,
    DELIVERED_IN_TIME,
    INSTANT_CASE_SHARE,
    KEPT_PROMISES,
    LIVED_COMPRESSION,
)

__all__ = [
    "DECIDED_APPROVALS",
    "DEFINITIONS",
    "DELIVERED_APPROVALS",
    "DELIVERED_IN_TIME",
    "INSTANT_CASE_SHARE",
    "KEPT_PROMISES",
    "LIVED_COMPRESSION",
    "SHANGHAI",
    "is_working_day",
    "promised_hours",
    "working_days",
]
