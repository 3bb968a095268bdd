"""Cards: raised once, explained, appealed, sent up the line, and nobody reads another's."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.approval import main
from services.approval.cards import reactions, rules
from services.approval.deadlines import actions as deadlines
from services.chassis import ticks
from services.contracts import Duration
from tests.alone import Alone
from tests.approval.conftest import cancellation, decide, opened, problem, request, result
from tests.approval.timed import at, set_clock, tick

pytestmark = pytest.mark.usefixtures("monday")

RAISED, CHANGED = "approval.approval.card_raised", "approval.approval.card_changed"
LINE = (2, 3)
HANDLERS = main.merged(deadlines.HANDLERS, reactions.handlers(LINE))
WHY = {"reason_code": "waited-for-court", "explanation": "法院协助执行，案卷已移送。"}


async def pass_to(desk: Alone, moment: datetime) -> None:
    """Everything that time brings, until there is silence."""
    set_clock(desk, moment)
    await tick(desk, HANDLERS)
    time = desk.app.state.timekeeper
    works = (reactions.issue_late(time, LINE), reactions.settle, reactions.rise(time, LINE))
    for work in works:
        while await ticks.turn(desk.app, work):
            pass


async def cards_of(desk: Alone, approval: UUID) -> list[Any]:
    found = "SELECT * FROM card WHERE approval = :id ORDER BY id"
    return await desk.rows(found, id=approval)


async def rules_of(desk: Alone, approval: UUID) -> list[str]:
    return [card.rule for card in await cards_of(desk, approval)]


async def late(desk: Alone, department: str = "market") -> tuple[UUID, str]:
    """An approval near its deadline, and its yellow card."""
    approval = await opened(desk, department)
    await pass_to(desk, at("2026-11-09", 0))
    [card] = await cards_of(desk, approval)
    return approval, str(card.id)


def bureau(desk: Alone, sub: str = "director") -> Any:
    return desk.person("bureau", sub)


async def test_yellow_near_the_promise_red_beyond_it_and_red_beyond_the_law(desk: Alone):
    approval = await opened(desk, legal=Duration(value=10))

    for moment, expected in (
        (at("2026-11-06"), []),
        (at("2026-11-09", 0), ["near_deadline"]),
        (at("2026-11-10", 0), ["near_deadline", "promise_overdue"]),
        (at("2026-11-16"), ["near_deadline", "promise_overdue"]),
        (at("2026-11-17", 0), ["near_deadline", "promise_overdue", "legal_overdue"]),
        (at("2027-02-01"), ["near_deadline", "promise_overdue", "legal_overdue"]),
    ):
        await pass_to(desk, moment)
        assert await rules_of(desk, approval) == expected
    told = await desk.told(RAISED, approval=approval)
    assert [(one["rule"], one["colour"]) for one in told] == [
        ("near_deadline", "yellow"),
        ("promise_overdue", "red"),
        ("legal_overdue", "red"),
    ]
    assert told[1]["due_at"] == "2026-11-09T16:00:00Z"


async def test_where_the_law_ends_first_its_card_is_the_only_red_one(desk: Alone):
    approval = await opened(desk, legal=Duration(value=3))
    await pass_to(desk, at("2026-12-01"))
    assert await rules_of(desk, approval) == ["near_deadline", "legal_overdue"]


async def test_a_desk_that_says_nothing_for_five_days_gets_a_card_for_the_step(desk: Alone):
    approval = await opened(desk, accepts="department")
    await pass_to(desk, at("2026-11-10", 0))

    told = await desk.told(RAISED, approval=approval)
    assert [(one["rule"], one["colour"]) for one in told[:1]] == [("acceptance_overdue", "yellow")]
    [step, *_] = await cards_of(desk, approval)
    assert step.state == "settled"  # the law accepted in the desk's place: nothing is left to do


async def test_a_grant_without_its_certificate_after_ten_working_days(desk: Alone):
    late_one, in_time, nothing_to_issue = (
        await opened(desk),
        await opened(desk),
        await opened(desk, issues=None),
    )
    await pass_to(desk, at("2026-11-09", 0))  # each has a yellow card already
    for approval in (late_one, in_time, nothing_to_issue):
        assert (await decide(desk, approval, {"verdict": "granted"})).status_code == 200
    # decisions carry the real time; ours are of Monday the 2nd
    await desk.rows(
        "UPDATE approval SET decided_at = :at WHERE id = ANY(:ids)",
        at=at("2026-11-02"),
        ids=[late_one, in_time, nothing_to_issue],
    )
    officer = desk.officer("market")
    await officer.put(f"/approvals/{in_time}/result", json=result("A-1"), key=str(uuid4()))

    await pass_to(desk, at("2026-11-16", 23))
    assert await rules_of(desk, late_one) == ["near_deadline"]
    await pass_to(desk, at("2026-11-17", 0))
    await pass_to(desk, at("2026-11-18", 0))

    [_, card] = await cards_of(desk, late_one)
    assert (card.rule, card.colour, card.person) == ("issue_overdue", "red", "wang")
    assert await rules_of(desk, in_time) == await rules_of(desk, nothing_to_issue)
    assert await rules_of(desk, in_time) == ["near_deadline"]
    await officer.put(f"/approvals/{late_one}/result", json=result("A-2"), key=str(uuid4()))
    await pass_to(desk, at("2026-11-18", 1))
    assert {card.state for card in await cards_of(desk, late_one)} == {"settled"}


async def test_whoever_took_it_up_is_the_person_of_its_cards(desk: Alone):
    approval = await opened(desk)
    await desk.officer("market", "li").put(f"/approvals/{approval}/claim")
    await pass_to(desk, at("2026-11-09", 0))
    assert [card.person for card in await cards_of(desk, approval)] == ["li"]
    assert [one["person"] for one in await desk.told(RAISED, approval=approval)] == ["li"]


async def test_replicas_and_a_restart_raise_each_card_once(desk: Alone):
    approvals = [await opened(desk) for _ in range(20)]
    other = main.make(desk.app.state.settings)
    for app in (desk.app, other):
        app.state.clock = lambda: at("2026-12-09")

    for _ in range(4):
        rounds = [deadlines.ring(app.state.timekeeper, HANDLERS) for app in (desk.app, other)]
        await asyncio.gather(*map(ticks.turn, (desk.app, other) * 2, rounds * 2))
    for moment in (at("2026-12-20"), at("2027-01-20")):
        for app in (desk.app, other):
            app.state.clock = lambda moment=moment: moment
        rises = [reactions.rise(app.state.timekeeper, LINE) for app in (desk.app, other)]
        await asyncio.gather(*map(ticks.turn, (desk.app, other) * 2, rises * 2))
    again = main.make(desk.app.state.settings)
    again.state.clock = lambda: at("2026-12-10")
    await ticks.turn(again, deadlines.ring(again.state.timekeeper, HANDLERS))
    for app in (other, again):
        await app.state.sessions.kw["bind"].dispose()

    for approval in approvals:
        assert await rules_of(desk, approval) == ["near_deadline", "promise_overdue"]
        assert len(await desk.told(RAISED, approval=approval)) == 2
        told = [one["level"] for one in await desk.told(CHANGED, approval=approval)]
        assert sorted(told) == ["bureau", "bureau", "head", "head"]


async def test_the_same_rule_met_again_raises_no_second_card(desk: Alone):
    approval, card = await late(desk)
    async with desk.app.state.sessions.begin() as tx:
        row = (await tx.execute(deadlines.OF_THESE, {"ids": [approval]})).one()
        for handle in reactions.handlers(LINE)["yellow"]:
            again = deadlines.Deadline("yellow", approval, at("2026-11-09"))
            await handle(tx, desk.app.state.timekeeper, row, again)

    assert [str(one.id) for one in await cards_of(desk, approval)] == [card]
    assert len(await desk.told(RAISED, approval=approval)) == 1


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
    assert not any("法院" in str(one) or "wang" in str(one) for one in told)


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


async def test_a_card_nobody_reacts_to_goes_up_the_line_each_level_once(desk: Alone):
    approval, card = await late(desk)
    officer = desk.officer("market")

    for moment, level in (
        (at("2026-11-11", 23), "desk"),
        (at("2026-11-12", 0), "head"),
        (at("2026-11-16", 23), "head"),
        (at("2026-11-18", 0), "bureau"),
        (at("2027-01-05", 0), "bureau"),
    ):
        for _ in range(2):
            await pass_to(desk, moment)
        assert (await officer.get(f"/cards/{card}"))["level"] == level
    rises = (await officer.get(f"/cards/{card}"))["rises"]
    assert [one["level"] for one in rises] == ["head", "bureau"]
    told = await desk.told(CHANGED, card=card)
    assert [(one["state"], one["level"]) for one in told] == [("open", "head"), ("open", "bureau")]
    listed = await bureau(desk).get("/cards", params={"level": "bureau", "approval": str(approval)})
    assert {one["rule"] for one in listed["items"]} == {"near_deadline", "promise_overdue"}


async def test_what_was_decided_settles_its_cards_and_goes_no_further(desk: Alone):
    approval, card = await late(desk)
    await decide(desk, approval, {"verdict": "granted", "result": result("S-1")})
    asked = request()
    set_clock(desk, at("2026-11-02"))
    await desk.hear(asked)
    await pass_to(desk, at("2026-11-09", 0))
    await desk.hear(cancellation(asked))
    await pass_to(desk, at("2027-01-05"))

    [done] = await cards_of(desk, approval)
    [gone, *_] = await cards_of(desk, asked.approval)
    assert (done.state, done.level) == (gone.state, gone.level) == ("settled", "desk")
    assert [one["state"] for one in await desk.told(CHANGED, card=card)] == ["settled"]


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


async def test_one_card_is_over_and_another_of_the_same_approval_is_not(desk: Alone):
    """The law accepted what the desk had not; the promise is still to be kept."""
    approval = await opened(desk, accepts="department", promise=Duration(value=5))
    await pass_to(desk, at("2026-11-10"))
    await pass_to(desk, at("2026-11-23"))

    states = {card.rule: card.state for card in await cards_of(desk, approval)}
    assert states.pop("acceptance_overdue") == "settled"
    assert states
    assert set(states.values()) == {"open"}
    await decide(desk, approval, {"verdict": "granted", "result": result("S-3")})
    await pass_to(desk, at("2026-11-24"))
    assert {card.state for card in await cards_of(desk, approval)} == {"settled"}


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
    for body in ({}, WHY | {"explanation": "  "}, WHY | {"reason_code": "Not A Code"}):
        answer = await officer("POST", f"/cards/{ids[0]}/appeals", json=body, key=str(uuid4()))
        assert answer.status_code == 422
        assert answer.json()["errors"]


@pytest.mark.parametrize("text", ["", "2", "2,3,4", "0,3", "2,x", "-1,2", "2,61", "2.5,3"])
def test_a_line_that_is_not_two_numbers_of_days_does_not_start(text):
    with pytest.raises(ValueError):
        rules.steps(text)


def test_the_line_is_read_as_it_is_written():
    assert rules.steps("1, 5") == (1, 5)
