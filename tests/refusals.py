"""What a refusal says: its status, its problem, and the places it names."""

import httpx


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def pointers(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 422, answer.text
    return sorted(one["pointer"] for one in answer.json()["errors"])
