"""A department joins a running platform."""

import os
import signal

import nats
import nkeys
from nats.errors import NoRespondersError

from deploy.local.nats import nats_server
from deploy.nats import config, partners, streams
from tests.deploy.conftest import environment


async def test_a_declared_partner_can_log_in_with_its_key_after_one_reload(tmp_path):
    seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
    key = nkeys.from_seed(seed).public_key.decode()
    declared = partners.parse("[[partner]]\ndepartment = 'tax'\nactive = false")
    joined = partners.parse(f"[[partner]]\ndepartment = 'tax'\nnkey = '{key}'")
    env = environment(declared, 0)

    with nats_server(tmp_path, config.hub(declared), env=env) as server:
        server.config = config.hub(joined)
        server.write_config()
        assert server.process
        server.process.send_signal(signal.SIGHUP)
        await streams.provision(server.url_for("provisioner", "p-provisioner"), joined)
        connection = await nats.connect(server.url, nkeys_seed_str=seed.decode())

        try:
            reply = await connection.request("in.decision", b"{}", timeout=2)
        except NoRespondersError:
            reply = None
        await connection.close()

    assert reply and b'"INBOX_tax"' in reply.data
