"""What the four databases hold, read as their administrator: rows, as they are."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg

SERVICES = ("catalog", "bundle", "approval", "metrics")
Row = dict[str, Any]

LEFT = {
    "bundle": {
        "applications not settled": """
            SELECT count(*) FROM application WHERE outcome IS NULL""",
    },
    "approval": {
        "approvals not decided": """
            SELECT count(*) FROM approval WHERE state IN ('opened', 'accepted')""",
        "results not issued": """
            SELECT count(*) FROM approval
            WHERE state = 'granted' AND issues IS NOT NULL AND issued_at IS NULL""",
    },
}
EVERYWHERE = {
    "outbox": """
        SELECT o.pos, event_id, o.aggregate, version, o.subject, stuck,
               extract(epoch FROM recorded_at)::float AS recorded, w.pos IS NULL AS published
        FROM outbox o LEFT JOIN outbox_waiting w ON w.pos = o.pos ORDER BY o.pos""",
    "inbox": """
        SELECT consumer, event_id, extract(epoch FROM handled_at)::float AS handled
        FROM inbox""",
    "parked": "SELECT consumer, event_id, subject, reason FROM parked",
}
OWN = {
    "bundle": {
        "application": """
            SELECT id::text, bundle, outcome, withdrawn, plan -> 'members' AS members,
                   extract(epoch FROM completed_at - submitted_at)::float AS seconds
            FROM application""",
        "member": """
            SELECT application::text, member, approval::text, department, state, issued,
                   requested_at IS NOT NULL AS asked, choice, late, result_number
            FROM member ORDER BY application, place""",
        "evidence": """
            SELECT approval::text, evidence, result_number FROM evidence
            WHERE approval IS NOT NULL""",
        "notice": "SELECT application::text, account, kind, member FROM notice",
    },
    "approval": {
        "approval": """
            SELECT id::text, application::text, member, item, department, state, decided_by,
                   accepted_at IS NOT NULL AS accepted, issued_at IS NOT NULL AS issued
            FROM approval""",
        "result": "SELECT approval::text, number FROM result",
    },
    "metrics": {
        "case": """
            SELECT application::text, bundle, submitted_at IS NOT NULL AS submitted, outcome
            FROM application_case""",
        "decided": "SELECT approval::text, verdict FROM decided",
    },
}


@dataclass(frozen=True)
class Effects:
    """What operations left behind, by the account that asked (or the approval that was issued)."""

    applications: dict[str, list[str]]
    uploads: Counter[str]
    decided: dict[str, list[str]]
    issued: Counter[str]
    answers: dict[str, tuple[int, str]]
    """By Idempotency-Key: the stored status and body."""


class Databases:
    """Read-only by habit: nothing here writes."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = admin_url

    async def read(self, service: str, statement: str) -> list[Row]:
        server = urlsplit(self.admin_url)
        connection = await asyncpg.connect(
            urlunsplit((server.scheme, server.netloc, f"/{service}", "", "")), timeout=10
        )
        try:
            return [dict(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def left(self) -> dict[str, int]:
        """How much of what must be zero in the end is not."""
        unpublished = "SELECT count(*) FROM outbox_waiting"
        found: dict[str, int] = {}
        for service in SERVICES:
            asked = {f"{service} outbox": unpublished} | LEFT.get(service, {})
            for what, statement in asked.items():
                found[what] = (await self.read(service, statement))[0]["count"]
        return found

    async def everything(self) -> dict[str, dict[str, list[Row]]]:
        """By service and table."""
        return {
            service: {
                table: await self.read(service, statement)
                for table, statement in (EVERYWHERE | OWN.get(service, {})).items()
            }
            for service in SERVICES
        }

    async def effects(self) -> Effects:
        applications, decided = defaultdict(list), defaultdict(list)
        for row in await self.read("bundle", "SELECT id::text, filer_account FROM application"):
            applications[row["filer_account"]].append(row["id"])
        by = "SELECT id::text, decided_by FROM approval WHERE decided_by IS NOT NULL"
        for row in await self.read("approval", by):
            decided[row["decided_by"]].append(row["id"])
        uploads = await self.read("bundle", "SELECT account FROM upload")
        results = await self.read("approval", "SELECT approval::text FROM result")
        kept = "SELECT key, status, body FROM idempotency"
        return Effects(
            dict(applications),
            Counter(row["account"] for row in uploads),
            dict(decided),
            Counter(row["approval"] for row in results),
            {
                row["key"]: (row["status"], row["body"])
                for service in ("bundle", "approval")
                for row in await self.read(service, kept)
            },
        )
