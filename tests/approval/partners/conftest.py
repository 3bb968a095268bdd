"""Partner departments whose own systems speak to a desk, over a real broker."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import nats
import pytest
from nats.js import JetStreamContext

import services.approval.main
from deploy.local.nats import nats_server
from deploy.nats.partners import Partner as Account
from deploy.nats.streams import provision
from services.approval.main import ApprovalSettings
from services.chassis import envelope
from services.contracts import ApprovalRequested
from tests.alone import Alone, alone, databases
from tests.approval.conftest import SIGNING_KEYS, request
from tests.approval.partner import Partner
from tests.conftest import PARTNERS
from tests.platform import eventually


@pytest.fixture(scope="module")
async def desk(postgres, templates, signer, tmp_path_factory) -> AsyncIterator[Alone]:
    async with AsyncExitStack() as stack:
        fresh = await stack.enter_async_context(databases(postgres))
        server = stack.enter_context(nats_server(tmp_path_factory.mktemp("nats")))
        await provision(server.url, [Account(department=code) for code in PARTNERS])
        settings = ApprovalSettings(
            database_url=await fresh("approval"),
            nats_url=server.url,
            oidc_issuer=signer.issuer,
            signing_keys=SIGNING_KEYS,
            log_level="CRITICAL",
            partners=",".join(PARTNERS),
        )
        app = services.approval.main.make(settings)
        made = await stack.enter_async_context(alone(app, signer))
        await stack.enter_async_context(app.router.lifespan_context(app))
        yield made


@pytest.fixture(scope="module")
async def js(desk: Alone) -> AsyncIterator[JetStreamContext]:
    connection = await nats.connect(desk.app.state.settings.nats_url)
    yield connection.jetstream()
    await connection.close()


@pytest.fixture
def fire(js: JetStreamContext) -> Partner:
    return Partner(js, "fire")


@pytest.fixture
def health(js: JetStreamContext) -> Partner:
    return Partner(js, "health")


async def opened(desk: Alone, js: JetStreamContext, department: str = "fire", **more: Any) -> UUID:
    asked = request(department, **more)
    await publish(js, asked)
    return await lies_at_desk(desk, asked)


async def publish(js: JetStreamContext, event: Any) -> None:
    sealed = envelope.seal(event, 1, "")
    await js.publish(sealed.subject, sealed.payload.encode())


async def lies_at_desk(desk: Alone, asked: ApprovalRequested) -> UUID:
    async def there() -> Any:
        return await desk.rows("SELECT 1 FROM approval WHERE id = :id", id=asked.approval)

    await eventually(there)
    return asked.approval
