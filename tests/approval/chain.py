"""The chain of signed acts, as a verifier gets to see it."""

import json
from typing import Any

from deploy.local.record import link_of
from services.approval.audit.actions import sequence
from services.approval.audit.rules import Anchor, first_fault
from services.approval.audit.signing import Verifier
from services.chassis.ticks import turn
from tests.alone import Alone


async def acts(desk: Alone, approval: Any) -> list[dict[str, Any]]:
    found = "SELECT document FROM audit_entry WHERE approval = :id ORDER BY id"
    return [json.loads(row.document) for row in await desk.rows(found, id=approval)]


async def chained(desk: Alone) -> None:
    while await turn(desk.app, sequence):
        pass


async def record(desk: Alone) -> tuple[list[Any], list[Any], Any]:
    """What a verifier gets to see, over HTTP."""
    inspector = desk.person("inspector", "shen")
    entries: list[Any] = []
    after: int | None = 0
    while after is not None:
        page = await inspector.get(f"/audit/entries?after={after}&limit=7")
        entries, after = entries + page["items"], page["next"]
    return entries, await inspector.get("/audit/anchors"), await inspector.get("/audit/keys")


def faults(entries: list[Any], anchors: list[Any], keys: Any) -> Any:
    links = [link_of(one) for one in entries]
    return first_fault(links, [Anchor(**one) for one in anchors], Verifier(keys))
