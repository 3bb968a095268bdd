"""A partner department's own system, as the tests play it: it says things and reads its answers."""

import json
from typing import Any
from uuid import UUID, uuid4

from nats.js import JetStreamContext

from tests.platform import eventually


class Partner:
    """A department's system: says things on its subjects, reads its answers."""

    def __init__(self, js: JetStreamContext, department: str) -> None:
        self.js, self.department = js, department
        self.heard: list[dict[str, Any]] = []
        self.read = 0

    async def say(self, what: str, data: Any, id: str | None = None, **more: Any) -> str:
        document = {"specversion": "1.0", "id": id or str(uuid4()), "type": f"in.{what}"}
        document |= {"source": "/theirs", "data": data} | more
        await self.shout(what, json.dumps(document).encode(), document["id"])
        return str(document["id"])

    async def shout(self, what: str, payload: bytes, message_id: str = "") -> int:
        """Bytes as they are; answers their place in the stream."""
        headers = {"Nats-Msg-Id": message_id} if message_id else None
        kept = await self.js.publish(f"in.{self.department}.{what}", payload, headers=headers)
        return kept.seq

    async def decide(self, approval: UUID, verdict: str = "granted", **more: Any) -> str:
        id = more.pop("id", None)
        return await self.say(
            "decision", {"approval": str(approval), "verdict": verdict} | more, id
        )

    async def answer(self, message: str) -> tuple[str, dict[str, Any]]:
        """How a message was answered: ("accepted" or "refused", the event's data)."""

        async def found() -> dict[str, Any] | None:
            await self._listen()
            answers = [one for one in self.heard if one["data"].get("message") == message]
            assert len(answers) < 2, "one message, one answer"
            return answers[0] if answers else None

        answer = await eventually(found)
        assert answer is not None
        return answer["type"].rpartition(".")[2], answer["data"]

    async def _listen(self) -> None:
        """Read on, without the durable consumer: what a test leaves unacked is no other's loss."""
        stream = f"PARTNER_{self.department}"
        last = (await self.js.stream_info(stream)).state.last_seq
        while self.read < last:
            self.read += 1
            told = await self.js.get_msg(stream, self.read)
            self.heard.append(json.loads(told.data or b"{}"))

    async def refused(self, message: str) -> dict[str, Any]:
        """The problem a message was answered with: bilingual, and complete in both languages."""
        how, told = await self.answer(message)
        assert how == "refused", told
        problem: dict[str, Any] = told["problem"]
        assert set(problem) >= {"type", "title", "status", "detail", "en"}
        assert problem["en"]["type"] == problem["type"]
        assert problem["title"] != problem["en"]["title"]
        assert any(ord(char) > 0x4E00 for char in problem["title"])
        return problem
