"""A delegation's row, read as facts the rules know and written with its history and its events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, JSONPATH, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations.rules import (
    Capacity,
    ItemFacts,
    Level,
    Mode,
    PointFacts,
    Proposal,
    Right,
    Standing,
    Step,
    Terms,
    decided_by_rule,
    waits_for,
)
from services.catalog.delegations.tables import Delegation, DelegationStep
from services.catalog.points.rules import NO_ORGAN
from services.catalog.points.tables import ServicePoint
from services.catalog.records.tables import Item
from services.chassis import outbox
from services.contracts import DelegationChanged, PartnerDelegationChanged

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHUNK = 500
"""Rows of one statement: PostgreSQL takes 32,767 parameters."""

# Of an item's record just what is asked; whole records are some kilobytes each.
ITEM = (
    Item.code,
    Item.department,
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

    @property
    def key(self) -> str:
        return f"{self.item.code}/{self.point.code}/{self.right.value}"


@dataclass(frozen=True, slots=True)
class Moved:
    """A step that was judged right, and what is to be remembered of it."""

    case: Case
    step: Step
    standing: Standing
    who: str
    level: Level | None = None
    capacity: dict[str, Any] | None = None
    reasons: Sequence[str] = ()
    note: str = ""
    details: dict[str, Any] = field(default_factory=dict)


def day(now: datetime) -> date:
    return now.astimezone(SHANGHAI).date()


def found(*where: ColumnElement[bool]) -> Select[Any]:
    """Delegations with their items and points, in the order of their keys."""
    joined = select(Delegation, ServicePoint, *ITEM).join(Item, Item.code == Delegation.item)
    return (
        joined.join(ServicePoint, ServicePoint.code == Delegation.point)
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
    return Case(item, point, kept.right, kept.version, standing_of(kept), kept.capacity)


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


def _proposal(kept: dict[str, Any] | None) -> Proposal | None:
    if kept is None:
        return None
    terms = Terms(Mode(kept["mode"]), tuple(kept["situations"]), kept["legal_basis"])
    return Proposal(terms, Level(kept["by"]), kept["who"])


def kept(proposal: Proposal | None) -> dict[str, Any] | None:
    if proposal is None:
        return None
    return {"by": proposal.by.value, "who": proposal.who} | terms_of(proposal.terms)


def said(capacity: Capacity | None) -> dict[str, Any] | None:
    if capacity is None:
        return None
    equipment = [{"code": code, "count": count} for code, count in capacity.equipment]
    return {
        "people": capacity.people,
        "trained": capacity.trained,
        "training": list(capacity.training),
        "equipment": equipment,
    }


def terms_of(terms: Terms) -> dict[str, Any]:
    return {
        "mode": terms.mode.value,
        "situations": list(terms.situations),
        "legal_basis": terms.legal_basis,
    }


async def write(
    tx: AsyncSession, moves: Sequence[Moved], partners: Collection[str], now: datetime
) -> None:
    """All of them, their history and their events.  Their rows are locked, or new."""
    for start in range(0, len(moves), CHUNK):
        some = moves[start : start + CHUNK]
        rows = insert(Delegation).values([_row(one, now) for one in some])
        keys = ["item", "point", "right"]
        changed = {c.name: c for c in rows.excluded if c.name not in keys}
        await tx.execute(rows.on_conflict_do_update(index_elements=keys, set_=changed))
        steps = insert(DelegationStep).values([_step(one, now) for one in some])
        await tx.execute(steps)
    told = [(event, version) for one in moves for event, version in _told(one, partners, now)]
    await outbox.record_all(tx, [(event, version, None) for event, version in told])


def _key(case: Case) -> dict[str, Any]:
    return {"item": case.item.code, "point": case.point.code, "right": case.right}


def _row(one: Moved, now: datetime) -> dict[str, Any]:
    standing = one.standing
    return _key(one.case) | {
        "version": one.case.version + 1,
        "state": standing.state,
        "mode": standing.terms.mode,
        "situations": list(standing.terms.situations),
        "legal_basis": standing.terms.legal_basis,
        "begun_by": standing.begun_by,
        "begun_who": standing.begun_who,
        "wider": kept(standing.wider),
        "capacity": one.capacity or one.case.capacity,
        "reasons": list(one.reasons),
        "trial_until": standing.trial_until,
        "ends_on": standing.ends_on,
        "changed_at": now,
    }


def _step(one: Moved, now: datetime) -> dict[str, Any]:
    said = {"capacity": one.capacity} if one.capacity else {}
    return _key(one.case) | {
        "version": one.case.version + 1,
        "step": one.step,
        "state": one.standing.state,
        "level": one.level,
        "who": one.who,
        "mode": one.standing.terms.mode,
        "reasons": list(one.reasons),
        "note": one.note,
        "details": one.details | said,
        "at": now,
    }


def _told(
    one: Moved, partners: Collection[str], now: datetime
) -> list[tuple[DelegationChanged | PartnerDelegationChanged, int]]:
    case, standing, version = one.case, one.standing, one.case.version + 1
    answer = waits_for(standing)
    about: dict[str, Any] = {
        "delegation": case.key,
        "item": case.item.code,
        "department": case.item.department,
        "point": case.point.code,
        "right": case.right.value,
        "state": standing.state.value,
        "waits_for": answer.value if answer else None,
        "mode": standing.terms.mode.value,
        "situations": standing.terms.situations,
        "trial_until": standing.trial_until,
        "ends_on": standing.ends_on,
        "reason_codes": tuple(one.reasons),
        "changed_at": now,
    }
    only = only_by_rule(case)
    told: list[tuple[DelegationChanged | PartnerDelegationChanged, int]] = [
        (DelegationChanged(version=version, only_by_rule=only, **about), version)
    ]
    if case.item.department in partners:
        told.append((PartnerDelegationChanged(**about), version))
    return told


def only_by_rule(case: Case) -> bool:
    """Whether the point closes nothing but what the item's instant rule decides."""
    small = case.point.kind in NO_ORGAN
    return small and case.right is Right.CLOSE and decided_by_rule(case.item)
