"""Deadlines come once: through restarts, replicas, clocks that jump, and handlers that fail."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.approval import main
from services.approval.clock import actions as clock
from services.approval.clock.rules.deadlines import RED, YELLOW
from services.approval.clock.rules.lengths import Length
from services.approval.deadlines import actions as deadlines
from services.chassis import ticks
from services.contracts import Duration
from tests.alone import Alone
from tests.approval.conftest import ACCEPTED, cancellation, decide, opened, request, state
from tests.approval.timed import (
    alarm,
    at,
    ends,
    entered,
    extend,
    pause,
    reached,
    resume,
    set_clock,
    shown,
    tick,
)

pytestmark = pytest.mark.usefixtures("monday")

GRANT = {"verdict": "granted"}


class Heard:
    """Handlers that note what they were told of."""

    def __init__(self, fails: int = 0) -> None:
        self.told: list[tuple[str, UUID]] = []
        self.fails = fails

    async def note(self, tx: Any, time: Any, row: Any, deadline: Any) -> None:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("a defect")
        await asyncio.sleep(0.01)
        self.told.append((deadline.kind, row.id))

    @property
    def handlers(self) -> deadlines.Handlers:
        return {YELLOW: (self.note,), RED: (self.note,)}

    def kinds(self, approval: UUID) -> list[str]:
        return [kind for kind, about in self.told if about == approval]


async def test_yellow_then_red_each_at_its_moment(desk: Alone):
    approval, heard = await opened(desk), Heard()

    for moment, kinds in (
        (at("2026-11-06", 23), []),
        (at("2026-11-09", 0), [YELLOW]),
        (at("2026-11-09", 23), [YELLOW]),
        (at("2026-11-10", 0), [YELLOW, RED]),
        (at("2027-01-10", 0), [YELLOW, RED]),
    ):
        set_clock(desk, moment)
        await tick(desk, heard.handlers)
        assert heard.kinds(approval) == kinds
    assert await alarm(desk, approval) is None
    told = (await shown(desk, approval))["reached"]
    assert [(one["kind"], one["due_at"]) for one in told] == [
        (YELLOW, ends("2026-11-08")),
        (RED, ends("2026-11-09")),
    ]


async def test_a_clock_that_jumps_makes_everything_come_once_and_in_order(desk: Alone):
    approval, heard = await opened(desk, legal=Duration(value=10)), Heard()

    for moment in ("2027-11-02", "2026-11-03", "2026-11-09", "2030-01-01"):
        set_clock(desk, at(moment))
        await tick(desk, heard.handlers)

    assert heard.kinds(approval) == [YELLOW, RED]
    assert await reached(desk, approval) == [YELLOW, RED, "legal_overdue"]


async def test_after_a_restart_what_was_missed_comes_once(desk: Alone):
    approval, heard = await opened(desk), Heard()
    set_clock(desk, at("2026-11-09"))
    await tick(desk, heard.handlers)

    again = main.make(desk.app.state.settings)
    again.state.clock = lambda: at("2026-12-09")
    await ticks.turn(again, deadlines.ring(again.state.timekeeper, heard.handlers))
    await again.state.sessions.kw["bind"].dispose()

    assert heard.kinds(approval) == [YELLOW, RED]


async def test_replicas_that_ring_at_once_tell_of_each_once(desk: Alone):
    approvals = [await opened(desk) for _ in range(30)]
    heard = Heard()
    other = main.make(desk.app.state.settings)
    for app in (desk.app, other):
        app.state.clock = lambda: at("2026-12-09")

    for _ in range(4):
        rounds = [deadlines.ring(app.state.timekeeper, heard.handlers) for app in (desk.app, other)]
        await asyncio.gather(*map(ticks.turn, (desk.app, other) * 2, rounds * 2))
    await other.state.sessions.kw["bind"].dispose()

    assert sorted(heard.told) == sorted((k, one) for one in approvals for k in (YELLOW, RED))


async def test_what_was_decided_in_time_is_forgotten(desk: Alone):
    approval, heard = await opened(desk), Heard()
    await decide(desk, approval, GRANT)
    asked = request()
    await desk.hear(asked)
    await desk.hear(cancellation(asked))
    assert await alarm(desk, approval) is not None

    set_clock(desk, at("2027-01-01"))
    await tick(desk, heard.handlers)

    assert heard.told == []
    assert (await alarm(desk, approval), await alarm(desk, asked.approval)) == (None, None)


async def test_a_decision_at_the_moment_of_the_alarm_and_the_alarm_do_not_hinder_one_another(
    desk: Alone,
):
    approvals = [await opened(desk) for _ in range(12)]
    heard = Heard()
    set_clock(desk, at("2026-12-09"))

    answers = await asyncio.gather(
        *(decide(desk, one, GRANT) for one in approvals),
        tick(desk, heard.handlers),
        tick(desk, heard.handlers),
    )
    await tick(desk, heard.handlers)

    assert [answer.status_code for answer in answers[:12]] == [200] * 12
    assert all(heard.kinds(one) in ([], [YELLOW, RED]) for one in approvals)
    assert [await alarm(desk, one) for one in approvals] == [None] * 12


async def test_while_the_clock_stands_still_nothing_comes_and_later_it_does(desk: Alone):
    approval, heard = await opened(desk), Heard()
    set_clock(desk, at("2026-11-05"))
    await pause(desk, approval)
    assert await alarm(desk, approval) is None

    set_clock(desk, at("2026-12-01"))
    await tick(desk, heard.handlers)
    assert heard.told == []
    await resume(desk, approval)  # 1, 2 and 3 December are left
    set_clock(desk, at("2026-12-03"))
    await tick(desk, heard.handlers)
    assert heard.kinds(approval) == [YELLOW]
    set_clock(desk, at("2026-12-04"))
    await tick(desk, heard.handlers)
    assert heard.kinds(approval) == [YELLOW, RED]


async def test_what_has_come_does_not_come_again_when_time_is_added(desk: Alone):
    approval, heard = await opened(desk, extension=Duration(value=5)), Heard()
    set_clock(desk, at("2026-11-09"))
    await tick(desk, heard.handlers)

    await extend(desk, approval, 5)
    set_clock(desk, at("2026-11-13"))
    await tick(desk, heard.handlers)
    assert heard.kinds(approval) == [YELLOW]
    set_clock(desk, at("2026-11-17"))
    await tick(desk, heard.handlers)
    assert heard.kinds(approval) == [YELLOW, RED]


async def test_a_handler_that_fails_leaves_nothing_is_tried_later_and_hinders_nobody(desk: Alone):
    bad = await opened(desk)
    set_clock(desk, at("2026-11-03"))
    good, heard = await opened(desk), Heard(fails=2)

    set_clock(desk, at("2026-11-11"))
    await tick(desk, heard.handlers)
    assert (heard.kinds(bad), await reached(desk, bad)) == ([], [])
    assert heard.kinds(good) == [] and await reached(desk, good) == []
    again = await alarm(desk, bad)
    assert again is not None and again > at("2026-11-11")

    set_clock(desk, at("2026-11-11", 12))
    await tick(desk, heard.handlers)
    assert heard.kinds(bad) == [YELLOW, RED]
    assert heard.kinds(good) == [YELLOW, RED]


async def test_who_says_nothing_for_five_days_has_accepted_on_receipt(desk: Alone):
    approval = await opened(desk, accepts="department", promise=Duration(value=10))
    set_clock(desk, at("2026-11-09", 23))
    await tick(desk)
    assert await state(desk, approval) == "opened"

    set_clock(desk, at("2026-11-10", 0))
    await tick(desk)

    assert await state(desk, approval) == "accepted"
    [told] = await desk.told(ACCEPTED, approval=approval)
    assert told["accepted_at"] == "2026-11-02T02:00:00Z"
    assert told["due"] == ends("2026-11-16")  # counted from the receipt
    await tick(desk)
    assert len(await desk.told(ACCEPTED, approval=approval)) == 1


async def test_silence_grants_only_where_the_item_names_the_law(desk: Alone):
    named = await opened(desk, legal=Duration(value=5), deemed_consent=True)
    silent = await opened(desk, legal=Duration(value=5))

    set_clock(desk, at("2026-11-10"))
    await tick(desk)

    assert await reached(desk, named) == [YELLOW, "deemed_consent", "legal_overdue", RED]
    assert "deemed_consent" not in await reached(desk, silent)
    assert await state(desk, silent) == "accepted"


async def test_a_small_clock_has_a_deadline_of_its_own_that_no_pause_stops(desk: Alone):
    approval = await opened(desk, promise=Duration(value=20))
    kind, days = "consultation_due", Length(2)
    small = await entered(
        desk, approval, lambda tx, time, row: clock.start_small(tx, time, row, kind, days, "market")
    )
    other = await entered(
        desk, approval, lambda tx, time, row: clock.start_small(tx, time, row, kind, days, "market")
    )
    await pause(desk, approval)
    ended = await entered(
        desk, approval, lambda tx, time, row: clock.stop_small(tx, time, row, other)
    )
    assert ended is True
    view = await shown(desk, approval)
    assert [c["due"] for c in view["counts"] if c["kind"] == kind] == [ends("2026-11-04")]

    set_clock(desk, at("2026-11-05", 0))
    await tick(desk)

    [told] = (await shown(desk, approval))["reached"]
    assert (told["kind"], told["ref"]) == (kind, str(small))
