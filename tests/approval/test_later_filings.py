"""Renewal, change, replacement: what replaces a result, what ends with it, what silence does."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.approval.deadlines import actions as deadlines
from services.approval.desk.rules import DecisionFaulty, Filing, replaced_from, term
from services.approval.later import actions as later
from services.approval.main import merged
from services.contracts import ApprovalRequested, Duration, EarlierResult
from tests.alone import Alone, letter
from tests.approval.conftest import (
    DECIDED,
    DIGEST,
    ISSUED,
    cancellation,
    decide,
    opened,
    problem,
    request,
    result,
    state,
)
from tests.approval.test_audit import acts
from tests.approval.test_corrections import answer
from tests.approval.test_endings import end
from tests.approval.test_procedures import end as end_procedure
from tests.approval.timed import at, reached, set_clock
from tests.approval.timed import tick as ring
from tests.platform import eventually

pytestmark = pytest.mark.usefixtures("monday")

STOPPED = "approval.approval.stopped"
GRANT: dict[str, Any] = {"verdict": "granted"}
OTHER = "sha256:" + "1" * 64
END = date(2026, 12, 31)


async def tick(desk: Alone) -> None:
    await ring(desk, merged(deadlines.HANDLERS, later.HANDLERS))


class Held:
    """A result somebody holds, until the end of the year."""

    def __init__(self, asked: ApprovalRequested, told: dict[str, Any]) -> None:
        self.asked, self.told = asked, told
        self.number = str(told["number"])
        self.issuer_number = str(told["issuer_number"])

    def later(self, kind: str, **more: Any) -> ApprovalRequested:
        about = {name: more.pop(name) for name in ("at_once", "deemed_consent") if name in more}
        earlier = EarlierResult(number=self.number, kind=kind, valid_until=END, **about)
        wanted: dict[str, Any] = {"holder": self.asked.holder, "replaces": earlier}
        return request(self.asked.department, **wanted | more)


async def held(desk: Alone, department: str = "market", **more: Any) -> Held:
    asked = request(department, **more)
    await desk.hear(asked)
    made = result(f"N-{asked.approval}", valid_from="2026-01-01", valid_until=END.isoformat())
    body = GRANT | {"result": made}
    assert (await decide(desk, asked.approval, body, department=department)).status_code == 200
    [told] = await desk.told(ISSUED, approval=asked.approval)
    return Held(asked, told)


async def asked_for(desk: Alone, one: Held, kind: str, **more: Any) -> UUID:
    asked = one.later(kind, **more)
    await desk.hear(asked)
    return asked.approval


async def granted(desk: Alone, approval: UUID, made: dict[str, Any], **more: Any) -> Any:
    return await decide(desk, approval, GRANT | {"result": made}, **more)


async def standing(desk: Alone, one: Held) -> Any:
    path = f"/results/{one.number}/verification"
    answer = await desk.client.get(path, params={"code": one.told["verification_code"]})
    return answer.json()


@pytest.mark.parametrize("kind", ["change", "replacement"])
async def test_what_replaces_a_result_keeps_its_validity_and_may_bear_its_number(
    desk: Alone, kind: str
):
    one = await held(desk)
    approval = await asked_for(desk, one, kind)
    digest = DIGEST if kind == "replacement" else OTHER

    made = result(one.issuer_number) | {"digest": digest}
    assert (await granted(desk, approval, made)).status_code == 200

    [told] = await desk.told(ISSUED, approval=approval)
    assert (told["replaces"], told["replaced_as"]) == (one.number, kind)
    assert (told["valid_from"], told["valid_until"]) == ("2026-01-01", END.isoformat())
    assert told["replaced_from"] == "2026-11-02"
    assert (await acts(desk, approval))[-1]["result"]["replaces"] == one.number
    seen = await standing(desk, one)
    assert (seen["standing"], seen["replaced_as"]) == ("replaced", kind)
    assert told["number"] not in str(seen), "not by what"
    shown = await desk.officer("market").get(f"/results/{one.number}")
    assert (shown["replaced_by"], shown["replaced_as"]) == (told["number"], kind)


async def test_a_renewal_goes_on_where_the_earlier_one_ends(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "renewal")

    made = result(one.issuer_number, valid_until="2031-12-31") | {"digest": OTHER}
    assert (await granted(desk, approval, made)).status_code == 200

    [told] = await desk.told(ISSUED, approval=approval)
    assert (told["valid_from"], told["replaced_from"]) == ("2027-01-01", "2027-01-01")
    assert (await standing(desk, one))["standing"] == "valid", "until its own end"
    set_clock(desk, at("2027-01-01"))
    assert (await standing(desk, one))["standing"] == "replaced"


async def test_it_may_be_issued_later_than_it_is_granted(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "change")
    await decide(desk, approval, GRANT)
    assert (await standing(desk, one))["standing"] == "valid"

    made = result(one.issuer_number) | {"digest": OTHER}
    await desk.officer("market").put(f"/approvals/{approval}/result", made)

    assert (await standing(desk, one))["standing"] == "replaced"


FAULTY = [
    ("change", {"valid_until": "2027-12-31"}, ["/result/valid_until"]),
    ("replacement", {"valid_from": "2026-11-02"}, ["/result/valid_from"]),
    ("replacement", {"digest": OTHER}, ["/result/digest"]),
    ("renewal", {"valid_until": END.isoformat()}, ["/result/valid_until"]),
]


@pytest.mark.parametrize(("kind", "more", "where"), FAULTY)
async def test_a_result_that_does_not_fit_its_kind_changes_nothing(desk: Alone, kind, more, where):
    one = await held(desk)
    approval = await asked_for(desk, one, kind)

    answer = await granted(desk, approval, result(one.issuer_number) | more)

    assert [error["pointer"] for error in answer.json()["errors"]] == where
    assert await state(desk, approval) == "accepted"
    assert (await standing(desk, one))["standing"] == "valid"


async def test_another_holders_number_is_still_taken(desk: Alone):
    one, other = await held(desk), await held(desk)
    approval = await asked_for(desk, one, "change")

    answer = await granted(desk, approval, result(other.issuer_number) | {"digest": OTHER})

    assert problem(answer) == (409, "number-taken")
    assert (await standing(desk, one))["standing"] == "valid", "nothing is half done"


# --- what the earlier result's end does -----------------------------------------------------------


async def test_an_ending_makes_what_is_asked_of_the_result_impossible(desk: Alone):
    one = await held(desk, "fire")
    approval = await asked_for(desk, one, "renewal")

    await end(desk, one.number, department="fire")

    assert await state(desk, approval) == "cancelled"
    [told] = await desk.told(STOPPED, approval=approval)
    assert told["because"] == "earlier_result_gone"
    [partner] = await desk.told("partner.fire.approval.cancelled", approval=approval)
    assert partner["reason"] == "earlier_result_gone"
    late = await granted(desk, approval, result(one.issuer_number), department="fire")
    assert problem(late) == (409, "approval-cancelled")


async def test_what_opens_on_a_result_that_has_ended_ends_at_once(desk: Alone):
    one = await held(desk)
    await end(desk, one.number)

    approval = await asked_for(desk, one, "replacement", at_once=True)

    assert await state(desk, approval) == "cancelled"
    assert len(await desk.told(STOPPED, approval=approval)) == 1
    assert await desk.told(DECIDED, approval=approval) == []


async def test_what_was_replaced_is_not_replaced_again(desk: Alone):
    one = await held(desk)
    first, second = await asked_for(desk, one, "change"), await asked_for(desk, one, "renewal")
    await granted(desk, first, result(one.issuer_number) | {"digest": OTHER})

    late = await granted(desk, second, result("N-2", valid_until="2031-12-31"))
    third = await asked_for(desk, one, "renewal")

    assert problem(late) == (409, "earlier-gone")
    assert await state(desk, third) == "cancelled"


async def test_another_holders_result_or_an_unknown_one_opens_nothing(desk: Alone):
    one = await held(desk)
    stranger = one.later("renewal", holder=uuid4())
    unknown = EarlierResult(number="OV20200101-0000000000000", kind="renewal")
    of_nothing = request(replaces=unknown)
    another_kind = one.later("change", issues="other-licence")

    await desk.hear(stranger, of_nothing, another_kind)

    for asked in (stranger, of_nothing, another_kind):
        assert await state(desk, asked.approval) == "cancelled"


async def test_a_grant_in_its_place_is_flagged_when_it_ends_before_its_day(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "renewal")
    await granted(desk, approval, result(one.issuer_number, valid_until="2031-12-31"))

    assert (await end(desk, one.number)).status_code == 201

    seen = await desk.officer("market").get(f"/approvals/{approval}")
    assert [flag["result"] for flag in seen["flags"]] == [one.number]


async def test_what_is_replaced_is_not_ended_any_more(desk: Alone):
    one = await held(desk)
    approval = await asked_for(desk, one, "change")
    await granted(desk, approval, result(one.issuer_number) | {"digest": OTHER})

    answer = await end(desk, one.number)

    assert problem(answer) == (409, "replaced-already")
    [told] = await desk.told(ISSUED, approval=approval)
    assert answer.json()["replaced_by"] == told["number"]
    assert (await end(desk, told["number"])).status_code == 201


async def test_ending_and_replacing_at_once_is_one_of_them(desk: Alone):
    await desk.connect()
    for _ in range(8):
        one = await held(desk)
        approval = await asked_for(desk, one, "change")
        made = result(one.issuer_number) | {"digest": OTHER}

        done, ended = await asyncio.gather(granted(desk, approval, made), end(desk, one.number))

        assert (done.is_success, ended.is_success) in {(True, False), (False, True)}
        issued = await desk.told(ISSUED, approval=approval)
        assert len(issued) == done.is_success
        assert len(await desk.told(STOPPED, approval=approval)) == ended.is_success


async def test_whoever_issues_waits_for_the_earlier_result_before_taking_the_approval(desk: Alone):
    """Else it and an ending, which takes them in this order, would wait for one another."""
    one = await held(desk)
    approval = await asked_for(desk, one, "change")
    made = result(one.issuer_number) | {"digest": OTHER}

    async def waiting() -> bool:
        return bool(await desk.rows("SELECT 1 FROM pg_locks WHERE NOT granted"))

    async with desk.app.state.sessions.begin() as tx:
        named = {"number": one.number, "id": approval}
        await tx.execute(text("SELECT 1 FROM result WHERE number = :number FOR UPDATE"), named)
        issuing = asyncio.create_task(granted(desk, approval, made))
        await eventually(waiting)
        await tx.execute(text("SELECT 1 FROM approval WHERE id = :id FOR UPDATE NOWAIT"), named)

    assert (await issuing).status_code == 200


async def test_ending_and_opening_at_once_leave_nothing_open(desk: Alone):
    await desk.connect()
    for _ in range(8):
        one = await held(desk)
        asked = one.later("renewal")

        await asyncio.gather(desk.hear(asked), end(desk, one.number))

        assert await state(desk, asked.approval) == "cancelled"
        assert len(await desk.told(STOPPED, approval=asked.approval)) == 1


async def test_two_that_replace_one_result_at_once_issue_once(desk: Alone):
    await desk.connect()
    for _ in range(5):
        one = await held(desk)
        both = [await asked_for(desk, one, "change") for _ in range(2)]
        made = result(one.issuer_number) | {"digest": OTHER}

        answers = await asyncio.gather(*(granted(desk, each, made) for each in both))

        assert sorted(one.status_code for one in answers) == [200, 409]


# --- a replacement of which nothing is examined ---------------------------------------------------


async def test_a_replacement_without_examination_is_issued_when_it_opens_once(desk: Alone):
    one = await held(desk)
    asked = letter(one.later("replacement", at_once=True, accepts="department"))

    await desk.hear(asked)
    await desk.hear(asked)

    approval = asked.document["data"]["approval"]
    [told] = await desk.told(ISSUED, approval=approval)
    assert (told["digest"], told["issuer_number"]) == (DIGEST, one.issuer_number)
    assert (told["valid_from"], told["valid_until"]) == ("2026-01-01", END.isoformat())
    [decided] = await desk.told(DECIDED, approval=approval)
    assert decided["verdict"] == "granted"
    assert (await acts(desk, UUID(approval)))[-1]["actor"] == "rule:licence-check@1"
    assert (await standing(desk, one))["replaced_as"] == "replacement"


async def test_where_two_people_decide_no_rule_does(desk: Alone):
    one = await held(desk)

    approval = await asked_for(desk, one, "replacement", at_once=True, four_eyes=True)

    assert await state(desk, approval) == "accepted"


async def test_a_cancellation_that_came_first_repeats_nothing(desk: Alone):
    one = await held(desk)
    asked = one.later("replacement", at_once=True)

    await desk.hear(cancellation(asked))
    await desk.hear(asked)

    assert await desk.told(ISSUED, approval=asked.approval) == []
    assert (await standing(desk, one))["standing"] == "valid"


# --- silence --------------------------------------------------------------------------------------


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


async def test_an_ordinary_filing_is_none_of_these(desk: Alone):
    approval = await opened(desk, licensing_law=True)

    seen = await desk.officer("market").get(f"/approvals/{approval}")

    assert (seen["filing"], seen["replaces"]) == ("first", None)


# --- the rules ------------------------------------------------------------------------------------

EARLIER = (date(2026, 1, 1), END)
TODAY = date(2026, 11, 2)


@pytest.mark.parametrize(
    ("filing", "stated", "today", "expected"),
    [
        (Filing.CHANGE, (None, None), TODAY, EARLIER),
        (Filing.REPLACEMENT, EARLIER, TODAY, EARLIER),
        (Filing.RENEWAL, (None, None), TODAY, (END + timedelta(1), None)),
        (Filing.RENEWAL, (None, date(2028, 1, 1)), END + timedelta(9), (END + timedelta(9), None)),
        (Filing.RENEWAL, (TODAY, date(2031, 1, 1)), TODAY, (TODAY, date(2031, 1, 1))),
    ],
)
def test_from_when_until_when(filing, stated, today, expected):
    start, until = term(filing, stated, EARLIER, today)

    assert start == expected[0]
    assert until == (expected[1] if filing is not Filing.RENEWAL else stated[1])


def test_a_renewal_is_valid_for_longer():
    with pytest.raises(DecisionFaulty):
        term(Filing.RENEWAL, (None, END), EARLIER, TODAY)


def test_until_the_new_one_counts_nothing_is_missing():
    assert replaced_from(END, TODAY) == END
    assert replaced_from(EARLIER[0], TODAY) == TODAY


async def replaced(desk: Alone, one: Held) -> str:
    """Its content was changed: the number of the result that counts since."""
    approval = await asked_for(desk, one, "change")
    await granted(desk, approval, result(one.issuer_number) | {"digest": OTHER})
    [told] = await desk.told(ISSUED, approval=approval)
    return str(told["number"])


async def test_what_relied_on_a_result_hears_when_what_replaced_it_ends(desk: Alone):
    one, other = await held(desk), await held(desk)
    relying = [await opened(desk, relies_on=(each.number,)) for each in (one, other)]
    number = await replaced(desk, one)

    assert (await end(desk, number)).status_code == 201

    market = desk.officer("market")
    flags = [(await market.get(f"/approvals/{each}"))["flags"] for each in relying]
    assert [[flag["result"] for flag in each] for each in flags] == [[number], []]


async def test_what_opens_on_a_result_whose_successor_has_ended_is_flagged_at_once(desk: Alone):
    one = await held(desk)
    number = await replaced(desk, one)
    await end(desk, number)

    approval = await opened(desk, relies_on=(one.number,))

    shown = await desk.officer("market").get(f"/approvals/{approval}")
    assert [flag["result"] for flag in shown["flags"]] == [number]


async def test_what_counts_still_is_relied_on_whatever_becomes_of_its_renewal(desk: Alone):
    one = await held(desk)
    approval = await opened(desk, relies_on=(one.number,))
    renewal = await asked_for(desk, one, "renewal")
    await granted(desk, renewal, result(one.issuer_number, valid_until="2031-12-31"))
    [told] = await desk.told(ISSUED, approval=renewal)

    assert (await end(desk, told["number"])).status_code == 201

    later_on = await opened(desk, relies_on=(one.number,))
    for each in (approval, later_on):
        assert (await desk.officer("market").get(f"/approvals/{each}"))["flags"] == []


async def test_ending_a_successor_and_opening_on_the_earlier_at_once_leaves_nobody_out(desk: Alone):
    await desk.connect()
    for _ in range(6):
        one = await held(desk)
        number = await replaced(desk, one)
        asked = request(relies_on=(one.number,))

        await asyncio.gather(end(desk, number), desk.hear(asked))

        shown = await desk.officer("market").get(f"/approvals/{asked.approval}")
        assert [flag["result"] for flag in shown["flags"]] == [number]


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
