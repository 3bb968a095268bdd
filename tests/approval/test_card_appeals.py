"""A card is explained, appealed against and judged: once, and by somebody else."""

import asyncio
from uuid import uuid4

import pytest

from services.approval.cards import rules
from tests.alone import Alone
from tests.approval.conftest import DIGEST, decide, result
from tests.approval.lateness import CHANGED, WHY, bureau, cards_of, late, pass_to
from tests.approval.timed import at
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("monday")


async def test_a_card_is_explained(desk: Alone):
    approval, card = await late(desk)
    shown = await desk.officer("market").get(f"/cards/{card}")

    assert shown["explained"]["zh"].startswith("办理时限已用去")
    assert shown["explained"]["source"] == "administrative"
    assert shown["facts"]["due_at"].startswith("2026-11-08T16:00:00")
    assert shown["clock"] == f"/api/approvals/{approval}/clock"
    clock = await desk.officer("market").get(shown["clock"].removeprefix("/api"))
    assert clock["reached"][0]["kind"] == "yellow"
    listed = await desk.person("citizen", "ada").get("/cards/rules")
    assert {one["code"] for one in listed["items"]} == set(rules.RULES)


async def test_an_upheld_appeal_lifts_the_card_and_it_stays_to_be_read(desk: Alone):
    approval, card = await late(desk)
    officer, judge = desk.officer("market"), bureau(desk)
    key = str(uuid4())

    made = await officer("POST", f"/cards/{card}/appeals", json=WHY, key=key)
    again = await officer("POST", f"/cards/{card}/appeals", json=WHY, key=key)
    assert (made.status_code, again.status_code, made.json()) == (201, 201, again.json())
    assert (made.json()["state"], made.json()["rises_at"]) == ("appealed", None)
    twice = await officer("POST", f"/cards/{card}/appeals", json=WHY, key=str(uuid4()))
    assert problem(twice) == (409, "appeal-pending")

    where = f"/cards/{card}/appeals/1/decision"
    for _ in range(2):
        assert (await judge.put(where, json={"verdict": "upheld"}))["state"] == "lifted"
    other = await judge("PUT", where, json={"verdict": "dismissed", "reason_code": "late"})
    assert problem(other) == (409, "appeal-judged")
    more = await officer("POST", f"/cards/{card}/appeals", json=WHY, key=str(uuid4()))
    assert problem(more) == (409, "card-closed")

    await pass_to(desk, at("2027-01-01"))
    shown = await judge.get(f"/cards/{card}")
    assert (shown["state"], shown["level"], shown["rises"]) == ("lifted", "desk", [])
    assert [one["verdict"] for one in shown["appeals"]] == ["upheld"]
    told = await desk.told(CHANGED, card=card)
    assert [one["state"] for one in told] == ["appealed", "lifted"]
    assert not any(DIGEST in str(one) or "wang" in str(one) for one in told)


async def test_an_appeal_needs_no_words_and_never_holds_them(desk: Alone):
    _, card = await late(desk)
    officer = desk.officer("market")

    said = await officer(
        "POST", f"/cards/{card}/appeals", json=WHY | {"explanation": "李四的案卷在法院"}
    )
    bare = await officer.post(f"/cards/{card}/appeals", {"reason_code": "waited-for-court"})

    assert [one["pointer"] for one in said.json()["errors"]] == ["/explanation"]
    assert "李四" not in said.text
    assert (bare["state"], bare["appeals"][0]["explanation"]) == ("appealed", None)


async def test_a_dismissed_appeal_says_why_and_can_be_reviewed_once(desk: Alone):
    _, card = await late(desk)
    officer, judge = desk.officer("market"), bureau(desk)
    for n in (1, 2):
        await officer.post(f"/cards/{card}/appeals", json=WHY, key=str(uuid4()))
        where = f"/cards/{card}/appeals/{n}/decision"
        silent = await judge("PUT", where, json={"verdict": "dismissed"})
        assert problem(silent) == (422, "verdict-faulty")
        assert silent.json()["errors"][0]["pointer"] == "/reason_code"
        told = {"verdict": "dismissed", "reason_code": "not-shown"}
        assert (await judge.put(where, json=told))["state"] == "kept"
    third = await officer("POST", f"/cards/{card}/appeals", json=WHY, key=str(uuid4()))
    assert problem(third) == (409, "appeals-used-up")
    missing = await judge("PUT", f"/cards/{card}/appeals/3/decision", json={"verdict": "upheld"})
    assert problem(missing) == (404, "appeal-unknown")


async def test_appeals_and_verdicts_at_once_are_one(desk: Alone):
    _, card = await late(desk)
    sent = [desk.officer("market", f"officer-{n}") for n in range(6)]
    answers = await asyncio.gather(
        *(one("POST", f"/cards/{card}/appeals", json=WHY, key=str(uuid4())) for one in sent)
    )
    assert sorted(one.status_code for one in answers) == [201] + [409] * 5

    verdicts = [{"verdict": "upheld"}, {"verdict": "dismissed", "reason_code": "late"}] * 3
    where = f"/cards/{card}/appeals/1/decision"
    judges = [bureau(desk, f"judge-{n}") for n in range(6)]
    judged = await asyncio.gather(
        *(judge("PUT", where, json=body) for judge, body in zip(judges, verdicts, strict=True))
    )
    assert sorted(one.status_code for one in judged) == [200] * 3 + [409] * 3
    assert len(await desk.told(CHANGED, card=card)) == 2


async def test_nobody_judges_an_own_appeal(desk: Alone):
    _, card = await late(desk)
    await desk.officer("market", "both").post(f"/cards/{card}/appeals", json=WHY, key=str(uuid4()))
    where = f"/cards/{card}/appeals/1/decision"
    own = await bureau(desk, "both")("PUT", where, json={"verdict": "upheld"})
    assert problem(own) == (409, "own-appeal")
    officer = await desk.officer("market")("PUT", where, json={"verdict": "upheld"})
    assert officer.status_code == 403


async def test_a_card_that_was_appealed_meanwhile_settles_when_it_is_kept(desk: Alone):
    approval, card = await late(desk)
    await desk.officer("market").post(f"/cards/{card}/appeals", json=WHY, key=str(uuid4()))
    await decide(desk, approval, {"verdict": "granted", "result": result("S-2")})
    await pass_to(desk, at("2026-11-10"))
    assert [one.state for one in await cards_of(desk, approval)] == ["appealed"]

    told = {"verdict": "dismissed", "reason_code": "not-shown"}
    await bureau(desk).put(f"/cards/{card}/appeals/1/decision", json=told)
    await pass_to(desk, at("2026-11-11"))

    assert [one.state for one in await cards_of(desk, approval)] == ["settled"]
    [row] = await desk.rows("SELECT cards_until FROM approval WHERE id = :id", id=approval)
    assert row.cards_until is None, "nobody looks at it any more"
