"""The HTTP face of an item's life: what was, is and will be in force, and the draft of the next."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.catalog.records.api import Bureau, Code, Today
from services.catalog.records.views import RecordView, absent
from services.catalog.versions import actions, rules, views
from services.catalog.versions.tables import ItemDraft
from services.catalog.versions.views import VersionView
from services.chassis.database import Tx
from services.chassis.identity import ANYONE, Known, Principal
from services.chassis.reading import Cursor, IfMatch, Limit, Page, etag, position
from services.chassis.reading import cursor as next_page
from services.contracts import ItemDefinition

Day = Annotated[date, Path(description="YYYY-MM-DD")]
On = Annotated[date | None, Query(description="哪一天，YYYY-MM-DD / On which day.")]
Reader = Annotated[Principal | None, Depends(Known())]

router = APIRouter(tags=["catalog"])


class Publication(BaseModel):
    """发布 / From when the draft is in force: today, or a later day."""

    model_config = ConfigDict(extra="forbid")

    day: date = Field(alias="from")


@router.get("/items/{code}", dependencies=[ANYONE])
async def item(code: Code, tx: Tx, today: Today, response: Response, on: On = None) -> VersionView:
    """事项 / An item in its newest version; with `on`, the version in force on that day."""
    found = await views.published(tx, code, today, 1)
    if on is None and found:
        response.headers["etag"] = etag(found[0].version or 0)
        return found[0]
    dated = await views.on(tx, code, on, today) if on is not None else None
    if dated is not None:
        return dated
    if found:
        raise rules.NotInForce()
    raise absent(code)


@router.get("/items/{code}/versions")
async def versions(
    code: Code, tx: Tx, today: Today, who: Reader, limit: Limit = 50, cursor: Cursor = None
) -> Page[VersionView]:
    """事项的历次版本 / An item's versions: scheduled ones first, then newest first.

    The bureau also sees the draft, above all others.
    """
    drafts = who is not None and "bureau" in who.roles
    after = position(cursor) if cursor else None
    found = await views.page(tx, code, today, after, limit + 1, drafts)
    if not found and after is None:
        raise absent(code)
    following = next_page(found[limit - 1].place()) if len(found) > limit else None
    return Page(items=found[:limit], next=following)


@router.get("/drafts")
async def drafts(
    who: Bureau, tx: Tx, limit: Limit = 50, cursor: Cursor = None
) -> Page[VersionView]:
    """起草中和待生效的版本 / What is in preparation: drafts and scheduled versions, by item."""
    shown, place = await views.prepared(tx, position(cursor) if cursor else None, limit)
    return Page(items=shown, next=next_page(place) if place else None)


@router.put("/items/{code}/draft")
async def put_draft(
    code: Code,
    body: ItemDefinition,
    who: Bureau,
    tx: Tx,
    response: Response,
    if_match: IfMatch = None,
) -> RecordView:
    """起草下一版本 / Write the draft of an item's next version.

    To change a draft send its ETag in `If-Match`; whoever has not read the newest is told so (412).
    """
    draft = await actions.put_draft(tx, code, body.model_dump(mode="json"), if_match)
    return _shown(draft, response)


@router.get("/items/{code}/draft")
async def draft(code: Code, who: Bureau, tx: Tx, response: Response) -> RecordView:
    """草稿 / The draft of an item's next version."""
    found = await tx.get(ItemDraft, code)
    if found is None:
        raise rules.DraftUnknown()
    return _shown(found, response)


@router.delete("/items/{code}/draft", status_code=204)
async def discard_draft(code: Code, who: Bureau, tx: Tx, if_match: IfMatch = None) -> None:
    """删除草稿 / Discard the draft.  What is published or scheduled stays."""
    await actions.discard_draft(tx, code, if_match)


@router.put("/items/{code}/draft/publication")
async def publish_draft(
    code: Code, body: Publication, who: Bureau, tx: Tx, today: Today, if_match: IfMatch = None
) -> VersionView:
    """发布草稿 / Let the draft be in force from a day on: today at once, later by itself.

    Everything wrong with it is told.  The draft is gone then; the same again changes nothing.
    """
    await actions.publish_draft(tx, code, body.day, today, if_match)
    await tx.flush()
    found = await views.on(tx, code, body.day, today)
    if found is None:
        raise rules.NotInForce()
    return found


@router.delete("/items/{code}/scheduled/{day}")
async def take_back(
    code: Code, day: Day, who: Bureau, tx: Tx, today: Today, response: Response
) -> RecordView:
    """撤回待生效的版本 / Take back a version that waits for its day: it is a draft again."""
    return _shown(await actions.take_back(tx, code, day, today), response)


def _shown(draft: ItemDraft, response: Response) -> RecordView:
    response.headers["etag"] = etag(draft.version)
    return RecordView(code=draft.code, version=draft.version, record=draft.record)
