"""A desk that is silent until a licence ends has renewed it; elsewhere silence is nothing."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from services.contracts import Duration
from tests.alone import Alone
from tests.approval.chain import acts
from tests.approval.conftest import DECIDED, DIGEST, ISSUED, decide, result, state
from tests.approval.ends import end
from tests.approval.holding import OTHER, asked_for, held, standing, tick
from tests.approval.test_corrections import answer
from tests.approval.test_procedures import end as end_procedure
from tests.approval.timed import at, reached, set_clock
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("monday")


async def new_year(desk: Alone) -> None:
    set_clock(desk, at("2027-01-01"))
    await tick(desk)


@pytest.mark.parametrize("accepts", ["automatic", "department"])
async def test_silence_until_the_end_renews_a_licence_once(desk: Alone, accepts: str):
    one = await held(desk)
    more = {"licensing_law": True, "accepts": accepts, "promise": {"value": 900}}
    approval = await asked_for(desk, one, "renewal", **more)
    set_clock(desk, at("2026-12-31", 23))
    await tick(desk)
    assert await desk.told(DECIDED, approval=approval) == []

    await new_year(desk)
    await tick(desk)

    [told] = await desk.told(DECIDED, approval=approval)
    assert (told["verdict"], told["reason_code"]) == ("granted", "renewed-by-law")
    assert datetime.fromisoformat(told["decided_at"]) == at("2027-01-01", 0)
    assert (await acts(desk, approval))[-1]["actor"] == "law"
    assert (await standing(desk, one))["standing"] == "continued"
    late = await decide(desk, approval, {"verdict": "refused", "reason_code": "too-late"})
    assert problem(late) == (409, "already-decided")


async def test_what_silence_renewed_is_still_issued(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "renewal", licensing_law=True, promise={"value": 900})
    await new_year(desk)

    made = result(one.issuer_number, valid_until="2031-12-31") | {"digest": OTHER}
    await desk.officer("market").put(f"/approvals/{approval}/result", made)

    [told] = await desk.told(ISSUED, approval=approval)
    assert told["valid_from"] == "2027-01-01"
    assert (await standing(desk, one))["standing"] == "replaced"


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("renewal", {}),
        ("change", {"licensing_law": True}),
        ("replacement", {"deemed_consent": True, "licensing_law": True}),
    ],
)
async def test_without_a_law_and_in_other_kinds_silence_is_nothing(desk: Alone, kind, more):
    one = await held(desk)
    approval = await asked_for(desk, one, kind, promise={"value": 900}, **more)

    await new_year(desk)

    assert await state(desk, approval) == "accepted"


async def test_a_law_that_the_item_names_will_do(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "renewal", deemed_consent=True, promise={"value": 900})

    await new_year(desk)

    assert await state(desk, approval) == "granted"


async def test_a_refusal_a_correction_and_a_procedure_are_no_silence(desk: Alone):
    one = await held(desk)
    more: dict[str, Any] = {"licensing_law": True, "promise": {"value": 900}}
    refused, correcting, paused = [await asked_for(desk, one, "renewal", **more) for _ in range(3)]
    officer = desk.officer("market")
    await decide(desk, refused, {"verdict": "refused", "reason_code": "not-fit"})
    gaps = {"gaps": [{"field": "area", "reason_code": "x"}], "explanation": DIGEST}
    await officer.post(f"/approvals/{correcting}/correction-requests", gaps)
    pause = {"kind": "hearing", "evidence": "doc-1", "expected": {"value": 5}}
    await officer.post(f"/approvals/{paused}/suspensions", pause)

    await new_year(desk)

    states = [await state(desk, each) for each in (refused, correcting, paused)]
    assert states == ["refused", "correcting", "suspended"]


@pytest.mark.parametrize("accepts", ["automatic", "department"])
async def test_what_we_hear_of_after_the_end_is_renewed_and_no_time_runs_backwards(
    desk: Alone, accepts: str
):
    one = await held(desk)
    set_clock(desk, at("2027-01-04"))
    more = {"licensing_law": True, "accepts": accepts, "promise": {"value": 900}}
    approval = await asked_for(desk, one, "renewal", **more)

    set_clock(desk, at("2027-01-04", 11))
    await tick(desk)

    [told] = await desk.told(DECIDED, approval=approval)
    assert (told["verdict"], told["reason_code"]) == ("granted", "renewed-by-law")
    times = [datetime.fromisoformat(told[n]) for n in ("opened_at", "accepted_at", "decided_at")]
    assert times == [at("2027-01-04")] * 3
    signed = (await acts(desk, approval))[-1]
    assert datetime.fromisoformat(signed["at"]) == at("2027-01-04")
    assert (await standing(desk, one))["standing"] == "continued"


async def test_what_was_open_at_the_end_was_no_silence_however_late_we_look(desk: Alone):
    one = await held(desk)
    more: dict[str, Any] = {"licensing_law": True, "promise": {"value": 900}}
    asked = one.later("renewal", **more)
    await desk.hear(asked)
    correcting, paused = asked.approval, await asked_for(desk, one, "renewal", **more)
    officer = desk.officer("market")
    gaps = {"gaps": [{"field": "area", "reason_code": "x"}], "explanation": DIGEST}
    await officer.post(f"/approvals/{correcting}/correction-requests", gaps)
    pause = {"kind": "hearing", "evidence": "doc-1", "expected": {"value": 5}}
    await officer.post(f"/approvals/{paused}/suspensions", pause)

    set_clock(desk, at("2027-01-04"))  # nobody looked since: we were down
    await desk.hear(answer(asked))
    assert (await end_procedure(desk, paused)).status_code == 200
    states = [await state(desk, each) for each in (correcting, paused)]
    await tick(desk)

    assert states == ["accepted", "accepted"]
    assert [await state(desk, each) for each in (correcting, paused)] == states


async def test_deciding_at_the_very_end_is_one_decision(desk: Alone):
    await desk.connect()
    for _ in range(5):
        set_clock(desk, at("2026-11-02"))
        one = await held(desk)
        approval = await asked_for(desk, one, "renewal", licensing_law=True, promise={"value": 900})
        set_clock(desk, at("2027-01-01"))

        await asyncio.gather(
            tick(desk), decide(desk, approval, {"verdict": "refused", "reason_code": "not-fit"})
        )

        assert len(await desk.told(DECIDED, approval=approval)) == 1


async def test_an_ended_result_is_not_renewed_by_silence(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "renewal", licensing_law=True, promise={"value": 900})
    await end(desk, one.number)

    await new_year(desk)

    assert await desk.told(DECIDED, approval=approval) == []


@pytest.mark.parametrize("accepts", ["automatic", "department"])
async def test_of_what_came_at_once_only_what_came_first_counts(desk: Alone, accepts: str):
    """After an outage, several deadlines have come: what silence has ended is not late later."""
    one = await held(desk)
    set_clock(desk, at("2026-12-31"))
    asked = one.later("renewal", licensing_law=True, accepts=accepts, promise={"value": 5})
    asked = asked.model_copy(update={"deemed_consent": True, "legal": Duration(value=6)})
    await desk.hear(asked)

    set_clock(desk, at("2027-02-20"))
    for _ in range(3):
        await tick(desk)

    [told] = await desk.told(DECIDED, approval=asked.approval)
    assert (told["verdict"], told["reason_code"]) == ("granted", "renewed-by-law")
    assert await state(desk, asked.approval) == "granted"
    assert await reached(desk, asked.approval) == ["renewed_by_silence"]
