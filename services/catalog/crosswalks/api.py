"""The HTTP face of crosswalks."""

from fastapi import APIRouter, Response

from services.catalog.crosswalks import actions, rules
from services.catalog.crosswalks.bodies import CrosswalkBody, GapView, Rows, TranslationView
from services.catalog.crosswalks.tables import Crosswalk
from services.catalog.records.api import Bureau, Code
from services.catalog.records.views import RecordView, absent, one, page, shown
from services.chassis.database import Tx
from services.chassis.identity import ANYONE
from services.chassis.reading import Cursor, IfMatch, Limit, Page

router = APIRouter(tags=["catalog"])


@router.put("/crosswalks/{code}")
async def put_crosswalk(
    code: Code,
    body: CrosswalkBody,
    who: Bureau,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> RecordView:
    """登记某来源系统的代码对照 / Say what the codes of one source system mean in our words."""
    row = await actions.put_crosswalk(tx, code, body.model_dump(mode="json"), if_match)
    return shown(row, response)


@router.get("/crosswalks", dependencies=[ANYONE])
async def crosswalks(tx: Tx, limit: Limit = 50, cursor: Cursor = None) -> Page[RecordView]:
    """代码对照表 / Crosswalks by source system."""
    return await page(tx, Crosswalk, limit, cursor)


@router.get("/crosswalks/{code}", dependencies=[ANYONE])
async def crosswalk(code: Code, tx: Tx, response: Response) -> RecordView:
    """一个来源系统的代码对照 / One source system's crosswalk."""
    return await one(tx, Crosswalk, code, response)


@router.post("/crosswalks/{code}/translations")
async def translations(code: Code, body: Rows, who: Bureau, tx: Tx) -> TranslationView:
    """按对照表翻译 / Translate rows.  Changes nothing; what is unknown is reported, not guessed."""
    found = await tx.get(Crosswalk, code)
    if found is None:
        raise absent(code)
    rows, gaps = rules.translate_rows(rules.Crosswalk.from_record(code, found.record), body.rows)
    return TranslationView(
        system=code,
        version=found.version,
        rows=[{key: list(w) if isinstance(w, tuple) else w for key, w in r.items()} for r in rows],
        unknown=[GapView.model_validate(gap) for gap in gaps],
    )
