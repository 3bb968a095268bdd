"""An approval service on a clock that the test sets, and the ledger's commands."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from services.approval.clock import actions as clock
from services.approval.clock.rules.lengths import Length
from services.approval.deadlines import actions as deadlines
from services.approval.desk import actions as desk_actions
from services.chassis import ticks
from tests.alone import Alone

EAST_EIGHT = timezone(timedelta(hours=8))


def at(day: str, hour: int = 10) -> datetime:
    """An hour of a day, as the clocks on the wall have it."""
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=EAST_EIGHT).astimezone(UTC)


def ends(day: str) -> str:
    """The end of a day, as the API writes it."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=EAST_EIGHT) + timedelta(days=1)
    return midnight.astimezone(UTC).isoformat().replace("+00:00", "Z")


def set_clock(desk: Alone, moment: datetime) -> None:
    desk.app.state.clock = lambda: moment


async def shown(desk: Alone, approval: UUID, department: str = "market") -> Any:
    return await desk.officer(department).get(f"/approvals/{approval}/clock")


Entry = Callable[[Any, Any, Any], Awaitable[Any]]


async def entered(desk: Alone, approval: UUID, entry: Entry, department: str = "market") -> Any:
    """Enter something into the ledger, as a command of the desk does: the approval is locked."""
    async with desk.app.state.sessions.begin() as tx:
        row = await desk_actions.locked(tx, approval, department)
        return await entry(tx, desk.app.state.timekeeper, row)


async def pause(desk: Alone, approval: UUID, since: datetime | None = None, **more: Any) -> Any:
    said = {"reason_code": "inspection", "evidence": "doc-7", "by": "wang"} | more
    return await entered(
        desk, approval, lambda tx, time, row: clock.open_pause(tx, time, row, since=since, **said)
    )


async def resume(desk: Alone, approval: UUID, until: datetime | None = None) -> Any:
    return await entered(
        desk, approval, lambda tx, time, row: clock.close_pause(tx, time, row, "wang", until)
    )


async def extend(desk: Alone, approval: UUID, days: int, consented_by: str = "head") -> None:
    more = Length(days), "complex", "wang", consented_by
    await entered(desk, approval, lambda tx, time, row: clock.extend(tx, time, row, *more))


async def tick(desk: Alone, handlers: deadlines.Handlers = deadlines.HANDLERS) -> None:
    """Let the alarms ring until there is silence."""
    time = desk.app.state.timekeeper
    while await ticks.turn(desk.app, deadlines.reset(time)):
        pass
    while await ticks.turn(desk.app, deadlines.ring(time, handlers)):
        pass


async def reached(desk: Alone, approval: UUID) -> list[str]:
    found = await desk.rows(
        "SELECT kind FROM reached WHERE approval = :id ORDER BY due_at, kind", id=approval
    )
    return [row.kind for row in found]


async def alarm(desk: Alone, approval: UUID) -> datetime | None:
    found = await desk.rows("SELECT at FROM alarm WHERE subject = :id", id=approval)
    return found[0].at if found else None
