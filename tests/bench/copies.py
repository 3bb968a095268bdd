"""One case's rows, written again as many times as wanted, by the server itself.

What belongs to a case is found, not listed: every row, in every database, that carries one of its
ids.  A copy has its own ids wherever a row had them, in texts and documents too, and lies a moment
earlier.  So a table that a service gains tomorrow grows as well, and nobody has to remember it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import asyncpg

AT_ONCE = 20_000
"""Copies in one statement: its sorted work fits into memory."""
UUID_TEXT = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
KEEPS = ("alembic_version",)
# A UUIDv7 begins with its milliseconds: the copy's are earlier, and its last bits are the number.
OWN_ID = """
    CREATE OR REPLACE FUNCTION pg_temp.own_id(old text, n int, step double precision) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT substr(h, 1, 8) || '-' || substr(h, 9, 4) || substr(old, 14, 15)
               || lpad(to_hex(n), 8, '0')
        FROM lpad(to_hex(('x' || substr(old, 1, 8) || substr(old, 10, 4))::bit(48)::bigint
                         - (n * step * 1000)::bigint), 12, '0') AS h
    $$
"""
COLUMNS = """
    SELECT a.attname AS name, format_type(a.atttypid, NULL) AS type, a.attidentity <> '' AS counted,
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique
                   AND a.attnum = ANY (i.indkey)) AS in_a_key,
           EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisunique
                   AND i.indkey[0] = a.attnum AND i.indnkeyatts = 1) AS a_key
    FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
    AND a.attgenerated = '' ORDER BY a.attnum
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


@dataclass
class Case:
    """The ids of one case, and its other `names`: a text, and how the n-th copy says it (SQL)."""

    ids: set[str]
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    counted: bool
    """The server numbers the rows."""
    in_a_key: bool
    a_key: bool


async def find(connections: Sequence[asyncpg.Connection], case: Case) -> None:
    """Add to the case's ids those of all rows that carry one: events, entries, pieces, alarms."""
    before = 0
    while len(case.ids) > before:
        before = len(case.ids)
        for connection in connections:
            for table in await _tables(connection):
                columns = await _columns(connection, table)
                own = [c for c in columns if c.in_a_key or c.name == "event_id"]
                for row in await _rows(connection, table, case):
                    texts = (str(row[c.name]) for c in own)
                    case.ids |= {one for one in texts if UUID_TEXT.fullmatch(one)}


async def multiply(
    connection: asyncpg.Connection, cases: Sequence[Case], copies: int, step: float
) -> dict[str, int]:
    """Write so many copies of each case, each `step` seconds before the one before.  Answers how
    many rows each table gained."""
    await connection.execute(OWN_ID)
    await connection.execute("SET session_replication_role = replica")  # no keys are checked twice
    await connection.execute("SET synchronous_commit = off")
    made: dict[str, int] = {}
    for table in await _tables(connection):
        writing = await _writing(connection, table, cases)
        for low in range(1, copies + 1, AT_ONCE):
            for statement in writing:
                done = await connection.execute(
                    statement, low, min(low + AT_ONCE - 1, copies), step
                )
                made[table] = made.get(table, 0) + int(done.rpartition(" ")[2])
    await connection.execute("DISCARD TEMP")
    await connection.execute("RESET session_replication_role")
    await connection.execute("RESET synchronous_commit")
    return made


async def _writing(connection: asyncpg.Connection, table: str, cases: Sequence[Case]) -> list[str]:
    """Put aside what each case has in a table; answers the statements that write copies of it."""
    found = [(case, await _rows(connection, table, case)) for case in cases]
    if not any(rows for _, rows in found):
        return []
    await connection.execute(
        f"CREATE TEMP TABLE aside_{table} AS SELECT 0 AS row, t.* FROM {table} t LIMIT 0"
    )
    columns = [c for c in await _columns(connection, table) if not c.counted]
    statements: list[str] = []
    for case, rows in found:
        for row in rows:
            at = len(statements)
            await connection.execute(
                f"INSERT INTO aside_{table} SELECT {at}, t.* FROM {table} t WHERE t::text = $1",
                row["whole"],
            )
            statements.append(await _statement(connection, table, columns, case, row, at))
    return statements


async def _tables(connection: asyncpg.Connection) -> list[str]:
    return [row[0] for row in await connection.fetch(TABLES) if row[0] not in KEEPS]


async def _columns(connection: asyncpg.Connection, table: str) -> list[Column]:
    return [Column(**row) for row in await connection.fetch(COLUMNS, table)]


async def _rows(connection: asyncpg.Connection, table: str, case: Case) -> list[asyncpg.Record]:
    carries = f"t::text ~ '{'|'.join(sorted(case.ids))}'"
    return list(
        await connection.fetch(f"SELECT t.*, t::text AS whole FROM {table} t WHERE {carries}")
    )


async def _statement(
    connection: asyncpg.Connection,
    table: str,
    columns: Sequence[Column],
    case: Case,
    row: asyncpg.Record,
    at: int,
) -> str:
    ids = {one: f"i{n}" for n, one in enumerate(sorted(case.ids)) if one in row["whole"]}
    values = {c.name: _value(c, case, ids, row[c.name]) for c in columns}
    keys = [c for c in columns if c.in_a_key and row[c.name] is not None]
    same = [c for c in keys if values[c.name] == f"t.{c.name}"]
    alone = [c for c in same if c.a_key] or (same[-1:] if same == keys else [])
    for column in alone:
        values |= await _told_apart(connection, column, table)
    made = "".join(f", pg_temp.own_id('{one}', n, step) AS {name}" for one, name in ids.items())
    # The latest copy last: ids are written in the order of time, as they are in life.
    return (
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM aside_{table} AS t, (SELECT n, step{made} FROM "
        "generate_series($2::int, $1::int, -1) AS n, (SELECT $3::float8 AS step) AS s OFFSET 0) "
        f"AS copy WHERE t.row = {at}"
    )


def _value(column: Column, case: Case, ids: Mapping[str, str], said: object) -> str:
    """The n-th copy's value of a column."""
    name = f"t.{column.name}"
    if column.type == "uuid":
        return f"{ids[str(said)]}::uuid" if str(said) in ids else name
    if column.type == "timestamp with time zone":
        return f"{name} - n * step * interval '1 second'"
    if column.type not in ("text", "jsonb", "character varying"):
        return name
    retold = dict(ids) | dict(case.names)
    value = f"{name}::text"
    for old, new in retold.items():
        if old in str(said):
            value = f"replace({value}, '{old}', {new})"
    return name if value == f"{name}::text" else f"{value}::{column.type}"


async def _told_apart(connection: asyncpg.Connection, column: Column, table: str) -> dict[str, str]:
    """A key without an id of the case: a number in a row, or a word."""
    if column.type not in ("bigint", "integer"):
        return {column.name: f"t.{column.name} || '-' || n"}
    last = await connection.fetchval(f"SELECT max({column.name}) FROM {table}")
    return {column.name: f"t.{column.name} + n * {last}"}
