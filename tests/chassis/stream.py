"""What tests put into the shop's stream and find in it."""

from typing import Any
from uuid import uuid4

import orjson
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from services.chassis import envelope
from tests.chassis import shop


async def said(client: Client, stream: str = shop.STREAM) -> list[dict[str, Any]]:
    """Every document in the stream, in its order."""
    js = client.jetstream()
    last = (await js.stream_info(stream)).state.last_seq
    found = []
    for at in range(1, last + 1):
        try:
            found.append((await js.get_msg(stream, at)).data)
        except NotFoundError:
            continue
    return [orjson.loads(one or b"{}") for one in found]


async def notes(client: Client) -> list[str]:
    return [one["data"]["note"] for one in await said(client)]


def sealed(event: Any, version: int = 1) -> envelope.Sealed:
    return envelope.seal(event, version, correlation="")


async def announce(client: Client, *events: Any) -> list[str]:
    """Events as their publisher's relay sends them; answers their ids."""
    told = [one if isinstance(one, envelope.Sealed) else sealed(one) for one in events]
    for one in told:
        await send(client, one.payload.encode(), one.subject)
    return [one.id for one in told]


async def send(client: Client, payload: bytes, subject: str = shop.OrderPlaced.route) -> int:
    """Bytes as they are, without a Nats-Msg-Id: what is sent twice arrives twice."""
    return (await client.jetstream().publish(subject, payload)).seq


def document(**changes: Any) -> bytes:
    """An event's document with parts of it replaced or, where None, left out."""
    whole = orjson.loads(sealed(shop.OrderPlaced(order=uuid4())).payload) | changes
    return orjson.dumps({key: value for key, value in whole.items() if value is not None})
