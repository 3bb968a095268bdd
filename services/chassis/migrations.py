"""The body of every service's migrations/env.py, and what migrations do beside the traffic."""

import asyncio
import os
import time
from collections.abc import Sequence
from typing import Any

from alembic import context, op
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

MIGRATION_LOCK = 7_102_645
LOCK_TIMEOUT = "5s"
"""Never queue behind a busy table: all its other users would queue behind us."""
LOOK_AGAIN = 0.1


def run(metadata: MetaData) -> None:
    asyncio.run(_run(metadata))


async def _run(metadata: MetaData) -> None:
    engine = create_async_engine(os.environ["DATABASE_URL"], poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(_migrate, metadata)
    await engine.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    # Replicas start together: one migrates, the others wait and find it done.  They ask again and
    # again, without a transaction: an index that is built beside the traffic waits for all others.
    while not connection.scalar(text(f"SELECT pg_try_advisory_lock({MIGRATION_LOCK})")):
        connection.rollback()
        time.sleep(LOOK_AGAIN)
    # Only now, or the others would not wait longer than this.  The session ends with the run, and
    # the lock with it.
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=metadata,
        compare_type=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def index_beside_traffic(name: str, table: str, columns: Sequence[str], **more: Any) -> None:
    """Build an index on a table that may be large and in use: nobody who writes waits for it.

    It takes no part in the migration's transaction: what the migration did before is committed, so
    let it be the only thing a migration does.  An attempt that failed leaves a broken index behind,
    which is dropped first: the next attempt begins anew.
    """
    with op.get_context().autocommit_block():
        # It only waits for who came before; behind it nobody does.
        op.execute("SET lock_timeout = 0")
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True, **more)
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
