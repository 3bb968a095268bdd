"""Closing a service point: not silently, while something stands on it or is agreed there."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.catalog.delegations import actions, bodies
from services.catalog.delegations.api import Partners
from services.catalog.points.api import PointCode, PointView
from services.chassis.database import Tx
from services.chassis.identity import Allow, Principal
from services.chassis.reading import IfMatch, etag
from services.chassis.ticks import Now

Bureau = Annotated[Principal, Depends(Allow("bureau"))]

router = APIRouter(tags=["catalog"])


@router.put("/service-points/{code}/closing")
async def close_point(
    code: PointCode,
    body: bodies.ClosingBody,
    who: Bureau,
    tx: Tx,
    partners: Partners,
    now: Now,
    response: Response,
    if_match: IfMatch = None,
) -> PointView:
    """关闭服务点 / Close a service point.  Closing twice is closing once.

    Refused while open points stand under it (close or move them first), and while it holds
    delegations, unless they are to be withdrawn with it.
    """
    withdraw = body.withdraw_delegations
    row = await actions.close_point(tx, code, withdraw, who.sub, partners, now, if_match)
    response.headers["etag"] = etag(row.version)
    return PointView.model_validate(row)


@router.delete("/service-points/{code}/closing")
async def open_point(
    code: PointCode, who: Bureau, tx: Tx, response: Response, if_match: IfMatch = None
) -> PointView:
    """重新开放 / Open a closed service point again.  What was withdrawn stays withdrawn."""
    row = await actions.open_point(tx, code, if_match)
    response.headers["etag"] = etag(row.version)
    return PointView.model_validate(row)
