"""What a partner department's own system asks its applicants to put right."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.timekeeping import Timekeeper
from services.approval.corrections import actions
from services.approval.corrections.actions import Notice
from services.approval.corrections.rules import Gap
from services.approval.desk.partners import Said, account
from services.approval.desk.rules import Seat
from services.contracts import CorrectionStated, Event


def said(time: Timekeeper) -> Mapping[type[Event], Said]:
    async def request(tx: AsyncSession, department: str, said: CorrectionStated) -> None:
        gaps = [Gap(one.field, one.evidence, one.reason_code) for one in said.gaps]
        notice = Notice(gaps, said.explanation, said.answer_by)
        seat = Seat(department, account(department))
        await actions.request(tx, time, said.approval, seat, notice)

    return {CorrectionStated: request}
