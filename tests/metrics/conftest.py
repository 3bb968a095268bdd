"""Metrics alone, told what its neighbours say."""

import itertools
from collections.abc import AsyncIterator

import pytest

import services.metrics.main
from services.chassis.settings import Settings
from tests.alone import NOBODY, Alone, alone, databases

numbers = itertools.count()


@pytest.fixture(scope="module")
async def metrics(postgres, templates, signer) -> AsyncIterator[Alone]:
    async with databases(postgres) as fresh:
        settings = Settings(
            database_url=await fresh("metrics"),
            nats_url=NOBODY,
            oidc_issuer=signer.issuer,
            log_level="CRITICAL",
        )
        async with alone(services.metrics.main.make(settings), signer) as made:
            yield made


@pytest.fixture
def bundle() -> str:
    """A bundle of the test's own, so that figures are its own."""
    return f"bundle-{next(numbers)}"


@pytest.fixture
def department() -> str:
    """A department of the test's own."""
    return f"department-{next(numbers)}"
