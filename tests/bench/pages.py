"""The pages that people at a desk turn all day, asked of each stack in turn."""

import time
from typing import Any
from uuid import UUID

from services.chassis.reading import cursor
from tests.bench.busy import BUSY, QUIET, Busy
from tests.bench.load import Wrong
from tests.bench.tally import spread

EACH, WARM = 200, 20
LOTS = EACH + WARM
OF_THE_BUSY = {
    "first page": "approvals",
    "accepted": "approvals?state=accepted",
    "refused: none": "approvals?state=refused",
    "received or in correction: none": "approvals?state=opened&state=correcting",
    "what I have claimed": "approvals?mine=true",
    "its cards": "cards?state=open",
    "its supervision": "supervisions?state=opened",
}
OF_THE_QUIET = {"first page of a desk with 20": "approvals"}
FAR_BEHIND = "far behind"
ONE = "one approval"
CLOCK = "its clock, explained"


async def turn_pages(stacks: list[Busy]) -> list[dict[str, Any]]:
    """Milliseconds of each kind of page, by stack."""
    found: list[dict[str, Any]] = [{} for _ in stacks]
    some = [busy.some(LOTS) for busy in stacks]
    for kind in (*OF_THE_BUSY, FAR_BEHIND, ONE, CLOCK, *OF_THE_QUIET):
        taken: list[list[float]] = [[] for _ in stacks]
        for n in range(LOTS):
            for busy, ids, times in zip(stacks, some, taken, strict=True):
                department = QUIET if kind in OF_THE_QUIET else BUSY
                spent = await _ask(busy, department, _path(kind, ids[n]))
                times += [spent] if n >= WARM else []
        for one, times in zip(found, taken, strict=True):
            one[kind] = spread(times)
    return found


def _path(kind: str, approval: str) -> str:
    made = {
        FAR_BEHIND: f"approvals?cursor={cursor(UUID(approval))}",
        ONE: f"approvals/{approval}",
        CLOCK: f"approvals/{approval}/clock",
    }
    return (OF_THE_BUSY | OF_THE_QUIET | made)[kind]


async def _ask(busy: Busy, department: str, path: str) -> float:
    token, began = busy.town.officers[department](), time.perf_counter()
    answer = await busy.wire.ask("GET", path, token, "none", b"")
    if answer.status != 200:
        raise Wrong(f"{path}: {answer.status} {answer.body.decode(errors='replace')}")
    return time.perf_counter() - began
