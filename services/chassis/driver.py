"""Statements by the driver itself, in the midst of a session's transaction.

SQLAlchemy takes 100 µs of CPU around a statement that the driver alone sends in 20.  What every
filing and every event passes through goes this way; all else is better readable as it was.

Values are the driver's: `$1` for parameters; JSON goes in as text and comes out as values.  What
goes wrong is raised as SQLAlchemy's `DBAPIError`, like that of the statements beside it.
"""

from typing import Any

import asyncpg
from asyncpg.exceptions import InternalClientError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

FAILED = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    InternalClientError,  # the connection broke in the middle of an exchange
    OSError,
    TimeoutError,
)
"""What the driver may say instead of answering."""
NOTHING = text("SELECT 1")


async def fetch(tx: AsyncSession, statement: str, *values: Any) -> list[asyncpg.Record]:
    """The rows of one statement; a constant text, which the server then prepares once."""
    connection = await _within(tx)
    try:
        rows: list[asyncpg.Record] = await connection.fetch(statement, *values)
    except FAILED as error:
        raise _as_usual(statement, error, connection) from error
    return rows


async def execute(tx: AsyncSession, statement: str, *values: Any) -> None:
    """The same for a statement whose rows nobody wants."""
    connection = await _within(tx)
    try:
        await connection.execute(statement, *values)
    except FAILED as error:
        raise _as_usual(statement, error, connection) from error


async def _within(tx: AsyncSession) -> "asyncpg.Connection[asyncpg.Record]":
    """The driver's connection under `tx`, inside its transaction.

    SQLAlchemy begins one with its first own statement, and not a moment earlier: what the driver
    sends before that would be committed by itself.  So the adapter is made to begin, by the method
    that it has for that first statement; where it fails, a statement of SQLAlchemy's own meets the
    same fault and drops what must be dropped.
    """
    transaction = tx.sync_session.get_transaction()
    known = tx.info.get("driver")
    if known and known[0] is transaction:
        connection: asyncpg.Connection[asyncpg.Record] = known[1]
        return connection
    raw = await (await tx.connection()).get_raw_connection()
    adapter: Any = raw.dbapi_connection
    connection = raw.driver_connection
    if not connection.is_in_transaction():
        try:
            await adapter._start_transaction()
        except Exception:
            await tx.execute(NOTHING)
    tx.info["driver"] = (tx.sync_session.get_transaction(), connection)
    return connection


def _as_usual(
    statement: str, error: Exception, connection: "asyncpg.Connection[asyncpg.Record]"
) -> DBAPIError:
    gone = connection.is_closed()
    return DBAPIError(statement, None, error, hide_parameters=True, connection_invalidated=gone)
