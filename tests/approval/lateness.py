"""Time passes at a desk, and cards come of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.approval import main
from services.approval.cards import reactions
from services.approval.deadlines import actions as deadlines
from services.chassis import ticks
from tests.alone import Alone
from tests.approval.conftest import DIGEST, opened
from tests.approval.timed import at, set_clock, tick

RAISED, CHANGED = "approval.approval.card_raised", "approval.approval.card_changed"
LINE = (2, 3)
HANDLERS = main.merged(deadlines.HANDLERS, reactions.handlers(LINE))
WHY = {"reason_code": "waited-for-court", "explanation": DIGEST}


async def pass_to(desk: Alone, moment: datetime) -> None:
    """Everything that time brings, until there is silence."""
    set_clock(desk, moment)
    await tick(desk, HANDLERS)
    time = desk.app.state.timekeeper
    works = (reactions.issue_late(time, LINE), reactions.settle, reactions.rise(time, LINE))
    for work in works:
        while await ticks.turn(desk.app, work):
            pass


async def cards_of(desk: Alone, approval: UUID) -> list[Any]:
    found = "SELECT * FROM card WHERE approval = :id ORDER BY id"
    return await desk.rows(found, id=approval)


async def rules_of(desk: Alone, approval: UUID) -> list[str]:
    return [card.rule for card in await cards_of(desk, approval)]


async def late(desk: Alone, department: str = "market") -> tuple[UUID, str]:
    """An approval near its deadline, and its yellow card."""
    approval = await opened(desk, department)
    await pass_to(desk, at("2026-11-09", 0))
    [card] = await cards_of(desk, approval)
    return approval, str(card.id)


def bureau(desk: Alone, sub: str = "director") -> Any:
    return desk.person("bureau", sub)
