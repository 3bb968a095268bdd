"""What every refusal has, and what it says."""

import httpx

from tests.platform import Person


def problem(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "zh-CN"
    document = answer.json()
    assert document["status"] == answer.status_code
    assert document["trace_id"] == answer.headers["x-correlation-id"]
    assert any(ord(char) > 0x4E00 for char in document["title"])
    return answer.status_code, document["type"].removeprefix("/problems/")


async def filed(who: Person) -> int:
    return len((await who.get("/applications"))["items"])
