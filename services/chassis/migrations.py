"""The body of every service's migrations/env.py."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

MIGRATION_LOCK = 7_102_645
LOCK_TIMEOUT = "5s"
"""Never queue behind a busy table: all its other users would queue behind us."""


def run(metadata: MetaData) -> None:
    asyncio.run(_run(metadata))


async def _run(metadata: MetaData) -> None:
    engine = create_async_engine(os.environ["DATABASE_URL"], poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_migrate, metadata)
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    # Replicas start together: one migrates, the others wait and find it done.
    connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
    # Only now, or the others would not wait longer than this.
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    context.run_migrations()
