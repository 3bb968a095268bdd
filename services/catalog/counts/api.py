"""The HTTP face of the counts: anybody reads."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.catalog.counts import views
from services.catalog.counts.views import CountsView
from services.catalog.delegations.cases import day
from services.chassis.database import Tx
from services.chassis.identity import ANYONE
from services.chassis.ticks import Now

Region = Annotated[str | None, Query(min_length=2, max_length=32)]

router = APIRouter(tags=["catalog"])


@router.get("/items/counts", dependencies=[ANYONE])
async def counts(tx: Tx, now: Now, region: Region = None) -> CountsView:
    """事项数 / How many items there are, at the hall, at comprehensive windows, at service points:
    each with its definition, its denominator and the number of departments.

    `region`: only what lies in that administrative division.
    """
    return await views.counts(tx, day(now), region)
