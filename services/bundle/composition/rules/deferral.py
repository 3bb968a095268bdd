"""Deferrable materials (容缺): filed without, and by which day they must have come."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from services.bundle.composition.rules.item_records import WORKING_HOURS, Duration

Json = Mapping[str, Any]
SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(moment: datetime) -> date:
    """The day on which a person here reads that moment."""
    return moment.astimezone(SHANGHAI).date()


def last_day(filed: date, deferral: Duration) -> date:
    """The last day of a time that runs from the day of filing, which does not count.

    A time in natural days that would end on a day off ends on the next working day.
    """
    if deferral.unit == "natural_day":
        return _next_working_day(filed + timedelta(days=deferral.value))
    day = filed
    for _ in range(-(-deferral.hours // WORKING_HOURS["working_day"])):
        day = _next_working_day(day + timedelta(days=1))
    return day


def _next_working_day(day: date) -> date:
    while not _calendar().is_working_day(day):
        day += timedelta(days=1)
    return day


@cache
def _calendar() -> holidays.HolidayBase:
    """The State Council's, make-up days (调休) included.  Made once: a year is computed when it is
    first asked for."""
    return holidays.country_holidays("CN")


def may_come_until(material: Json, filed: date) -> date | None:
    """None: it cannot come later, or its item sets no day and it is due before the decision."""
    deferral = material.get("deferral")
    if not material["deferrable"] or not deferral:
        return None
    return last_day(filed, Duration.from_record(deferral))


def gaps(plan: Json, given: Collection[str], filed: date) -> dict[str, dict[str, Any]]:
    """What a filing leaves for later: material key -> the day by which it must come, if any."""
    found: dict[str, dict[str, Any]] = {}
    for material in plan["materials"]:
        later = material["deferrable"] and material["kind"] == "evidence"
        if later and material["key"] not in given:
            until = may_come_until(material, filed)
            found[material["key"]] = {
                "until": until and until.isoformat(),
                "came_at": None,
                "for": [why["member"] for why in material["why"]],
            }
    return found


def dated(plan: Json, today: date) -> dict[str, Any]:
    """A plan as it is shown today.  The days are no part of what is agreed to: they depend on when
    it is filed, and a plan must not change at midnight."""
    materials = [
        {**material, "may_come_until": may_come_until(material, today)}
        for material in plan["materials"]
    ]
    return {**plan, "materials": materials}
