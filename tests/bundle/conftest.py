"""Bundle alone, for a module's tests: what catalog says is really catalog's, what the desks say is
told by hand."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

import services.bundle.main
import services.catalog.main
from services.bundle.main import BundleSettings
from services.catalog.main import CatalogSettings
from services.chassis import ticks
from services.chassis.inbox import Letter, letter_of
from tests import county, world
from tests.alone import NOBODY, alone, databases
from tests.bundle import store
from tests.bundle.holding import on, permit
from tests.bundle.office import Office
from tests.platform import INDEX_KEY, KEY, Person


@pytest.fixture(scope="session")
async def items(postgres, templates, signer) -> list[Letter]:
    """The items of the town and of the county, as catalog publishes them."""
    async with databases(postgres) as fresh:
        settings = CatalogSettings(
            database_url=await fresh("catalog"),
            nats_url=NOBODY,
            oidc_issuer=signer.issuer,
            log_level="CRITICAL",
        )
        async with alone(services.catalog.main.make(settings), signer) as catalog:
            bureau = catalog.person("bureau", "li")
            for code, name in (world.DEPARTMENTS | county.DEPARTMENTS).items():
                await bureau.put(f"/departments/{code}", {"name": name, "region": "430700"})
            for path, records in (
                ("fields", world.FIELDS | county.FIELDS),
                ("evidence-types", world.EVIDENCE | county.EVIDENCE),
                ("items", world.ITEMS | county.ITEMS),
            ):
                for code, record in records.items():
                    await bureau.put(f"/{path}/{code}", record)
            told = await catalog.rows(
                "SELECT event_id, subject, payload FROM outbox"
                " WHERE subject = 'catalog.item.published' ORDER BY pos"
            )
    return [letter_of(one.event_id, one.subject, one.payload.encode()) for one in told]


@pytest.fixture(scope="module")
async def office(postgres, signer, items, tmp_path_factory) -> AsyncIterator[Office]:
    folder = tmp_path_factory.mktemp("uploads")
    async with databases(postgres) as fresh:
        settings = BundleSettings(
            database_url=await fresh("bundle"),
            nats_url=NOBODY,
            oidc_issuer=signer.issuer,
            log_level="CRITICAL",
            sealing_keys=f"k1:{KEY}",
            index_key=INDEX_KEY,
            uploads_url=folder.as_uri(),
        )
        async with alone(services.bundle.main.make(settings), signer) as made:
            opened = Office(made.app, made.client, signer)
            await opened.hear(*items)
            await opened.publish("shop", world.BUNDLE)
            await opened.publish("founding", county.FOUNDING)
            await opened.publish("restaurant", county.RESTAURANT)
            yield opened


@pytest.fixture
async def in_spring(office: Office) -> AsyncIterator[None]:
    """The food permit may be renewed, changed or replaced; it is April 2030."""
    await office.hear(permit())
    on(office, date(2030, 4, 1))
    yield
    office.app.state.clock = ticks.utc


@pytest.fixture
def bureau(office: Office) -> Person:
    return office.person("bureau", "li")


@pytest.fixture
async def shop(office: Office) -> Office:
    """Where the store can be opened, as store.py tells."""
    await store.open_store(office)
    return office
