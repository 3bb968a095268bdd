"""A service point's people do at the desk exactly what its rights allow, and in whose name."""

from uuid import UUID

import pytest

from tests.alone import Alone
from tests.approval.conftest import ACCEPTED, DECIDED, DIGEST, opened, result, state
from tests.approval.handed_down import POINT, clerk, right
from tests.approval.points import GRANTED, REFUSED, act, an_item, wanted
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("own_time")


async def test_a_right_to_accept_accepts_and_does_not_decide(desk: Alone):
    item = an_item()
    await desk.hear(right(item))
    approval = await wanted(desk, item, accepts="department")
    window = clerk(desk)

    shown = await window.put(f"/approvals/{approval}/acceptance")
    decision = await window("PUT", f"/approvals/{approval}/decision", json=GRANTED)

    assert (shown["state"], shown["acceptor"], shown["point"]) == ("accepted", "window", POINT)
    assert problem(decision) == (403, "not-handed-down")
    assert await state(desk, approval) == "accepted"
    [told] = await desk.told(ACCEPTED, approval=approval)
    assert (told["by"], told["point"]) == ("window", POINT)
    assert await desk.officer("market").put(f"/approvals/{approval}/decision", GRANTED)


async def test_a_right_to_close_decides_and_issues_and_does_not_accept(desk: Alone):
    item = an_item()
    await desk.hear(right(item, "close"))
    unaccepted = await wanted(desk, item, accepts="department")
    approval, window = await wanted(desk, item), clerk(desk)

    acceptance = await window("PUT", f"/approvals/{unaccepted}/acceptance", json={})
    shown = await window.put(f"/approvals/{approval}/decision", GRANTED)
    issued = await window.put(f"/approvals/{approval}/result", result(f"N{approval}"))

    assert problem(acceptance) == (403, "not-handed-down")
    assert (shown["state"], shown["decided_point"], shown["decided_mode"]) == (
        "granted",
        POINT,
        "entrust",
    )
    assert issued["issued_at"]
    [told] = await desk.told(DECIDED, approval=approval)
    assert (told["point"], told["mode"], told["department"]) == (POINT, "entrust", "market")


@pytest.mark.parametrize(
    ("mode", "legal_mode", "authority"),
    [
        ("entrust", "entrusted", "market"),
        ("authorise", "authorised", POINT),
        ("hand_down", "handed_down", POINT),
    ],
)
async def test_the_signed_act_says_in_whose_name(desk: Alone, mode, legal_mode, authority):
    item = an_item()
    await desk.hear(right(item, mode=mode), right(item, "close", mode=mode))
    approval, window = await wanted(desk, item, accepts="department"), clerk(desk)

    await window.put(f"/approvals/{approval}/acceptance")
    await window.put(f"/approvals/{approval}/decision", GRANTED)
    await window.put(f"/approvals/{approval}/result", result(f"N{approval}"))

    for kind in ("accepted", "decided", "issued"):
        entry = await act(desk, approval, kind)
        assert (entry["actor"], entry["point"]) == ("qin", POINT)
        assert (entry["legal_mode"], entry["authority"]) == (legal_mode, authority)
        assert entry["respondent"] == authority


async def test_where_the_department_is_entrusted_itself_its_principal_answers(desk: Alone):
    item = an_item()
    await desk.hear(right(item))
    power = {"power_source": "entrusted", "entrusted_by": "city-market"}
    approval = await wanted(desk, item, accepts="department", **power)

    await clerk(desk).put(f"/approvals/{approval}/acceptance")

    entry = await act(desk, approval, "accepted")
    assert (entry["authority"], entry["respondent"]) == ("market", "city-market")


async def test_what_the_department_does_itself_names_no_point(desk: Alone):
    item = an_item()
    await desk.hear(right(item, "close", mode="hand_down"))
    approval = await wanted(desk, item)

    await desk.officer("market").put(f"/approvals/{approval}/decision", GRANTED)

    entry = await act(desk, approval, "decided")
    assert (entry["authority"], entry["legal_mode"]) == ("market", "own")
    assert "point" not in entry


async def test_a_window_may_refuse_acceptance_and_ask_for_corrections(desk: Alone):
    item = an_item()
    await desk.hear(right(item))
    refused = await wanted(desk, item, accepts="department")
    incomplete, window = await wanted(desk, item, accepts="department"), clerk(desk)
    gap = {"gaps": [{"field": "area", "reason_code": "unreadable"}], "explanation": DIGEST}

    no = {"verdict": "acceptance_refused", "reason_code": "outside-area"}
    await window.put(f"/approvals/{refused}/acceptance", no)
    asked = await window("POST", f"/approvals/{incomplete}/correction-requests", json=gap)

    [told] = await desk.told(REFUSED, approval=refused)
    assert told["point"] == POINT
    assert asked.status_code == 201
    listed = await window.get(f"/approvals/{incomplete}/correction-requests")
    assert [one["asked_by"] for one in listed["items"]] == ["qin"]
    assert (await act(desk, incomplete, "correction_requested"))["point"] == POINT


async def test_foreign_and_absent_approvals_look_the_same_to_a_window(desk: Alone):
    item, other = an_item(), an_item()
    await desk.hear(right(item), right(item, "close"), right(other, point="village"))
    hidden = {
        "wanted elsewhere": await opened(desk, item=item, point="village"),
        "wanted nowhere": await opened(desk, item=item),
        "no right over the item": await wanted(desk, other),
        "given by another department": await wanted(desk, item, department="health"),
        "absent": UUID(int=7),
    }
    window = clerk(desk)

    for what, approval in hidden.items():
        for method, path, body in (
            ("GET", f"/approvals/{approval}", None),
            ("GET", f"/approvals/{approval}/correction-requests", None),
            ("PUT", f"/approvals/{approval}/acceptance", {}),
            ("PUT", f"/approvals/{approval}/decision", GRANTED),
            ("PUT", f"/approvals/{approval}/result", result("N-hidden")),
        ):
            answer = await window(method, path, json=body)
            assert problem(answer) == (404, "approval-unknown"), (what, path)
    page = await window.get("/approvals?limit=100")
    assert not set(map(str, hidden.values())) & {one["id"] for one in page["items"]}


async def test_a_clerk_who_names_a_department_is_none_of_its_officers(desk: Alone):
    item = an_item()
    approval = await wanted(desk, item)

    for who in (
        clerk(desk, department="market"),
        clerk(desk, None, department="market"),
        clerk(desk, None),
    ):
        answer = await who("PUT", f"/approvals/{approval}/decision", json=GRANTED)
        assert problem(answer) == (404, "approval-unknown")
        page = await who.get("/approvals?limit=100")
        assert str(approval) not in {one["id"] for one in page["items"]}


async def test_a_window_lists_what_its_rights_cover_and_nothing_else(desk: Alone):
    item, none = an_item(), an_item()
    await desk.hear(right(item, point="spring"))
    mine = [await opened(desk, item=item, point="spring") for _ in range(3)]
    await opened(desk, item=none, point="spring")
    window = clerk(desk, "spring")

    page = await window.get("/approvals?limit=2")
    rest = await window.get(f"/approvals?limit=2&cursor={page['next']}")

    assert [one["id"] for one in page["items"] + rest["items"]] == [
        str(one) for one in sorted(mine)
    ]


async def test_four_eyes_see_a_window_s_decision_too(desk: Alone):
    item = an_item()
    await desk.hear(right(item, "close"))
    approval, window = await wanted(desk, item, four_eyes=True), clerk(desk)
    path = f"/approvals/{approval}/decision"

    alone = await window("PUT", path, json=GRANTED)
    await desk.officer("market").put(f"/approvals/{approval}/proposal", GRANTED)

    assert alone.status_code == 409
    assert (await window.put(path, GRANTED))["decided_point"] == POINT


async def test_what_a_colleague_of_the_department_works_on_is_left_alone(desk: Alone):
    item = an_item()
    await desk.hear(right(item, "close"))
    approval = await wanted(desk, item)
    await desk.officer("market").put(f"/approvals/{approval}/claim")

    answer = await clerk(desk)("PUT", f"/approvals/{approval}/decision", json=GRANTED)

    assert problem(answer) == (409, "claimed-by-another")


@pytest.mark.parametrize(
    ("mode", "authority"), [("entrust", None), ("authorise", POINT), ("hand_down", POINT)]
)
@pytest.mark.parametrize("at_once", [True, False])
async def test_the_result_tells_who_decided_as_the_signed_act_does(
    desk: Alone, mode: str, authority: str | None, at_once: bool
):
    item = an_item()
    await desk.hear(right(item, "close", mode=mode))
    approval, window = await wanted(desk, item), clerk(desk)
    made = result(f"N{approval}")

    body = GRANTED | {"result": made} if at_once else GRANTED
    await window.put(f"/approvals/{approval}/decision", body)
    if not at_once:  # printed at the department: it decided nothing
        await desk.officer("market").put(f"/approvals/{approval}/result", made)

    [told] = await desk.told("approval.result.issued", approval=approval)
    assert (told["department"], told["authority"]) == ("market", authority)
    assert (await act(desk, approval, "decided"))["authority"] == (authority or "market")
