"""What happens to an application happens at the time the service was told; the same clock says
whether a mandate and a certificate still hold."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis import ticks
from tests import world
from tests.bundle.office import Office, decided, of
from tests.bundle.test_mandates import mandate

FILED = datetime(2029, 3, 1, 4, tzinfo=UTC)
LATER = FILED + timedelta(days=9)


@pytest.fixture(autouse=True)
def reset(office: Office) -> Iterator[None]:
    yield
    office.app.state.clock = ticks.utc


def show(office: Office, moment: datetime) -> None:
    office.app.state.clock = lambda: moment


def read(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_requests_answers_and_the_end_have_their_times(office: Office):
    ada = office.somebody()
    show(office, FILED)
    application = await office.filed(ada)
    show(office, LATER)
    await office.hear(decided(application, "licence", "refused"))

    view = await ada.get(f"/applications/{application['id']}")

    licence = of(view, "licence")
    assert (read(licence["requested_at"]), read(licence["settled_at"])) == (FILED, LATER)
    assert (read(view["submitted_at"]), read(view["completed_at"])) == (FILED, LATER)
    [told] = await office.told("bundle.application.completed", application=application["id"])
    assert read(told["completed_at"]) == LATER
    [notice] = (await ada.get("/notices"))["items"]
    assert read(notice["made_at"]) == LATER


async def test_a_mandate_runs_out_by_it(office: Office):
    ada, agent = office.somebody(), office.somebody()
    show(office, FILED)
    until = (FILED + timedelta(days=5)).isoformat()
    given = await mandate(ada, agent, valid_until=until)
    application = await office.filed(agent, holder={"mandate": given})
    path = f"/applications/{application['id']}"
    seen = [(await agent("GET", path)).status_code]

    show(office, LATER)

    seen.append((await agent("GET", path)).status_code)
    assert seen == [200, 404]
    for list_ in ("/applications", "/notices"):
        assert (await agent.get(list_))["items"] == []
    holder = {"mandate": given}
    again = await agent("POST", "/bundles/shop/compositions", json={"holder": holder})
    assert again.status_code == 422


@pytest.mark.parametrize(("moment", "asked"), [(FILED, []), (LATER, ["floor-plan:owner"])])
async def test_what_is_held_serves_until_its_last_day(
    office: Office, moment: datetime, asked: list[str]
):
    ada = office.somebody()
    show(office, FILED)
    first = await office.filed(ada)
    last, party = (FILED + timedelta(days=5)).date(), first["holder"]
    assert {read(one["made_at"]) for one in (await ada.get("/wallet"))["items"]} == {FILED}
    set_end = "UPDATE evidence SET valid_until = :last WHERE party = CAST(:party AS uuid)"
    await office.rows(set_end, last=last, party=party)
    await ada.put(f"/applications/{first['id']}/withdrawal")

    show(office, moment)
    plan = await office.planned(ada, "shop", world.ANSWERS)

    assert [one["key"] for one in plan["materials"]] == asked
