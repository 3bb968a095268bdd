"""What the streams hold and what their consumers still owe, read as the provisioner."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nats
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, ConsumerInfo, DeliverPolicy

BATCH = 500
LOOKER = "faults-looker"


@dataclass(frozen=True, slots=True)
class Message:
    stream: str
    place: int
    subject: str
    nats_id: str
    document: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.document.get("id"))

    @property
    def kind(self) -> str:
        return str(self.document.get("type"))

    @property
    def data(self) -> dict[str, Any]:
        return dict(self.document["data"])


@dataclass(frozen=True)
class Consumer:
    """A durable consumer and what it listens to (nothing named: everything)."""

    name: str
    stream: str
    subjects: tuple[str, ...]

    def hears(self, message: Message) -> bool:
        return message.stream == self.stream and (
            not self.subjects or message.subject in self.subjects
        )


@dataclass
class Streams:
    messages: list[Message] = field(default_factory=list)
    consumers: list[Consumer] = field(default_factory=list)


@asynccontextmanager
async def _jetstream(url: str) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(
        url, inbox_prefix="_INBOX_provisioner", max_reconnect_attempts=20, connect_timeout=5
    )
    try:
        yield connection.jetstream(timeout=10)
    finally:
        await connection.close()


async def lags(url: str) -> dict[str, int]:
    """What every durable consumer has not yet acknowledged."""
    async with _jetstream(url) as jetstream:
        return {
            f"{one.name} pending": (one.num_pending or 0) + (one.num_ack_pending or 0)
            for one in await _consumers(jetstream)
        }


async def everything(url: str) -> Streams:
    found = Streams()
    async with _jetstream(url) as jetstream:
        for info in await jetstream.streams_info():
            assert info.config.name
            found.messages += await _messages(jetstream, info.config.name, info.state.messages)
        found.consumers = [
            Consumer(one.name, one.stream_name, tuple(one.config.filter_subjects or ()))
            for one in await _consumers(jetstream)
        ]
    return found


async def _consumers(jetstream: JetStreamContext) -> list[ConsumerInfo]:
    found: list[ConsumerInfo] = []
    for info in await jetstream.streams_info():
        assert info.config.name
        found += await jetstream.consumers_info(info.config.name)
    return [one for one in found if one.config.durable_name]


async def _messages(jetstream: JetStreamContext, stream: str, count: int) -> list[Message]:
    """All of them, through a consumer that the server forgets by itself."""
    wanted = ConsumerConfig(
        name=LOOKER,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.NONE,
        inactive_threshold=60,
        mem_storage=True,
    )
    await jetstream.add_consumer(stream, wanted)
    pull = await jetstream.pull_subscribe_bind(LOOKER, stream=stream)
    found: list[Message] = []
    while len(found) < count:
        found += [
            _message(stream, one) for one in await pull.fetch(min(BATCH, count - len(found)), 10)
        ]
    await pull.unsubscribe()
    await jetstream.delete_consumer(stream, LOOKER)
    return found


def _message(stream: str, one: Any) -> Message:
    return Message(
        stream,
        one.metadata.sequence.stream,
        one.subject,
        (one.headers or {}).get("Nats-Msg-Id", ""),
        json.loads(one.data),
    )


def journals(folder: Path, departments: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """By department, what its system wrote down after the platform had taken it."""
    found: dict[str, list[dict[str, Any]]] = {}
    for department in departments:
        path = folder / f"partner-{department}.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        found[department] = [said for line in lines if (said := _whole(line))]
    return found


def _whole(line: str) -> dict[str, Any] | None:
    """A line that its writer died over says nothing."""
    try:
        return dict(json.loads(line))
    except ValueError:
        return None
