"""What a department's own system can do over NATS, directly and from behind its leaf node."""

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import nats
import pytest
from nats.errors import NoRespondersError, TimeoutError

from tests.deploy.conftest import Hub

FORBIDDEN = [
    "$JS.API.INFO",
    "$JS.API.STREAM.NAMES",
    "$JS.API.STREAM.INFO.PARTNER_{own}",
    "$JS.API.STREAM.MSG.GET.PARTNER_{own}",
    "$JS.API.DIRECT.GET.PARTNER_{own}",
    "$JS.API.CONSUMER.CREATE.PARTNER_{own}.spy",
    "$JS.API.CONSUMER.MSG.NEXT.PARTNER_{other}.{other}",
    "partner.API.CONSUMER.MSG.NEXT.PARTNER_{other}.{other}",
    "partner.{own}.approval.opened",
    "approval.approval.decided",
    "poke.approval",
]
WAYS = [("fire", "direct"), ("health", "direct"), ("health", "leaf")]


async def enter(hub: Hub, department: str, way: str) -> nats.NATS:
    address = hub.url(department) if way == "direct" else hub.leaf_url(department)
    return await nats.connect(address)


async def pull(connection: nats.NATS, department: str):
    jetstream = connection.jetstream(prefix="partner.API")
    bound = await jetstream.pull_subscribe_bind(department, f"PARTNER_{department}")
    return await bound.fetch(10, timeout=1)


async def answer(connection: nats.NATS, subject: str) -> bytes | None:
    """What a request gets, None where nobody hears it or an error comes back."""
    try:
        data = (await connection.request(subject, b'{"seq": 1}', timeout=0.5)).data
    except (NoRespondersError, TimeoutError):
        return None
    return None if "error" in json.loads(data or b"{}") else data


async def stored(provisioner: nats.NATS, stream: str) -> int:
    return (await provisioner.jetstream().stream_info(stream)).state.messages


@pytest.fixture
async def approval(hub: Hub) -> AsyncIterator[nats.NATS]:
    connection = await hub.connect("approval")
    yield connection
    await connection.close()


@pytest.mark.parametrize(("department", "way"), WAYS)
async def test_a_partner_pulls_acks_and_answers(hub, provisioner, approval, department, way):
    told = f"partner.{department}.approval.opened"
    said = await stored(provisioner, f"INBOX_{department}")
    await provisioner.jetstream().purge_stream(f"PARTNER_{department}")  # others' tests wrote there
    await approval.jetstream().publish(told, department.encode())
    connection = await enter(hub, department, way)

    [message] = await pull(connection, department)
    await message.ack_sync(timeout=3)
    receipt = json.loads((await connection.request("in.decision", b"{}", timeout=3)).data)

    assert message.data == department.encode()
    assert receipt["stream"] == f"INBOX_{department}"
    assert await stored(provisioner, f"INBOX_{department}") == said + 1
    consumer = await provisioner.jetstream().consumer_info(f"PARTNER_{department}", department)
    assert (consumer.num_pending, consumer.num_ack_pending) == (0, 0)
    await connection.close()


@pytest.mark.parametrize(("department", "way"), WAYS)
async def test_a_partner_can_do_nothing_else(hub, provisioner, department, way):
    other = "fire" if department == "health" else "health"
    connection = await enter(hub, department, way)
    before = [await stored(provisioner, name) for name in ("APPROVAL", f"PARTNER_{department}")]
    subjects = [pattern.format(own=department, other=other) for pattern in FORBIDDEN]

    answers = await asyncio.gather(*(answer(connection, subject) for subject in subjects))

    assert dict(zip(subjects, answers, strict=True)) == dict.fromkeys(subjects)
    after = [await stored(provisioner, name) for name in ("APPROVAL", f"PARTNER_{department}")]
    assert after == before
    await connection.close()


async def test_what_a_partner_says_in_anothers_name_is_kept_as_its_own(hub, provisioner):
    others = await stored(provisioner, "INBOX_health")
    connection = await enter(hub, "fire", "direct")

    receipt = json.loads((await connection.request("in.health.decision", b"{}", timeout=3)).data)

    assert receipt["stream"] == "INBOX_fire"
    assert await stored(provisioner, "INBOX_health") == others
    subjects = (await provisioner.jetstream().stream_info("INBOX_fire", subjects_filter=">")).state
    assert "in.fire.health.decision" in subjects.subjects
    await connection.close()


async def test_two_partners_with_one_message_id_do_not_swallow_one_another(hub):
    same = {"Nats-Msg-Id": str(uuid4())}
    receipts = []
    for department in ("fire", "health", "fire"):
        connection = await enter(hub, department, "direct")
        reply = await connection.request("in.decision", b"{}", timeout=3, headers=same)
        receipts.append(json.loads(reply.data).get("duplicate", False))
        await connection.close()

    assert receipts == [False, False, True]


async def test_a_partner_hears_nothing_but_its_own_replies(hub, approval):
    heard: list[str] = []
    refused: list[str] = []

    async def note(error: Exception) -> None:
        refused.append(str(error))

    async def hear(message) -> None:
        heard.append(message.subject)

    connection = await nats.connect(hub.url("fire"), error_cb=note)
    for subject in (">", "partner.>", "_INBOX_approval.>"):
        await connection.subscribe(subject, cb=hear)
    await connection.flush()
    await approval.jetstream().publish("approval.approval.opened", b"{}")
    await asyncio.sleep(0.2)

    assert heard == []
    assert len(refused) == 3 and all("permissions violation" in text.lower() for text in refused)
    await connection.close()


@pytest.mark.parametrize("verb", ["pull", "ack and next"])
async def test_a_partner_cannot_have_events_delivered_onto_the_platforms_subjects(
    hub, provisioner, approval, verb
):
    """The confused deputy: the server itself writes to whatever reply subject is named."""
    for _ in range(3):
        await approval.jetstream().publish("partner.fire.approval.opened", b"{}")
    before = await stored(provisioner, "APPROVAL")
    connection = await enter(hub, "fire", "direct")
    forged = "approval.approval.decided"

    if verb == "pull":
        subject = "partner.API.CONSUMER.MSG.NEXT.PARTNER_fire.fire"
        await connection.publish(subject, b'{"batch": 10}', reply=forged)
    else:
        jetstream = connection.jetstream(prefix="partner.API")
        bound = await jetstream.pull_subscribe_bind("fire", "PARTNER_fire")
        [message] = await bound.fetch(1, timeout=2)
        await connection.publish(message.reply, b'+NXT {"batch": 10}', reply=forged)
    await connection.flush()
    await asyncio.sleep(0.3)

    assert await stored(provisioner, "APPROVAL") == before
    await connection.close()
    # What was delivered into the void comes again after `ack_wait`; start the next test afresh.
    await provisioner.jetstream().delete_consumer("PARTNER_fire", "fire")
    await provisioner.jetstream().purge_stream("PARTNER_fire")
    await hub.provision()


async def test_a_partner_may_open_only_as_many_connections_as_agreed(hub):
    """Three: the link of its leaf node counts as one."""
    open_ones = [await enter(hub, "health", "direct") for _ in range(2)]

    with pytest.raises(nats.errors.Error, match="maximum.*connections"):
        await nats.connect(hub.url("health"), allow_reconnect=False)

    for connection in open_ones:
        await connection.close()


async def test_a_declared_partner_without_a_user_cannot_log_in(hub):
    with pytest.raises(nats.errors.Error, match="(?i)authorization"):
        await nats.connect(hub.server.url_for("tax", "p-tax"), allow_reconnect=False)
