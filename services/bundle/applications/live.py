"""Live progress: one query per process watches all applications that somebody looks at."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import Row, select

from services.bundle.applications import actions, views
from services.bundle.applications.moves import APPLICATION
from services.chassis.identity import Principal

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


def resumed(last_event_id: str, row: Row[Any]) -> int:
    """The version after which a stream goes on.

    Of a settled application the end is told again, for who comes back may have missed just that;
    and whoever brings a number that is not ours begins anew.
    """
    known = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 9 else 0
    return known if row.outcome is None and known <= row.version else 0


async def stream(app: FastAPI, who: Principal, application: UUID, known: int) -> AsyncIterator[str]:
    """Server-sent events: each state after version `known`, until all is settled or the token has
    expired (seen within KEEP_ALIVE)."""
    watch: Watch = app.state.watch
    async for version in watch.versions(application, known):
        if time.time() > who.expires:
            return  # the client comes back with a newer token, and Last-Event-ID
        if version is None:
            yield ": still here\n\n"
            continue
        try:
            async with app.state.sessions() as tx:
                row = await actions.find(tx, who, application)
                view = views.progress(row, await views.members_of(tx, application))
        except actions.ApplicationUnknown:
            return  # the mandate under which it was watched has ended
        yield f"id: {view.version}\nevent: progress\ndata: {view.model_dump_json()}\n\n"
        if view.outcome is not None:
            yield f"id: {view.version}\nevent: completed\ndata: {view.model_dump_json()}\n\n"
            return
