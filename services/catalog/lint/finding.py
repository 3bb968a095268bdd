"""Orphans as they are found: page by page through the catalogue, and the history behind a page."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, String, bindparam, column, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.catalog.lint import rules
from services.catalog.lint.rules import Issue, Reason, Supply, Version
from services.catalog.records.tables import Ending, EvidenceType, ItemVersion

ISSUES = ItemVersion.record["issues"].astext
# Most requirements are in order, and the database leaves them out; which of the others are orphans,
# and why, is for the rules to say.
SUSPECTS = (
    text(
        """
        WITH issued AS MATERIALIZED (
            SELECT DISTINCT i.record->>'issues' AS evidence FROM item i
            WHERE i.record->>'issues' IS NOT NULL
              AND (i.retired_from IS NULL OR i.retired_from > :today)
              AND NOT EXISTS (SELECT FROM ending e WHERE e.item = i.code AND e.day <= :today
                              AND e.evidence = i.record->>'issues')
        ), ended AS MATERIALIZED (SELECT DISTINCT evidence FROM ending WHERE day <= :today)
        SELECT i.code, i.department, i.record->>'name' AS name, n.place, n.need
        FROM item i, jsonb_array_elements(i.record->'requirements')
             WITH ORDINALITY AS n(need, place)
        WHERE (i.retired_from IS NULL OR i.retired_from > :today)
          AND (CAST(:department AS text) IS NULL OR i.department = :department)
          AND (i.code, n.place) > (:code, :place)
          AND coalesce(n.need->>'source', 'applicant') NOT IN ('register', 'commitment')
          AND (coalesce(n.need->>'legal_basis', '') = ''
               OR n.need->>'evidence' NOT IN (SELECT evidence FROM issued)
                  AND (n.need->>'source' = 'item'
                       OR n.need->>'evidence' IN (SELECT evidence FROM ended)))
        ORDER BY i.code, n.place LIMIT :most
        """
    )
    .bindparams(bindparam("today", type_=Date), bindparam("department", type_=String))
    .columns(
        column("code", String),
        column("department", String),
        column("name", String),
        column("place", Integer),
        column("need", JSONB),
    )
)


@dataclass(frozen=True, slots=True)
class Orphan:
    item: str
    name: str
    department: str
    place: int
    """Of the requirement in its item, from 1."""
    need: dict[str, Any]
    evidence_name: str
    reasons: dict[Reason, date]
    """Each with the day since when."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind this requirement of this item."""

    item: str = ""
    place: int = 0


async def orphans(
    tx: AsyncSession, department: str | None, after: Place, limit: int, today: date
) -> list[Orphan]:
    """The next orphans; what only looked like one is left out, and the look goes on."""
    found: list[Orphan] = []
    while len(found) < limit:
        asked = {
            "today": today,
            "department": department,
            "code": after.item,
            "place": after.place,
            "most": limit,
        }
        rows = (await tx.execute(SUSPECTS, asked)).all()
        found += await _judged(tx, rows, today)
        if len(rows) < limit:
            break
        after = Place(rows[-1].code, rows[-1].place)
    return found[:limit]


async def _judged(tx: AsyncSession, rows: Any, today: date) -> list[Orphan]:
    needs = {(row.code, row.place): _whole_need(row.need) for row in rows}
    evidence = {need["evidence"] for need in needs.values()}
    supplies = await _supplies(tx, evidence, today)
    histories = await _histories(tx, {row.code for row in rows})
    names = await _names(tx, evidence)
    found = []
    for row in rows:
        need = needs[row.code, row.place]
        supply, history = supplies[need["evidence"]], histories[row.code]
        dated = {
            reason: rules.since(reason, need, supply, history)
            for reason in rules.reasons(need, supply)
        }
        if dated:
            name = names[need["evidence"]]
            found.append(Orphan(row.code, row.name, row.department, row.place, need, name, dated))
    return found


def _whole_need(need: dict[str, Any]) -> dict[str, Any]:
    return {**DEFAULTS, **need}


DEFAULTS: dict[str, Any] = {
    "source": "applicant",
    "whose": "holder",
    "when": None,
    "kept_by": None,
    "legal_basis": "",
}
"""What a requirement says of itself that was stored before these elements came."""


async def _histories(tx: AsyncSession, items: Collection[str]) -> dict[str, list[Version]]:
    requirements = ItemVersion.record["requirements"]
    found = select(ItemVersion.code, ItemVersion.in_force_from, requirements).where(
        ItemVersion.code.in_(items)
    )
    histories: dict[str, list[Version]] = {code: [] for code in items}
    newest_first = found.order_by(ItemVersion.code, ItemVersion.version.desc())
    for code, since, needs in await tx.execute(newest_first):
        histories[code].append(Version(since, [_whole_need(one) for one in needs]))
    return histories


async def _supplies(tx: AsyncSession, evidence: Collection[str], today: date) -> dict[str, Supply]:
    """Who ever issued each type, and whether anybody does today."""
    ever = select(ISSUES, ItemVersion.code).where(ISSUES.in_(evidence)).distinct()
    makers: dict[str, list[str]] = {code: [] for code in evidence}
    for code, item in await tx.execute(ever):
        makers[code].append(item)
    items = {item for those in makers.values() for item in those}
    versions: dict[str, list[tuple[date, str | None]]] = {item: [] for item in items}
    lived = select(ItemVersion.code, ItemVersion.in_force_from, ISSUES).where(
        ItemVersion.code.in_(items)
    )
    for code, since, issues in await tx.execute(lived.order_by(ItemVersion.version)):
        versions[code].append((since, issues))
    ends = await _ends(tx, items)
    ended = select(Ending.evidence).where(Ending.evidence.in_(evidence), Ending.day <= today)
    retired = set(await tx.scalars(ended))
    found = {}
    for code, those in makers.items():
        issues = [
            Issue([(day, what == code) for day, what in versions[item]], ends.get((code, item)))
            for item in those
        ]
        found[code] = rules.supply(issues, code in retired, today)
    return found


async def _ends(tx: AsyncSession, items: Collection[str]) -> dict[tuple[str, str], date]:
    endings = select(Ending.evidence, Ending.item, Ending.day).where(Ending.item.in_(items))
    return {(evidence, item): day for evidence, item, day in await tx.execute(endings)}


async def _names(tx: AsyncSession, evidence: Collection[str]) -> dict[str, str]:
    name = EvidenceType.record["name"].astext
    found = select(EvidenceType.code, name).where(EvidenceType.code.in_(evidence))
    return {code: known for code, known in await tx.execute(found)}
