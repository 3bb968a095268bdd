"""Your applications are yours: nobody else comes near them."""

from typing import Any
from uuid import uuid4

import pytest

from tests.bundle.office import Office
from tests.refusals import problem


async def test_your_applications_are_yours_and_come_newest_first(office: Office):
    ada, bob = office.somebody(), office.somebody()
    filed = [(await office.filed(ada, answers=at(n)))["id"] for n in range(3)]

    first = await ada.get("/applications?limit=2")
    rest = await ada.get(f"/applications?limit=2&cursor={first['next']}")

    listed = [one["id"] for one in [*first["items"], *rest["items"]]]
    assert listed == filed[::-1]
    assert rest["next"] is None
    assert (await bob.get("/applications"))["items"] == []


def at(number: int) -> dict[str, Any]:
    return {"area": 20.0, "premises": f"人民路 {number} 号"}


async def paths_of(application: Any) -> list[tuple[str, str, Any]]:
    path = f"/applications/{application['id']}"
    return [
        ("GET", path, None),
        ("GET", f"{path}/progress", None),
        ("GET", f"{path}/events", None),
        ("PUT", f"{path}/withdrawal", {}),
        ("PUT", f"{path}/members/licence/withdrawal", {}),
        ("PUT", f"{path}/choices/licence", {"choice": "stop"}),
    ]


async def test_another_persons_application_is_as_absent_as_none(office: Office):
    ada, bob = office.somebody(), office.somebody()
    application = await office.filed(ada)

    for method, path, body in await paths_of(application):
        foreign = await bob(method, path, json=body)
        absent = await bob(method, path.replace(application["id"], str(uuid4())), json=body)
        assert problem(foreign) == problem(absent) == (404, "application-unknown"), path
        assert foreign.json()["detail"] == absent.json()["detail"]
    assert (await office.states(ada, application))["licence"] == "requested"


@pytest.mark.parametrize("role", ["officer", "partner", "bureau", "operator", "inspector"])
async def test_only_applicants_come_near_an_application(office: Office, role: str):
    application = await office.filed(office.somebody())
    somebody = office.person(role, "somebody", department="market")

    for method, path, body in await paths_of(application):
        assert problem(await somebody(method, path, json=body)) == (403, "excluded")
        assert (await office.client.request(method, path, json=body)).status_code == 401


async def test_cursors_that_we_never_gave_are_refused(office: Office):
    ada = office.somebody()
    for path in ("/applications", "/wallet", "/notices"):
        for cursor in ("YWJj", "%", "OTk5", "AAAA"):
            answer = await ada("GET", path, params={"cursor": cursor})
            assert problem(answer) == (422, "bad-cursor"), (path, cursor)
