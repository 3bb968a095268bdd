"""The body of every service's migrations/env.py."""

import asyncio
import os

from alembic import context
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool


def run(metadata: MetaData) -> None:
    asyncio.run(_run(metadata))


async def _run(metadata: MetaData) -> None:
    engine = create_async_engine(os.environ["DATABASE_URL"], poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(_migrate, metadata)
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))  # never queue behind a busy table
    # Replicas start together: one migrates, the others find it done.
    connection.execute(text("SELECT pg_advisory_xact_lock(7102645)"))
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    context.run_migrations()
