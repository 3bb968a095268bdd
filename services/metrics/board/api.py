"""The HTTP face of the board."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from services.chassis.database import Tx
from services.chassis.errors import Flaw
from services.chassis.identity import Allow, Excluded, Principal
from services.chassis.reading import BadCursor, Cursor, Limit, Page, cursor, position
from services.metrics.board import views
from services.metrics.board.views import BoardCase, DepartmentRow, PersonRow

Reader = Annotated[Principal, Depends(Allow("bureau", "officer", "inspector"))]
OneCode = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
RuleCode = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Account = Annotated[str | None, Query(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=255)]
State = Literal["open", "appealed", "kept", "lifted", "settled"]

router = APIRouter(tags=["metrics"])


class Board(BaseModel):
    """红黄牌看板 / Cards beside the approvals that are open.  `people` only for the bureau."""

    total: DepartmentRow
    departments: list[DepartmentRow]
    people: list[PersonRow] | None = Field(
        description="按人，仅审批局可见 / By person; null for everybody but the bureau."
    )


@router.get("/board")
async def board(
    who: Reader,
    tx: Tx,
    department: OneCode = None,
    bundle: OneCode = None,
    item: OneCode = None,
) -> Board:
    """红黄牌看板，按部门，并按人 / The board by department, and for the bureau by person.

    An officer sees the own department, the bureau and inspectors see all.
    """
    equal = _equal(who, department=department, bundle=bundle, item=item)
    rows = await views.by_department(tx, equal)
    people = await views.by_person(tx, equal) if _everything(who) else None
    return Board(total=views.total(rows), departments=rows, people=people)


@router.get("/board/cases")
async def cases(
    who: Reader,
    tx: Tx,
    department: OneCode = None,
    bundle: OneCode = None,
    item: OneCode = None,
    rule: RuleCode = None,
    colour: Literal["yellow", "red"] | None = None,
    person: Account = None,
    state: Annotated[list[State] | None, Query()] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[BoardCase]:
    """看板背后的牌，新的在前 / The cards behind the board, newest first."""
    if person and not _everything(who):
        raise Excluded("只有审批局可以按人查看。", "Only the bureau asks by person.")
    equal = _equal(who, department=department, bundle=bundle, item=item)
    more = {"rule": rule, "colour": colour, "person": person}
    equal |= {name: value for name, value in more.items() if value}
    rows = await views.cases(tx, equal, state or (), _after(cursor), limit + 1)
    shown = [views.one_case(row, _everything(who)) for row in rows]
    return _page(shown, limit)


def _page(shown: list[BoardCase], limit: int) -> Page[BoardCase]:
    following = cursor(shown[limit - 1].card) if len(shown) > limit else None
    return Page(items=shown[:limit], next=following)


def _everything(who: Principal) -> bool:
    return "bureau" in who.roles


def _equal(who: Principal, **given: str | None) -> dict[str, str]:
    """What to narrow by.  An officer's own department is always one of it."""
    if not who.roles & {"bureau", "inspector"}:
        another = given["department"] not in (None, who.department)
        given["department"] = "" if another else who.department  # "" is nobody's
    return {name: value for name, value in given.items() if value is not None}


def _after(given: str | None) -> UUID | None:
    if given is None:
        return None
    try:
        return UUID(position(given))
    except ValueError as error:
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw]) from error
