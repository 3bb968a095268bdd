"""Pages of a desk's worklist: every approval once, in order, whatever is asked for."""

from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
import uuid_utils.compat

from tests.alone import Alone
from tests.approval.conftest import decide, opened
from tests.platform import Person

STATES = ("opened", "accepted", "granted", "refused", "cancelled")


@pytest.fixture(scope="module")
async def busy(desk: Alone) -> tuple[Person, dict[str, str]]:
    """A desk of its own where twenty approvals stand in three states, all mixed up; and its states
    by approval."""
    department = f"desk-{uuid4().hex[:8]}"
    states = {}
    for n in range(20):
        accepts = "department" if n % 3 == 0 else "automatic"
        approval = uuid_utils.compat.uuid7()
        await opened(desk, department, approval=approval, accepts=accepts, issues=None)
        states[str(approval)] = "opened" if n % 3 == 0 else "accepted"
        if n % 3 == 2:
            refused = {"verdict": "refused", "reason_code": "not-enough"}
            await decide(desk, approval, refused, department=department)
            states[str(approval)] = "refused"
    return desk.officer(department), dict(sorted(states.items()))


async def listed(officer: Person, limit: int, **query: Any) -> list[Any]:
    """All pages, one after another."""
    found, cursor = [], None
    while True:
        where = query | ({"cursor": cursor} if cursor else {})
        page = await officer.get("/approvals", params={"limit": limit} | where)
        assert len(page["items"]) <= limit
        found += page["items"]
        if not (cursor := page["next"]):
            return found


@pytest.mark.parametrize("limit", [1, 3, 7, 20, 100])
@pytest.mark.parametrize(
    "states", [(), ("opened",), ("refused", "opened"), STATES, ("opened", "opened"), ("granted",)]
)
async def test_all_pages_together_are_all_that_was_asked_for(busy, limit: int, states):
    officer, known = busy

    found = await listed(officer, limit, **({"state": states} if states else {}))

    wanted = [one for one, state in known.items() if not states or state in states]
    assert [one["id"] for one in found] == wanted
    assert all(known[one["id"]] == one["state"] for one in found)
    assert all(a["id"] < b["id"] for a, b in pairwise(found))


async def test_what_one_has_claimed_is_ones_own_list(busy):
    officer, known = busy
    mine = [one for one, state in known.items() if state == "opened"][1:3]
    for one in mine:
        await officer.put(f"/approvals/{one}/claim")

    assert [one["id"] for one in await listed(officer, 1, mine="true")] == mine
    assert await listed(officer, 5, mine="true", state="accepted") == []
    assert [one["id"] for one in await listed(officer, 5, mine="false")] == list(known)


async def test_those_of_one_application_are_found_in_the_same_way(busy):
    officer, known = busy
    [one, *_] = await listed(officer, 100)

    same = await listed(officer, 1, application=one["application"])
    other = await listed(officer, 1, application=one["application"], state="granted")

    assert [found["id"] for found in same] == [one["id"]]
    assert other == []
