"""What time it is, asked in one place; and work that comes round with time, not with a request.

Every replica ticks.  The work itself makes replicas take turns, by locking what it is about to do:
what has fallen due is then done once, and after a restart what was missed is done at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
Work = Callable[[AsyncSession, datetime], Awaitable[bool]]
"""Does some of what is due at that moment; true where there may be more."""


def utc() -> datetime:
    return datetime.now(UTC)


async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


Now = Annotated[datetime, Depends(_now)]


def moment(tx: AsyncSession) -> datetime:
    """What time it is to the service whose transaction this is: for whoever has nothing but the
    transaction in hand."""
    clock: Clock = tx.info["clock"]
    return clock()


def every(seconds: float, work: Work) -> Callable[[FastAPI], Awaitable[None]]:
    """A background loop for `build`: `work` now and every so many seconds, through all outages."""

    async def rounds(app: FastAPI) -> None:
        while True:
            more = False
            try:
                more = await turn(app, work)
            except (DBAPIError, PoolTimeout, OSError) as error:
                log.warning("tick lost its database", extra={"error": type(error).__name__})
            except Exception:
                log.exception("tick failed, comes again")
            await asyncio.sleep(0 if more else seconds)

    return rounds


async def turn(app: FastAPI, work: Work) -> bool:
    """Do `work` once, in one transaction, at the time the service's clock shows."""
    async with app.state.sessions.begin() as tx:
        more = await work(tx, app.state.clock())
    if tx.info.get("recorded"):
        app.state.relay.wake()
    return more
