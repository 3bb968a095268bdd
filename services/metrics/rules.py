"""What the figures mean.  Plain values, no I/O."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = {"working_day": 8, "natural_day": 8, "hour": 1}


@dataclass(frozen=True, slots=True)
class Definition:
    """What an indicator counts: an exact sentence, what is divided by what, and its version."""

    code: str
    version: int
    name: str
    name_en: str
    formula: str
    unit: str


DEFINITIONS = (
    Definition(
        "applications_filed",
        1,
        "申报办件数",
        "Applications filed",
        "count of bundle.application.submitted",
        "applications",
    ),
    Definition(
        "applications_settled",
        1,
        "办结办件数（按结果）",
        "Applications settled, by outcome",
        "count of bundle.application.completed, grouped by outcome",
        "applications",
    ),
    Definition(
        "approvals_decided",
        1,
        "审批决定数",
        "Approvals decided",
        "count of approval.approval.decided, granted and refused apart",
        "approvals",
    ),
    Definition(
        "worked_seconds",
        1,
        "实际用时（秒）",
        "Time worked",
        "p50 and p90 of decided_at - accepted_at over decided approvals, nearest rank",
        "seconds",
    ),
    Definition(
        "worked_days",
        1,
        "实际用时（工作日）",
        "Working days lived",
        "p50 and p90 of the working days after the day of acceptance up to the day of decision, "
        "Asia/Shanghai, State Council calendar with make-up days; same day is 0",
        "working days",
    ),
    Definition(
        "promised_days",
        1,
        "承诺时限（工作日）",
        "Working days promised",
        "mean of the promises of the same approvals in working hours / 8",
        "working days",
    ),
    Definition(
        "kept_promises",
        1,
        "按承诺办结率",
        "Promises kept",
        "approvals with worked days <= promised days (rounded up) / approvals decided",
        "ratio",
    ),
)


def promised_hours(promise: Mapping[str, object]) -> int:
    return int(str(promise["value"])) * HOURS[str(promise["unit"])]


def working_days(start: datetime, end: datetime) -> int:
    """Working days after `start`'s day up to and with `end`'s day, as China's calendar has them."""
    calendar = _calendar()
    day, last = start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI).date()
    counted = 0
    while day < last:
        day += timedelta(days=1)
        counted += calendar.is_working_day(day)
    return counted


def is_working_day(day: date) -> bool:
    return bool(_calendar().is_working_day(day))


_made: list[holidays.HolidayBase] = []


def _calendar() -> holidays.HolidayBase:
    """Made once: the package computes a year when it is first asked for."""
    if not _made:
        _made.append(holidays.country_holidays("CN"))
    return _made[0]
