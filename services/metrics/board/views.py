"""The board's rows: cards counted per department or person, and the cases behind a number."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import case, distinct, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.metrics.board.tables import CARD, PENDING

C = CARD.c
STANDING = ("open", "appealed", "kept")
"""A card that counts: neither lifted, nor is what it is about done."""
ANOTHERS = ("consultation_overdue", "supervision_overdue")
"""Rules about another department's step, not about the desk that has the approval."""
KNOWN = C.rule.is_not(None)


class Counts(BaseModel):
    """红黄牌数 / Cards.  `yellow` and `red` stand now; `open`: nobody has reacted; `appealed`: an
    appeal is being judged; `settled` and `lifted` stand no more."""

    yellow: int = 0
    red: int = 0
    open: int = 0
    appealed: int = 0
    settled: int = 0
    lifted: int = 0


class DepartmentRow(Counts):
    """部门 / One department: of the `open_approvals` that lie with it now, how many have a red
    card, or a yellow, whoever's time it was; the cards themselves are those of its own time."""

    department: str
    open_approvals: int
    with_red: int
    with_yellow: int
    red_share: str | None = Field(description="with_red ÷ open_approvals", examples=["0.125000"])


class PersonRow(Counts):
    """个人 / One account, by the cards of what it had in hand; null: nobody had taken it up."""

    department: str
    person: str | None
    cards: int = Field(description="分母：其全部红黄牌 / All its cards, the denominator.")


class BoardCase(BaseModel):
    """看板背后的牌 / A card behind a number; `explained` says why it was raised."""

    card: UUID
    approval: UUID
    application: UUID
    department: str
    bundle: str
    item: str
    rule: str
    colour: Literal["yellow", "red"]
    state: str
    level: str
    person: str | None
    due_at: datetime
    raised_at: datetime
    explained: str


def _n(condition: Any) -> Any:
    return func.count().filter(condition)


COUNTED = {
    "yellow": _n((C.colour == "yellow") & C.state.in_(STANDING)),
    "red": _n((C.colour == "red") & C.state.in_(STANDING)),
    "open": _n(C.state == "open"),
    "appealed": _n(C.state == "appealed"),
    "settled": _n(C.state == "settled"),
    "lifted": _n(C.state == "lifted"),
}
COLUMNS = [value.label(name) for name, value in COUNTED.items()]


async def by_department(tx: AsyncSession, equal: Mapping[str, str]) -> list[DepartmentRow]:
    cards = select(C.department, *COLUMNS).where(KNOWN, *_same(C, equal)).group_by(C.department)
    counted = {row.department: Counts(**_counts(row)) for row in await tx.execute(cards)}
    standing = CARD.c.state.in_(STANDING) & KNOWN & (C.approval == PENDING.c.approval)
    standing &= C.rule.not_in(ANOTHERS)
    coloured = {
        colour: func.count(distinct(case((C.colour == colour, PENDING.c.approval))))
        for colour in ("red", "yellow")
    }
    approvals = (
        select(
            PENDING.c.department,
            func.count(distinct(PENDING.c.approval)).label("n"),
            coloured["red"].label("red"),
            coloured["yellow"].label("yellow"),
        )
        .outerjoin(CARD, standing)
        .where(PENDING.c.ended_at.is_(None), PENDING.c.opened_at.is_not(None))
        .where(*_same(PENDING.c, equal))
        .group_by(PENDING.c.department)
    )
    pending = {row.department: row for row in await tx.execute(approvals)}
    return [
        _department(name, counted.get(name, Counts()), pending.get(name))
        for name in sorted(counted.keys() | pending.keys())
    ]


def _department(name: str, counts: Counts, pending: Any) -> DepartmentRow:
    n, red, yellow = (pending.n, pending.red, pending.yellow) if pending else (0, 0, 0)
    return DepartmentRow(
        department=name,
        open_approvals=n,
        with_red=red,
        with_yellow=yellow,
        red_share=f"{red / n:.6f}" if n else None,
        **counts.model_dump(),
    )


def total(rows: Sequence[DepartmentRow]) -> DepartmentRow:
    """Approvals and cards belong to one department each, so sums are right."""
    names = [*Counts.model_fields, "open_approvals", "with_red", "with_yellow"]
    sums = {name: sum(getattr(row, name) for row in rows) for name in names}
    n = sums["open_approvals"]
    return DepartmentRow(
        department="", red_share=f"{sums['with_red'] / n:.6f}" if n else None, **sums
    )


async def by_person(tx: AsyncSession, equal: Mapping[str, str]) -> list[PersonRow]:
    found = (
        select(C.department, C.person, func.count().label("cards"), *COLUMNS)
        .where(KNOWN, *_same(C, equal))
        .group_by(C.department, C.person)
        .order_by(C.department, C.person)
    )
    return [
        PersonRow(department=row.department, person=row.person, cards=row.cards, **_counts(row))
        for row in await tx.execute(found)
    ]


async def cases(
    tx: AsyncSession,
    equal: Mapping[str, str],
    states: Sequence[str],
    after: UUID | None,
    limit: int,
) -> list[Any]:
    found = select(CARD).where(KNOWN, *_same(C, equal))
    if states:
        found = found.where(C.state.in_(states))
    if after:
        found = found.where(C.card < after)
    return list((await tx.execute(found.order_by(C.card.desc()).limit(limit))).all())


def one_case(row: Any, people: bool) -> BoardCase:
    shown = {name: getattr(row, name) for name in BoardCase.model_fields if name != "explained"}
    person = row.person if people else None
    return BoardCase(**shown | {"person": person}, explained=f"/api/cards/{row.card}")


def _same(columns: Any, equal: Mapping[str, str]) -> list[Any]:
    return [columns[name] == value for name, value in equal.items()]


def _counts(row: Any) -> dict[str, int]:
    return {name: getattr(row, name) for name in COUNTED}
