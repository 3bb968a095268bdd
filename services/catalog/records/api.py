"""The HTTP face of catalog: anybody reads, the bureau writes."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, ConfigDict
from pydantic import Field as FieldInfo

from services.catalog.records import actions
from services.catalog.records.rules import day_of
from services.catalog.records.tables import (
    Department,
    EvidenceType,
    Field,
)
from services.catalog.records.views import RecordView, one, page, shown
from services.chassis.database import Tx
from services.chassis.identity import ANYONE, Allow, Principal
from services.chassis.reading import Cursor, IfMatch, Limit, Page
from services.chassis.ticks import Now
from services.contracts import EvidenceTypeDefinition, FieldDefinition, ItemDefinition

Bureau = Annotated[Principal, Depends(Allow("bureau"))]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
FieldCode = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]

router = APIRouter(tags=["catalog"])


async def _today(now: Now) -> date:
    return day_of(now)


Today = Annotated[date, Depends(_today)]


class DepartmentBody(BaseModel):
    """部门 / A department."""

    model_config = ConfigDict(extra="forbid")

    name: str = FieldInfo(min_length=1, max_length=100)
    name_en: str = FieldInfo("", max_length=200)
    region: str = FieldInfo(min_length=2, max_length=32)


@router.put("/departments/{code}")
async def put_department(
    code: Code,
    body: DepartmentBody,
    who: Bureau,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> RecordView:
    """登记或更名部门 / Name a department."""
    row = await actions.put_department(tx, code, body.model_dump(mode="json"), if_match)
    return shown(row, response)


@router.put("/fields/{code}")
async def put_field(
    code: FieldCode,
    body: FieldDefinition,
    who: Bureau,
    tx: Tx,
    today: Today,
    response: Response,
    if_match: IfMatch = None,
) -> RecordView:
    """登记表单字段 / Define a field.  Items that use it get a new version."""
    row = await actions.put_field(tx, code, body.model_dump(mode="json"), if_match, today)
    return shown(row, response)


@router.put("/evidence-types/{code}")
async def put_evidence_type(
    code: Code,
    body: EvidenceTypeDefinition,
    who: Bureau,
    tx: Tx,
    today: Today,
    response: Response,
    if_match: IfMatch = None,
) -> RecordView:
    """登记材料/证照类型 / Define an evidence type.  Items that use it get a new version."""
    row = await actions.put_evidence_type(tx, code, body.model_dump(mode="json"), if_match, today)
    return shown(row, response)


@router.put("/items/{code}")
async def put_item(
    code: Code,
    body: ItemDefinition,
    who: Bureau,
    tx: Tx,
    today: Today,
    response: Response,
    if_match: IfMatch = None,
) -> RecordView:
    """发布事项（实施清单）/ Publish an item; writing the same record again changes nothing."""
    row = await actions.put_item(tx, code, body.model_dump(mode="json"), if_match, today)
    return shown(row, response)


@router.get("/departments", dependencies=[ANYONE])
async def departments(tx: Tx, limit: Limit = 50, cursor: Cursor = None) -> Page[RecordView]:
    """部门 / Departments by code."""
    return await page(tx, Department, limit, cursor)


@router.get("/fields", dependencies=[ANYONE])
async def fields(tx: Tx, limit: Limit = 50, cursor: Cursor = None) -> Page[RecordView]:
    """表单字段 / Fields by code."""
    return await page(tx, Field, limit, cursor)


@router.get("/evidence-types", dependencies=[ANYONE])
async def evidence_types(tx: Tx, limit: Limit = 50, cursor: Cursor = None) -> Page[RecordView]:
    """材料/证照类型 / Evidence types by code."""
    return await page(tx, EvidenceType, limit, cursor)


@router.get("/departments/{code}", dependencies=[ANYONE])
async def department(code: Code, tx: Tx, response: Response) -> RecordView:
    """部门 / A department."""
    return await one(tx, Department, code, response)


@router.get("/fields/{code}", dependencies=[ANYONE])
async def field(code: FieldCode, tx: Tx, response: Response) -> RecordView:
    """表单字段 / A field."""
    return await one(tx, Field, code, response)


@router.get("/evidence-types/{code}", dependencies=[ANYONE])
async def evidence_type(code: Code, tx: Tx, response: Response) -> RecordView:
    """材料/证照类型 / An evidence type."""
    return await one(tx, EvidenceType, code, response)
