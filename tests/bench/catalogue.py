"""`make bench`, the catalogue: importing 1,234 items, and finding them among 100,000.

    python -m tests.bench.catalogue
    BENCH_ITEMS=100000   how large the catalogue grows

A stack of its own, through the gateway.  The floors are bare asyncpg statements on the same server
in the same run: for a search one statement that narrows, compares and reads the records; for an
import the same rows written in one transaction.  Status 2 if it could not be measured.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import uvloop
from rich.table import Table

from deploy.example import district, generator
from deploy.local import supervisor
from deploy.local.databases import migrate
from deploy.local.state import StackState
from deploy.local.tokens import Signer, key_file
from deploy.local.trouble import Trouble
from services.catalog.imports.writing import Registry, write_workbook
from services.contracts import ItemDefinition
from tests.bench import crowd, databases, report, searching
from tests.bench.cpu import CLIENT, Cpu
from tests.bench.stack import FOLDER, wanted
from tests.bench.wire import Wire, WireBroke

SCRATCH = "bench_floor_catalog"
TABLES = ("department", "item", "item_version", "item_search", "outbox")
ROUNDS = 3


class Refused(RuntimeError):
    """The platform did not take what it should."""


async def bench(folder: Path, most: int) -> None:
    machine = report.machine()
    async with supervisor.running(wanted(folder), report.screen.print) as stack:
        signer = Signer(key_file(folder), stack.issuer)
        document: dict[str, Any] = {"machine": machine, "import": await _importing(stack, signer)}
        document["postgres"] = await databases.settings(stack)
        connection = await asyncpg.connect(databases.url(stack, "catalog"))
        try:
            sizes = [await connection.fetchval("SELECT count(*) FROM item"), most]
            document["search"] = [
                await _searching(stack, connection, size, signer) for size in sizes
            ]
        finally:
            await connection.close()
    show(document)
    report.screen.print(f"JSON: {report.write(document, 'catalogue-')}", markup=False)


async def _importing(stack: StackState, signer: Signer) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {signer.mint('bench', 'bureau', lifetime=7200)}"}
    base = f"{stack.gateway}/api"
    async with httpx.AsyncClient(
        base_url=base, headers=headers, trust_env=False, timeout=90
    ) as door:
        await _vocabulary(door)
        content, size = _workbook()
        dry = [await _send(stack, door, content, dry_run="true") for _ in range(ROUNDS)]
        real = await _send(stack, door, content)
        same = await _send(stack, door, content, key="again")
    await databases.drained(stack)
    floor = [await _copied(stack) for _ in range(ROUNDS)]
    return {
        "items": size,
        "bytes": len(content),
        "dry_run": min(dry, key=lambda one: one["seconds"]),
        "import": real,
        "again": same,
        "floor_seconds": round(min(floor), 3),
        "ratio": round(min(floor) / real["seconds"], 3),
    }


async def _vocabulary(door: httpx.AsyncClient) -> None:
    """What the items name; lists after what they list."""
    gate = asyncio.Semaphore(8)

    async def put(path: str, record: dict[str, Any], leave: tuple[str, ...]) -> None:
        body = {name: what for name, what in record.items() if name not in ("code", *leave)}
        async with gate:
            answer = await door.put(f"/{path}/{record['code']}", json=body)
        if not answer.is_success:
            raise Refused(f"{path}: {answer.status_code} {answer.text[:300]}")

    fields = list(district.by_code(district.fields()).values())
    papers = list(district.by_code(district.evidence_types()).values())
    units = list(district.by_code((district.table("departments.json"),)).values())
    for path, records, leave in (
        ("departments", units, ("source_note",)),
        ("fields", [one for one in fields if "of" not in one], ("region", "source_note")),
        ("fields", [one for one in fields if "of" in one], ("region", "source_note")),
        ("evidence-types", papers, ("region", "source_note")),
    ):
        await asyncio.gather(*(put(path, record, leave) for record in records))


def _workbook() -> tuple[bytes, int]:
    """The whole example district as editors would send it."""
    by_hand = district.by_code(district.items()).values()
    items = [(one["code"], _whole(one)) for one in [*by_hand, *generator.table().records]]
    return write_workbook(items, Registry([], [], [])), len(items)


def _whole(record: dict[str, Any]) -> dict[str, Any]:
    said = {name: value for name, value in record.items() if name != "code"}
    return ItemDefinition.model_validate(said).model_dump(mode="json")


async def _send(
    stack: StackState, door: httpx.AsyncClient, content: bytes, key: str = "once", **query: str
) -> dict[str, Any]:
    cpu, began = Cpu(stack), time.perf_counter()
    before = cpu.read()
    answer = await door.post(
        "/items/imports",
        files={"file": ("items.xlsx", content)},
        params=query,
        headers={"Idempotency-Key": key},
    )
    seconds = time.perf_counter() - began
    if not answer.is_success or answer.json()["errors"]:
        raise Refused(f"import: {answer.status_code} {answer.text[:300]}")
    spent = {k: round(v, 2) for k, v in cpu.since(before).items() if v >= 0.01 and k != CLIENT}
    told = {name: answer.json()[name] for name in ("additions", "changes", "unchanged")}
    return {"seconds": round(seconds, 3), "cpu_seconds": spent} | told


async def _copied(stack: StackState) -> float:
    """The rows that the import made, written bare into an empty catalogue in one transaction."""
    source = await asyncpg.connect(databases.url(stack, "catalog"))
    rows = {table: await source.fetch(f"SELECT * FROM {table}") for table in TABLES}
    await source.close()
    admin = await asyncpg.connect(stack.postgres)
    try:
        await admin.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
        await admin.execute(f"CREATE DATABASE {SCRATCH}")
        url = databases.url(stack, SCRATCH)
        await migrate(url.replace("postgresql:", "postgresql+asyncpg:"), "catalog")
        return await _written(url, rows)
    finally:
        await admin.execute(f"DROP DATABASE IF EXISTS {SCRATCH} WITH (FORCE)")
        await admin.close()


async def _written(url: str, rows: dict[str, list[asyncpg.Record]]) -> float:
    connection = await asyncpg.connect(url)
    try:
        statements = {table: _insert(table, list(found[0].keys())) for table, found in rows.items()}
        began = time.perf_counter()
        async with connection.transaction():
            for table, found in rows.items():
                await connection.executemany(statements[table], [tuple(row) for row in found])
        return time.perf_counter() - began
    finally:
        await connection.close()


def _insert(table: str, columns: list[str]) -> str:
    values = ", ".join(
        f"CAST(${n}::text AS tsvector)" if name == "grams" else f"${n}"
        for n, name in enumerate(columns, 1)
    )
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"


async def _searching(
    stack: StackState, connection: asyncpg.Connection, size: int, signer: Signer
) -> dict[str, Any]:
    names = await crowd.grow(connection, size)
    asked, wire = searching.queries(names), Wire(stack.gateway)
    try:
        platform = await searching.through_the_door(wire, asked, signer.mint("bench", "citizen"))
    finally:
        wire.close()
    floor = await searching.bare(connection, asked)
    return {"items": size, "queries": len(asked), "platform": platform, "floor": floor}


def show(document: dict[str, Any]) -> None:
    made = document["import"]
    table = Table("", "seconds", "CPU s, by part", title=f"import of {made['items']} items (.xlsx)")
    for name in ("dry_run", "import", "again"):
        one = made[name]
        table.add_row(name, f"{one['seconds']:.2f}", str(one["cpu_seconds"]))
    table.add_row("floor: the same rows, bare", f"{made['floor_seconds']:.2f}", "")
    table.add_row("floor / import", f"{made['ratio']:.3f}", "", style="bold")
    report.screen.print(table)
    sizes = document["search"]
    heads = [f"{one['items']:,} items{what}" for one in sizes for what in ("", ", floor")]
    table = Table("ms p50 / p99", *heads, title="search through the gateway, 20 on a page")
    for kind in sizes[0]["platform"]:
        cells = [one[who][kind] for one in sizes for who in ("platform", "floor")]
        table.add_row(kind, *(f"{cell['p50']:.1f} / {cell['p99']:.1f}" for cell in cells))
    report.screen.print(table)


def main() -> int:
    most, status = int(os.environ.get("BENCH_ITEMS", "100000")), 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="catalogue-", dir=FOLDER) as folder:
        try:
            uvloop.run(bench(Path(folder), most))
            status = 0
        except* (Trouble, Refused, WireBroke, TimeoutError) as failures:
            for one in failures.exceptions:
                report.screen.print(f"{one!r}", style="bold red", markup=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
