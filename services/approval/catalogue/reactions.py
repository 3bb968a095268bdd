"""Keep what catalog tells of departments and rights; what is not newer is ignored."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.catalogue.actions import ACCEPT_RIGHT, DEPARTMENT
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import DelegationChanged, DepartmentChanged

RIGHT = ("delegation", "version", "item", "point", "state", "trial_until", "ends_on")


async def keep_departments(tx: AsyncSession, heard: Sequence[Heard[DepartmentChanged]]) -> None:
    for one in sorted(heard, key=lambda one: (one.event.code, one.event.version)):
        await _keep(tx, DEPARTMENT, "code", one.event.model_dump())


async def keep_rights(tx: AsyncSession, heard: Sequence[Heard[DelegationChanged]]) -> None:
    accepting = [one.event for one in heard if one.event.right == "accept"]
    for event in sorted(accepting, key=lambda event: (event.delegation, event.version)):
        said = event.model_dump()
        await _keep(tx, ACCEPT_RIGHT, "delegation", {name: said[name] for name in RIGHT})


async def _keep(tx: AsyncSession, table: Any, key: str, row: dict[str, Any]) -> None:
    new = upsert(table).values(row)
    newer = new.on_conflict_do_update(
        index_elements=[key], set_=row, where=table.c.version < row["version"]
    )
    await tx.execute(newer)


def reactions(partners: Collection[str], time: object) -> Mapping[Any, Reaction]:
    return {DepartmentChanged: keep_departments, DelegationChanged: keep_rights}
