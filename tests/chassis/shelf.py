"""What the shop has sold, parked and heard so far."""

from uuid import uuid4

from nats.js.errors import NotFoundError
from sqlalchemy import text

from tests.chassis import shop
from tests.chassis.shop import OrderPlaced
from tests.platform import eventually


async def rows(sessions, statement: str, **values) -> list:
    async with sessions() as session:
        return list((await session.execute(text(statement), values)).all())


async def sold(sessions, shoe: str = "boot") -> int:
    [row] = await rows(sessions, f"SELECT pairs FROM sold WHERE shoe = '{shoe}'")
    return row.pairs


async def parked(sessions) -> list:
    return await rows(sessions, "SELECT * FROM parked ORDER BY parked_at")


async def acknowledged(client) -> bool:
    try:
        info = await client.jetstream().consumer_info(shop.STREAM, shop.CONSUMER)
    except NotFoundError:
        return False
    return not info.num_pending and not info.num_ack_pending


async def all_heard(client) -> None:
    async def look() -> bool:
        return await acknowledged(client)

    await eventually(look, 15)


def boots(pairs: int = 1) -> OrderPlaced:
    return OrderPlaced(order=uuid4(), pairs=pairs)
