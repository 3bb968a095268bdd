"""A certificate names the authority that decided, as the signed act does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from services.contracts import DepartmentChanged
from tests import world
from tests.bundle.office import Office, decided
from tests.bundle.test_points import point

CONTENT = world.CONTENT["licence-check"]


class Seals:
    """Notes whose seal was wanted."""

    def __init__(self, before: Any) -> None:
        self.before = before
        self.wanted: list[str] = []

    def mark(self, authority: str) -> Any:
        self.wanted.append(authority)
        return self.before.mark(authority)

    async def seal(self, authority: str, document: bytes) -> bytes:
        self.wanted.append(authority)
        return document


@pytest.fixture
async def seals(office: Office) -> AsyncIterator[Seals]:
    await office.hear(DepartmentChanged(code="market", version=1, name="市场监管局"))
    office.app.state.seals = made = Seals(office.app.state.seals)
    yield made
    office.app.state.seals = made.before


async def certificate(office: Office, **more: Any) -> str:
    """The page, as its holder reads it."""
    who = office.somebody()
    application = await office.filed(who)
    made = await office.issue(application, "licence", CONTENT, evidence="licence-fact", **more)
    await office.hear(decided(application, "licence"), made)
    [held] = [one for one in (await who.get("/wallet"))["items"] if one["result_number"]]
    paper = await who("GET", f"/wallet/{held['id']}/certificate.pdf")
    assert paper.status_code == 200
    page = await who("GET", f"/wallet/{held['id']}/certificate")
    return str(page.text)


async def test_what_a_department_decided_or_a_point_in_its_name_is_the_departments(
    office: Office, seals: Seals
):
    shown = await certificate(office)

    assert "市场监管局" in shown
    assert set(seals.wanted) == {"market"}


async def test_what_a_point_decided_in_its_own_name_is_the_points(office: Office, seals: Seals):
    await office.hear(point("qinglin"))

    shown = await certificate(office, authority="qinglin")

    assert "qinglin镇" in shown
    assert "市场监管局" not in shown
    assert set(seals.wanted) == {"point:qinglin"}, "and no department of that name seals it"


async def test_a_point_of_which_we_have_not_heard_goes_by_its_code(office: Office):
    assert "far-away" in await certificate(office, authority="far-away")


async def test_what_was_handed_over_is_who_decided_in_the_end(office: Office, seals: Seals):
    await office.hear(DepartmentChanged(code="province", version=1, name="省市场监管局"))

    shown = await certificate(office, department="province")

    assert "省市场监管局" in shown
    assert set(seals.wanted) == {"province"}
