"""The rows that one application left in the stack's databases, for the floor to write again."""

from typing import Any

import asyncpg

from deploy.local.state import StackState
from tests.bench.databases import url
from tests.bench.statements import Row

BY_SERVER = "pos"


async def take(stack: StackState, application: str) -> dict[str, dict[str, list[Row]]]:
    """Rows by service and table; those of the outbox by the event's type, in recorded order."""
    bundle = await asyncpg.connect(url(stack, "bundle"))
    approval = await asyncpg.connect(url(stack, "approval"))
    try:
        members = await _rows(
            bundle, "member", "application = $1::uuid ORDER BY place", application
        )
        asked = [str(one["approval"]) for one in members]
        approvals = "approval = ANY($1::uuid[]) ORDER BY approval"
        mine = [f"application:{application}", *(f"approval:{one}" for one in asked)]
        return {
            "bundle": {
                "party": await _rows(
                    bundle,
                    "party",
                    "id = (SELECT holder FROM application WHERE id = $1::uuid)",
                    application,
                ),
                "application": await _rows(bundle, "application", "id = $1::uuid", application),
                "member": members,
                "outbox": await _outbox(bundle, mine),
            },
            "approval": {
                "approval": await _rows(
                    approval, "approval", "id = ANY($1::uuid[]) ORDER BY id", asked
                ),
                "result": await _rows(approval, "result", approvals, asked),
                "outbox": await _outbox(approval, mine),
            },
        }
    finally:
        await bundle.close()
        await approval.close()


async def _outbox(connection: asyncpg.Connection, aggregates: list[str]) -> list[Row]:
    return await _rows(connection, "outbox", "aggregate = ANY($1) ORDER BY pos", aggregates)


async def _rows(connection: asyncpg.Connection, table: str, where: str, value: Any) -> list[Row]:
    found = await connection.fetch(f"SELECT * FROM {table} WHERE {where}", value)
    assert found, f"the application left nothing in {table}"
    return [{k: v for k, v in row.items() if k != BY_SERVER} for row in found]
