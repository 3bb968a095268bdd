"""The HTTP face of composition: bundles, for their designers and for whoever looks for one."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy import select

from services.bundle.composition import actions, views
from services.bundle.composition.bodies import BundleBody, Closed
from services.bundle.composition.rules import day_of
from services.bundle.composition.shelf import BundleUnknown
from services.bundle.composition.tables import Bundle
from services.bundle.composition.views import BundleView, PublishedView
from services.chassis.database import Tx
from services.chassis.identity import ANYONE, Allow, Principal
from services.chassis.reading import Cursor, IfMatch, Limit, Page, cursor, etag, position
from services.chassis.ticks import Now

Bureau = Annotated[Principal, Depends(Allow("bureau"))]
Code = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]

router = APIRouter(tags=["bundle"])


class Publication(Closed):
    """发布 / Publishing needs nothing said."""


@router.put("/bundles/{code}")
async def put_bundle(
    code: Code, body: BundleBody, who: Bureau, tx: Tx, response: Response, if_match: IfMatch = None
) -> BundleView:
    """起草一件事 / Draft a bundle.  What is published stays in force until it is published anew."""
    record = body.model_dump(mode="json", by_alias=True)
    if not body.thresholds:  # as drafts were kept before there were any: the same is no change
        del record["thresholds"]
    for party in record["parties"]:
        if party["proved_by"] is None:
            del party["proved_by"]
    return views.draft(await actions.put_bundle(tx, code, record, if_match), response)


@router.put("/bundles/{code}/publication")
async def publish(
    code: Code, body: Publication, who: Bureau, tx: Tx, response: Response, now: Now
) -> PublishedView:
    """发布 / Check the draft and publish it; every fault is named, and what is worth a look.

    Before this service has heard of an item it names, the answer is `unknown-item` with
    Retry-After.
    """
    return views.published(await actions.publish(tx, code, day_of(now)), response)


@router.get("/bundles", dependencies=[ANYONE])
async def bundles(tx: Tx, limit: Limit = 50, cursor: Cursor = None) -> Page[BundleView]:
    """可申请的一件事 / Bundles that can be applied for, by code."""
    found = select(Bundle).where(Bundle.published_version.is_not(None))
    if cursor:
        found = found.where(Bundle.code > position(cursor))
    rows = list(await tx.scalars(found.order_by(Bundle.code).limit(limit + 1)))
    return _page([views.in_force(row) for row in rows], limit)


@router.get("/bundles/{code}", dependencies=[ANYONE])
async def bundle(code: Code, tx: Tx, response: Response) -> BundleView:
    """一件事 / A published bundle."""
    row = await tx.get(Bundle, code)
    if row is None or row.published_version is None:
        raise BundleUnknown()
    response.headers["etag"] = etag(row.version)
    return views.in_force(row)


def _page(views: list[BundleView], limit: int) -> Page[BundleView]:
    more = len(views) > limit
    return Page(items=views[:limit], next=cursor(views[limit - 1].code) if more else None)
