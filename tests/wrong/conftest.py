"""One town for all that comes in wrong, through the gateway: it hurts nothing else in it."""

from collections.abc import AsyncIterator

import pytest

from tests.platform import Person
from tests.served import Served, served


@pytest.fixture(scope="package")
async def town(postgres, templates, signer, tmp_path_factory) -> AsyncIterator[Served]:
    folder = tmp_path_factory.mktemp("wrong-input")
    limits = {"body_seconds": 0.8, "head_seconds": 2}
    async with served(postgres, signer, folder, **limits) as opened:
        await opened.open_town()
        yield opened


@pytest.fixture
def ada(town: Served, request) -> Person:
    """A citizen of the test's own, with an empty wallet."""
    return town.citizen(f"ada-{request.node.name}"[:100])
