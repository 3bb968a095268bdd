"""Who reads which cards, in which order, and page by page."""

from uuid import uuid4

import pytest

from services.contracts import Duration
from tests.alone import Alone
from tests.approval.conftest import opened
from tests.approval.lateness import WHY, bureau, late, pass_to
from tests.approval.timed import at
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("monday")


async def test_cards_come_newest_first_page_by_page(desk: Alone):
    department = f"desk-{uuid4().hex[:8]}"
    for _ in range(7):
        await opened(desk, department, legal=Duration(value=10))
    await pass_to(desk, at("2026-11-17", 0))
    officer, found, cursor = desk.officer(department), [], None
    while cursor or not found:
        where = {"cursor": cursor} if cursor else {}
        page = await officer.get("/cards", params={"limit": 4, "state": "open"} | where)
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert len(found) == 7 * 3
    assert found == sorted(set(found), reverse=True)


async def test_another_departments_cards_are_absent(desk: Alone):
    approval, card = await late(desk)
    other = desk.officer("health")

    for method, path, body in (
        ("GET", f"/cards/{card}", None),
        ("POST", f"/cards/{card}/appeals", WHY),
        ("GET", f"/cards/{uuid4()}", None),
    ):
        answer = await other(method, path, json=body, key=str(uuid4()))
        assert problem(answer) == (404, "card-unknown")
    params = {"approval": str(approval), "department": "market"}
    assert (await other.get("/cards", params=params))["items"] == []
    assert len((await desk.officer("market").get("/cards", params=params))["items"]) == 1
    assert (await desk.citizen()("GET", "/cards")).status_code == 403


async def test_persons_are_for_the_bureau_alone(desk: Alone):
    _, card = await late(desk)
    await desk.rows("UPDATE card SET person = 'wang' WHERE id = CAST(:id AS uuid)", id=card)
    officer = desk.officer("market")
    await officer.post(f"/cards/{card}/appeals", json=WHY, key=str(uuid4()))

    mine, theirs = await officer.get(f"/cards/{card}"), await bureau(desk).get(f"/cards/{card}")
    assert (mine["person"], mine["appeals"][0]["appealed_by"]) == (None, None)
    assert (theirs["person"], theirs["appeals"][0]["appealed_by"]) == ("wang", "wang")
    assert (await officer("GET", "/cards", params={"person": "wang"})).status_code == 403
    found = await bureau(desk).get("/cards", params={"person": "wang"})
    assert [one["id"] for one in found["items"]] == [card]


async def test_pages_follow_one_another_and_wrong_input_is_named(desk: Alone):
    for _ in range(3):
        await opened(desk)
    await pass_to(desk, at("2026-11-09", 0))
    officer = desk.officer("market")

    first = await officer.get("/cards", params={"limit": 2})
    second = await officer.get("/cards", params={"limit": 2, "cursor": first["next"]})
    ids = [one["id"] for one in first["items"] + second["items"]]
    assert (len(ids), ids, second["next"]) == (3, sorted(ids, reverse=True), None)
    assert problem(await officer("GET", "/cards?cursor=nonsense"))[0] == 422
    assert (await officer("GET", "/cards?colour=blue")).status_code == 422
    for body in ({}, WHY | {"explanation": "张三催了三次"}, WHY | {"reason_code": "Not A Code"}):
        answer = await officer("POST", f"/cards/{ids[0]}/appeals", json=body, key=str(uuid4()))
        assert answer.status_code == 422
        assert answer.json()["errors"]
