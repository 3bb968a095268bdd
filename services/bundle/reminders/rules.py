"""When an applicant is reminded of what is still to come.  Plain values, no I/O."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

AHEAD = 5
"""Days before the last one.  What never had more time than that is reminded of the day before."""
NEVER = date.max


def remind_on(filed: date, until: date) -> date:
    return until - timedelta(AHEAD if (until - filed).days > AHEAD else 1)


def due(
    gaps: Mapping[str, Any], filed: date, today: date, look: date | None = None
) -> dict[str, str]:
    """Of what is still to come: that whose day is near, and was not reminded of.  Material -> its
    last day.  `look`: the day for which this look was set; what came before it was told then."""
    return {
        key: gap["until"]
        for key, gap in sorted(gaps.items())
        if _open(gap)
        and (look or date.min) <= remind_on(filed, date.fromisoformat(gap["until"])) <= today
        and today <= date.fromisoformat(gap["until"])
    }


def look_on(gaps: Mapping[str, Any], filed: date, today: date) -> date:
    """When to look at them next."""
    days = [remind_on(filed, date.fromisoformat(g["until"])) for g in gaps.values() if _open(g)]
    return min((day for day in days if day > today), default=NEVER)


def _open(gap: Mapping[str, Any]) -> bool:
    """Without a last day it is due before the decision, whenever that is."""
    return bool(gap["until"]) and gap["came_at"] is None
