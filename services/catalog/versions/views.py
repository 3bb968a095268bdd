"""An item's versions as they are shown: the draft and scheduled ones first, then newest first."""

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    String,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records.publishing import whole
from services.catalog.records.rules import rewritten
from services.catalog.records.tables import Item, ItemScheduled, ItemVersion
from services.catalog.versions import rules
from services.catalog.versions.tables import ItemDraft
from services.chassis.database import table

ITEM, VERSION = table(Item), table(ItemVersion)
DRAFT, SCHEDULED = table(ItemDraft), table(ItemScheduled)
NEWEST = 2**31 - 1  # as large as a version can be in its column
FOLLOWED = func.lead(VERSION.c.in_force_from).over(
    partition_by=VERSION.c.code, order_by=VERSION.c.version
)
HISTORY = (
    select(VERSION, FOLLOWED.label("followed"), ITEM.c.retired_from)
    .join(ITEM, ITEM.c.code == VERSION.c.code)
    .subquery()
)
NO_DAY = cast(null(), Date).label("in_force_from")
NO_CHANGES = literal([], JSONB).label("changes")
AS_NOW = func.coalesce(SCHEDULED.c.record, ITEM.c.record).label("record")
PREPARED = union_all(
    select(DRAFT.c.code, DRAFT.c.record, NO_DAY, NO_CHANGES),
    select(SCHEDULED.c.code, AS_NOW, SCHEDULED.c.in_force_from, SCHEDULED.c.changes).outerjoin(
        ITEM, ITEM.c.code == SCHEDULED.c.code
    ),
).subquery()


class VersionView(BaseModel):
    """事项的一个版本 / One version of an item."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    code: str
    version: int | None
    """版本号；生效时才有 / Its number, which it gets when it comes into force."""
    state: rules.State
    in_force_from: date | None
    in_force_until: date | None
    """不再有效的首日 / The first day on which it is not in force any more."""
    record: dict[str, Any]

    def place(self) -> str:
        """Where it stands in the list; places sort as the list does, numbers apart."""
        return str(self.version or self.in_force_from or "draft")


async def on(tx: AsyncSession, code: str, day: date, today: date) -> VersionView | None:
    """The version in force on that day, as far as anybody knows today."""
    known = [
        one for one in await _scheduled(tx, code) if one.in_force_from and one.in_force_from <= day
    ]
    known += await published(tx, code, today, 1, HISTORY.c.in_force_from <= day)
    if not known or known[0].in_force_until is not None and known[0].in_force_until <= day:
        return None
    return known[0]


async def page(
    tx: AsyncSession, code: str, today: date, after: str | None, limit: int, drafts: bool
) -> list[VersionView]:
    """Up to `limit` versions behind the place `after`, each before the one that it follows."""
    if after is not None and after.isdecimal():
        older = HISTORY.c.version < min(int(after), NEWEST)
        return await published(tx, code, today, limit, older)
    waiting = [*(await _draft(tx, code) if drafts else ()), *await _scheduled(tx, code)]
    waiting = [one for one in waiting if after is None or one.place() < after]
    return [*waiting, *await published(tx, code, today, limit)][:limit]


async def prepared(
    tx: AsyncSession, after: str | None, limit: int
) -> tuple[list[VersionView], str | None]:
    """Drafts and scheduled versions of all items by code, and where the next page begins."""
    # A space sorts before all that a code may have.
    place = func.concat(PREPARED.c.code, " ", cast(PREPARED.c.in_force_from, String)).collate("C")
    found = select(PREPARED, place.label("place")).order_by(place).limit(limit + 1)
    if after is not None:
        found = found.where(place > after)
    rows = (await tx.execute(found)).all()
    shown = [
        _waiting(row.code, rewritten(whole(row.record), row.changes), row.in_force_from, None)
        for row in rows[:limit]
    ]
    return shown, rows[limit - 1].place if len(rows) > limit else None


async def published(
    tx: AsyncSession, code: str, today: date, limit: int, *where: ColumnElement[bool]
) -> list[VersionView]:
    """Versions that are or were in force, newest first."""
    found = select(HISTORY).where(HISTORY.c.code == code, *where)
    rows = (await tx.execute(found.order_by(HISTORY.c.version.desc()).limit(limit))).all()
    waiting = select(func.min(SCHEDULED.c.in_force_from)).where(SCHEDULED.c.code == code)
    coming = await tx.scalar(waiting) if rows else None
    return [_published(row, coming, today) for row in rows]


def _published(row: Row[Any], coming: date | None, today: date) -> VersionView:
    life = rules.life(row.followed, coming, row.retired_from, today)
    return VersionView(
        code=row.code,
        version=row.version,
        state=life.state,
        in_force_from=row.in_force_from,
        in_force_until=life.until,
        record=row.record,
    )


async def _scheduled(tx: AsyncSession, code: str) -> list[VersionView]:
    """The latest day first; each as it will be when nothing else is changed until then."""
    found = select(SCHEDULED).where(SCHEDULED.c.code == code).order_by(SCHEDULED.c.in_force_from)
    rows = (await tx.execute(found)).all()
    if not rows:
        return []
    known = select(ITEM.c.record, ITEM.c.retired_from).where(ITEM.c.code == code)
    now = (await tx.execute(known)).first()
    record: Any = now.record if now else None
    until = now.retired_from if now else None
    shown = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        record = rewritten(whole(row.record or record), row.changes)
        ends = following.in_force_from if following else until
        shown.append(_waiting(code, record, row.in_force_from, ends))
    return shown[::-1]


async def _draft(tx: AsyncSession, code: str) -> list[VersionView]:
    row = await tx.get(ItemDraft, code)
    return [] if row is None else [_waiting(code, row.record, None, None)]


def _waiting(
    code: str, record: dict[str, Any], since: date | None, until: date | None
) -> VersionView:
    return VersionView(
        code=code,
        version=None,
        state="scheduled" if since else "draft",
        in_force_from=since,
        in_force_until=until,
        record=record,
    )
