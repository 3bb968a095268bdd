"""Who needs what an item issues: the catalogue's own link from a result to whoever asks for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations.rules import LIVE
from services.catalog.delegations.tables import Delegation
from services.catalog.records.endings import issuers
from services.catalog.records.publishing import whole
from services.catalog.records.rules import asks, is_kept, rewritten
from services.catalog.records.tables import Ending, Item, ItemScheduled
from services.catalog.retirement.rules import Dependent
from services.catalog.retirement.tables import BundleCopy
from services.chassis.database import table

BUNDLE_COPY = table(BundleCopy)
DELEGATION = table(Delegation)


@dataclass(frozen=True, slots=True)
class Dependents:
    """Everything in the catalogue that hangs on one item."""

    evidence: str | None
    items: Mapping[str, Dependent]
    others: tuple[str, ...]
    """Other items that go on issuing the same evidence."""
    bundles: tuple[Row[Any], ...]
    delegations: tuple[Row[Any], ...]


async def dependents(tx: AsyncSession, item: str, evidence: str | None, day: date) -> Dependents:
    """As things are planned for `day`; a retirement of `item` itself is not looked at."""
    own = select(DELEGATION).where(DELEGATION.c.item == item, DELEGATION.c.state.in_(LIVE))
    using = select(BUNDLE_COPY).where(BUNDLE_COPY.c["items"].contains([item]))
    return Dependents(
        evidence,
        await _asking(tx, item, evidence, day) if evidence else {},
        await _others(tx, item, evidence, day) if evidence else (),
        tuple((await tx.execute(using.order_by(BUNDLE_COPY.c.code))).all()),
        tuple((await tx.execute(own.order_by(DELEGATION.c.point, DELEGATION.c.right))).all()),
    )


async def _asking(tx: AsyncSession, issuer: str, evidence: str, day: date) -> dict[str, Dependent]:
    """The items that ask for it, now or by a version that is scheduled, and live on that day."""
    living = or_(Item.retired_from.is_(None), Item.retired_from > day)
    need = [{"evidence": evidence}]
    now = select(Item.code, Item.record).where(
        living, Item.code != issuer, Item.record["requirements"].contains(need)
    )
    coming = (
        select(ItemScheduled.code, ItemScheduled.record, ItemScheduled.changes)
        .join(Item, Item.code == ItemScheduled.code)
        .where(living, Item.code != issuer, ItemScheduled.record["requirements"].contains(need))
        .order_by(ItemScheduled.code, ItemScheduled.in_force_from)
    )
    found = {code: whole(record) for code, record in await tx.execute(now)}
    for code, record, changes in await tx.execute(coming):
        found[code] = rewritten(whole(record), [one for one in changes if one["retired"] != issuer])
    return {
        code: Dependent(code, record, _kept(record, evidence))
        for code, record in sorted(found.items())
        if any(asks(one, evidence) for one in record["requirements"])
    }


def _kept(record: Mapping[str, Any], evidence: str) -> bool:
    return all(is_kept(one) for one in record["requirements"] if asks(one, evidence))


async def _others(tx: AsyncSession, issuer: str, evidence: str, day: date) -> tuple[str, ...]:
    makers = (await issuers(tx, [evidence], day))[evidence] - {issuer}
    stopping = select(Ending.item).where(Ending.evidence == evidence, Ending.day <= day)
    return tuple(sorted(makers - set(await tx.scalars(stopping))))
