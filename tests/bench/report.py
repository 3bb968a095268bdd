"""Writes the figures down: a table for people, a JSON file for comparing with the next run."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from deploy.local.choices import FOLDER
from tests.bench.cpu import CLIENT

screen = Console(highlight=False)


def machine() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "cores_for_us": len(os.sched_getaffinity(0)),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_average_before": [round(one, 2) for one in os.getloadavg()],
    }


def write(document: dict[str, Any], what: str = "") -> Path:
    folder = FOLDER / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{what}{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False))
    return path


def show(document: dict[str, Any]) -> None:
    levels = document["levels"]
    table = Table("", *(f"{one['platform']['in_flight']} in flight" for one in levels))
    table.title = "main job, five parallel members, through the gateway"
    table.add_row("applications/s", *(_rate(one["platform"]) for one in levels))
    table.add_row("floor, applications/s", *(_rate(one["floor"]) for one in levels))
    table.add_row("ratio to the floor", *(f"{one['ratio']:.3f}" for one in levels), style="bold")
    waits = {
        "filing": "filing answered, ms p50 / p99",
        "decision": "decision answered, ms p50 / p99",
        "last_decision_to_completed": "last decision → completed, ms p50 / p99",
        "whole": "filed → completed, ms p50 / p99",
    }
    for name, title in waits.items():
        table.add_row(title, *(_wait(one["platform"], name) for one in levels))
    early = "early_decisions_per_application"
    table.add_row(
        "decisions before their desk, each", *(str(one["platform"][early]) for one in levels)
    )
    _show_cpu(table, levels)
    screen.print(table)
    screen.print(f"machine {document['machine']}", markup=False)
    screen.print(f"PostgreSQL {document['postgres']}", markup=False)
    screen.print(f"NATS {document['nats']}", markup=False)


def _show_cpu(table: Table, levels: list[dict[str, Any]]) -> None:
    table.add_section()
    spent = [one["platform"]["cpu_milliseconds_per_application"] for one in levels]
    for part in spent[0]:
        if part != CLIENT:
            table.add_row(f"CPU ms each: {part}", *(f"{one[part]:.2f}" for one in spent))
    stack = [sum(value for part, value in one.items() if part != CLIENT) for one in spent]
    table.add_row("CPU ms each: whole stack", *(f"{one:.2f}" for one in stack), style="bold")
    table.add_row(f"CPU ms each: {CLIENT}", *(f"{one[CLIENT]:.2f}" for one in spent))
    floors = [one["floor"]["cpu_milliseconds_per_application"] for one in levels]
    for part, title in (("postgres", "PostgreSQL"), (CLIENT, "script")):
        table.add_row(f"CPU ms each: floor's {title}", *(f"{one[part]:.2f}" for one in floors))


def _rate(one: dict[str, Any]) -> str:
    return f"{one['applications_per_second']:.1f}"


def _wait(one: dict[str, Any], name: str) -> str:
    wait = one["milliseconds"][name]
    return f"{wait['p50']:.1f} / {wait['p99']:.1f}" if wait else "–"
