"""What an applicant is told, each once: choices to make, refusals, what to put right, the end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.applications.rules import remedies
from services.bundle.composition.shelf import ITEM_COPY
from services.bundle.notices.actions import Fact, Telling, tell

ItemVersion = tuple[str, int]
Remedies = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell.  `facts` are codes."""

    kind: str
    member: str | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """All there is to tell about one application, and whom."""

    accounts: Sequence[str]
    application: UUID
    holder: UUID
    correlation: str
    notices: Sequence[Notice]


async def notify(tx: AsyncSession, told: Iterable[Told]) -> list[Fact]:
    """Keep the notices; answers the events to record."""
    tellings = [
        Telling(
            one.accounts,
            one.application,
            one.holder,
            notice.kind,
            notice.facts,
            notice.member,
            one.correlation,
        )
        for one in told
        for notice in one.notices
    ]
    return await tell(tx, *tellings)


async def remedies_of(
    tx: AsyncSession, items: Iterable[ItemVersion]
) -> dict[ItemVersion, Remedies]:
    """How to appeal against a refusal of these items, as their versions' records have it."""
    wanted = set(items)
    if not wanted:
        return {}
    named = ITEM_COPY.c.record["item"]["remedies"].label("remedies")
    found = select(ITEM_COPY.c.code, ITEM_COPY.c.version, named).where(
        tuple_(ITEM_COPY.c.code, ITEM_COPY.c.version).in_(wanted)
    )
    known = {(row.code, row.version): row.remedies for row in await tx.execute(found)}
    return {key: remedies(known.get(key)) for key in wanted}
