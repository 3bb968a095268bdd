"""A platform server with three partners, and the leaf node of one of them, all real."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import nats
import pytest
from nats.errors import NoRespondersError

from deploy.local import ports
from deploy.local.nats import NatsServer, nats_server
from deploy.nats import config, partners, streams

PARTNERS = """
[[partner]]
department = "fire"

[[partner]]
department = "health"
leaf = true
max_connections = 3

[[partner]]
department = "tax"
active = false
"""


@dataclass(frozen=True)
class Hub:
    """The platform's server as a test sees it: an address for everybody."""

    server: NatsServer
    leaf: NatsServer
    partners: tuple[partners.Partner, ...]
    passwords: dict[str, str]

    def url(self, user: str) -> str:
        return self.server.url_for(user, self.passwords[user])

    def leaf_url(self, department: str) -> str:
        return self.leaf.url_for(department, self.passwords[department])

    async def connect(self, user: str, **options: object) -> nats.NATS:
        options = {"inbox_prefix": f"_INBOX_{user}"} | options
        return await nats.connect(self.url(user), **options)

    async def provision(self) -> list[str]:
        return await streams.provision(self.url("provisioner"), self.partners)


def environment(known: tuple[partners.Partner, ...], leaf_port: int) -> dict[str, str]:
    """A password for every user, all different."""
    env = {
        config.password_variable(user): f"p-{user}"
        for user in (*config.SERVICES, config.PROVISIONER)
    }
    for one in known:
        link = f"link-{one.department}"
        env[one.password_variable] = f"p-{one.department}"
        env[one.link_password_variable] = link
        env[one.link_url_variable] = f"nats://leaf-{one.department}:{link}@127.0.0.1:{leaf_port}"
    return env


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    folder: Path = tmp_path_factory.mktemp("nats")
    known = partners.parse(PARTNERS)
    leaf_port = ports.free_port()
    env = environment(known, leaf_port)
    behind = next(one for one in known if one.leaf)
    users = (*config.SERVICES, config.PROVISIONER, *(one.department for one in known))
    with (
        nats_server(folder / "hub", config.hub(known, leaf_port=leaf_port), env=env) as server,
        nats_server(folder / "leaf", config.leaf(behind), jetstream=False, env=env) as leaf,
    ):
        hub = Hub(server, leaf, known, {user: f"p-{user}" for user in users})
        asyncio.run(hub.provision())
        asyncio.run(_wait_for_link(hub.leaf_url(behind.department)))
        yield hub


async def _wait_for_link(address: str) -> None:
    """Until then a leaf node has nobody to hand its system's requests to."""
    connection = await nats.connect(address)
    for _ in range(100):
        try:
            await connection.request("in.acceptance", b"{}", timeout=1)
            return await connection.close()
        except NoRespondersError:
            await asyncio.sleep(0.1)
    raise AssertionError("the leaf node did not link up within 10 s")


@pytest.fixture
async def provisioner(hub: Hub) -> AsyncIterator[nats.NATS]:
    connection = await hub.connect("provisioner")
    yield connection
    await connection.close()
