"""Keep what catalog tells of service points and their rights; what is not newer is ignored."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.bundle.points.actions import POINT, POINT_RIGHT
from services.chassis.envelope import Heard
from services.chassis.inbox import Reaction
from services.contracts import DelegationChanged, PointChanged


async def keep_points(tx: AsyncSession, heard: Sequence[Heard[PointChanged]]) -> None:
    for one in sorted(heard, key=lambda one: (one.event.code, one.event.version)):
        await _keep(tx, POINT, "code", one.event.model_dump())


async def keep_rights(tx: AsyncSession, heard: Sequence[Heard[DelegationChanged]]) -> None:
    for one in sorted(heard, key=lambda one: (one.event.delegation, one.event.version)):
        await _keep(tx, POINT_RIGHT, "delegation", one.event.model_dump())


async def _keep(tx: AsyncSession, table: Table, key: str, said: Mapping[str, Any]) -> None:
    row = {column.name: _plain(said[column.name]) for column in table.c}
    newer = (
        upsert(table)
        .values(row)
        .on_conflict_do_update(
            index_elements=[key], set_=row, where=table.c.version < row["version"]
        )
    )
    await tx.execute(newer)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


REACTIONS: Mapping[Any, Reaction] = {PointChanged: keep_points, DelegationChanged: keep_rights}
