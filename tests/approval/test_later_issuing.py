"""What replaces a result: its number, its term, and when the earlier one stops counting."""

import asyncio
from uuid import UUID

import pytest

from tests.alone import Alone, letter
from tests.approval.chain import acts
from tests.approval.conftest import (
    DECIDED,
    DIGEST,
    GRANT,
    ISSUED,
    cancellation,
    decide,
    opened,
    result,
    state,
)
from tests.approval.holding import END, OTHER, asked_for, granted, held, standing
from tests.approval.timed import at, set_clock
from tests.refusals import problem

pytestmark = pytest.mark.usefixtures("monday")


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


async def test_two_that_replace_one_result_at_once_issue_once(desk: Alone):
    await desk.connect()
    for _ in range(5):
        one = await held(desk)
        both = [await asked_for(desk, one, "change") for _ in range(2)]
        made = result(one.issuer_number) | {"digest": OTHER}

        answers = await asyncio.gather(*(granted(desk, each, made) for each in both))

        assert sorted(one.status_code for one in answers) == [200, 409]


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


async def test_an_ordinary_filing_is_none_of_these(desk: Alone):
    approval = await opened(desk, licensing_law=True)

    seen = await desk.officer("market").get(f"/approvals/{approval}")

    assert (seen["filing"], seen["replaces"]) == ("first", None)
