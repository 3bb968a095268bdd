"""Records as they are shown: one by its code with its ETag, or all of them page by page."""

from typing import Any

from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.records.tables import Record
from services.chassis.errors import NotFound
from services.chassis.reading import Page, cursor, etag, position


class RecordView(BaseModel):
    """A record as it stands, with its version."""

    code: str
    version: int
    record: dict[str, Any]


def view(row: Record) -> RecordView:
    return RecordView(code=row.code, version=row.version, record=row.record)


def shown(row: Record, response: Response) -> RecordView:
    response.headers["etag"] = etag(row.version)
    return view(row)


async def one(tx: AsyncSession, table: type[Record], code: str, response: Response) -> RecordView:
    row = await tx.get(table, code)
    if row is None:
        raise absent(code)
    return shown(row, response)


def absent(code: str) -> NotFound:
    return NotFound(
        f"没有代码为 {code} 的记录；请在列表中查找。",
        f"There is nothing with the code {code}; look it up in the list.",
    )


async def page(
    tx: AsyncSession, table: type[Record], limit: int, after: str | None
) -> Page[RecordView]:
    found = select(table).order_by(table.code).limit(limit + 1)
    if after:
        found = found.where(table.code > position(after))
    rows = list(await tx.scalars(found))
    following = cursor(rows[limit - 1].code) if len(rows) > limit else None
    return Page(items=[view(row) for row in rows[:limit]], next=following)
