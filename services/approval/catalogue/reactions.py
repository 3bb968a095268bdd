"""Keep what catalog tells of departments and rights; what is not newer is ignored."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.approval.catalogue.actions import DEPARTMENT, POINT_RIGHT
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import DelegationChanged, DepartmentChanged

RIGHT = frozenset(column.name for column in POINT_RIGHT.c)


async def keep_departments(tx: AsyncSession, heard: Sequence[Heard[DepartmentChanged]]) -> None:
    for one in sorted(heard, key=lambda one: (one.event.code, one.event.version)):
        await _keep(tx, DEPARTMENT, "code", one.event.model_dump())


async def keep_rights(tx: AsyncSession, heard: Sequence[Heard[DelegationChanged]]) -> None:
    for one in sorted(heard, key=lambda one: (one.event.delegation, one.event.version)):
        said = one.event.model_dump(include=set(RIGHT))
        await _keep(tx, POINT_RIGHT, "delegation", said | {"situations": list(said["situations"])})


async def _keep(tx: AsyncSession, table: Any, key: str, row: dict[str, Any]) -> None:
    new = upsert(table).values(row)
    newer = new.on_conflict_do_update(
        index_elements=[key], set_=row, where=table.c.version < row["version"]
    )
    await tx.execute(newer)


def reactions(partners: Collection[str], time: object) -> Mapping[Any, Reaction]:
    return {DepartmentChanged: keep_departments, DelegationChanged: keep_rights}
