"""A delegation as the rules know it, read from its row, its item and its point."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations.rules import (
    ItemFacts,
    Level,
    Mode,
    PointFacts,
    Proposal,
    Right,
    Standing,
    Terms,
    decided_by_rule,
)
from services.catalog.delegations.tables import Delegation, DelegationQuality
from services.catalog.points.rules import NO_ORGAN
from services.catalog.points.tables import ServicePoint
from services.catalog.records.tables import Item

SHANGHAI = ZoneInfo("Asia/Shanghai")

# Of an item's record just what is asked; whole records are some kilobytes each.
ITEM = (
    Item.code,
    Item.department,
    Item.retired_from,
    Item.record["name"].astext.label("item_name"),
    Item.record["name_en"].astext.label("item_name_en"),
    Item.record["kind"].astext.label("item_kind"),
    Item.record["level"].astext.label("level"),
    Item.record["region"].astext.label("item_region"),
    Item.record["power_source"].astext.label("power_source"),
    (func.jsonb_typeof(Item.record["instant"]) == "object").label("instant"),
    func.jsonb_path_query_array(
        Item.record, cast("$.situations[*].code", JSONPATH), type_=JSONB
    ).label("item_situations"),
)


@dataclass(frozen=True, slots=True)
class Case:
    """One right over one item at one point, with all that is needed to judge a step."""

    item: ItemFacts
    point: PointFacts
    right: Right
    version: int = 0
    standing: Standing | None = None
    capacity: dict[str, Any] | None = None
    quality: DelegationQuality | None = None
    """What came of it, as far as that was measured."""

    @property
    def key(self) -> str:
        return f"{self.item.code}/{self.point.code}/{self.right.value}"

    def as_of(self, day: date) -> Standing | None:
        """How it stands that day, if it ever began.  It ends with its item."""
        if self.standing is None or not self.item.retired(day):
            return self.standing and self.standing.on(day)
        return replace(self.standing, ends_on=self.standing.ends_on or day).on(day)


def day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def found(*where: ColumnElement[bool]) -> Select[Any]:
    """Delegations with their items and points, in the order of their keys."""
    asked = select(Delegation, ServicePoint, DelegationQuality, *ITEM)
    joined = asked.join(Item, Item.code == Delegation.item)
    measured = and_(
        DelegationQuality.item == Delegation.item,
        DelegationQuality.point == Delegation.point,
        DelegationQuality.right == Delegation.right,
    )
    return (
        joined.join(ServicePoint, ServicePoint.code == Delegation.point)
        .outerjoin(DelegationQuality, measured)
        .where(*where)
        .order_by(Delegation.item, Delegation.point, Delegation.right)
        .execution_options(populate_existing=True)  # it may have been written since it was read
    )


async def locked(tx: AsyncSession, *where: ColumnElement[bool]) -> list[Case]:
    """The same, locked in that order."""
    rows = await tx.execute(found(*where).with_for_update(of=Delegation))
    return [case_of(row) for row in rows]


def case_of(row: Row[Any]) -> Case:
    kept, item, point = row.Delegation, item_facts(row), point_facts(row.ServicePoint)
    rest = kept.version, standing_of(kept), kept.capacity, row.DelegationQuality
    return Case(item, point, kept.right, *rest)


def item_facts(row: Row[Any]) -> ItemFacts:
    return ItemFacts(
        code=row.code,
        department=row.department,
        kind=row.item_kind,
        level=row.level or "county",
        region=row.item_region,
        power_source=row.power_source or "own",
        instant=bool(row.instant),
        situations=tuple(row.item_situations),
        retired_from=row.retired_from,
    )


def point_facts(row: ServicePoint) -> PointFacts:
    return PointFacts(row.code, row.kind, row.region, row.organ, row.open)


def standing_of(row: Delegation) -> Standing:
    return Standing(
        state=row.state,
        terms=Terms(row.mode, tuple(row.situations), row.legal_basis),
        begun_by=row.begun_by,
        begun_who=row.begun_who,
        wider=_proposal(row.wider),
        trial_until=row.trial_until,
        ends_on=row.ends_on,
    )


def as_of(case: Case, day: date) -> Standing:
    """The same of a delegation that is kept, which has begun."""
    standing = case.as_of(day)
    assert standing is not None
    return standing


def _proposal(kept: dict[str, Any] | None) -> Proposal | None:
    if kept is None:
        return None
    terms = Terms(Mode(kept["mode"]), tuple(kept["situations"]), kept["legal_basis"])
    return Proposal(terms, Level(kept["by"]), kept["who"])


def only_by_rule(case: Case) -> bool:
    """Whether the point closes nothing but what the item's instant rule decides."""
    small = case.point.kind in NO_ORGAN
    return small and case.right is Right.CLOSE and decided_by_rule(case.item)
