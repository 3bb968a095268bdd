"""A certificate is issued with its decision or later, once, under a number of its own."""

import asyncio

from tests.alone import Alone
from tests.approval.conftest import DECIDED, GRANT, ISSUED, REFUSE, decide, opened, result, state
from tests.refusals import problem


async def test_one_certificates_number_is_given_once(desk: Alone):
    first, second, other_paper = [await opened(desk) for _ in range(2)] + [
        await opened(desk, issues="permit")
    ]
    body = GRANT | {"result": result("SAME")}

    assert (await decide(desk, first, body)).status_code == 200
    taken = await decide(desk, second, body)
    assert problem(taken) == (409, "number-taken")
    assert "SAME" not in taken.text, "a certificate's number may be a person's"
    assert await state(desk, second) == "accepted"
    assert not await desk.told(DECIDED, approval=second)

    assert (await decide(desk, other_paper, body)).status_code == 200
    assert (await decide(desk, second, GRANT | {"result": result("NEXT")})).status_code == 200


async def test_one_number_wanted_by_eight_at_once_goes_to_one(desk: Alone):
    approvals = [await opened(desk) for _ in range(8)]
    body = GRANT | {"result": result("WANTED")}

    answers = await asyncio.gather(*(decide(desk, one, body) for one in approvals))

    assert sorted(one.status_code for one in answers) == [200] + [409] * 7


async def test_a_certificate_that_takes_time_is_issued_later_and_once(desk: Alone):
    approval = await opened(desk)
    officer, path = desk.officer("market"), f"/approvals/{approval}/result"
    early = await officer("PUT", path, json=result("LATER"))
    await decide(desk, approval, GRANT)
    assert not await desk.told(ISSUED, approval=approval)

    answers = await asyncio.gather(
        *(officer("PUT", path, json=result(f"LATER-{n}")) for n in range(8))
    )

    assert problem(early) == (409, "not-granted")
    assert sorted(one.status_code for one in answers) == [200] + [409] * 7
    lost = next(one for one in answers if one.status_code == 409)
    assert problem(lost) == (409, "already-issued")
    [told] = await desk.told(ISSUED, approval=approval)
    assert told["number"].startswith("OV")
    assert told["valid_until"] is None


async def test_nothing_is_issued_for_a_refusal_or_for_what_issues_nothing(desk: Alone):
    officer = desk.officer("market")
    refused, bare = await opened(desk), await opened(desk, issues=None)
    await decide(desk, refused, REFUSE)
    await decide(desk, bare, GRANT)

    answers = [
        await officer("PUT", f"/approvals/{one}/result", json=result("NOT"))
        for one in (refused, bare)
    ]

    assert [problem(one) for one in answers] == [(409, "not-granted"), (422, "decision-faulty")]
