"""What a partner department's own system says about acceptance."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.acceptance import actions
from services.approval.acceptance.rules import Verdict
from services.approval.clock.timekeeping import Timekeeper
from services.approval.desk.partners import Said, account
from services.approval.desk.rules import Seat
from services.contracts import AcceptanceStated, Event


def said(time: Timekeeper) -> Mapping[type[Event], Said]:
    async def answer(tx: AsyncSession, department: str, said: AcceptanceStated) -> None:
        why = (said.reason_code, said.refer_to, said.explanation)
        what = actions.Answer(Verdict(said.verdict), *why)
        await actions.answer(tx, time, said.approval, Seat(department, account(department)), what)

    return {AcceptanceStated: answer}
