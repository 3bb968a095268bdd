"""Provisioning: everything is made once, drift is repaired, a second run changes nothing."""

import nats
import pytest

from deploy.nats import partners, streams
from tests.deploy.conftest import Hub


async def test_provisioning_twice_changes_nothing(hub: Hub):
    assert await hub.provision() == []


async def test_streams_keep_events_on_disk_and_refuse_new_ones_when_full(hub, provisioner):
    wanted = {"CATALOG", "BUNDLE", "APPROVAL", "METRICS"}
    wanted |= {"PARTNER_fire", "INBOX_fire", "PARTNER_health", "INBOX_health"}

    found = {info.config.name: info.config for info in await provisioner.jetstream().streams_info()}

    assert set(found) == wanted
    for config in found.values():
        assert (config.storage, config.discard, config.deny_delete) == ("file", "new", True)
        assert (config.max_age, config.max_msg_size) == (90 * 86_400, 262_144)
        assert 600 <= config.duplicate_window <= 3600


async def test_drift_is_repaired_and_named(hub, provisioner):
    jetstream = provisioner.jetstream()
    config = (await jetstream.stream_info("METRICS")).config
    await jetstream.update_stream(config.evolve(max_age=3600, duplicate_window=60))
    consumer = (await jetstream.consumer_info("PARTNER_fire", "fire")).config
    await jetstream.add_consumer("PARTNER_fire", consumer.evolve(max_ack_pending=1))

    assert await hub.provision() == [
        "stream METRICS: changed max_age, duplicate_window",
        "consumer fire on PARTNER_fire: changed max_ack_pending",
    ]
    assert await hub.provision() == []


async def test_what_a_consumer_left_off_survives_provisioning(hub, provisioner):
    writer = await hub.connect("approval")
    await writer.jetstream().publish("partner.health.approval.opened", b"{}")
    before = await provisioner.jetstream().consumer_info("PARTNER_health", "health")

    await hub.provision()

    after = await provisioner.jetstream().consumer_info("PARTNER_health", "health")
    assert (after.num_pending, after.delivered) == (before.num_pending, before.delivered)
    await writer.close()


async def test_a_new_partner_gets_its_streams_and_a_full_inbox_refuses(hub, provisioner):
    small = partners.Partner(department="tax", max_bytes=1_048_576)

    changes = await streams.provision(hub.url("provisioner"), [small])

    assert changes == [
        "stream PARTNER_tax: made",
        "stream INBOX_tax: made",
        "consumer tax on PARTNER_tax: made",
    ]
    writer = await hub.connect("approval")
    with pytest.raises(nats.js.errors.APIError, match="maximum bytes exceeded"):
        for _ in range(10):
            await writer.jetstream().publish("partner.tax.approval.opened", b"x" * 200_000)
    await writer.close()
    for name in ("PARTNER_tax", "INBOX_tax"):
        await provisioner.jetstream().delete_stream(name)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[[partner]]\ndepartment = 'Fire'", "department"),
        ("[[partner]]\ndepartment = 'fire'\npasword = 'x'", "pasword"),
        ("[[partner]]\ndepartment = 'fire'\nnkey = 'UABC'", "nkey"),
        ("[[partner]]\ndepartment = 'fire'\n" * 2, "named more than once: fire"),
        ("[[partner]\n", "line 1"),
    ],
)
def test_a_wrong_operators_file_says_where(text, complaint):
    with pytest.raises(partners.BadPartnersFile, match=complaint):
        partners.parse(text)
