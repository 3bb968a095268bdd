"""A step of a delegation, written with its history and its events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.delegations.cases import Case, only_by_rule
from services.catalog.delegations.rules import (
    Capacity,
    Level,
    Proposal,
    Standing,
    Step,
    Terms,
    waits_for,
)
from services.catalog.delegations.tables import Delegation, DelegationStep
from services.chassis import outbox
from services.chassis.database import packed, table
from services.contracts import DelegationChanged, PartnerDelegationChanged

KEYS = ("item", "point", "right")
FIGURES = ("cases", "refused", "returned", "overdue", "bad_ratings")
"""What is remembered with a step of the quality that whoever took it could see."""


def _many(written: Table, change: bool) -> TextClause:
    """Any number of rows as one JSON array, so that the text is the same for every number of them:
    a many-row VALUES is compiled anew each time.  `right` is a word of SQL, hence the quotes."""
    names = ", ".join(f'"{column.name}"' for column in written.c)
    key = ", ".join(f'"{name}"' for name in KEYS)
    rest = [column.name for column in written.c if column.name not in KEYS]
    changes = ", ".join(f"{name} = EXCLUDED.{name}" for name in rest)
    rows = f"jsonb_populate_recordset(NULL::{written.name}, CAST(:rows AS jsonb))"
    told = f" ON CONFLICT ({key}) DO UPDATE SET {changes}" if change else ""
    return text(f"INSERT INTO {written.name} ({names}) SELECT {names} FROM {rows}{told}")


STAND = _many(table(Delegation), change=True)
REMEMBER = _many(table(DelegationStep), change=False)


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
    if not moves:
        return
    await tx.execute(STAND, {"rows": packed([_row(one, now) for one in moves])})
    await tx.execute(REMEMBER, {"rows": packed([_step(one, now) for one in moves])})
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
    if (seen := one.case.quality) is not None:
        said["quality"] = {name: getattr(seen, name) for name in FIGURES}
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
