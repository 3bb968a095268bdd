"""What an operator sees and does: parked events, and how far relay and consumers are behind."""

import logging
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from nats.errors import Error as NatsError
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import ColumnElement, Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis.broker import Broker, NotConnected
from services.chassis.database import Sessions, Tx
from services.chassis.envelope import Unreadable
from services.chassis.errors import Conflict, NotFound, Refusal
from services.chassis.identity import Allow, Principal
from services.chassis.inbox import INBOX, PARKED, Subscription, describe, handle, letter_of
from services.chassis.outbox import OUTBOX, WAITING

log = logging.getLogger(__name__)

Operator = Annotated[Principal, Depends(Allow("operator"))]


class StillFailing(Conflict):
    """The event fails as before and stays parked; mend its cause first."""

    zh = "该事件仍然失败，继续搁置；请先消除原因。"


class ParkedView(BaseModel):
    """An event that failed for certain.  Its content is not shown: ids and reasons suffice."""

    service: str
    consumer: str
    event_id: str
    subject: str
    reason: str
    tries: int
    parked_at: datetime


class ParkedList(BaseModel):
    items: list[ParkedView]


class StuckView(BaseModel):
    """A recorded event that the broker can never take; its aggregate's later events wait for it."""

    service: str
    event_id: str
    aggregate: str
    version: int
    subject: str
    reason: str
    recorded_at: datetime


class StuckList(BaseModel):
    items: list[StuckView]


class Lag(BaseModel):
    """How far this replica's service is behind."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    service: str
    unpublished: int
    oldest_unpublished_seconds: float
    stuck: int
    parked: int
    relay_leads: bool
    broker_connected: bool
    consumers: dict[str, int | None]
    """Events not yet acknowledged per durable consumer; null where the broker does not answer."""


def router(service: str) -> APIRouter:
    routes = APIRouter(prefix="/operations", tags=["operations"])

    @routes.get("/parked")
    async def parked(who: Operator, tx: Tx) -> ParkedList:
        """搁置的事件 / Events set aside because they can never succeed as they are."""
        rows = (await tx.execute(select(PARKED).order_by(PARKED.c.parked_at).limit(100))).all()
        return ParkedList(items=[_view(service, row) for row in rows])

    @routes.post(f"/parked/{service}/{{event_id}}/retry")
    async def retry(event_id: str, who: Operator, request: Request, tx: Tx) -> ParkedView:
        """重试搁置的事件 / Try a parked event again, after its cause was mended.

        It stays parked if it fails.
        """
        found = select(PARKED).where(PARKED.c.event_id == event_id).with_for_update()
        row = (await tx.execute(found)).first()
        if row is None:
            raise NotFound(f"没有搁置的事件 {event_id}。", f"No event {event_id} is parked.")
        await _retry(tx, request, row)
        return _view(service, row)

    @routes.get("/stuck")
    async def stuck(who: Operator, tx: Tx) -> StuckList:
        """无法发布的事件，先到先列 / Recorded events that can never be published, oldest first."""
        rows = (await tx.execute(STUCK.order_by(WAITING.c.pos).limit(100))).all()
        return StuckList(items=[_stuck(service, row) for row in rows])

    @routes.post(f"/stuck/{service}/{{event_id}}/retry")
    async def try_again(event_id: str, who: Operator, request: Request, tx: Tx) -> StuckView:
        """重新发布 / Publish it again, after the broker's limit was raised; the rest follows."""
        row = await _find_stuck(tx, event_id)
        await tx.execute(update(WAITING).where(WAITING.c.pos == row.pos).values(stuck=None))
        request.app.state.relay.wake()
        return _stuck(service, row)

    @routes.post(f"/stuck/{service}/{{event_id}}/abandonment")
    async def abandon(event_id: str, who: Operator, request: Request, tx: Tx) -> StuckView:
        """放弃发布 / Give it up: nobody hears it, and what waits behind it goes out."""
        row = await _find_stuck(tx, event_id)
        await tx.execute(delete(WAITING).where(WAITING.c.pos == row.pos))
        log.warning("an event was abandoned", extra={"id": event_id, "by": who.sub})
        request.app.state.relay.wake()
        return _stuck(service, row)

    @routes.get("/lag")
    async def lag(who: Operator, request: Request, tx: Tx) -> Lag:
        """滞后量 / Relay and consumer lag, for `onevisit status` and alarms."""
        oldest = func.coalesce(
            func.extract("epoch", func.now() - func.min(OUTBOX.c.recorded_at)), 0
        )
        waiting = select(func.count(), oldest, func.count(WAITING.c.stuck))
        both = WAITING.join(OUTBOX, OUTBOX.c.pos == WAITING.c.pos)
        row = (await tx.execute(waiting.select_from(both))).one()
        state = request.app.state
        return Lag(
            service=service,
            unpublished=row[0],
            oldest_unpublished_seconds=float(row[1]),
            stuck=row[2],
            parked=(await tx.execute(select(func.count()).select_from(PARKED))).scalar_one(),
            relay_leads=state.relay.leads,
            broker_connected=state.broker.connected,
            consumers=await _pending(state.broker, state.subscriptions),
        )

    return routes


STUCK = (
    select(OUTBOX, WAITING.c.stuck)
    .join(WAITING, WAITING.c.pos == OUTBOX.c.pos)
    .where(WAITING.c.stuck.is_not(None))
)


async def _find_stuck(tx: AsyncSession, event_id: str) -> Any:
    found = STUCK.where(OUTBOX.c.event_id == event_id).with_for_update(of=WAITING)
    row = (await tx.execute(found)).first()
    if row is None:
        raise NotFound(f"没有卡住的事件 {event_id}。", f"No event {event_id} is stuck.")
    return row


def _stuck(service: str, row: Any) -> StuckView:
    return StuckView(
        service=service,
        event_id=row.event_id,
        aggregate=row.aggregate,
        version=row.version,
        subject=row.subject,
        reason=row.stuck,
        recorded_at=row.recorded_at,
    )


async def _retry(tx: AsyncSession, request: Request, row: Any) -> None:
    """Handle the event in its own transaction, as at its first arrival.

    The inbox row that set it aside goes first, committed: should we die before the event is
    handled, it is still parked, and a later retry finds no inbox row in its way.
    """
    known = {one.consumer: one for one in request.app.state.subscriptions}
    if row.consumer not in known:
        raise StillFailing(reason="nobody listens there any more")
    sessions: Sessions = request.app.state.sessions
    async with sessions.begin() as first:
        await first.execute(delete(INBOX).where(*_same(INBOX, row)))
    letter = letter_of(row.event_id, row.subject, row.payload.encode())
    try:
        await handle(sessions, known[row.consumer], [letter])
    except Exception as problem:
        await tx.rollback()  # gives the parked row back to the next transaction
        await _park_again(sessions, row, describe(problem))
        if isinstance(problem, Unreadable | ValidationError | Refusal):
            raise StillFailing(reason=describe(problem)) from problem
        raise
    await tx.execute(delete(PARKED).where(*_same(PARKED, row)))


async def _park_again(sessions: Sessions, row: Any, reason: str) -> None:
    async with sessions.begin() as back:
        kept = {"consumer": row.consumer, "event_id": row.event_id}
        await back.execute(insert(INBOX).values(kept).on_conflict_do_nothing())
        tried = {"tries": PARKED.c.tries + 1, "reason": reason}
        await back.execute(update(PARKED).where(*_same(PARKED, row)).values(tried))


def _same(table: Table, row: Any) -> list[ColumnElement[bool]]:
    return [table.c.consumer == row.consumer, table.c.event_id == row.event_id]


def _view(service: str, row: Any) -> ParkedView:
    return ParkedView(service=service, **{k: v for k, v in row._mapping.items() if k != "payload"})


async def _pending(broker: Broker, known: list[Subscription]) -> dict[str, int | None]:
    pending: dict[str, int | None] = {}
    for one in known:
        try:
            info = await broker.js.consumer_info(one.stream, one.consumer)
            pending[one.consumer] = (info.num_pending or 0) + (info.num_ack_pending or 0)
        except (NatsError, NotConnected, OSError, TimeoutError):
            pending[one.consumer] = None
    return pending
