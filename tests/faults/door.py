"""The gateway as clients see it: one call is one try, and every try is told to the history."""

import asyncio
import random
import time
from typing import Any

import httpx

from tests.faults.history import FAILED, OK, UNKNOWN, Answer, History, Operation

PATIENCE = 12.0
"""Seconds after which a client stops waiting for an answer and no longer knows."""
GIVE_UP = 150.0


class TurnedDown(Exception):
    """A definite refusal where none was expected."""


class NoAnswer(Exception):
    """Nothing definite in GIVE_UP seconds."""


class Door:
    """Sends operations, and the plain questions between them that need no history."""

    def __init__(self, gateway: str, history: History, seed: int) -> None:
        limits = httpx.Limits(max_connections=300, max_keepalive_connections=60)
        self.client = httpx.AsyncClient(
            base_url=gateway, timeout=PATIENCE, limits=limits, trust_env=False
        )
        self.history = history
        self.random = random.Random(f"{seed} door")
        self.killing = True
        """While this holds, half of what is unknown is left so until the killing is over."""
        self.flying = 0
        """Operations that are under way now."""

    async def send(self, operation: Operation) -> Answer:
        """One try."""
        self.history.call(operation)
        request: dict[str, Any] = {"json": operation.body}
        if operation.document is not None:
            file = ("document.png", operation.document, "image/png")
            request = {"files": {"file": file}}
        headers = {"Idempotency-Key": operation.key}
        self.flying += 1
        try:
            answer = await self._try(
                operation.method, operation.path, operation.token, headers, **request
            )
        finally:
            self.flying -= 1
        self.history.answer(operation, answer)
        return answer

    async def in_flight(self, count: int, patience: float) -> None:
        """Wait until so many operations are under way."""
        deadline = time.monotonic() + patience
        while self.flying < count and time.monotonic() < deadline:
            await asyncio.sleep(0.002)

    async def attempt(self, operation: Operation) -> Answer:
        """Try, and where the answer is unknown try again with the same key, or leave it open."""
        answer = await self.send(operation)
        while answer.state == UNKNOWN and not (self.killing and self.random.random() < 0.5):
            await asyncio.sleep(self.random.uniform(0.3, 1.5))
            answer = await self.send(operation)
        operation.left = answer.state == UNKNOWN
        return answer

    async def certainly(self, operation: Operation) -> Answer:
        """Try until the answer is definite."""
        async with asyncio.timeout(GIVE_UP):
            while (answer := await self.send(operation)).state == UNKNOWN:
                await asyncio.sleep(0.7)
        return answer

    async def ask(self, method: str, path: str, token: str, **request: Any) -> Answer:
        return await self._try(method, path, token, {}, **request)

    async def insist(self, method: str, path: str, token: str, **request: Any) -> Any:
        """The body of a success; waits out outages and what is not there yet."""
        deadline = asyncio.get_running_loop().time() + GIVE_UP
        absent = 0
        while True:
            answer = await self.ask(method, path, token, **request)
            if answer.state == OK:
                return answer.json()
            absent += answer.status == 404
            if answer.state == FAILED and (answer.status != 404 or absent > 12):
                raise TurnedDown(f"{method} {path}: {answer.status} {answer.text[:300]}")
            if asyncio.get_running_loop().time() > deadline:
                raise NoAnswer(f"{method} {path}: {answer.status} {answer.why}")
            await asyncio.sleep(0.5)

    async def _try(
        self, method: str, path: str, token: str, headers: dict[str, str], **request: Any
    ) -> Answer:
        headers = headers | {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
        try:
            answer = await self.client.request(method, f"/api{path}", headers=headers, **request)
        except httpx.HTTPError as error:
            return Answer(UNKNOWN, why=type(error).__name__, at=self.history.now)
        state = OK if answer.is_success else FAILED if answer.status_code < 500 else UNKNOWN
        return Answer(
            state,
            answer.status_code,
            answer.text,
            replayed=answer.headers.get("idempotent-replay") == "true",
            at=self.history.now,
        )

    async def close(self) -> None:
        await self.client.aclose()
