"""The HTTP face of approval: the desk."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.catalogue.rules import Right
from services.approval.desk import actions, queries, rules, seats
from services.approval.desk.actions import APPROVAL, FLAG, RESULT, SPARED
from services.approval.desk.rules import State
from services.approval.desk.views import (
    ApprovalView,
    FlagView,
    ListedApprovalView,
    ResultView,
    SparedView,
    WholeApprovalView,
)
from services.chassis.database import Tx
from services.chassis.errors import NotFound
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import Allow, Principal
from services.chassis.reading import Cursor, IfMatch, Limit, Page, cursor, etag, position
from services.chassis.ticks import Now
from services.contracts import Code, Digest, ResultStatement

DESK = Allow("officer", "partner")
Desk = Annotated[Principal, Depends(DESK)]
Window = Annotated[Principal, Depends(Allow("officer", "partner", "clerk"))]
"""Also the people of a service point, by the rights that were handed down to it; see seats.py."""
Number = Annotated[str, Path(pattern=r"^[0-9A-Z-]+$", max_length=40)]

router = APIRouter(tags=["approval"])


class Proposal(BaseModel):
    """拟办意见 / What another officer should decide; `reason_code` is required to refuse."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["granted", "refused"]
    reason_code: Code | None = None


class Decision(BaseModel):
    """决定 / The authority's one answer.

    `reason_code` is required to refuse.  `result` comes along when the certificate is issued at
    once; store its content first (`PUT dossiers/{approval}/result`), which answers the digest.
    """

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["granted", "refused"]
    reason_code: Code | None = None
    result: ResultStatement | None = None
    explanation: Digest | None = Field(
        None, description="书面说明的摘要 / Of what you wrote to the applicant."
    )


@router.get("/approvals")
async def approvals(
    who: Window,
    tx: Tx,
    now: Now,
    state: Annotated[list[State] | None, Query()] = None,
    application: UUID | None = None,
    mine: Annotated[bool, Query(description="我领办的 / Which you have claimed.")] = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[ListedApprovalView]:
    """本部门的审批任务，先到先列 / Your department's approvals, oldest first.

    To a service point's people (clerks): those wanted at their point, over which it has a right.
    """
    narrower = {"claimed_by": who.sub if mine else None, "application": application}
    where = [APPROVAL.c[name] == value for name, value in narrower.items() if value is not None]
    where.append(seats.visible(who, now))
    after = uuid_at(cursor) if cursor else None
    found = queries.worklist(state or State, where, after, limit + 1)
    rows = (await tx.execute(found)).all()
    return _page(rows, limit, await _flags(tx, rows))


@router.get("/approvals/{approval}")
async def show(
    approval: UUID, who: Window, tx: Tx, now: Now, response: Response
) -> WholeApprovalView:
    """一项审批任务 / One approval of your department, or of your service point."""
    mine = [APPROVAL.c.id == approval, seats.visible(who, now)]
    row = (await tx.execute(select(APPROVAL).where(*mine))).first()
    if row is None or not row.item:
        raise rules.ApprovalUnknown(retry_after=1)
    response.headers["etag"] = etag(row.version)
    spared = select(SPARED).where(SPARED.c.approval == approval).order_by(SPARED.c.evidence)
    view = WholeApprovalView.model_validate(row)
    view.spared = [SparedView.model_validate(one) for one in await tx.execute(spared)]
    view.flags = (await _flags(tx, [row])).get(approval, [])
    return view


@router.put("/approvals/{approval}/proposal")
async def propose(approval: UUID, body: Proposal, who: Desk, tx: Tx) -> ApprovalView:
    """拟办意见 / Propose a decision that another officer makes, where the item takes two people."""
    verdict, reason = State(body.verdict), body.reason_code
    row = await actions.propose(tx, approval, department_of(who), verdict, reason, who.sub)
    return ApprovalView.model_validate(row)


@router.put("/approvals/{approval}/decision", response_model=ApprovalView)
async def decide(
    approval: UUID,
    decision: Decision,
    who: Window,
    once: OnceOnly,
    now: Now,
    if_match: IfMatch = None,
) -> Response:
    """决定 / Answer for your department, once.  The application moves on by itself.

    The people of a service point decide by their point's right to close (办结权): in the name of
    the department that entrusts it, or where the power is the point's own, in its own.
    """
    # Step by step: replays, and refusals with their reasons.  The rest goes by express.py.

    async def effect() -> ApprovalView:
        row = await actions.decide(
            once.tx,
            approval,
            await seats.take(once.tx, who, approval, Right.CLOSE, now),
            State(decision.verdict),
            decision.reason_code,
            decision.result,
            if_match=if_match,
            explanation=decision.explanation,
        )
        return ApprovalView.model_validate(row)

    return await once(caller(who), effect, headers=_etag)


@router.put("/approvals/{approval}/result", response_model=ApprovalView)
async def issue(
    approval: UUID, result: ResultStatement, who: Window, once: OnceOnly, now: Now
) -> Response:
    """制证 / Issue what was granted earlier."""

    async def effect() -> ApprovalView:
        seat = await seats.take(once.tx, who, approval, Right.CLOSE, now)
        row = await actions.issue(once.tx, approval, seat, result)
        return ApprovalView.model_validate(row)

    return await once(caller(who), effect, headers=_etag)


@router.get("/results/{number}")
async def result(number: Number, who: Desk, tx: Tx) -> ResultView:
    """办理结果 / A result that your department issued."""
    mine = [RESULT.c.number == number, RESULT.c.department == who.department]
    row = (await tx.execute(select(RESULT).where(*mine))).first()
    if row is None:
        raise NotFound()
    return ResultView.model_validate(row)


def department_of(who: Principal) -> str:
    assert who.department is not None, "Allow lets no officer without a department in"
    return who.department


def caller(who: Principal) -> str:
    """Keys are an account's own: another officer's equal key is another key."""
    home = f"point:{who.point}" if seats.of_point(who) else who.department
    return f"{home}/{who.sub}"


def _etag(answer: ApprovalView) -> dict[str, str]:
    return {"etag": etag(answer.version)}


def shown(row: Any) -> tuple[dict[str, str], str]:
    view = ApprovalView.model_validate(row)
    return _etag(view), view.model_dump_json()


def uuid_at(cursor: str) -> UUID:
    """Where the page before ended."""
    return _uuid(position(cursor))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


async def _flags(tx: AsyncSession, rows: Sequence[Row[Any]]) -> dict[UUID, list[FlagView]]:
    """By approval; only what relied on something, or replaces it, can be flagged."""
    relying = [row.id for row in rows if row.relies_on or row.replaces]
    found: dict[UUID, list[FlagView]] = {}
    if relying:
        flags = select(FLAG).where(FLAG.c.approval.in_(relying)).order_by(FLAG.c.result)
        for one in await tx.execute(flags):
            found.setdefault(one.approval, []).append(FlagView.model_validate(one))
    return found


def _page(
    rows: Sequence[Row[Any]], limit: int, flags: Mapping[UUID, list[FlagView]]
) -> Page[ListedApprovalView]:
    following = cursor(rows[limit - 1].id) if len(rows) > limit else None
    items = [ListedApprovalView.model_validate(row) for row in rows[:limit]]
    for one in items:
        one.flags = flags.get(one.id, [])
    return Page(items=items, next=following)
