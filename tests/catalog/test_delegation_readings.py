"""A step is about the terms that were read; what others agreed is absent; reasons say something."""

import asyncio
import json

import pytest

from tests.catalog.handshakes import CAPACITY, SOON, District, faults, problem


async def test_of_steps_at_once_one_wins(district: District, item: str):
    what, first = f"{item}/east/accept", '"1"'
    await district.offer(what)
    below = [district.catalog.person("clerk", f"chen-{n}", point="east") for n in range(16)]

    await district.catalog.connect()
    answers = await asyncio.gather(
        *(district.step(who, what, "acceptance", first, capacity=CAPACITY) for who in below[:8]),
        *(district.step(who, what, "refusal", first, reasons=["people"]) for who in below[8:]),
        district.step(district.officer, what, "withdrawal", first, reasons=["demand"]),
        district.step(district.bureau, what, "withdrawal", first, reasons=["demand"]),
    )

    codes = [answer.status_code for answer in answers]
    assert codes.count(200) == 1
    assert set(codes) <= {200, 409, 412}
    history = (await district.east.get(f"/delegations/{what}/history"))["items"]
    assert [one["version"] for one in history] == [2, 1]
    assert len(await district.catalog.told("catalog.delegation.changed", delegation=what)) == 2


async def test_a_step_on_an_older_reading_is_refused(district: District, item: str):
    what = f"{item}/east/accept"
    await district.agreed(what)
    await district.take(district.officer, what, "trial", until=SOON)

    await district.catalog.connect()
    answers = await asyncio.gather(
        *(
            district.step(
                district.catalog.officer("market", f"wang-{n}"), what, "trial", '"3"', until=SOON
            )
            for n in range(8)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7


async def test_the_same_step_sent_again_gets_the_answer_it_got(district: District, item: str):
    what = f"{item}/east/accept"
    await district.offer(what)

    first = await district.step(district.east, what, "acceptance", '"1"', capacity=CAPACITY)
    again = await district.step(district.east, what, "acceptance", '"1"', capacity=CAPACITY)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again.headers["idempotent-replay"] == "true"
    assert again.headers["etag"] == '"2"'


async def test_a_step_says_which_reading_it_is_about(district: District, item: str):
    what = f"{item}/east/accept"
    await district.offer(what)

    answer = await district.east(
        "PUT", f"/delegations/{what}/acceptance", key="k", json={"capacity": CAPACITY}
    )

    assert answer.status_code == 422
    assert ("/header/If-Match", "") in faults(answer)


async def test_what_others_agreed_is_as_absent_as_what_nobody_did(district: District, item: str):
    what, nothing = f"{item}/east/accept", f"{item}/west/close"
    await district.active(what, SOON)

    for stranger in (district.other, district.west):
        there = await stranger("GET", f"/delegations/{what}")
        absent = await stranger("GET", f"/delegations/{nothing}")
        assert there.status_code == absent.status_code == 404
        assert there.json()["title"] == absent.json()["title"]
        history = await stranger("GET", f"/delegations/{what}/history")
        assert history.status_code == 404
        step = await district.step(stranger, what, "withdrawal", '"4"', reasons=["law"])
        assert step.status_code == 404
        listed = await stranger.get(f"/delegations?item={item}")
        grid = await stranger.get(f"/delegations/grid?item={item}")
        assert (listed["items"], grid["rows"]) == ([], [])
    window = district.catalog.person("clerk", "window-clerk")
    assert problem(await window("GET", f"/delegations/{what}")) == "no-point"
    citizen = await district.catalog.citizen()("GET", f"/delegations/{what}")
    assert citizen.status_code == 403


@pytest.mark.parametrize("note", ["a\x00b", "\ud800", "长" * 1001])
async def test_a_note_that_cannot_be_kept_is_refused_and_nothing_happens(
    district: District, item: str, note
):
    what = f"{item}/east/accept"
    if (await district.bureau("GET", f"/delegations/{what}")).status_code == 404:
        await district.offer(what)
    body = json.dumps({"reasons": ["other"], "note": note}).encode()
    headers = {"if-match": '"1"', "content-type": "application/json", "idempotency-key": "bad"}

    answer = await district.east(
        "PUT", f"/delegations/{what}/refusal", content=body, headers=headers
    )

    assert (answer.status_code, problem(answer)) == (422, "malformed")
    assert (await district.east.get(f"/delegations/{what}"))["state"] == "offered"


async def test_a_reason_that_says_nothing_is_explained(district: District, item: str):
    what = f"{item}/east/accept"
    await district.offer(what)

    answer = await district.step(district.east, what, "refusal", reasons=["other"], note=" ")
    said = await district.step(district.east, what, "refusal", reasons=["other"], note="改建中")

    assert (answer.status_code, problem(answer)) == (422, "reason-unexplained")
    assert faults(answer) == [("/note", "")]
    assert said.status_code == 200
