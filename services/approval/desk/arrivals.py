"""A decision that overtakes its approval waits a moment for it.

An officer may decide as soon as the filing is answered; the approval is then still on its way here,
usually for some milliseconds.  Waiting for it costs nothing; a 404 costs a request, and the officer
a second.  Another replica may be the one that opens it: whoever waits looks once more at the end.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

PATIENCE = 0.5
"""Seconds.  Longer would let guessed ids hold connections open."""
MOST = 500
"""So many may wait at once; the next ones are answered at once."""


class Arrivals:
    """Who waits in this process for which approval."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, set[asyncio.Future[None]]] = {}

    def awaited(self, approval: UUID) -> int:
        """How many wait for it."""
        return len(self._waiting.get(approval, ()))

    @asynccontextmanager
    async def expecting(self, approval: UUID) -> AsyncIterator["asyncio.Future[None] | None"]:
        """A future that is done when `approval` has opened; None where too many wait already.
        Look for the approval after entering: what opens from then on is not missed."""
        if sum(map(len, self._waiting.values())) >= MOST:
            yield None
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(approval, set()).add(future)
        try:
            yield future
        finally:
            left = self._waiting[approval]
            left.discard(future)
            if not left:
                del self._waiting[approval]

    def announce(self, tx: AsyncSession, approvals: Iterable[UUID]) -> None:
        """Tell those who wait, once `tx` has committed."""
        opened = list(approvals)
        event.listen(tx.sync_session, "after_commit", lambda _: self._tell(opened), once=True)

    def _tell(self, opened: Iterable[UUID]) -> None:
        for approval in opened:
            for future in self._waiting.get(approval, ()):
                if not future.done():
                    future.set_result(None)


async def soon(future: "asyncio.Future[None]") -> None:
    """Wait for it, but not longer than is polite."""
    await asyncio.wait([future], timeout=PATIENCE)
