"""The HTTP face of retirement: look, decide, take back; anybody reads what was decided."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import select

from services.catalog.delegations.api import Partners
from services.catalog.delegations.cases import day
from services.catalog.delegations.rules import IN_FORCE
from services.catalog.records.api import Bureau, Code, Today
from services.catalog.records.tables import Item
from services.catalog.records.views import absent
from services.catalog.retirement import actions, queries, rules, showing
from services.catalog.retirement.bodies import RetirementBody
from services.catalog.retirement.finding import dependents
from services.catalog.retirement.queries import Stage
from services.catalog.retirement.showing import (
    DependentsView,
    DryRunView,
    RetirementLine,
    RetirementView,
)
from services.chassis.database import Tx
from services.chassis.identity import ANYONE, Allow, Principal
from services.chassis.reading import Cursor, IfMatch, Limit, Page, etag
from services.chassis.reading import cursor as page_end
from services.chassis.ticks import Now

Dry = Annotated[bool, Query(description="只预演，不作决定 / Look only; nothing is decided.")]

Editor = Annotated[Principal, Depends(Allow("bureau", "officer", "inspector"))]
STANDING = [Stage.ANNOUNCED, Stage.DUE, Stage.DONE]

router = APIRouter(tags=["catalog"])


@router.get("/items/{code}/dependents", dependencies=[ANYONE])
async def dependents_of(code: Code, tx: Tx, today: Today) -> DependentsView:
    """依赖 / All that hangs on an item: who needs what it issues, bundles, delegations in force.

    What is only offered or requested is between the two levels; the bureau's dry run has it.
    """
    issues = select(Item.code, Item.record["issues"].astext).where(Item.code == code)
    found = (await tx.execute(issues)).first()
    if found is None:
        raise absent(code)
    hanging = await dependents(tx, code, found[1], today)
    agreed = tuple(one for one in hanging.delegations if one.state in IN_FORCE)
    return showing.dependents_view(code, replace(hanging, delegations=agreed))


@router.put("/items/{code}/retirement")
async def retire(
    code: Code,
    body: RetirementBody,
    who: Bureau,
    tx: Tx,
    now: Now,
    partners: Partners,
    response: Response,
    dry_run: Dry = False,
    if_match: IfMatch = None,
) -> RetirementView | DryRunView:
    """退出事项 / Retire an item from a day on, in one of the four legal modes.

    A dry run lists everybody who needs what it issues, what each would ask from that day on, and
    what is missing yet.  Without it, whoever has no disposition is named and nothing is decided.
    Until its day the decision may be changed or taken back; the same again changes nothing.
    """
    decision = body.decision()
    outcome = await actions.decide(tx, code, decision, who.sub, now, if_match, dry_run, partners)
    if dry_run:
        return showing.dry_run_view(outcome)
    assert outcome.row is not None
    response.headers["etag"] = etag(outcome.row.version)
    return showing.kept_view(outcome.row, day(now))


@router.get("/items/{code}/retirement", dependencies=[ANYONE])
async def retirement(code: Code, tx: Tx, today: Today, response: Response) -> RetirementView:
    """事项退出 / What was last decided about an item's retirement."""
    row = await actions.known_of(tx, code)
    if row is None:
        raise rules.RetirementUnknown()
    response.headers["etag"] = etag(row.version)
    return showing.kept_view(row, today)


@router.get("/retirements")
async def retirements(
    who: Editor,
    tx: Tx,
    today: Today,
    limit: Limit = 50,
    cursor: Cursor = None,
    stage: Annotated[list[Stage], Query()] = STANDING,
) -> Page[RetirementLine]:
    """退出清单 / Retirements by their day: `announced`, `due`, `done`; `withdrawn` where asked for.

    `due`: its day has come, and a version that it makes has not come into force yet.
    """
    rows = await queries.listed(tx, stage, today, limit, cursor)
    shown = [showing.line(row, waits, today) for row, waits in rows[:limit]]
    following = page_end(queries.place(rows[limit - 1][0])) if len(rows) > limit else None
    return Page(items=shown, next=following)


@router.delete("/items/{code}/retirement", status_code=204)
async def withdraw(
    code: Code, who: Bureau, tx: Tx, now: Now, partners: Partners, if_match: IfMatch = None
) -> None:
    """撤回退出决定 / Take the decision back before its day; everybody is told."""
    await actions.withdraw(tx, code, who.sub, now, if_match, partners)
