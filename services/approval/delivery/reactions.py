"""What we do when a holder opens a certificate."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.clock.timekeeping import Timekeeper
from services.approval.delivery import actions
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import ResultOpened


async def note_opened(tx: AsyncSession, heard: Sequence[Heard[ResultOpened]]) -> None:
    for one in sorted(heard, key=lambda one: one.event.approval):
        opened = one.event
        await actions.open_by_holder(tx, opened.approval, opened.number, opened.opened_at)


def reactions(partners: Collection[str], time: Timekeeper) -> Mapping[Any, Reaction]:
    return {ResultOpened: note_opened}
