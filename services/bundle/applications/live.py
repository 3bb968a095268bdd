"""Live progress: one query per process watches all applications that somebody looks at."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import select

from services.bundle.applications.moves import APPLICATION

log = logging.getLogger(__name__)

LOOK_EVERY = 0.25
KEEP_ALIVE = 15.0


class Watch:
    """Tells its listeners when an application has a new version."""

    def __init__(self) -> None:
        self.listeners: dict[UUID, set[asyncio.Queue[int]]] = defaultdict(set)
        self.seen: dict[UUID, int] = {}

    async def versions(self, application: UUID, known: int) -> AsyncIterator[int | None]:
        """Each version above `known` as it comes; None now and then, to keep the line open."""
        queue: asyncio.Queue[int] = asyncio.Queue()
        self.listeners[application].add(queue)
        self.seen[application] = min(known, self.seen.get(application, known))
        try:
            while True:
                try:
                    version = await asyncio.wait_for(queue.get(), KEEP_ALIVE)
                except TimeoutError:
                    yield None
                    continue
                if version > known:
                    known = version
                    yield version
        finally:
            self.listeners[application].discard(queue)
            if not self.listeners[application]:
                del self.listeners[application]
                self.seen.pop(application, None)

    async def run(self, app: FastAPI) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            if not self.listeners:
                continue
            try:
                await self._look(app)
            except Exception:
                log.exception("could not look at progress, tries again")
                await asyncio.sleep(1)

    async def _look(self, app: FastAPI) -> None:
        watched = select(APPLICATION.c.id, APPLICATION.c.version)
        async with app.state.sessions() as session:
            found = await session.execute(watched.where(APPLICATION.c.id.in_(self.listeners)))
            rows = found.all()
        for application, version in rows:
            if version > self.seen.get(application, 0):
                self.seen[application] = version
                for queue in self.listeners.get(application, ()):
                    queue.put_nowait(version)
