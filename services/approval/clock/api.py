"""Calendars over HTTP: everybody reads them, an operator enters what was announced."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from services.approval.clock import actions
from services.approval.clock.rules.days import FIRST_YEAR, LAST_YEAR, Calendar, Kind
from services.approval.clock.timekeeping import Time
from services.chassis.database import Tx
from services.chassis.identity import ANYONE, Allow, Principal
from services.chassis.reading import IfMatch, etag
from services.chassis.ticks import Now

Keeper = Annotated[Principal, Depends(Allow("bureau", "operator"))]
YearNumber = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)]
Line = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]+$")]

router = APIRouter(tags=["calendars"])


class DayOff(BaseModel):
    """放假日 / A day off."""

    model_config = ConfigDict(extra="forbid")

    day: date
    name: Line = Field(max_length=50)
    name_en: str = Field("", max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")


class Notice(BaseModel):
    """放假安排 / What the State Council announced for a year: all days off, all days made up for.

    Weekends need not be listed.  A day may lie in the December before.
    """

    model_config = ConfigDict(extra="forbid")

    document: Line = Field(max_length=100, description="文号 / The notice's number.")
    holidays: list[DayOff] = Field(max_length=80)
    workdays: list[date] = Field(
        max_length=40, description="调休上班日 / Weekends that are worked."
    )


class CalendarView(BaseModel):
    """一年的日历 / A year.  Provisional: computed by the statute, until it is announced."""

    year: int
    source: str = Field(description="文号或来源 / The notice's number, or where it is from.")
    provisional: bool
    edition: int = Field(description="版次；0 为内置 / Counts announcements; 0 comes with us.")
    holidays: list[DayOff]
    workdays: list[date]
    working_days: int


@router.get("/calendars/{year}", dependencies=[ANYONE])
async def show(year: YearNumber, time: Time, tx: Tx, response: Response) -> CalendarView:
    """某年的工作日历 / The calendar of a year."""
    calendar = (await time.rules(tx, fresh=True)).calendar
    return _view(calendar, year, response)


@router.put("/calendars/{year}")
async def announce(
    year: YearNumber,
    notice: Notice,
    who: Keeper,
    time: Time,
    now: Now,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> CalendarView:
    """录入放假安排，所涉期限随之重算 / Enter a year's notice; due dates follow it."""
    days = [(one.day, one.name, one.name_en or one.name) for one in notice.holidays]
    given = (notice.document, days, notice.workdays)
    await actions.announce(tx, year, *given, by=who.sub, now=now, if_match=if_match)
    calendar = (await time.rules(tx, fresh=True)).calendar
    return _view(calendar, year, response)


def _view(calendar: Calendar, year: int, response: Response) -> CalendarView:
    source = calendar.year(year)
    response.headers["etag"] = etag(source.edition + 1)  # what comes with us can be read, too
    first, after = date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()
    days = [date.fromordinal(day) for day in range(first, after)]
    kinds = {day: calendar.day(day) for day in days}
    off = [(day, what.name) for day, what in kinds.items() if what.kind is Kind.HOLIDAY]
    return CalendarView(
        year=year,
        source=source.source,
        provisional=source.provisional,
        edition=source.edition,
        holidays=[DayOff(day=day, name=name.zh, name_en=name.en) for day, name in off],
        workdays=[day for day, what in kinds.items() if what.kind is Kind.MAKE_UP],
        working_days=sum(what.works for what in kinds.values()),
    )
