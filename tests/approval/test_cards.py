"""What raises a card, once, and what settles it."""

import asyncio
from uuid import uuid4

import pytest

from services.approval import main
from services.approval.cards import reactions
from services.approval.deadlines import actions as deadlines
from services.chassis import ticks
from services.contracts import Duration
from tests.alone import Alone
from tests.approval.conftest import cancellation, decide, opened, request, result
from tests.approval.lateness import (
    CHANGED,
    HANDLERS,
    LINE,
    RAISED,
    cards_of,
    late,
    pass_to,
    rules_of,
)
from tests.approval.timed import at, set_clock

pytestmark = pytest.mark.usefixtures("monday")


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
