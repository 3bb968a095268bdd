"""What a partner department's own system says of deliveries."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.timekeeping import Timekeeper
from services.approval.delivery import actions
from services.approval.delivery.rules import Way
from services.approval.desk.partners import Said, account
from services.approval.desk.rules import Seat
from services.contracts import DeliveryStated, Event


def said(time: Timekeeper) -> Mapping[type[Event], Said]:
    async def deliver(tx: AsyncSession, department: str, said: DeliveryStated) -> None:
        what = actions.Said(Way(said.way), said.evidence, said.delivered_at)
        seat = Seat(department, account(department))
        await actions.deliver(tx, said.approval, seat, what)

    return {DeliveryStated: deliver}
