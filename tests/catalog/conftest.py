"""A catalogue for a module's tests, and somebody of the bureau who writes it."""

from collections.abc import AsyncIterator

import pytest

import services.catalog.main
from services.catalog.main import CatalogSettings
from tests.alone import NOBODY, Alone, alone, databases
from tests.platform import Person

DURATION = {"value": 5, "unit": "working_day"}


@pytest.fixture(scope="module")
async def catalog(postgres, templates, signer) -> AsyncIterator[Alone]:
    async with databases(postgres) as fresh:
        settings = CatalogSettings(
            database_url=await fresh("catalog"),
            nats_url=NOBODY,
            oidc_issuer=signer.issuer,
            log_level="CRITICAL",
            partners="market",
        )
        async with alone(services.catalog.main.make(settings), signer) as made:
            await made.person("bureau", "li").put(
                "/departments/market", {"name": "市场监管局", "region": "430700"}
            )
            yield made


@pytest.fixture
def bureau(catalog: Alone) -> Person:
    return catalog.person("bureau", "li")


def field(**more) -> dict:
    return {"name": "字段", "type": "text"} | more


def evidence(**more) -> dict:
    return {"name": "材料", "holder_kind": "person"} | more


def item(*fields: str, **more) -> dict:
    return {
        "name": "事项",
        "department": "market",
        "region": "430700",
        "promised": DURATION,
        "fields": [{"field": code} for code in fields],
    } | more
