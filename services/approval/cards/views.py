"""A card as it is shown: its rule in words, its facts, and where the clock explains the moment."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.approval.cards.rules import (
    LINE,
    RULES,
    CardState,
    Colour,
    Level,
    Rule,
    Source,
    Verdict,
)


class RuleView(BaseModel):
    """出牌规则 / A rule by which cards are raised, and where it comes from."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    version: int
    colour: Colour
    source: Source = Field(description="法定或行政 / Law, or the administration's own.")
    basis: str
    zh: str
    en: str


class AppealView(BaseModel):
    """申诉 / An appeal.  Who made and who judged it, only the bureau sees."""

    model_config = ConfigDict(from_attributes=True)

    n: int
    reason_code: str
    explanation: str | None = Field(
        description="书面说明的摘要，正文见 dossiers / The digest of what was written, kept in "
        "`GET dossiers/{approval}/explanations/{digest}`."
    )
    appealed_at: datetime
    appealed_by: str | None
    verdict: Verdict | None
    verdict_reason: str | None
    judged_at: datetime | None
    judged_by: str | None


class RiseView(BaseModel):
    """逐级上报 / When the next in line heard of it."""

    model_config = ConfigDict(from_attributes=True)

    level: Level
    at: datetime


class CardView(BaseModel):
    """红黄牌 / One rule met by one approval.  `person`, an account: only the bureau sees it."""

    id: UUID
    approval: UUID
    department: str
    rule: str
    colour: Colour
    state: CardState
    level: Level
    person: str | None
    raised_at: datetime
    version: int


class WholeCardView(CardView):
    """红黄牌及其说明 / A card, explained: its rule, its facts, and the `clock` that counts."""

    explained: RuleView
    facts: dict[str, Any]
    clock: str
    rises_at: datetime | None = Field(description="无人回应时何时上报 / When it goes on up.")
    rises: list[RiseView]
    appeals: list[AppealView]


def card(row: Any, people: bool) -> CardView:
    shown = {name: getattr(row, name) for name in CardView.model_fields}
    return CardView(**shown | (_nobody("person") if not people else {}))


def whole(row: Any, rises: Sequence[Any], appeals: Sequence[Any], people: bool) -> WholeCardView:
    return WholeCardView(
        **card(row, people).model_dump(),
        explained=rule(RULES[row.rule]),
        facts=row.facts,
        clock=f"/api/approvals/{row.approval}/clock",
        rises_at=row.rises_at,
        rises=sorted(map(RiseView.model_validate, rises), key=lambda one: LINE.index(one.level)),
        appeals=[_appeal(one, people) for one in appeals],
    )


def rule(one: Rule) -> RuleView:
    return RuleView.model_validate(one)


def _appeal(row: Any, people: bool) -> AppealView:
    view = AppealView.model_validate(row)
    return view if people else view.model_copy(update=_nobody("appealed_by", "judged_by"))


def _nobody(*names: str) -> dict[str, None]:
    return dict.fromkeys(names)
