"""What one point holds, offered to others: on its terms, an offer each, nobody passed over."""

import httpx
import pytest

from tests.alone import Alone
from tests.catalog.handshakes import SOON, District, faults, problem


@pytest.fixture(scope="module")
async def district(catalog: Alone) -> District:
    """East holds three rights and is offered a fourth; two more townships hold nothing."""
    made = await District(catalog).open()
    for code in ("third", "fourth"):
        record = {"kind": "township", "region": "430799103", "name": code}
        await made.bureau.put(f"/service-points/{code}", record)
    situations = [{"code": c, "name": c} for c in "ab"]
    for code in ("one", "two", "waiting"):
        await made.item(code, kind="20", situations=situations)
    await made.active("one/east/accept", SOON, situations=["a"])
    await made.tried("one/east/close", SOON, mode="hand_down")
    await made.offer("waiting/east/accept")
    await made.offer("fire-item/east/accept", made.other)
    await made.take(made.east, "fire-item/east/accept", "acceptance", capacity={"people": 1})
    await made.take(made.other, "fire-item/east/accept", "trial", until=SOON)
    return made


async def copies(district: District, *to: str, who=None, **more) -> httpx.Response:
    body = {"from": "east", "to": list(to)} | more
    return await (who or district.officer)("POST", "/delegations/copies", json=body)


def keys(begun: list[dict]) -> list[str]:
    return [f"{one['item']}/{one['point']}/{one['right']}" for one in begun]


async def test_a_department_offers_what_is_its_own_on_the_terms_that_hold(district: District):
    answer = await copies(district, "third", "west")
    again = await copies(district, "west", "third", who=district.bureau)

    assert answer.status_code == 201
    assert keys(answer.json()["begun"]) == [
        "one/third/accept",
        "one/third/close",
        "one/west/accept",
        "one/west/close",
    ]
    shown = await district.bureau.get("/delegations/one/third/accept")
    assert (shown["state"], shown["mode"], shown["situations"]) == ("offered", "entrust", ["a"])
    assert shown["waits_for"] == "below"
    assert (await district.bureau.get("/delegations/one/third/close"))["mode"] == "hand_down"
    assert keys(again.json()["begun"]) == ["fire-item/west/accept", "fire-item/third/accept"]
    assert keys(again.json()["left_out"]) == keys(
        [one for point in ("west", "third") for one in answer.json()["begun"]
         if one["point"] == point]
    )  # fmt: skip


async def test_what_the_law_does_not_allow_one_of_them_refuses_the_whole(district: District):
    answer = await copies(district, "fourth", "east-village", rights=["close"])

    assert (answer.status_code, problem(answer)) == (422, "proposal-faulty")
    assert faults(answer) == [("/to/1", "hand-down-needs-lower-organ")]
    assert (await district.bureau("GET", "/delegations/one/fourth/close")).status_code == 404


async def test_flaws_have_their_place(district: District):
    answer = await copies(district, "east", "nowhere", "fourth", "fourth")
    absent = await copies(district, "fourth", **{"from": "nowhere"})
    empty = await copies(district, "east", **{"from": "fourth"})
    clerk = await copies(district, "fourth", who=district.east)

    assert sorted(faults(answer)) == [
        ("/to/0", "duplicate-code"),
        ("/to/1", "unknown-code"),
        ("/to/3", "duplicate-code"),
    ]
    assert faults(absent) == [("/from", "unknown-code")]
    assert (empty.status_code, problem(empty)) == (409, "nothing-held")
    assert clerk.status_code == 403
