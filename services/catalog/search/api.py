"""What may be asked of a search over HTTP, and the list that answers."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import text

from services.catalog.index.rules import asked
from services.catalog.records.api import Today
from services.catalog.records.views import RecordView
from services.catalog.search.finding import Closable, Wanted, find, place
from services.chassis.database import Tx
from services.chassis.identity import ANYONE
from services.chassis.reading import Cursor, Limit, Page
from services.chassis.reading import cursor as next_page
from services.contracts.items import Audience, Level

router = APIRouter(tags=["catalog"])
RECORDS = text(
    "SELECT code, version, CAST(record AS text) AS record FROM item "
    "WHERE code = ANY (CAST(:codes AS text[]))"
)

CODE = r"^[a-z][a-z0-9-]*$"
Coded = Annotated[str, Query(pattern=CODE, max_length=64)]
Kind = Annotated[str, Query(max_length=8)]
Region = Annotated[str, Query(max_length=32)]
Depth = Annotated[int, Query(ge=1, le=4)]
AnyOf = Query(description="可重复，任一即可 / May be repeated: any of them.")
Words = Annotated[
    str,
    Query(
        max_length=100,
        description="名称的任意部分、拼音或首字母、编码、部门名称；各词都要符合 / Any part of a "
        "name, its pinyin or initials, a code, a department; every word must be found.",
    ),
]
CanClose = Annotated[
    bool | None, Query(description="有服务点可办结 / Whether a service point may close it today.")
]
Point = Annotated[
    str | None,
    Query(
        pattern=CODE,
        max_length=64,
        description="与 closable 同用：指该服务点 / With `closable`: whether this point may.",
    ),
]
Retired = Annotated[bool, Query(description="也包括已取消的事项 / Also items that are retired.")]


async def _wanted(
    today: Today,
    q: Words = "",
    department: Annotated[list[Coded], AnyOf] = [],  # noqa: B006
    kind: Annotated[list[Kind], AnyOf] = [],  # noqa: B006
    level: Annotated[list[Level], AnyOf] = [],  # noqa: B006
    online_depth: Annotated[list[Depth], AnyOf] = [],  # noqa: B006
    region: Annotated[list[Region], AnyOf] = [],  # noqa: B006
    audience: Audience | None = None,
    closable: CanClose = None,
    point: Point = None,
    retired: Retired = False,
) -> Wanted:
    several: dict[str, list[Any]] = {
        "department": department,
        "kind": kind,
        "level": level,
        "online_depth": online_depth,
        "region": region,
        "audience": [audience] if audience else [],
    }
    filters = {name: tuple(found) for name, found in several.items()}
    closing = Closable(closable, point) if closable is not None else None
    return Wanted(asked(q), today, filters, closing, retired)


Search = Annotated[Wanted, Depends(_wanted)]


@router.get("/items", dependencies=[ANYONE], response_model=Page[RecordView])
async def items(wanted: Search, tx: Tx, limit: Limit = 50, cursor: Cursor = None) -> Response:
    """检索事项 / Find items: the exact name first, then names that begin so, names that contain it,
    pinyin, and the rest; by code where nothing is searched for."""
    places = await find(tx, wanted, place(cursor), limit + 1)
    codes = [one.code for one in places[:limit]]
    rows = {row.code: row for row in await tx.execute(RECORDS, {"codes": codes})}
    found = [_shown(rows[code]) for code in codes]
    following = next_page(places[limit - 1]) if len(places) > limit else None
    page = orjson.dumps({"items": found, "next": following})
    return Response(page, media_type="application/json")


def _shown(row: Any) -> dict[str, Any]:
    """A RecordView.  Its record goes out as the database writes it: to read and write twenty whole
    records took longer than to find them."""
    return {"code": row.code, "version": row.version, "record": orjson.Fragment(row.record)}
