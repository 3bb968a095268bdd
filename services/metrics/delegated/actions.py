"""Measure what came of rights, and tell catalog where it has changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.chassis import outbox
from services.contracts import DelegationMeasured
from services.metrics.board.tables import CARD
from services.metrics.delegated.tables import POINT_CASE, QUALITY, RETURNED, TOUCHED
from services.metrics.lived.tables import DECIDED

MEASURING = 5_310_882
"""The advisory lock by which one replica measures: two would give one version to two figures."""
BATCH = 500
LATE = ("promise_overdue", "legal_overdue")
COUNTED = ("cases", "refused", "returned", "overdue")


class Key(NamedTuple):
    item: str
    point: str
    right: str


async def measure(tx: AsyncSession, now: datetime) -> bool:
    """Of what was touched, measure the rights that it concerns; true where there may be more."""
    if not (await tx.execute(select(func.pg_try_advisory_xact_lock(MEASURING)))).scalar():
        return False
    oldest = select(TOUCHED.c.id).order_by(TOUCHED.c.id).limit(BATCH)
    gone = delete(TOUCHED).where(TOUCHED.c.id.in_(oldest)).returning(TOUCHED.c.approval)
    touched = (await tx.execute(gone)).scalars().all()
    told = [await _measured(tx, key, now) for key in await _keys(tx, set(touched))]
    await outbox.record_all(tx, [(one, one.version, None) for one in told if one])
    return len(touched) == BATCH


async def _keys(tx: AsyncSession, approvals: Iterable[Any]) -> Sequence[Key]:
    found = select(POINT_CASE).where(POINT_CASE.c.approval.in_(list(approvals)))
    keys = set()
    for row in await tx.execute(found):
        if row.accepted_point:
            keys.add(Key(row.item, row.accepted_point, "accept"))
        if row.decided_point:
            keys.add(Key(row.item, row.decided_point, "close"))
    return sorted(keys)


async def _measured(tx: AsyncSession, key: Key, now: datetime) -> DelegationMeasured | None:
    """The figures of one right, where they are not what was told last."""
    figures = await _figures(tx, key)
    kept = select(QUALITY).where(*(QUALITY.c[name] == one for name, one in key._asdict().items()))
    before = (await tx.execute(kept)).first()
    if before is not None and all(getattr(before, name) == figures[name] for name in COUNTED):
        return None
    version = before.version + 1 if before else 1
    row = {**key._asdict(), **figures, "version": version, "measured_at": now}
    await tx.execute(
        upsert(QUALITY).values(row).on_conflict_do_update(index_elements=key._fields, set_=row)
    )
    return DelegationMeasured(delegation="/".join(key), **row)


async def _figures(tx: AsyncSession, key: Key) -> dict[str, int]:
    case = POINT_CASE.c
    had = case.accepted_point if key.right == "accept" else case.decided_point
    late = select(CARD.c.card).where(
        CARD.c.approval == case.approval, CARD.c.rule.in_(LATE), CARD.c.state != "lifted"
    )
    refused = or_(DECIDED.c.verdict == "refused", case.unaccepted)
    joined = POINT_CASE.outerjoin(DECIDED, DECIDED.c.approval == case.approval).outerjoin(
        RETURNED, RETURNED.c.approval == case.approval
    )
    asked = (
        select(
            func.count().label("cases"),
            func.count().filter(refused).label("refused"),
            func.count(RETURNED.c.approval).label("returned"),
            func.count().filter(late.exists()).label("overdue"),
        )
        .select_from(joined)
        .where(case.item == key.item, had == key.point)
    )
    return dict((await tx.execute(asked)).one()._mapping)
