"""What people do about a card: appeal, and judge the appeal."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.cards import rules
from services.approval.cards.moves import APPEAL, CARD, change, watch
from services.approval.cards.rules import Appeal, CardState, Verdict
from services.approval.desk.actions import APPROVAL


async def appeal(
    tx: AsyncSession,
    card: UUID,
    department: str,
    reason_code: str,
    explanation: str | None,
    by: str,
    now: datetime,
) -> Row[Any]:
    """Say for the department why the card is not right.  It goes up the line no more."""
    found = await locked(tx, card, department)
    before = await appeals(tx, card)
    rules.check_appeal(found.state, [Appeal(a.appealed_by, a.verdict, None) for a in before])

    entry = {"card": card, "n": len(before) + 1, "appealed_by": by, "appealed_at": now}
    entry |= {"reason_code": reason_code, "explanation": explanation}
    await tx.execute(insert(APPEAL).values(entry))
    return await change(tx, found, now, state=CardState.APPEALED, rises_at=None)


async def judge(
    tx: AsyncSession,
    card: UUID,
    n: int,
    verdict: Verdict,
    reason_code: str | None,
    by: str,
    now: datetime,
) -> Row[Any]:
    """Decide an appeal, once: the card is lifted, or kept."""
    await _approval_locked(tx, card)  # before the card, in the order of whoever settles cards
    found = await locked(tx, card, None)
    mine = APPEAL.c.card == card, APPEAL.c.n == n
    row = (await tx.execute(select(APPEAL).where(*mine))).first()
    if row is None:
        raise rules.AppealUnknown()
    said = Appeal(row.appealed_by, row.verdict, row.verdict_reason)
    if not rules.check_verdict(said, by, verdict, reason_code):
        return found

    judged = {"verdict": verdict, "verdict_reason": reason_code, "judged_by": by, "judged_at": now}
    await tx.execute(update(APPEAL).where(*mine).values(judged))
    if verdict is Verdict.UPHELD:
        return await change(tx, found, now, state=CardState.LIFTED)
    await watch(tx, found.approval, found.rule)
    return await change(tx, found, now, state=CardState.KEPT)


async def _approval_locked(tx: AsyncSession, card: UUID) -> None:
    about = select(CARD.c.approval).where(CARD.c.id == card).scalar_subquery()
    await tx.execute(select(APPROVAL.c.id).where(APPROVAL.c.id == about).with_for_update())


async def locked(tx: AsyncSession, card: UUID, department: str | None) -> Row[Any]:
    """`department` None: any."""
    found = select(CARD).where(CARD.c.id == card)
    if department is not None:
        found = found.where(CARD.c.department == department)
    row = (await tx.execute(found.with_for_update())).first()
    if row is None:
        raise rules.CardUnknown()
    return row


async def appeals(tx: AsyncSession, card: UUID) -> list[Row[Any]]:
    found = select(APPEAL).where(APPEAL.c.card == card).order_by(APPEAL.c.n)
    return list((await tx.execute(found)).all())
