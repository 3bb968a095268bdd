"""What partner departments' own systems ask one another."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.rules.lengths import Length
from services.approval.clock.timekeeping import Timekeeper
from services.approval.consultations import actions
from services.approval.consultations.actions import Question
from services.approval.consultations.rules import ConsultationUnknown, Opinion
from services.approval.desk.partners import Said, account
from services.contracts import ConsultationStated, Event, OpinionStated


def said(time: Timekeeper) -> Mapping[type[Event], Said]:
    async def ask(tx: AsyncSession, department: str, said: ConsultationStated) -> None:
        within = Length.of(said.within.model_dump())
        asked = Question(said.consulted, within, said.fields, said.evidence, said.question)
        await actions.ask(tx, time, said.approval, department, asked, account(department))

    async def give(tx: AsyncSession, department: str, said: OpinionStated) -> None:
        known = await actions.shown(tx, said.consultation, department)
        if known.approval != said.approval:
            raise ConsultationUnknown()
        rest = (Opinion(said.opinion), said.statement, account(department))
        await actions.give(tx, time, said.consultation, department, *rest)

    return {ConsultationStated: ask, OpinionStated: give}
