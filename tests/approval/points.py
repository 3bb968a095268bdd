"""What is wanted at a service point whose people hold a right over it."""

import itertools
import json
from typing import Any
from uuid import UUID

from tests.alone import Alone
from tests.approval.conftest import opened
from tests.approval.handed_down import POINT

REFUSED = "approval.approval.refused_acceptance"
GRANTED = {"verdict": "granted"}
items = itertools.count(1)


def an_item() -> str:
    """One that no other test hands down."""
    return f"item-{next(items)}"


async def wanted(desk: Alone, item: str, **more: Any) -> UUID:
    """An approval that its applicant wants handled at the township."""
    return await opened(desk, item=item, point=POINT, **more)


async def act(desk: Alone, approval: UUID, kind: str) -> dict[str, Any]:
    rows = await desk.rows("SELECT document FROM audit_entry WHERE approval = :id", id=approval)
    return next(one for one in (json.loads(row.document) for row in rows) if one["act"] == kind)
