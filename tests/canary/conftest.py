"""A town in which every answer and every log line is kept while the canaries fly."""

import logging
from collections.abc import AsyncIterator

import pytest

from services.chassis.telemetry import JsonLines
from tests import county
from tests.canary.birds import Cage
from tests.canary.flights import (
    a_company_and_its_restaurant,
    a_shop_from_filing_to_outcome,
    put_right,
    withdrawn,
)
from tests.canary.mistakes import broken_in_the_middle, mistakes_of_applicants, mistakes_of_desks
from tests.platform import eventually
from tests.served import Served, served


@pytest.fixture(scope="module")
async def cage() -> Cage:
    return Cage()


@pytest.fixture(scope="module")
async def town(postgres, templates, signer, tmp_path_factory, cage) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("canary")
    async with served(postgres, signer, folder, log_level="DEBUG") as opened:
        handler = logging.StreamHandler(cage.log)
        handler.setFormatter(JsonLines("all", "1"))
        root, level = logging.getLogger(), logging.getLogger().level
        root.handlers = [handler]
        root.setLevel("DEBUG")
        opened.client.event_hooks = {"response": [cage.keep]}
        bureau = opened.person("bureau", "li")
        await opened.open_town()
        for code, name in county.DEPARTMENTS.items():
            await bureau.put(f"/departments/{code}", {"name": name, "region": "430700"})
        for path, records in (
            ("fields", county.FIELDS),
            ("evidence-types", county.EVIDENCE),
            ("items", county.ITEMS),
        ):
            for code, record in records.items():
                await bureau.put(f"/{path}/{code}", record)
        await opened.publish("founding", county.FOUNDING)
        await opened.publish("restaurant", county.RESTAURANT)
        yield opened
        root.handlers, root.level = [], level


@pytest.fixture(scope="module")
async def flown(town: Served, cage: Cage) -> None:
    """Every flow, once; what the tests below look at is what it left behind."""
    ada = town.citizen("ada")
    shop = await a_shop_from_filing_to_outcome(town, ada)
    company = await a_company_and_its_restaurant(town, ada)
    await mistakes_of_applicants(town, ada, shop)
    await mistakes_of_desks(town, company)
    await withdrawn(town, ada)
    await put_right(town)
    await broken_in_the_middle(town, ada)
    await eventually(lambda: _quiet(town))


async def _quiet(town: Served) -> bool:
    """All that was to be told has been told."""
    lag = (await town.person("operator", "op").get("/operations/lag"))["items"]
    waiting = [one["unpublished"] + sum(one["consumers"].values()) for one in lag]
    return not any(waiting)
