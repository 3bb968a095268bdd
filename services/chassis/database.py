"""One request, or one event, is one transaction, committed before the answer goes out."""

import enum
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, cast

import asyncpg
import orjson
from fastapi import Depends, Request
from sqlalchemy import DateTime, Enum, MetaData, Table, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

Sessions = async_sessionmaker[AsyncSession]
# A plan is kept until somebody analyses the tables again: made while they were nearly empty, it
# reads them whole, and goes on doing so while they grow.  What finds rows by their keys must not be
# planned in any other way.
BY_KEY = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}


def connect(url: str, pool_size: int = 10, by_key: bool = False) -> Sessions:
    """Sessions on a pool; `by_key`: whose statements find what they touch by its keys.

    No `pool_pre_ping`: it costs a round trip per transaction.  After a database restart the first
    request that meets a dead connection is answered 503 with Retry-After, and SQLAlchemy then
    drops the whole pool.  `hide_parameters` keeps personal data out of error messages.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,  # what overflows is closed on return: a login for every statement
        pool_timeout=5,
        hide_parameters=True,
        json_serializer=_json,
        json_deserializer=orjson.loads,
        connect_args={"server_settings": BY_KEY} if by_key else {},
    )
    return async_sessionmaker(engine, expire_on_commit=False, autoflush=False)


def furnish(sessions: Sessions, **info: Any) -> None:
    """What every transaction carries with it (`tx.info`), besides what it does already."""
    sessions.configure(info=sessions.kw.get("info", {}) | info)


def pool(url: str, size: int = 10) -> "asyncpg.Pool[asyncpg.Record]":
    """The driver's own pool, for the few statements that must be swift: a statement here commits by
    itself, in one round trip.  Made and opened in the lifespan.

    `reset` does nothing: these connections hold no session state that could be left behind.
    Whoever would wait long for a lock is told so instead, as others may share the statement.
    """

    async def codecs(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=_json, decoder=orjson.loads
        )

    async def nothing(connection: object) -> None:
        return None

    dsn = url.replace("postgresql+asyncpg:", "postgresql:")
    return asyncpg.create_pool(
        dsn,
        min_size=0,
        max_size=size,
        max_inactive_connection_lifetime=0,
        init=codecs,
        reset=nothing,
        timeout=5,
        command_timeout=30,
        server_settings=BY_KEY | {"lock_timeout": "200"},  # milliseconds
    )


def insertion(
    table: Table, columns: Sequence[str], returning: Sequence[str] = (), strict: bool = False
) -> str:
    """A statement for chassis/driver.py that inserts any number of rows: `$1` is `packed` of them.

    Its text is the same for every batch.  SQLAlchemy compiles a many-row VALUES anew each time, and
    the server then prepares it anew: that was a fifth of the work of hearing an event.
    Rows that are there already are left alone, or with `strict` an error; `returning` tells only of
    new ones.
    """
    names = ", ".join(columns)
    there = "" if strict else " ON CONFLICT DO NOTHING"
    told = f" RETURNING {', '.join(returning)}" if returning else ""
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {names} "
        f"FROM jsonb_populate_recordset(NULL::{table.name}, CAST($1 AS jsonb)){there}{told}"
    )


def change(table: Table, keys: Sequence[str], columns: Sequence[str], rows: str = "$1") -> str:
    """The same for changes: every row names its `keys` and brings all of `columns`."""
    changes = ", ".join(f"{name} = r.{name}" for name in columns)
    same = " AND ".join(f"{table.name}.{name} = r.{name}" for name in keys)
    changed = f"jsonb_populate_recordset(NULL::{table.name}, CAST({rows} AS jsonb)) AS r"
    return f"UPDATE {table.name} SET {changes} FROM {changed} WHERE {same}"


def putting(
    table: Table, keys: Sequence[str], columns: Sequence[str], changes: Sequence[str]
) -> str:
    """The same for rows that may be there already: of those, `changes` are written.  To insert what
    is missing and then to change it would write every new row twice.  No two rows of one `keys`."""
    names = ", ".join(columns)
    written = ", ".join(f"{name} = excluded.{name}" for name in changes)
    return (
        f"INSERT INTO {table.name} ({names}) SELECT {names} "
        f"FROM jsonb_populate_recordset(NULL::{table.name}, CAST($1 AS jsonb)) "
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {written}"
    )


def insert_all(
    table: Table, columns: Sequence[str], returning: Sequence[str] = (), strict: bool = False
) -> Any:
    """`insertion` for the session: `rows=packed(...)`; what it returns has its columns' types."""
    statement = text(insertion(table, columns, returning, strict).replace("$1", ":rows"))
    return statement.columns(*(table.c[name] for name in returning)) if returning else statement


def update_all(table: Table, keys: Sequence[str], columns: Sequence[str]) -> Any:
    """`change` for the session."""
    return text(change(table, keys, columns, ":rows"))


def packed(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows for the statements above."""
    return _json([dict(row) for row in rows])


def packed_row(row: Mapping[str, Any]) -> str:
    """One row, for `jsonb_populate_record`."""
    return _json(dict(row))


def _json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()  # str: the driver has a UUID of its own


def metadata() -> MetaData:
    """Named constraints, so that every migration can find what it must drop."""
    return MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


# Enums are stored by value in a plain VARCHAR: SQLAlchemy's default is a Postgres type of
# the member *names*, which a migration cannot easily extend.
COLUMN_TYPES: dict[Any, Any] = {
    enum.Enum: Enum(
        enum.Enum,
        native_enum=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    ),
    datetime: DateTime(timezone=True),
    dict[str, Any]: JSONB,
    list[Any]: JSONB,
}


def table(model: type[DeclarativeBase]) -> Table:
    """The plain table behind a mapped class, for the hot paths: a statement on it costs a third of
    the same through the ORM."""
    return cast(Table, model.__table__)


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    async with request.app.state.sessions.begin() as tx:
        yield tx
    if tx.info.get("recorded"):
        request.app.state.relay.wake()


# scope="function" commits before the response is sent.  FastAPI's default commits after
# it, and then a failed commit has already been answered with 201.
Tx = Annotated[AsyncSession, Depends(transaction, scope="function")]
