"""Tell holders what runs out, each once per notice.

What is told is written down in the same transaction, and each certificate is locked meanwhile:
replicas pass over what another one holds, and after a restart what was missed is told once.
"""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, bindparam, case, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.moves import APPLICATION, MEMBER
from services.bundle.composition.shelf import ITEM_COPY
from services.bundle.expiries import rules
from services.bundle.expiries.tables import ExpiryTold
from services.bundle.notices.actions import Telling, tell
from services.bundle.wallet.actions import EVIDENCE
from services.chassis import outbox
from services.chassis.database import table

TOLD = table(ExpiryTold)
SHANGHAI = ZoneInfo("Asia/Shanghai")
AT_ONCE = 100
NEWER = EVIDENCE.alias("newer")
E = EVIDENCE.c
_first, _last = rules.AHEAD
# A notice of its own is missing: the last one, or the first while the last is not due yet.
_missing = case(
    (E.valid_until <= bindparam("soon"), _last),
    else_=_first,
)
_renewed = (
    select(NEWER.c.id)
    .where(
        NEWER.c.party == E.party,
        NEWER.c.evidence == E.evidence,
        NEWER.c.trust == "A",
        NEWER.c.subject_index.is_not_distinct_from(E.subject_index),
        NEWER.c.replaced_for.is_(None),
        NEWER.c.ended_as.is_(None),
        or_(NEWER.c.valid_until.is_(None), NEWER.c.valid_until > E.valid_until),
    )
    .exists()
)
_newest = (
    select(ITEM_COPY.c.record["item"]["later_filings"])
    .where(ITEM_COPY.c.code == MEMBER.c.ask["item"].astext)
    .order_by(ITEM_COPY.c.version.desc())
    .limit(1)
    .scalar_subquery()
)
_offers_renewal = func.coalesce(_newest.contains([{"kind": "renewal"}]), False)
RUNNING_OUT = (
    select(
        EVIDENCE,
        APPLICATION.c.principal_account,
        APPLICATION.c.filer_account,
        APPLICATION.c.correlation,
        MEMBER.c.member,
        _offers_renewal.label("renewable"),
    )
    .join(APPLICATION, APPLICATION.c.id == E.application)
    .join(MEMBER, and_(MEMBER.c.application == E.application, MEMBER.c.approval == E.approval))
    .where(
        E.trust == "A",
        E.replaced_for.is_(None),
        E.ended_as.is_(None),
        E.replaced_by.is_(None),
        E.valid_until.between(bindparam("today"), bindparam("later")),
        or_(E.valid_from.is_(None), E.valid_until - E.valid_from > _missing),
        ~_renewed,
        ~select(TOLD.c.evidence).where(TOLD.c.evidence == E.id, TOLD.c.days == _missing).exists(),
    )
    .order_by(E.valid_until, E.id)
    .limit(AT_ONCE)
    .with_for_update(of=EVIDENCE, skip_locked=True)
)


async def tell_expiries(tx: AsyncSession, now: datetime) -> bool:
    """What a service does every minute; see chassis/ticks.py."""
    today = now.astimezone(SHANGHAI).date()
    until = {"soon": today + timedelta(_last), "later": today + timedelta(_first)}
    rows = (await tx.execute(RUNNING_OUT, {"today": today} | until)).all()
    for row in rows:
        await _tell(tx, row, rules.due(row.valid_from, row.valid_until, today), now)
    return len(rows) == AT_ONCE


async def _tell(tx: AsyncSession, row: Any, due: tuple[int, ...], now: datetime) -> None:
    known = select(TOLD.c.days).where(TOLD.c.evidence == row.id)
    told = set((await tx.execute(known)).scalars())
    days = rules.to_tell(due, told)
    if days is None:
        return
    entries = [{"evidence": row.id, "days": one} for one in due if one not in told]
    await tx.execute(insert(TOLD), entries)
    accounts = [a for a in (row.principal_account, row.filer_account) if a]
    facts = {
        "evidence": row.evidence,
        "result_number": row.result_number,
        "valid_until": row.valid_until.isoformat(),
        "days": days,
        "renewable": row.renewable,
    }
    about = (row.application, row.party, "expiring", facts, row.member, row.correlation)
    await outbox.record_all(tx, await tell(tx, Telling(accounts, *about)))
