"""What a stranger says is read strictly, and whatever is wrong with it is answered, once."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from services.chassis import envelope, outbox
from services.chassis.consumer import Consumer
from services.chassis.inbox import Letter, Subscription, describe, handle, letter_of
from services.chassis.outbox import Relay
from tests.chassis import shop
from tests.chassis.conftest import running
from tests.chassis.shop import OrderPlaced, OrderReturned
from tests.chassis.stream import announce, document, sealed, send
from tests.platform import eventually


async def take_back(tx, letter: Letter, problem: Exception) -> None:
    """The answer to somebody whose order we could not take."""
    told = OrderReturned(order=uuid4(), shoe=describe(problem)[:40])
    await outbox.record(tx, told, version=1)


STRICT = Subscription(shop.STREAM, shop.CONSUMER, {OrderPlaced: shop.count}, take_back)
TOLERANT = Subscription(shop.STREAM, shop.CONSUMER, {OrderPlaced: shop.count})


async def rows(sessions, statement: str) -> list:
    async with sessions() as session:
        return list((await session.execute(text(statement))).all())


@pytest.fixture
async def counter(sessions, broker, shop_url):
    """A consumer that answers, beside a relay that sends what it answers to nobody."""
    relay = Relay(shop_url, broker, "shop")
    async with running(Consumer(sessions, broker, STRICT, relay).run()):
        yield


async def answers(sessions, number: int) -> list[str]:
    async def look() -> list:
        found = await rows(sessions, "SELECT payload::json #>> '{data,shoe}' AS why FROM outbox")
        return found if len(found) >= number else []

    return [row.why for row in await eventually(look)]


WRONG = {
    "not JSON": (b"shoes!", "Unreadable: not JSON"),
    "unknown type": (document(type="shop.x"), "Unreadable: nobody here reacts to 'shop.x'"),
    "wrong value": (document(data={"order": 7}), "('order',): uuid_type"),
    "unknown member": (
        document(data={"order": str(uuid4()), "colour": "red"}),
        "('colour',): extra_forbidden",
    ),
    "refused": (
        document(data={"order": str(uuid4()), "shoe": "clog"}),
        "NotOnOffer: We do not sell this shoe.",
    ),
}


@pytest.mark.parametrize(("payload", "why"), WRONG.values(), ids=WRONG)
async def test_what_is_wrong_is_answered_and_not_parked(payload, why, sessions, counter, client):
    await send(client, payload)

    assert await answers(sessions, 1) == [why[:40]]
    assert await rows(sessions, "SELECT * FROM parked") == []


async def test_a_wrong_message_that_comes_again_is_answered_once(sessions, counter, client):
    wrong = document(type="shop.x")
    for _ in range(3):
        await send(client, wrong)
    await send(client, document(type="shop.y"))

    assert len(await answers(sessions, 2)) == 2


async def test_a_right_message_beside_wrong_ones_has_its_effect(sessions, counter, client):
    await send(client, b"shoes!")
    await announce(client, OrderPlaced(order=uuid4(), pairs=3))
    await send(client, b"boots!")
    await answers(sessions, 2)

    async def sold() -> bool:
        [row] = await rows(sessions, "SELECT pairs FROM sold WHERE shoe = 'boot'")
        return row.pairs == 3

    await eventually(sold)


async def test_an_answer_that_cannot_be_written_stops_nobody_else(
    sessions, broker, client, shop_url
):
    async def break_down(tx, letter: Letter, problem: Exception) -> None:
        raise KeyError("a defect")

    broken = Subscription(shop.STREAM, shop.CONSUMER, {OrderPlaced: shop.count}, break_down)
    await send(client, b"shoes!")
    await announce(client, OrderPlaced(order=uuid4()))
    relay = Relay(shop_url, broker, "shop")
    async with running(Consumer(sessions, broker, broken, relay).run()):

        async def sold() -> bool:
            [row] = await rows(sessions, "SELECT pairs FROM sold WHERE shoe = 'boot'")
            return row.pairs == 1

        await eventually(sold, 5)


async def test_our_own_events_are_read_tolerantly(sessions):
    """Their publisher may be newer than we are."""
    newer = letter_of("", "", document(data={"order": str(uuid4()), "colour": "red"}))
    await handle(sessions, TOLERANT, [newer])

    assert (await rows(sessions, "SELECT pairs FROM sold WHERE shoe = 'boot'"))[0].pairs == 1


def test_an_event_reads_back_as_it_was_sealed():
    order = uuid4()
    one = envelope.seal(OrderPlaced(order=order, pairs=2), 7, "c-1")
    heard = envelope.read(envelope.open_document(one.payload.encode()), OrderPlaced)

    assert heard.event == OrderPlaced(order=order, pairs=2)
    assert (heard.id, heard.sequence, heard.correlation) == (one.id, 7, "c-1")
    assert heard.time.tzinfo is not None
    assert (one.subject, one.aggregate) == ("shop.order.placed", f"order:{order}")


@pytest.mark.parametrize("given", [None, "yesterday", 7, "2026-02-30T00:00:00Z"])
def test_a_document_without_a_readable_time_is_read_all_the_same(given):
    heard = envelope.read(envelope.open_document(document(time=given)), OrderPlaced)

    assert heard.time.tzinfo is not None


@pytest.mark.parametrize("given", [None, "-1", "1.5", "x", 7, "9" * 30])
def test_a_sequence_that_is_no_number_counts_as_none(given):
    assert (
        envelope.read(envelope.open_document(document(sequence=given)), OrderPlaced).sequence == 0
    )


def test_what_pydantic_quotes_is_not_told():
    with pytest.raises(ValueError) as caught:
        envelope.read(envelope.open_document(document(data={"order": "canary"})), OrderPlaced)

    assert describe(caught.value) == "('order',): uuid_parsing"


def test_an_event_with_an_unknown_member_cannot_be_made():
    with pytest.raises(ValueError):
        OrderPlaced(order=uuid4(), colour="red")


def test_each_sealed_event_has_an_id_of_its_own():
    event = OrderPlaced(order=uuid4())
    assert sealed(event).id != sealed(event).id
