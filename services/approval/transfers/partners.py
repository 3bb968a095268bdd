"""What a partner department's own system sends on."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.partners import Said, account
from services.approval.transfers import actions
from services.approval.transfers.actions import Sending
from services.approval.transfers.rules import Kind
from services.contracts import Event, TransferStated


def said(time: Timekeeper) -> Mapping[type[Event], Said]:
    async def send(tx: AsyncSession, department: str, said: TransferStated) -> None:
        within = Length.of(said.within.model_dump()) if said.within else None
        what = Sending(Kind(said.kind), said.to, said.reason_code, said.opinion, within)
        await actions.send(tx, time, said.approval, department, what, account(department))

    return {TransferStated: send}
