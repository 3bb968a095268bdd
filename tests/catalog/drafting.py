"""Drafts and publications of an item, and its history, in one word each."""

from typing import Any

import httpx

from tests.platform import Person

PUBLISHED = "catalog.item.published"
SOON = "2026-12-01"


async def drafted(bureau: Person, code: str, record: dict[str, Any]) -> httpx.Response:
    answer = await bureau("PUT", f"/items/{code}/draft", json=record)
    assert answer.status_code == 200, answer.text
    return answer


async def published(bureau: Person, code: str, record: dict[str, Any], day: str) -> Any:
    await drafted(bureau, code, record)
    return await bureau.put(f"/items/{code}/draft/publication", {"from": day})


async def history(who: Person, code: str) -> list[tuple[str, str]]:
    page = await who.get(f"/items/{code}/versions")
    return [(one["state"], one["record"]["name"]) for one in page["items"]]
