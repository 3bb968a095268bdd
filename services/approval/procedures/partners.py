"""What a partner department's own system says of special procedures."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.partners import Said, account
from services.approval.procedures import actions
from services.approval.procedures.actions import Suspension
from services.contracts import Event, ResumptionStated, SuspensionStated


def said(time: Timekeeper) -> Mapping[type[Event], Said]:
    async def suspend(tx: AsyncSession, department: str, said: SuspensionStated) -> None:
        expected = Length.of(said.expected.model_dump())
        what = Suspension(said.kind, said.evidence, expected, said.since, said.explanation)
        await actions.suspend(tx, time, said.approval, department, what, account(department))

    async def resume(tx: AsyncSession, department: str, said: ResumptionStated) -> None:
        by = account(department)
        await actions.resume(tx, time, said.approval, department, by, said.until)

    return {SuspensionStated: suspend, ResumptionStated: resume}
