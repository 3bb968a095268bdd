"""The HTTP face of cards."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select

from services.approval.cards import actions, views
from services.approval.cards.moves import CARD, RISE
from services.approval.cards.rules import RULES, CardState, CardUnknown, Colour, Level, Verdict
from services.approval.cards.views import CardView, RuleView, WholeCardView
from services.approval.desk.api import caller, department_of
from services.approval.desk.queries import last_of_each
from services.chassis.database import Tx
from services.chassis.errors import Flaw
from services.chassis.idempotency import OnceOnly
from services.chassis.identity import ANYONE, Allow, Excluded, Principal
from services.chassis.reading import BadCursor, Cursor, Limit, Page, cursor, etag, position
from services.chassis.ticks import Now
from services.contracts import Code, Digest

Reader = Annotated[Principal, Depends(Allow("officer", "inspector", "bureau"))]
Officer = Annotated[Principal, Depends(Allow("officer", "inspector"))]
Bureau = Annotated[Principal, Depends(Allow("bureau"))]
OneCode = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9-]*$", max_length=64)]
RuleCode = Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Account = Annotated[str | None, Query(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=255)]

router = APIRouter(tags=["cards"])


class AppealBody(BaseModel):
    """申诉 / Why the card is not right.

    `explanation`: the digest of what you wrote to the bureau, as `PUT
    dossiers/{approval}/explanations` answered it; only your department and the bureau read it.
    """

    model_config = ConfigDict(extra="forbid")

    reason_code: Code
    explanation: Digest | None = None


class VerdictBody(BaseModel):
    """申诉结论 / Upheld: the card is lifted.  Dismissed, with a `reason_code`: it stays."""

    model_config = ConfigDict(extra="forbid")

    verdict: Literal["upheld", "dismissed"]
    reason_code: Code | None = None


class RuleList(BaseModel):
    items: list[RuleView]


@router.get("/cards/rules", dependencies=[ANYONE])
async def card_rules() -> RuleList:
    """出牌规则 / By which rules cards are raised, with their basis."""
    return RuleList(items=[views.rule(one) for one in RULES.values()])


@router.get("/cards")
async def cards(
    who: Reader,
    tx: Tx,
    department: OneCode = None,
    rule: RuleCode = None,
    colour: Colour | None = None,
    state: Annotated[list[CardState] | None, Query()] = None,
    level: Level | None = None,
    approval: UUID | None = None,
    person: Account = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Page[CardView]:
    """红黄牌，新的在前 / Cards, newest first: your department's; the bureau sees all.

    By `person` only the bureau may ask.
    """
    everybody = "bureau" in who.roles
    if person and not everybody:
        raise Excluded("只有审批局可以按人查看。", "Only the bureau asks by person.")
    equal: dict[str, Any] = {"department": department, "rule": rule}
    equal |= {"colour": colour, "level": level, "approval": approval, "person": person}
    where = [CARD.c[k] == v for k, v in equal.items() if v is not None]
    if not everybody:
        where.append(CARD.c.department == who.department)
    before = _last(cursor) if cursor else None
    found = last_of_each(CARD, state or CardState, where, before, limit + 1)
    rows = (await tx.execute(found)).all()
    return _page([views.card(row, everybody) for row in rows], limit)


@router.get("/cards/{card}")
async def show(card: UUID, who: Reader, tx: Tx, response: Response) -> WholeCardView:
    """一张牌及其说明 / One card: its rule, its facts, the clock that explains it, its appeals."""
    found = select(CARD).where(CARD.c.id == card)
    if "bureau" not in who.roles:
        found = found.where(CARD.c.department == who.department)
    row = (await tx.execute(found)).first()
    if row is None:
        raise CardUnknown()
    response.headers["etag"] = etag(row.version)
    return await _whole(tx, row, "bureau" in who.roles)


@router.post("/cards/{card}/appeals", status_code=201, response_model=WholeCardView)
async def appeal(card: UUID, body: AppealBody, who: Officer, now: Now, once: OnceOnly) -> Response:
    """申诉 / Appeal for your department, with a reason code and what you wrote to the bureau."""

    async def effect() -> WholeCardView:
        said = (body.reason_code, body.explanation, who.sub, now)
        row = await actions.appeal(once.tx, card, department_of(who), *said)
        return await _whole(once.tx, row, False)

    return await once(caller(who), effect, 201, headers=lambda made: {"etag": etag(made.version)})


@router.put("/cards/{card}/appeals/{n}/decision")
async def judge(
    card: UUID,
    n: Annotated[int, Path(ge=1, le=100)],
    body: VerdictBody,
    who: Bureau,
    now: Now,
    tx: Tx,
    response: Response,
) -> WholeCardView:
    """审核申诉 / Uphold the appeal, which lifts the card, or dismiss it.  Once."""
    verdict = Verdict(body.verdict)
    row = await actions.judge(tx, card, n, verdict, body.reason_code, who.sub, now)
    response.headers["etag"] = etag(row.version)
    return await _whole(tx, row, True)


async def _whole(tx: Any, row: Any, people: bool) -> WholeCardView:
    rises = (await tx.execute(select(RISE).where(RISE.c.card == row.id))).all()
    return views.whole(row, rises, await actions.appeals(tx, row.id), people)


def _page(shown: list[CardView], limit: int) -> Page[CardView]:
    more = len(shown) > limit
    return Page(items=shown[:limit], next=cursor(shown[limit - 1].id) if more else None)


def _last(given: str) -> UUID:
    try:
        return UUID(position(given))
    except ValueError as error:
        flaw = Flaw("/query/cursor", "请用上一页给出的 next。", "Use `next` of the page before.")
        raise BadCursor(errors=[flaw]) from error
