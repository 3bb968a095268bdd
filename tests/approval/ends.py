"""A result is ended by the authority that issued it."""

from typing import Any
from uuid import uuid4

import httpx

from tests.alone import Alone

WITHDRAWN = {
    "kind": "withdrawn_by_authority",
    "reason_codes": ["law-changed"],
    "legal_basis": "《行政许可法》第八条",
}


async def end(
    desk: Alone, number: str, body: Any = WITHDRAWN, department: str = "market", key: str = ""
) -> httpx.Response:
    headers = {"idempotency-key": key or str(uuid4())}
    officer = desk.officer(department)
    return await officer("POST", f"/results/{number}/endings", json=body, headers=headers)
