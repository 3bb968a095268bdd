"""Raise a card, once; and every later change of one, told by the same event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import Row, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.cards.rules import ISSUE, LINE, STEP, SUPERVISED, CardState, Rule
from services.approval.cards.tables import Card, CardAppeal, CardRise
from services.approval.clock.rules.lengths import Length
from services.approval.clock.rules.reckoning import Count, Rules, reckon
from services.approval.desk.actions import APPROVAL
from services.approval.desk.rules import Until
from services.chassis import outbox
from services.chassis.database import table
from services.contracts import CardChanged, CardRaised

CARD = table(Card)
APPEAL = table(CardAppeal)
RISE = table(CardRise)
STANDING = "state IN ('open', 'kept')"
UNTIL: Mapping[str, Until | None] = {
    STEP.code: Until.ACCEPTED,
    ISSUE.code: Until.ISSUED,
    SUPERVISED.code: None,
}
"""What the approval must come to; None: a card that does not end with the approval."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose card it is, where not simply the desk's: of which step, of which department."""

    ref: UUID | None = None
    department: str | None = None
    person: str | None = None


async def raise_card(
    tx: AsyncSession,
    row: Row[Any],
    rule: Rule,
    facts: Mapping[str, Any],
    at: datetime,
    rises_at: datetime | None,
    whose: Whose | None = None,
) -> bool:
    """False where the approval has this card."""
    whose = whose or Whose(person=row.claimed_by or row.decided_by)
    card = {
        "id": uuid_utils.compat.uuid7(),
        "approval": row.id,
        "department": whose.department or row.department,
        "ref": whose.ref,
        "rule": rule.code,
        "rule_version": rule.version,
        "colour": rule.colour,
        "facts": dict(facts),
        "person": whose.person,
        "state": CardState.OPEN,
        "level": LINE[0],
        "rises_at": rises_at,
        "raised_at": at,
        "version": 1,
    }
    new = upsert(CARD).values(card).on_conflict_do_nothing().returning(CARD)
    made = (await tx.execute(new)).first()
    if made is None:
        return False
    told = CardRaised(
        card=made.id,
        approval=row.id,
        application=row.application,
        bundle=row.bundle,
        member=row.member,
        item=row.item,
        department=made.department,
        rule=rule.code,
        rule_version=rule.version,
        colour=rule.colour.value,
        person=made.person,
        due_at=facts["due_at"],
        raised_at=at,
    )
    await outbox.record(tx, told, version=1, correlation=row.correlation or None)
    await watch(tx, row.id, rule.code)
    return True


async def watch(tx: AsyncSession, approval: UUID, rule: str) -> None:
    """Have the card of this rule looked at when what it is about has been done.  No version: the
    desk has nothing to do with it."""
    when = until(rule)
    if when is None:
        return
    sooner = func.least(APPROVAL.c.cards_until, when)
    same = APPROVAL.c.id == approval
    await tx.execute(update(APPROVAL).where(same).values(cards_until=sooner))


def until(rule: str) -> Until | None:
    return UNTIL.get(rule, Until.DECIDED)


async def change(tx: AsyncSession, card: Row[Any], now: datetime, **values: Any) -> Row[Any]:
    """The locked card with these values, told."""
    changed = update(CARD).where(CARD.c.id == card.id).values(version=card.version + 1)
    after: Row[Any] = (await tx.execute(changed.values(**values).returning(CARD))).one()
    found = select(APPROVAL.c.application, APPROVAL.c.correlation)
    about = (await tx.execute(found.where(APPROVAL.c.id == card.approval))).one()
    told = CardChanged(
        card=after.id,
        approval=after.approval,
        application=about.application,
        department=after.department,
        state=after.state.value,
        level=after.level.value,
        changed_at=now,
    )
    await outbox.record(tx, told, version=after.version, correlation=about.correlation or None)
    return after


async def settle_step(tx: AsyncSession, ref: UUID, now: datetime) -> None:
    """The step that a card is about was done, or is not wanted any more."""
    found = select(CARD).where(CARD.c.ref == ref, text("ref IS NOT NULL AND " + STANDING))
    for card in (await tx.execute(found.order_by(CARD.c.id).with_for_update())).all():
        await change(tx, card, now, state=CardState.SETTLED, rises_at=None)


def rises(level: int, since: datetime, line: tuple[int, ...], rules: Rules) -> datetime | None:
    """When a card that nobody reacts to goes on from `level`; None: it is at the top."""
    if level >= len(line):
        return None
    return reckon(Count(since, (Length(line[level]),)), rules).due
