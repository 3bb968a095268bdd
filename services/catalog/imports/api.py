"""The HTTP face of imports: the bureau sends files, anybody takes them away."""

import asyncio
import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response, UploadFile
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.imports import actions, views
from services.catalog.imports.actions import REGISTERED, named
from services.catalog.imports.rules.files import MOST_BYTES, check_size
from services.catalog.imports.rules.sheets import SHEETS
from services.catalog.imports.views import ImportView
from services.catalog.imports.writing import Items, Registry, write_workbook
from services.catalog.records.api import Bureau, Today
from services.catalog.records.publishing import whole
from services.catalog.records.tables import Item
from services.catalog.search.api import Search
from services.catalog.search.finding import START, find
from services.chassis.database import Tx
from services.chassis.errors import Flaw, Invalid
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import ANYONE

MOST_EXPORTED = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LAYOUT = hashlib.sha256(repr(SHEETS).encode()).hexdigest()
FILE: dict[str, Any] = {
    "dependencies": [ANYONE],
    "response_class": Response,
    "responses": {200: {"content": {XLSX: {}}, "description": "工作簿 / The workbook."}},
}
Dry = Annotated[bool, Query(description="只检查不写入 / Check only; nothing is written.")]
System = Annotated[
    str | None,
    Query(
        pattern=r"^[a-z][a-z0-9-]*$",
        max_length=64,
        description="单元格所用代码的来源系统 / The system whose codes the cells hold.",
    ),
]

router = APIRouter(tags=["catalog"])


async def _turn(request: Request) -> asyncio.Semaphore:
    turns: asyncio.Semaphore = request.app.state.workbooks
    return turns


Turn = Annotated[asyncio.Semaphore, Depends(_turn)]
"""So many workbooks are read or made at once: each may fill a few hundred megabytes meanwhile."""


class TooManyItems(Invalid):
    """A workbook takes fewer items; narrow the search."""

    zh = "一个工作簿放不下这么多事项，请缩小范围。"


@router.post("/items/imports", response_model=ImportView)
async def import_items(
    file: UploadFile,
    who: Bureau,
    once: OnceOnly,
    today: Today,
    turn: Turn,
    dry_run: Dry = False,
    system: System = None,
) -> Response:
    """导入事项（.xlsx 或 JSON，至多 20 MiB）/ Import items: all of the file, or nothing.

    A dry run answers what would be added and changed, what the file leaves out, and every error by
    sheet, row and column.  Without it a file with errors is refused with the same list.  Only then
    an Idempotency-Key is needed.
    """
    content = await file.read(MOST_BYTES + 1)
    check_size(len(content))
    async with turn:
        said = await actions.read(once.tx, content, system)
    if dry_run:
        outcome = await actions.look(once.tx, said, today)
        return _answer(views.view(outcome, dry_run=True))

    async def effect() -> ImportView:
        outcome = await actions.take(once.tx, said, today)
        if outcome.proposal.faults:
            raise views.refusal(outcome.proposal.faults)
        return views.view(outcome, dry_run=False)

    fingerprint = hashlib.sha256(content + (system or "").encode()).hexdigest()
    return await once(who.sub, effect, fingerprint=fingerprint)


def _answer(shown: ImportView) -> Response:
    return Response(shown.model_dump_json(), media_type="application/json")


@router.get("/items/export.xlsx", **FILE)
async def export(
    wanted: Search, tx: Tx, turn: Turn, if_none_match: Annotated[str | None, Header()] = None
) -> Response:
    """导出事项（与检索相同的条件）/ The items of a search as a workbook; import takes it again."""
    async with turn:  # who waits holds neither a connection nor the records
        places = await find(tx, wanted, START, MOST_EXPORTED + 1)
        if len(places) > MOST_EXPORTED:
            flaw = Flaw("/query", f"至多 {MOST_EXPORTED} 个。", f"At most {MOST_EXPORTED}.")
            raise TooManyItems(errors=[flaw])
        codes = [one.code for one in places]
        registry = await _registry(tx)
        tag = await _tag(tx, codes, registry)
        if if_none_match == tag:
            return Response(status_code=304, headers={"etag": tag})
        found = select(Item.code, Item.record).where(Item.code.in_(codes)).order_by(Item.code)
        items = [(code, record) for code, record in await tx.execute(found)]
        return await _workbook(items, registry, "items.xlsx", {"etag": tag})


@router.get("/items/import-template.xlsx", **FILE)
async def template(tx: Tx, turn: Turn) -> Response:
    """导入模板 / An empty workbook with headers, notes and code tables."""
    async with turn:
        return await _workbook([], await _registry(tx), "import-template.xlsx", {})


async def _workbook(
    items: Items, registry: Registry, name: str, headers: dict[str, str]
) -> Response:
    content = await asyncio.to_thread(_written, items, registry)
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=XLSX, headers=disposition | headers)


def _written(items: Items, registry: Registry) -> bytes:
    return write_workbook([(code, whole(record)) for code, record in items], registry)


async def _tag(tx: AsyncSession, codes: list[str], registry: Registry) -> str:
    """Another one when an item, a name in the code tables or the layout is another."""
    found = select(Item.code, Item.version).where(Item.code.in_(codes)).order_by(Item.code)
    versions = [tuple(row) for row in await tx.execute(found)]
    return f'"{hashlib.sha256(repr((LAYOUT, versions, registry)).encode()).hexdigest()[:32]}"'


async def _registry(tx: AsyncSession) -> Registry:
    return Registry(**{name: await named(tx, table) for name, table in REGISTERED.items()})
