"""When a retirement is complete, and what it makes of the item.  Plain values, no I/O."""

from services.catalog.retirement.rules.decisions import (
    ENDS,
    AlreadyRetired,
    Decision,
    Mode,
    RetirementFaulty,
    RetirementUnknown,
    after,
    decision_flaws,
    ended,
    no_longer_asks,
)
from services.catalog.retirement.rules.dispositions import (
    ACTIONS,
    Dependent,
    changes,
    complete,
    disposition_flaws,
    grouped,
)

__all__ = [
    "ACTIONS",
    "ENDS",
    "AlreadyRetired",
    "Decision",
    "Dependent",
    "Mode",
    "RetirementFaulty",
    "RetirementUnknown",
    "after",
    "changes",
    "complete",
    "decision_flaws",
    "disposition_flaws",
    "ended",
    "grouped",
    "no_longer_asks",
]
